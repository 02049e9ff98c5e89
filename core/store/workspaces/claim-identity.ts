// An account of a chat platform becomes its person's: what it asks for is asked in their name from then on.

import type pg from 'pg';
import { newId, type IdentityId, type UserId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';

export interface ChatAccount {
  readonly platform: Platform;
  /** null where accounts are the same everywhere. */
  readonly workspace: string | null;
  readonly externalId: string;
  /** For an account that nobody has spoken with yet. */
  readonly name: string | null;
}

/** `taken`: it is somebody else's, and nothing was changed. Whoever claims it at the same time waits for the end of this transaction. */
export async function claimIdentity(
  client: pg.PoolClient,
  { platform, workspace, externalId, name }: ChatAccount,
  userId: UserId,
  at: Date,
): Promise<{ outcome: 'linked' | 'same' | 'taken'; identityId: IdentityId }> {
  const account = [platform, workspace ?? '', externalId];
  await client.query(
    `INSERT INTO identities (id, platform, space, external_id, display_name, created_at) VALUES ($4, $1, $2, $3, $5, $6)
     ON CONFLICT (platform, space, external_id) DO NOTHING`,
    [...account, newId<IdentityId>(at.getTime()), name, at],
  );
  const { rows } = await client.query<{ id: IdentityId; user_id: UserId | null }>(
    'SELECT id, user_id FROM identities WHERE platform = $1 AND space = $2 AND external_id = $3 FOR UPDATE',
    account,
  );
  const identity = rows[0]!;
  if (identity.user_id !== null) return { outcome: identity.user_id === userId ? 'same' : 'taken', identityId: identity.id };
  await client.query('UPDATE identities SET user_id = $2 WHERE id = $1', [identity.id, userId]);
  return { outcome: 'linked', identityId: identity.id };
}
