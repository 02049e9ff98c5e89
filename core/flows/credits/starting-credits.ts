// The credits that a person begins with: once for each mailbox, ever, also when the account was deleted and made again, or the
// address was written in another way; and once for each person, who may change their address. How many people of one email
// domain and one network get them in a day is limited. It is decided at the first login, whichever way the account was made.

import { networkOf } from '#core/domain/accounts/network.ts';
import type { Actor } from '#core/domain/actor.ts';
import { countedDomain, NETWORK_SHARE, type NoStartingCredits } from '#core/domain/credits/starting-credits.ts';
import type { TeamId, WalletId } from '#core/domain/ids.ts';
import type { Login } from '#core/ports/auth.ts';
import type { Newcomer } from '#core/store/credits/starting-credits.ts';
import { keyedDigest, mailboxDigest } from '../mail/mail-share.ts';
import type { Core } from '../runtime/core.ts';

/** Why the actor's team began without credits; null when it did not, and once it had some from elsewhere. */
export function startingCreditsWithheld({ store }: Core, { teamId }: Actor): Promise<NoStartingCredits | null> {
  return store.startingCredits.withheld(teamId);
}

export async function giveStartingCredits(
  core: Core,
  { userId, caller }: Pick<Login, 'userId' | 'caller'>,
  { teamId, walletId }: { teamId: TeamId; walletId: WalletId },
): Promise<void> {
  const { credits } = core.settings.startingCredits;
  if (credits <= 0n) return;
  const email = await core.store.logins.verifiedEmail(userId);
  if (email === null) return;
  const newcomer = { userId, teamId, walletId, mailbox: mailboxDigest(core, email), shares: sharesOf(core, email, caller) };
  const outcome = await core.store.startingCredits.give(newcomer, credits, core.clock.now());
  const facts = { userId, walletId };
  if (outcome === 'given') core.log.info(facts, 'starting credits given');
  else if (outcome === 'mailbox') core.log.info(facts, 'no starting credits: this mailbox had them before');
  else if (outcome !== 'decided') core.log.warn({ ...facts, limit: outcome }, 'no starting credits: too many new people');
}

/** The domain always before the network, as their rows are locked in this order. */
function sharesOf(core: Core, email: string, caller: string | null): Newcomer['shares'] {
  const most = core.settings.startingCredits.dailyPeople;
  const domain = countedDomain(email);
  return [
    ...(domain === null ? [] : [{ of: 'domain', name: keyedDigest(core, `domain:${domain}`), most } as const]),
    { of: 'network', name: keyedDigest(core, `network:${networkOf(caller)}`), most: most * NETWORK_SHARE },
  ];
}
