// Keys that expire soon, and whose person has not been told yet.

import type { ApiKeyId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

export interface ExpiringKey {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly expiresAt: Date;
  readonly owner: string;
  readonly email: string;
  readonly team: string;
}

/** The mail about a key; once it is written, the key is not found any more. */
export function expiryMailKey(id: ApiKeyId): string {
  return `key-expiring:${id}`;
}

export async function expiringKeys(money: Money, at: Date, until: Date, most: number): Promise<ExpiringKey[]> {
  const { rows } = await money.query<Omit<ExpiringKey, 'expiresAt'> & { expires_at: Date }>(
    {
      name: 'expiring keys',
      text: `SELECT k.id, k.name, k.expires_at, u.name AS owner, u.email, t.name AS team FROM api_keys k
             JOIN users u ON u.id = k.user_id JOIN teams t ON t.id = k.team_id
             WHERE k.expires_at > $1 AND k.expires_at <= $2 AND k.revoked_at IS NULL
               AND NOT EXISTS (SELECT FROM mails m WHERE m.key = 'key-expiring:' || k.id) ORDER BY k.expires_at, k.id LIMIT $3`,
    },
    [at, until, most],
  );
  return rows.map(({ expires_at: expiresAt, ...row }) => ({ ...row, expiresAt }));
}
