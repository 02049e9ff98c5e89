// How an operator shuts somebody out who got in with a stolen session or key. Everything is one transaction with its line in the
// audit log and the mail to its person.

import type { KeyScope } from '#core/domain/team/api-key.ts';
import type { ApiKeyId, TeamId, UserId } from '#core/domain/ids.ts';
import { writeAudit, type Writes } from '../team/audit.ts';
import type { Money } from '../database/money.ts';
import { endStreams } from '../team/teams.ts';

export interface AccessPerson {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  /** Sessions that last now. */
  readonly sessions: number;
  /** Keys of theirs that work, in all of their teams. */
  readonly keys: number;
}

export interface AccessKey {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly prefix: string;
  readonly scope: KeyScope;
  readonly owner: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** Whose keys: one, all of a person in every team, or all of a team. */
export type WhichKeys =
  | { readonly key: ApiKeyId; readonly team: TeamId }
  | { readonly person: UserId; readonly memberOf: TeamId }
  | { readonly team: TeamId };

export interface Notice {
  /** Who did it, as the audit log names them. */
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
  /** Writes the mail to the person. */
  tell(person: { userId: UserId; email: string; name: string }, on: Writes): Promise<void>;
}

export interface OperateAccess {
  people(teamId: TeamId, at: Date): Promise<AccessPerson[]>;
  keys(teamId: TeamId, at: Date): Promise<AccessKey[]>;
  /** Answers how many sessions ended; null when they are not in this team. Whoever had none hears of nothing. */
  endSessions(teamId: TeamId, userId: UserId, notice: Notice): Promise<number | null>;
  /** Answers how many keys were revoked. Each person gets one mail, and each team one line a person. */
  revokeKeys(which: WhichKeys, notice: Notice): Promise<number>;
}

const SHOWN = 200;

export function operateAccessOver(money: Money): OperateAccess {
  return {
    async people(teamId, at) {
      const { rows } = await money.query<Omit<AccessPerson, 'userId'> & { user_id: UserId }>(
        {
          text: `SELECT u.id AS user_id, u.name, u.email,
                   (SELECT count(*)::int FROM sessions s WHERE s.user_id = u.id AND s.expires_at > $2) AS sessions,
                   (SELECT count(*)::int FROM api_keys k WHERE k.user_id = u.id AND k.revoked_at IS NULL AND coalesce(k.expires_at > $2, true)) AS keys
                 FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = $1 ORDER BY m.created_at, m.id LIMIT ${SHOWN}`,
        },
        [teamId, at],
      );
      return rows.map(({ user_id: userId, ...row }) => ({ ...row, userId }));
    },

    async keys(teamId, at) {
      const { rows } = await money.query<KeyRow>(
        {
          text: `SELECT k.id, k.name, k.prefix, k.scope, u.name AS owner, k.created_at, k.last_used_at, k.expires_at
                 FROM api_keys k JOIN users u ON u.id = k.user_id
                 WHERE k.team_id = $1 AND k.revoked_at IS NULL AND coalesce(k.expires_at > $2, true)
                 ORDER BY k.created_at DESC, k.id DESC LIMIT ${SHOWN}`,
        },
        [teamId, at],
      );
      return rows.map(({ created_at: createdAt, last_used_at: lastUsedAt, expires_at: expiresAt, ...row }) => ({
        ...row,
        createdAt,
        lastUsedAt,
        expiresAt,
      }));
    },

    endSessions: (teamId, userId, { by, reason, at, tell }) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ email: string; name: string; home: TeamId }>(
          `SELECT u.email, u.name, t.id AS home FROM members m JOIN users u ON u.id = m.user_id JOIN teams t ON t.personal_of = u.id
           WHERE m.team_id = $1 AND m.user_id = $2`,
          [teamId, userId],
        );
        const person = rows[0];
        if (person === undefined) return null;
        const { rowCount } = await client.query('DELETE FROM sessions WHERE user_id = $1', [userId]);
        const sessions = rowCount ?? 0;
        if (sessions === 0) return 0;
        await writeAudit(client, {
          at,
          actor: by,
          act: 'sessions.ended-by-operator',
          teamId: person.home,
          subject: `user:${userId}`,
          facts: { sessions, note: reason },
        });
        await tell({ userId, email: person.email, name: person.name }, client);
        await endStreams(client, userId);
        return sessions;
      }),

    revokeKeys: (which, { by, reason, at, tell }) =>
      money.transaction(async (client) => {
        const { where, values } = chosen(which);
        const { rows } = await client.query<RevokedRow>(
          `UPDATE api_keys k SET revoked_at = $1 FROM users u WHERE u.id = k.user_id AND k.revoked_at IS NULL AND ${where}
           RETURNING k.id, k.user_id, k.team_id, u.email, u.name`,
          [at, ...values],
        );
        for (const [, keys] of Map.groupBy(rows, (row) => `${row.team_id} ${row.user_id}`)) {
          const { team_id: teamId, user_id: userId } = keys[0]!;
          await writeAudit(client, {
            at,
            actor: by,
            act: 'keys.revoked-by-operator',
            teamId,
            subject: `user:${userId}`,
            facts: { keys: keys.length, ids: keys.map(({ id }) => id), note: reason },
          });
        }
        for (const [userId, [first]] of Map.groupBy(rows, (row) => row.user_id)) {
          await tell({ userId, email: first!.email, name: first!.name }, client);
          await endStreams(client, userId);
        }
        return rows.length;
      }),
  };
}

function chosen(which: WhichKeys): { where: string; values: readonly unknown[] } {
  if ('key' in which) return { where: 'k.team_id = $2 AND k.id = $3', values: [which.team, which.key] };
  if ('team' in which) return { where: 'k.team_id = $2', values: [which.team] };
  return {
    where: 'k.user_id = $2 AND EXISTS (SELECT FROM members m WHERE m.user_id = k.user_id AND m.team_id = $3)',
    values: [which.person, which.memberOf],
  };
}

interface KeyRow extends Omit<AccessKey, 'createdAt' | 'lastUsedAt' | 'expiresAt'> {
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
}

interface RevokedRow {
  readonly id: ApiKeyId;
  readonly user_id: UserId;
  readonly team_id: TeamId;
  readonly email: string;
  readonly name: string;
}
