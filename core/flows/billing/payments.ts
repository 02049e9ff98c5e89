// What a team bought, and the page at Stripe where its receipts, invoices and cards are.

import type { Actor } from '#core/domain/actor.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { offerAgreed, type TopUpStanding } from '#core/domain/billing/top-up.ts';
import type { Purchase } from '#core/domain/billing/purchase.ts';
import { amountOf, type Amount } from '#core/domain/credits/credits.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { PaymentsError, type Payments } from '#core/ports/payments.ts';
import type { Core } from '../runtime/core.ts';

export interface PaymentView {
  readonly id: string;
  /** ISO 8601: when it was paid, or begun. */
  readonly at: string;
  readonly credits: Amount;
  /** null: not paid yet. In words. */
  readonly money: string | null;
  /** null: nothing was refunded. In words. */
  readonly refunded: string | null;
  /** `in-review`: somebody who runs the product has to decide about it. */
  readonly state: 'pending' | 'paid' | 'failed' | 'in-review';
  readonly dispute: Purchase['dispute'];
  readonly isTopUp: boolean;
}

const SHOWN = 20;

export interface PaymentsView {
  /** Newest first, without what nobody paid. */
  readonly payments: readonly PaymentView[];
  /** null: nobody ever turned it on. */
  readonly topUp: TopUpStanding | null;
  /** Whether auto top-up can be turned on here. */
  readonly topUpOffered: boolean;
}

export async function payments(core: Core, actor: Actor): Promise<PaymentsView> {
  mustBeAllowed(actor, 'credits.see');
  const { store, clock, settings } = core;
  const [bought, agreed] = await Promise.all([store.purchases.ofTeam(actor.teamId, SHOWN), store.topUpSettings.of(actor.teamId)]);
  const offer = agreed && offerAgreed(agreed);
  return {
    payments: bought.map(viewOf),
    topUp: offer && (await store.topUpSettings.standing(actor.teamId, offer.amount, clock.now())),
    topUpOffered: core.payments !== null && settings.selling.topsUp,
  };
}

function viewOf(purchase: Purchase): PaymentView {
  const { id, paidAt, openedAt, credits, paid, currency, refunded, state, dispute, checkoutId, trouble } = purchase;
  return {
    id,
    at: (paidAt ?? openedAt).toISOString(),
    credits: amountOf(credits),
    money: paid === null ? null : sayMoney(paid, currency),
    refunded: refunded === 0n ? null : sayMoney(refunded, currency),
    state: trouble !== null ? 'in-review' : state === 'paid' || state === 'failed' ? state : 'pending',
    dispute,
    isTopUp: state === 'paid' && checkoutId === null,
  };
}

/**
 * Opens the customer portal at Stripe; a team that is no customer yet becomes one. `back` is a page of ours. Rejects with
 * `not.allowed`, `billing.off` or `payments.unavailable`.
 */
export async function portal(core: Core, actor: Actor, back: '/credits' | '/credits/top-up'): Promise<{ url: string }> {
  mustBeAllowed(actor, 'credits.buy');
  const { payments: stripe, settings, store, log } = core;
  if (stripe === null) throw refuse('billing.off');
  const open = async (customerId: string) => stripe.openPortal(customerId, `${settings.publicUrl}${back}`);
  try {
    const customerId = await customerOf(core, stripe, actor);
    return await open(customerId).catch(async (error: unknown) => {
      // Deleted in the dashboard, or of the account of an earlier key.
      if (!(error instanceof PaymentsError && error.code === 'unknown-customer')) throw error;
      await store.customers.forget(actor.teamId, customerId);
      return open(await customerOf(core, stripe, actor, customerId));
    });
  } catch (error) {
    if (!(error instanceof PaymentsError)) throw error;
    const { kind, code, message } = error;
    log[kind === 'refused' ? 'error' : 'warn']({ teamId: actor.teamId, kind, code, reason: message }, 'customer portal not opened');
    throw Object.assign(refuse('payments.unavailable'), { cause: error });
  }
}

/** The key names the customer before it, so that a new one is another request. */
async function customerOf({ store }: Core, stripe: Payments, { teamId, userId }: Actor, gone = ''): Promise<string> {
  const known = await store.customers.of(teamId);
  if (known !== null) return known;
  const [account, team] = await Promise.all([store.accounts.read(userId), store.teams.find(teamId)]);
  const made = await stripe.makeCustomer(
    { teamId, email: account?.email ?? '', name: team?.name ?? '' },
    `customer:${teamId}:${gone}:${userId}`,
  );
  await store.customers.keep(teamId, made);
  return (await store.customers.of(teamId)) ?? made;
}
