// All API keys of one person, whichever team they act in.

import type { ApiKeyId, TeamId, UserId } from '#core/domain/ids.ts';
import { writeAudit } from '../team/audit.ts';
import type { Money } from '../database/money.ts';
import { endStreams } from '../team/teams.ts';

export interface OwnKeyRow {
  readonly id: ApiKeyId;
  readonly team: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export interface OwnKeys {
  /** Those that work, newest first. */
  list(userId: UserId, at: Date): Promise<OwnKeyRow[]>;
  /** Revokes all of them, also those of teams that the person has left. Answers how many. */
  revokeAll(userId: UserId, at: Date): Promise<number>;
}

export function ownKeysOver(money: Money): OwnKeys {
  return {
    async list(userId, at) {
      const { rows } = await money.query<OwnKeyColumns>(
        {
          text: `SELECT k.id, t.name AS team, k.name, k.prefix, k.created_at, k.last_used_at FROM api_keys k
                 JOIN members m ON m.user_id = k.user_id AND m.team_id = k.team_id JOIN teams t ON t.id = k.team_id
                 WHERE k.user_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2) ORDER BY k.created_at DESC, k.id DESC`,
        },
        [userId, at],
      );
      return rows.map(({ created_at: createdAt, last_used_at: lastUsedAt, ...row }) => ({ ...row, createdAt, lastUsedAt }));
    },

    revokeAll: (userId, at) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ id: ApiKeyId; team_id: TeamId; name: string; prefix: string }>(
          `UPDATE api_keys SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL RETURNING id, team_id, name, prefix`,
          [userId, at],
        );
        for (const { id, team_id: teamId, name, prefix } of rows)
          await writeAudit(client, {
            at,
            actor: `user:${userId}`,
            act: 'key.revoked',
            teamId,
            subject: `user:${userId}`,
            facts: { id, name, prefix, own: true },
          });
        if (rows.length > 0) await endStreams(client, userId);
        return rows.length;
      }),
  };
}

interface OwnKeyColumns {
  readonly id: ApiKeyId;
  readonly team: string;
  readonly name: string;
  readonly prefix: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}
