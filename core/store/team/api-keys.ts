// Keys that let a program act as a person in one of their teams. Whose key it is, core/store/accounts/people.ts says.

import type { KeyScope } from '#core/domain/team/api-key.ts';
import { newId, type ApiKeyId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { writeAudit, type Writes } from './audit.ts';
import { hashBearer, PREFIX_CHARACTERS } from '../database/bearer.ts';
import type { Money } from '../database/money.ts';
import { nameOf } from '../accounts/people.ts';
import { endStreams } from './teams.ts';

export interface ApiKeys {
  /** Those that were not revoked, expired ones too: of one person, or (null) of everybody in the team. Newest first. */
  list(teamId: TeamId, of: UserId | null): Promise<StoredKey[]>;
  /** `too-many` when the person has `most` keys that work in this team already, `not-allowed` when they are no member any more. */
  make(key: NewKey, tell: TellOwner, at: Date): Promise<MadeKey>;
  /** False when there is no such key: in this team, and of this person unless `of` is null. */
  revoke(key: { teamId: TeamId; id: ApiKeyId; by: UserId; of: UserId | null }, at: Date): Promise<boolean>;
}

export interface NewKey {
  readonly teamId: TeamId;
  readonly userId: UserId;
  readonly name: string;
  readonly key: string;
  readonly scope: KeyScope;
  readonly expiresAt: Date | null;
  readonly most: number;
}

export type MadeKey = { readonly outcome: 'made'; readonly id: ApiKeyId } | { readonly outcome: 'too-many' | 'not-allowed' };

/** Tells the person about their new key within the same transaction. */
export type TellOwner = (id: ApiKeyId, owner: string, on: Writes) => Promise<void>;

export interface StoredKey {
  readonly id: ApiKeyId;
  readonly userId: UserId;
  readonly owner: string;
  readonly name: string;
  readonly prefix: string;
  readonly scope: KeyScope;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

export function apiKeysOver(money: Money): ApiKeys {
  return {
    async list(teamId, of) {
      const { rows } = await money.query<KeyRow>(
        {
          text: `SELECT k.id, k.user_id, u.name AS owner, k.name, k.prefix, k.scope, k.created_at, k.last_used_at, k.expires_at
                 FROM api_keys k JOIN users u ON u.id = k.user_id
                 WHERE k.team_id = $1 AND k.revoked_at IS NULL AND ($2::uuid IS NULL OR k.user_id = $2) ORDER BY k.created_at DESC, k.id DESC`,
        },
        [teamId, of],
      );
      return rows.map(({ user_id: userId, created_at: createdAt, last_used_at: lastUsedAt, expires_at: expiresAt, ...row }) => ({
        ...row,
        userId,
        createdAt,
        lastUsedAt,
        expiresAt,
      }));
    },

    make: ({ teamId, userId, name, key, scope, expiresAt, most }, tell, at) =>
      money.transaction(async (client): Promise<MadeKey> => {
        // Two that are made at the same time count one another; and who is being removed gets none.
        const { rows: members } = await client.query('SELECT 1 FROM members WHERE team_id = $1 AND user_id = $2 FOR NO KEY UPDATE', [
          teamId,
          userId,
        ]);
        const { rows } = await client.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM api_keys
           WHERE team_id = $1 AND user_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)`,
          [teamId, userId, at],
        );
        if (members.length === 0) return { outcome: 'not-allowed' };
        if (rows[0]!.count >= most) return { outcome: 'too-many' };
        const id = newId<ApiKeyId>(at.getTime());
        const prefix = key.slice(0, PREFIX_CHARACTERS);
        await client.query(
          `INSERT INTO api_keys (id, user_id, team_id, name, prefix, hash, created_at, scope, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [id, userId, teamId, name, prefix, hashBearer(key), at, scope, expiresAt],
        );
        await writeAudit(client, {
          at,
          actor: `user:${userId}`,
          act: 'key.made',
          teamId,
          subject: `user:${userId}`,
          facts: { id, name, prefix, scope, expiresAt: expiresAt?.toISOString() ?? null },
        });
        await tell(id, (await nameOf(client, userId)) ?? '', client);
        return { outcome: 'made', id };
      }),

    revoke: ({ teamId, id, by, of }, at) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ user_id: UserId; name: string; prefix: string }>(
          `UPDATE api_keys SET revoked_at = $4 WHERE id = $1 AND team_id = $2 AND ($3::uuid IS NULL OR user_id = $3) AND revoked_at IS NULL
           RETURNING user_id, name, prefix`,
          [id, teamId, of, at],
        );
        const key = rows[0];
        if (key === undefined) return false;
        const { user_id: userId, name, prefix } = key;
        await writeAudit(client, {
          at,
          actor: `user:${by}`,
          act: 'key.revoked',
          teamId,
          subject: `user:${userId}`,
          facts: { id, name, prefix, own: userId === by },
        });
        await endStreams(client, userId);
        return true;
      }),
  };
}

interface KeyRow {
  readonly id: ApiKeyId;
  readonly user_id: UserId;
  readonly owner: string;
  readonly name: string;
  readonly prefix: string;
  readonly scope: KeyScope;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
}
