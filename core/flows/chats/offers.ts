// What one person is shown on command: their balance, their tasks, links that are theirs alone. It is read when it is shown, so
// a repeat shows how things are now, and no link is ever stored.

import { whyNotHere, type Speaker } from '#core/domain/chats/speaker.ts';
import { amountOf, micro } from '#core/domain/credits/credits.ts';
import type { Balance } from '#core/domain/messages/letter.ts';
import type { LinkOffer, PrivateSaying } from '#core/domain/messages/private.ts';
import { never } from '#core/domain/never.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { Seen } from '#core/store/chats/look.ts';
import { balance } from '../credits/balance.ts';
import { makeErasureLink } from '../privacy/erase.ts';
import type { Core } from '../runtime/core.ts';
import { linkingVerbs } from '../workspaces/linking.ts';

/** Commands that only show something. */
export const readCommands = ['balance', 'buy', 'history', 'link', 'help', 'settings', 'privacy'] as const;
export type ReadCommand = (typeof readCommands)[number];

const HISTORY_LINES = 5;

export async function commandReply(core: Core, speaker: Speaker, seen: Seen, name: ReadCommand): Promise<PrivateSaying> {
  switch (name) {
    case 'help':
      return { kind: 'help', platform: speaker.platform };
    case 'settings':
      return { kind: 'settings' };
    case 'link':
      return offerLink(core, speaker, seen, 'asked');
    case 'privacy':
      return { kind: 'privacy', url: (await makeErasureLink(core, accountIn(speaker)))?.url ?? null };
    case 'balance':
    case 'buy':
    case 'history': {
      const { payer } = seen;
      if (payer === null) return offerLink(core, speaker, seen, 'no-team');
      if (name === 'buy') return { kind: 'buy' };
      if (name === 'history') return { kind: 'history', tasks: await core.store.chats.ownOf(seen, payer.teamId, HISTORY_LINES) };
      const shown = await balanceFor(core, speaker, seen, payer);
      return shown === null ? { kind: 'refused', code: 'balance.not-shown', facts: {} } : { kind: 'balance', ...shown };
    }
    default:
      return never(name);
  }
}

/** What this person can spend here; null where they are not told, as a guest who may not ask. */
export async function balanceFor(
  core: Core,
  speaker: Speaker,
  seen: Seen,
  payer: Payer,
): Promise<Pick<Balance, 'available' | 'inUse'> | null> {
  if (whyNotHere(speaker, seen) === 'guests.not-allowed') return null;
  const workspace = `${speaker.platform}:${speaker.workspace ?? ''}:`;
  const [{ available, inUse }, left] = await Promise.all([
    balance(core, payer),
    core.store.chats.leftFor(seen, payer.walletId, workspace, core.clock.now()),
  ]);
  // A limit may leave less than the team has.
  const spendable = left !== null && left < micro(available) ? amountOf(micro(left > 0n ? left : 0n)) : available;
  return { available: spendable, inUse };
}

/** Whether this account may link the workspace to a team, which then sees what is asked there. */
export function mayLinkWorkspace({ workspace, administers, isGuest, isOutsider }: Speaker, { workspacePays }: Seen): boolean {
  return workspace !== null && !workspacePays && administers && !isGuest && !isOutsider;
}

/** An own link for the person; one for the workspace only for those who administer it there. */
export async function offerLink(core: Core, speaker: Speaker, seen: Seen, why: LinkOffer['why']): Promise<LinkOffer> {
  const { makeIdentityLink, makeWorkspaceLink } = linkingVerbs(core);
  const { platform, workspace, workspaceName, name } = speaker;
  const isLinked = seen.userId !== null;
  const account = { ...accountIn(speaker), displayName: name, ...(workspaceName !== undefined && { workspaceName }) };
  const place = mayLinkWorkspace(speaker, seen) ? workspace : null;
  const [accountLink, workspaceLink] = await Promise.all([
    isLinked ? null : makeIdentityLink(account),
    place === null ? null : makeWorkspaceLink({ platform, externalId: place, name: workspaceName ?? place, askedBy: name }),
  ]);
  return {
    kind: 'link',
    why,
    platform,
    workspace: workspace === null ? 'none' : seen.workspacePays ? 'paid' : 'unpaid',
    isLinked,
    accountUrl: accountLink?.url ?? null,
    workspaceUrl: workspaceLink?.url ?? null,
  };
}

/** Whether a link that this account was shown can still be used. */
export function isLinkOpen(core: Core, speaker: Speaker): Promise<boolean> {
  return core.store.linking.isWaiting(accountIn(speaker), core.clock.now());
}

/** An account is known by the space in which its id is unique. */
function accountIn({ platform, space, externalId }: Speaker) {
  return { platform, workspace: space, externalId };
}
