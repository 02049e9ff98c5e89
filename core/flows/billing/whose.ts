// Who gets what was bought. What was opened from inside belongs to the team that it was opened for, whatever address is typed
// at the checkout. What a stranger bought belongs to whoever has the address that they typed. Stripe verifies no address, so
// nobody is logged in by it; an account without a verified address and a password gets a link by mail.

import { domainToASCII } from 'node:url';
import type { Purchase } from '#core/domain/billing/purchase.ts';
import type { TeamId, UserId, WalletId } from '#core/domain/ids.ts';
import { readMailAddress } from '#core/domain/mail/mail-address.ts';
import { orNull } from '#core/domain/refusals/or-null.ts';
import { readName } from '#core/domain/text/name.ts';
import { linkForOwner } from '../accounts/link-for-owner.ts';
import type { Core } from '../runtime/core.ts';

export interface Owner {
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  readonly team: string;
  /** To choose a password, for an account that has none or whose address is not verified. */
  readonly link: { readonly url: string; readonly expiresAt: Date } | null;
  /** Who gets the receipt. */
  readonly receiptTo: readonly Recipient[];
  /** Whether the one who paid is the team's own customer, whose card and invoices may be shown there. */
  readonly keepsCustomer: boolean;
}

interface Recipient {
  readonly userId: UserId;
  readonly email: string;
}

/** null where the payer left no address that could be anybody's. Repeating it changes nothing. */
export async function ownerOf(core: Core, purchase: Purchase, payer: { email: string | null; name: string | null }): Promise<Owner | null> {
  return purchase.teamId === null ? ownerByAddress(core, payer) : ownerInside(core, purchase.teamId, purchase);
}

async function ownerInside(core: Core, teamId: TeamId, { walletId, openedBy }: Purchase): Promise<Owner> {
  const opener = openedBy === null ? null : await core.store.accounts.read(openedBy);
  return {
    teamId,
    walletId: walletId!,
    team: await nameOf(core, teamId),
    link: null,
    receiptTo: opener === null ? await core.store.custody.owners(teamId) : [{ userId: openedBy!, email: opener.email }],
    keepsCustomer: openedBy !== null,
  };
}

async function ownerByAddress(core: Core, payer: { email: string | null; name: string | null }): Promise<Owner | null> {
  const email = addressIn(payer.email);
  if (email === null) return null;
  const name = orNull(() => readName(payer.name ?? '')) ?? '';
  const { userId, teamId, walletId, existed } = await core.store.people.addUser({ email, name, emailVerified: false }, core.clock.now());
  const link = await linkForOwner(core, userId);
  return { teamId, walletId, team: await nameOf(core, teamId), link, receiptTo: [{ userId, email }], keepsCustomer: !existed };
}

/** As it was typed at the checkout, its domain in ASCII; null where no mail could arrive there. */
export function addressIn(typed: string | null): string | null {
  return orNull(() => readMailAddress(inAscii(typed ?? '')));
}

/** Domains in other scripts have a form in ASCII: `例え.jp` is `xn--r8jz45g.jp`. */
function inAscii(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  return /^[\x20-\x7e]*$/.test(domain) ? address : address.slice(0, at) + domainToASCII(domain);
}

async function nameOf(core: Core, teamId: TeamId): Promise<string> {
  return (await core.store.teams.find(teamId))?.name ?? '';
}
