// What pages show of what is for sale, and of a checkout that somebody comes back from.

import { firstHalf } from '#core/domain/accounts/network.ts';
import type { Actor } from '#core/domain/actor.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { sellingTerms } from '#core/domain/billing/terms.ts';
import { amountOf, type Amount } from '#core/domain/credits/credits.ts';
import { currencyIn, isPackId, offersIn, packOf, type Currency, type Offer, type PackId } from '#core/domain/credits/packs.ts';
import { maskMailAddress } from '#core/domain/mail/mail-address.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { may, roles } from '#core/domain/team/permission.ts';
import { PaymentsError } from '#core/ports/payments.ts';
import type { Core } from '../runtime/core.ts';
import { fulfil, type FulfilOutcome } from './fulfil.ts';
import { sellerOf, sellsToStrangers } from './open-checkout.ts';

export interface PackView {
  readonly id: PackId;
  /** The bonus included. */
  readonly credits: Amount;
  readonly bonus: Amount;
  /** "$110". */
  readonly price: string;
  /** For 100 credits, the bonus included, rounded up to the smallest unit: "$4.19". */
  readonly perHundred: string;
}

export interface PacksView {
  readonly packs: readonly PackView[];
  readonly currency: Currency;
  /** What there is to choose from. */
  readonly currencies: readonly Currency[];
}

/** null where nothing is sold. In the usual currency unless there are prices in the wanted one. */
export async function packs({ payments, settings }: Core, wanted?: string | null): Promise<PacksView | null> {
  if (payments === null) return null;
  const { currencies } = settings.selling;
  const currency = currencyIn(currencies, wanted);
  return { packs: offersIn(currency).map(viewOf), currency, currencies };
}

export interface PackPage {
  readonly pack: PackView;
  readonly currency: Currency;
  /** Where credits go, and whether this person may buy them; null for a stranger. */
  readonly team: {
    readonly name: string;
    readonly mayBuy: boolean;
    /** Who may, where they may not. */ readonly ask: readonly string[];
  } | null;
  readonly savesCards: boolean;
  /** Whether somebody who is not logged in can buy: their account is opened by an email. */
  readonly sellsToStrangers: boolean;
  readonly terms: readonly string[];
}

const ASK_MOST = 5;
const buyers = roles.filter((role) => may(role, 'credits.buy'));

/** Rejects with `pack.unknown` or `billing.off`. */
export async function pack(core: Core, actor: Actor | null, id: string, wanted?: string | null): Promise<PackPage> {
  const offered = await packs(core, wanted);
  if (offered === null) throw refuse('billing.off');
  if (!isPackId(id)) throw refuse('pack.unknown');
  return {
    pack: offered.packs.find((each) => each.id === id)!,
    currency: offered.currency,
    team: actor === null ? null : await teamOf(core, actor),
    savesCards: core.settings.selling.savesCards,
    sellsToStrangers: sellsToStrangers(core),
    terms: sellingTerms(sellerOf(core)),
  };
}

async function teamOf({ store }: Core, { teamId, role }: Actor): Promise<NonNullable<PackPage['team']>> {
  const mayBuy = may(role, 'credits.buy');
  const [team, ask] = await Promise.all([store.teams.find(teamId), mayBuy ? [] : store.customers.named(teamId, buyers, ASK_MOST)]);
  return { name: team?.name ?? '', mayBuy, ask };
}

/** The words of the page about terms, where credits are sold. */
export async function terms(core: Core): Promise<string[] | null> {
  return core.payments === null ? null : sellingTerms(sellerOf(core));
}

/**
 * `unclear`: Stripe could not be asked now, or only a newer version of the product can credit it. `off`:
 * payments were turned off. `too-many`: this network looked too often within the hour.
 */
export type DoneView =
  | { readonly kind: Exclude<FulfilOutcome['kind'], 'paid' | 'newer' | 'elsewhere'> | 'unclear' | 'too-many' | 'off' }
  | {
      readonly kind: 'paid';
      readonly credits: Amount;
      /** Where it went, for whoever is logged in there. */
      readonly team: string | null;
      /** Whose account it is, where a stranger bought it: `g•••@example.com`. */
      readonly mailedTo: string | null;
    };

/** From one network address in an hour: each asks Stripe. */
const DONE_MOST = 120;

/** Somebody comes back from a checkout, logged in or not. Logs nobody in. */
export async function done(core: Core, actor: Actor | null, checkoutId: string, caller: string): Promise<DoneView> {
  if (core.payments === null) return { kind: 'off' };
  if ((await core.store.logins.take(`bought|caller|${firstHalf(caller)}`, DONE_MOST, 3_600, core.clock.now())) > 0)
    return { kind: 'too-many' };
  const outcome = await fulfil(core, checkoutId, 'page').catch((error: unknown) => {
    if (!(error instanceof PaymentsError)) throw error;
    core.log.warn({ checkoutId, code: error.code, reason: error.message }, 'checkout not read');
    return { kind: 'unclear' as const };
  });
  if (outcome.kind === 'elsewhere') return { kind: 'unknown' };
  if (outcome.kind === 'newer') return { kind: 'unclear' };
  if (outcome.kind !== 'paid') return { kind: outcome.kind };
  const { credits, teamId, openedBy } = outcome.purchase;
  const isInside = actor?.teamId === teamId;
  const owner = openedBy === null && !isInside ? (await core.store.custody.owners(teamId!))[0] : undefined;
  return {
    kind: 'paid',
    credits: amountOf(credits),
    team: isInside ? ((await core.store.teams.find(teamId!))?.name ?? '') : null,
    mailedTo: owner === undefined ? null : maskMailAddress(owner.email),
  };
}

function viewOf({ pack: id, version, credits, amount, currency }: Offer): PackView {
  const perHundred = (amount * 100_000_000n + credits - 1n) / credits;
  return {
    id,
    credits: amountOf(credits),
    bonus: amountOf(packOf(id, version).bonus),
    price: sayMoney(amount, currency),
    perHundred: sayMoney(perHundred, currency),
  };
}
