// Who changes what they log in with may do so because somebody else knew it. So every other session ends with it, logins
// that wait for their second factor too, and the person is told which API keys still work. Removing a login method is such a change.
//
// Turning the second factor on does the same: the other sessions began without it. Turning it off does not: the others
// showed both factors, and where a thief turns it off, ending them would only put out the owner, who is told by mail.

import { deviceOf } from '#core/domain/accounts/device.ts';
import type { SessionId, TeamId } from '#core/domain/ids.ts';
import type { Change } from '#core/ports/auth.ts';
import type { Client } from '#core/store/accounts/accounts.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import type { Core } from '../runtime/core.ts';

export const shutsOut: Readonly<Record<Change['what'], boolean>> = {
  'password-changed': true,
  'password-reset': true,
  'mail-changed': true,
  'two-factor-on': true,
  'two-factor-off': false,
  'backup-codes': false,
};

/** Ends all sessions but the one that made the change. */
export async function shutOthersOut(
  core: Pick<Core, 'store'>,
  client: Client,
  { userId, session }: Pick<Change, 'userId'> & { readonly session: SessionId | null },
  teamId: TeamId,
  at: Date,
): Promise<void> {
  const [actor, subject] = [`user:${userId}`, `user:${userId}`];
  for (const { userAgent } of await core.store.accounts.end(client, userId, { except: session }))
    await writeAudit(client, { at, actor, subject, act: 'session.ended', teamId, facts: { device: deviceOf(userAgent) } });
  await core.store.accounts.endHalfLogins(client, userId);
}
