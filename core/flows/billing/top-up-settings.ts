// Auto top-up as people turn it on, change it and turn it off. Turning it on needs a yes to all of its numbers, which the audit
// log keeps, and a saved card. Turning it off needs nothing.

import type { Actor } from '#core/domain/actor.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import {
  DAILY_MOST,
  offerAgreed,
  pauses,
  pricesShown,
  readTopUp,
  usualTopUp,
  type TopUpStanding,
  type TopUpWanted,
} from '#core/domain/billing/top-up.ts';
import { amountOf, readCredits, type Amount } from '#core/domain/credits/credits.ts';
import { offerOf, offersIn, type Currency, type PackId } from '#core/domain/credits/packs.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { PaymentsError, type SavedCard } from '#core/ports/payments.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import type { Core } from '../runtime/core.ts';

export interface TopUpView {
  /** false: it cannot be turned on here. What is on can be turned off. */
  readonly offered: boolean;
  readonly currency: Currency;
  readonly packs: readonly { readonly id: PackId; readonly credits: Amount; readonly price: string }[];
  /** Names these prices, for whoever agrees to them. */
  readonly prices: string;
  readonly pauses: readonly number[];
  readonly dailyMost: number;
  /** null: none is saved. `unclear`: Stripe could not be asked. */
  readonly card: { readonly brand: string; readonly last4: string; readonly expires: string } | null | 'unclear';
  /** What was agreed to last, or what is suggested; money in whole units of the currency. */
  readonly numbers: {
    readonly below: Amount | null;
    readonly pack: string;
    readonly monthlyCap: string | null;
    readonly daily: number;
    readonly pauseMinutes: number;
  };
  /** null: nobody ever turned it on. `price` and `cap` are money in words. */
  readonly agreed: {
    readonly standing: TopUpStanding;
    readonly below: Amount;
    readonly pack: string;
    readonly price: string;
    readonly cap: string;
    readonly charged: string;
    readonly daily: number;
  } | null;
}

/** Rejects with `not.allowed` or `billing.off`. */
export async function topUp(core: Core, actor: Actor): Promise<TopUpView> {
  mustBeAllowed(actor, 'credits.buy');
  const { payments, settings, store, clock } = core;
  if (payments === null) throw refuse('billing.off');
  const at = clock.now();
  const card = await cardOf(core, actor);
  // Somebody who has just saved another card sees that it is charged again.
  if (card !== 'unclear') await store.topUpSettings.cardRead(actor.teamId, card?.fingerprint ?? null, at);
  const agreed = await store.topUpSettings.of(actor.teamId);
  const [currency] = settings.selling.currencies;
  const offer = agreed && offerAgreed(agreed);
  const packs = offersIn(currency).map(({ pack: id, credits, amount }) => ({
    id,
    credits: amountOf(credits),
    price: sayMoney(amount, currency),
  }));
  return {
    offered: settings.selling.topsUp,
    currency,
    packs,
    prices: pricesShown(currency),
    pauses,
    dailyMost: DAILY_MOST,
    card: card === null || card === 'unclear' ? card : sayCard(card),
    numbers: {
      below: agreed === null ? null : amountOf(agreed.below),
      pack: agreed?.pack ?? 'team',
      monthlyCap: agreed !== null && agreed.currency === currency ? wholeUnits(agreed.monthlyCap, currency) : null,
      daily: agreed?.dailyMost ?? usualTopUp.dailyMost,
      pauseMinutes: agreed === null ? usualTopUp.pauseMinutes : agreed.pauseS / 60,
    },
    agreed:
      agreed === null || offer === null
        ? null
        : {
            standing: await store.topUpSettings.standing(actor.teamId, offer.amount, at),
            below: amountOf(agreed.below),
            pack: agreed.pack,
            price: sayMoney(offer.amount, offer.currency),
            cap: sayMoney(agreed.monthlyCap, agreed.currency),
            charged: sayMoney(await store.topUpSettings.chargedInMonth(actor.teamId, agreed.currency, at), agreed.currency),
            daily: agreed.dailyMost,
          },
  };
}

/** Rejects with `not.allowed`, `billing.off`, `payments.unavailable`, or `request.invalid` where a number, the yes or the card is missing. */
export async function setTopUp(core: Core, actor: Actor, wanted: TopUpWanted & { readonly agreed: boolean }): Promise<void> {
  mustBeAllowed(actor, 'credits.buy');
  const { payments, settings, store, clock, log } = core;
  if (payments === null || !settings.selling.topsUp) throw refuse('billing.off');
  const [currency] = settings.selling.currencies;
  const read = readTopUp(wanted, currency, readCredits);
  const problems = [
    ...(Array.isArray(read) ? read : []),
    ...(wanted.agreed ? [] : [{ name: 'agreed', problem: 'Confirm that your card may be charged automatically.' }]),
  ];
  if (Array.isArray(read) || problems.length > 0) throw refuse('request.invalid', { fields: problems });
  const payer = await store.people.payerFor(actor.userId, actor.teamId);
  if (payer === null) throw refuse('not.allowed'); // left the team a moment ago
  if (payer.closed !== null) throw refuse(payer.closed.code, payer.closed.facts as never);
  const card = await cardOf(core, actor);
  if (card === 'unclear') throw refuse('payments.unavailable');
  if (card === null) throw refuse('request.invalid', { fields: [{ name: 'agreed', problem: 'Save a card first.' }] });
  const at = clock.now();
  const before = await store.topUpSettings.of(actor.teamId);
  const act = before?.enabled === true ? 'top-up.changed' : 'top-up.on';
  const facts = {
    below: amountOf(read.below),
    pack: read.pack,
    price: sayMoney(offerOf(read.pack as PackId, currency).amount, currency),
    cap: sayMoney(read.monthlyCap, currency),
    daily: read.dailyMost,
    pauseMinutes: read.pauseS / 60,
    card: card.last4,
  };
  await store.money.transaction(async (client) => {
    await store.topUpSettings.agree(client, actor.teamId, read, actor.userId, at);
    await writeAudit(client, { at, actor: `user:${actor.userId}`, act, teamId: actor.teamId, subject: null, facts });
  });
  log.info({ teamId: actor.teamId, userId: actor.userId, act }, 'auto top-up set');
}

/** What is being charged at this moment is still credited. Nothing happens where it was off. */
export async function endTopUp({ store, clock, log }: Core, actor: Actor): Promise<void> {
  mustBeAllowed(actor, 'credits.buy');
  const at = clock.now();
  await store.money.transaction(async (client) => {
    if (!(await store.topUpSettings.turnOff(client, actor.teamId))) return;
    await writeAudit(client, { at, actor: `user:${actor.userId}`, act: 'top-up.off', teamId: actor.teamId, subject: null, facts: {} });
    log.info({ teamId: actor.teamId, userId: actor.userId }, 'auto top-up turned off');
  });
}

async function cardOf({ payments, store, log }: Core, { teamId }: Actor): Promise<SavedCard | null | 'unclear'> {
  const customerId = await store.customers.of(teamId);
  if (customerId === null) return null;
  return payments!.card(customerId).catch((error: unknown) => {
    if (!(error instanceof PaymentsError)) throw error;
    log.warn({ teamId, code: error.code, reason: error.message }, 'card not read');
    return 'unclear' as const;
  });
}

function sayCard({ brand, last4, expires: { month, year } }: SavedCard) {
  return { brand, last4, expires: `${String(month).padStart(2, '0')}/${year}` };
}

function wholeUnits(amount: bigint, currency: Currency): string {
  return sayMoney(amount, currency).replace(/[^\d.]/g, '');
}
