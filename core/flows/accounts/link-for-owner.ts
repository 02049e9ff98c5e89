// A link to choose a password, for accounts whose owner has no verified address and password yet.

import type { UserId } from '#core/domain/ids.ts';
import type { Core } from '../runtime/core.ts';

const LINK_MS = 24 * 3_600_000;

/**
 * A link to choose a password; null where the account has both a password and a verified address. A password without
 * a verified address may be a stranger's, who chose it for an address of somebody else: using the link ends it, and every login by it.
 */
export async function linkForOwner(core: Core, userId: UserId): Promise<{ url: string; expiresAt: Date } | null> {
  const account = await core.store.accounts.read(userId);
  if (account === null || (account.emailVerified && account.hasPassword)) return null;
  return core.auth.linkToSetPassword(userId, LINK_MS);
}
