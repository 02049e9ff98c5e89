// What happened, for the sandbox's page.

import type { Stripe } from 'stripe';
import type { SandboxEvent, SandboxOverview, SandboxPayment } from '#core/contracts/stripe-sandbox.ts';
import { idOf } from './ids.ts';
import type { World } from './world.ts';

const SHOWN = 50;

export function overview({ store }: World): SandboxOverview {
  const sessions = store.all('session');
  const sessionOf = new Map(sessions.map((session) => [idOf(session.payment_intent), session]));
  const deliveries = Map.groupBy([...store.all('delivery_due'), ...store.all('delivery')], ({ eventId }) => eventId);
  const payments = [...store.all('payment_intent'), ...sessions.filter(({ payment_status: status }) => status === 'no_payment_required')]
    .toReversed()
    .toSorted((one, other) => other.created - one.created)
    .slice(0, SHOWN);
  return {
    payments: payments.map((each) => (each.object === 'payment_intent' ? paymentOf(each, sessionOf.get(each.id)) : freeOf(each))),
    promotions: store
      .all('promotion_code')
      .filter(({ active }) => active)
      .slice(-SHOWN)
      .toReversed()
      .map(({ code, promotion: { coupon }, times_redeemed: used }) => ({
        code,
        percent: store.get('coupon', idOf(coupon))?.percent_off ?? null,
        used,
      })),
    events: store.all('event').slice(-SHOWN).toReversed().map(eventOf),
  };

  function paymentOf(intent: Stripe.PaymentIntent, session: Stripe.Checkout.Session | undefined): SandboxPayment {
    const charge = store.get('charge', idOf(intent.latest_charge));
    return {
      id: intent.id,
      checkoutId: session?.id ?? null,
      email: session?.customer_details?.email ?? store.get('customer', idOf(intent.customer))?.email ?? null,
      description: session === undefined ? intent.description : linesOf(session.id),
      amount: intent.amount,
      currency: intent.currency,
      status: intent.status.replaceAll('_', ' '),
      refunded: charge?.amount_refunded ?? 0,
      disputes: store.all('dispute').flatMap(({ id, status, payment_intent: of }) => (idOf(of) === intent.id ? [{ id, status }] : [])),
      isUnderWay: intent.status === 'processing',
      created: intent.created,
    };
  }

  /** A checkout where nothing was to pay. */
  function freeOf({ id, customer_details: payer, currency, created }: Stripe.Checkout.Session): SandboxPayment {
    return {
      id,
      checkoutId: id,
      email: payer?.email ?? null,
      description: linesOf(id),
      amount: 0,
      currency: currency ?? 'usd',
      status: 'no payment required',
      refunded: 0,
      disputes: [],
      isUnderWay: false,
      created,
    };
  }

  function linesOf(sessionId: string): string | null {
    const names = store.get('checkout_inside', sessionId)?.lines.map(({ description }) => description ?? 'Item');
    return names?.join(', ') ?? null;
  }

  function eventOf({ id, type, created, data }: Stripe.Event): SandboxEvent {
    return {
      id,
      type,
      objectId: (data.object as { readonly id?: string }).id ?? null,
      created,
      deliveries: (deliveries.get(id) ?? []).map(({ state, tries, status }) => ({ state, tries, status })),
    };
  }
}
