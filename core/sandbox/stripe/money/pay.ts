// What happens when somebody pays a checkout: the discount, the customer, the charge, the invoice, and the events of each.

import type { Stripe } from 'stripe';
import type { TestMethod } from '../cards.ts';
import { idOf } from '../ids.ts';
import { tell } from '../news/event.ts';
import type { World } from '../world.ts';
import { newCustomer } from './customers.ts';
import { couponIn, redeem } from './discounts.ts';
import { confirm, newIntent, settle } from './intents.ts';
import { makeInvoice, payInvoice } from './invoices.ts';
import { attach, newMethod } from './methods.ts';
import { payer } from './sessions.ts';
import { totalsOf } from './totals.ts';

export interface Payer {
  readonly email: string;
  readonly name: string;
}

export type Paying =
  | { readonly kind: 'done'; readonly session: Stripe.Checkout.Session }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'declined'; readonly message: string };

/** The same session with this code, or without any. */
export function withCode(world: World, session: Stripe.Checkout.Session, code: Stripe.PromotionCode | null): Stripe.Checkout.Session {
  const { store } = world;
  const inside = store.get('checkout_inside', session.id)!;
  const discounts = code === null ? [] : [{ coupon: null, promotion_code: code.id }];
  const totals = totalsOf(inside.lines, couponIn(world, { discounts }), session.automatic_tax.enabled);
  store.put('checkout_inside', { ...inside, lines: totals.lines });
  return store.put('session', {
    ...session,
    discounts,
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    total_details: { amount_discount: totals.discount, amount_shipping: 0, amount_tax: totals.tax },
  });
}

/** `method` is null where nothing is to pay. */
export function pay(world: World, session: Stripe.Checkout.Session, who: Payer, method: TestMethod | null): Paying {
  const { store } = world;
  const inside = store.get('checkout_inside', session.id)!;
  const total = session.amount_total ?? 0;
  if (total === 0) return { kind: 'done', session: complete(world, session, who, null) };

  const before = store.get('payment_intent', idOf(session.payment_intent));
  const intent =
    before ??
    newIntent(world, {
      amount: total,
      currency: session.currency ?? 'usd',
      more: {
        customer: idOf(session.customer),
        description: inside.description,
        metadata: { ...inside.intentMetadata },
        ...(inside.saveCard && { setup_future_usage: 'off_session' }),
      },
    });
  const known = store.put('session', { ...session, payment_intent: intent.id });
  return end(world, known, who, confirm(world, { ...intent, amount: total }, newMethod(world, method!, who)));
}

/** The owner of a card confirmed, or did not. null where nobody was asked to. */
export function answerBank(world: World, session: Stripe.Checkout.Session, isConfirmed: boolean): Paying | null {
  const { store } = world;
  const inside = store.get('checkout_inside', session.id)!;
  const intent = store.get('payment_intent', inside.confirming?.intentId ?? null);
  const method = store.get('payment_method', idOf(intent?.payment_method));
  if (inside.confirming === null || intent === null || method === null) return null;
  const { email, name } = inside.confirming;
  store.put('checkout_inside', { ...inside, confirming: null });
  if (isConfirmed) return end(world, session, { email, name }, confirm(world, intent, method, { isConfirmed }));
  const message = 'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
  const failed = store.put('payment_intent', {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: { type: 'invalid_request_error', code: 'payment_intent_authentication_failure', message, payment_method: method },
  });
  tell(world, 'payment_intent.payment_failed', failed);
  return { kind: 'declined', message };
}

/** Money of a checkout that takes days arrived, or did not. */
export function settleCheckout(world: World, intentId: string, arrived: boolean): void {
  const { store } = world;
  const intent = settle(world, intentId, arrived);
  if (intent === null) return;
  const session = store.all('session').find((each) => idOf(each.payment_intent) === intentId);
  if (session === undefined) return;
  if (!arrived) return tell(world, 'checkout.session.async_payment_failed', session);
  const invoice = store.get('invoice', idOf(session.invoice));
  if (invoice !== null) payInvoice(world, invoice);
  tell(world, 'checkout.session.async_payment_succeeded', store.put('session', { ...session, payment_status: 'paid' }));
}

function end(world: World, session: Stripe.Checkout.Session, who: Payer, intent: Stripe.PaymentIntent): Paying {
  if (intent.status === 'requires_action') {
    const inside = world.store.get('checkout_inside', session.id)!;
    world.store.put('checkout_inside', { ...inside, confirming: { intentId: intent.id, ...who } });
    return { kind: 'confirm' };
  }
  if (intent.status === 'requires_payment_method')
    return { kind: 'declined', message: intent.last_payment_error?.message ?? 'Your card was declined.' };
  return { kind: 'done', session: complete(world, session, who, intent) };
}

function complete(
  world: World,
  session: Stripe.Checkout.Session,
  { email, name }: Payer,
  intent: Stripe.PaymentIntent | null,
): Stripe.Checkout.Session {
  const { store } = world;
  const inside = store.get('checkout_inside', session.id)!;
  const isPaid = intent === null || intent.status === 'succeeded';
  const customer = customerOf(world, session, { email, name });
  if (customer !== null && intent !== null) belongTo(world, intent, customer, inside.saveCard);
  const done: Stripe.Checkout.Session = {
    ...session,
    customer: customer?.id ?? null,
    customer_details: payer(customer?.email ?? email, name || (customer?.name ?? null)),
    payment_intent: intent?.id ?? null,
    payment_status: intent === null ? 'no_payment_required' : isPaid ? 'paid' : 'unpaid',
    status: 'complete',
    url: null,
  };
  redeem(world, done);
  const invoice = session.invoice_creation?.enabled ? makeInvoice(world, done, inside.lines, { isPaid }) : null;
  const kept = store.put('session', { ...done, invoice: invoice?.id ?? null });
  tell(world, 'checkout.session.completed', kept);
  return kept;
}

/** A guest has none, unless the checkout is to make one or keeps the card. */
function customerOf(world: World, session: Stripe.Checkout.Session, { email, name }: Payer): Stripe.Customer | null {
  const { store } = world;
  const inside = store.get('checkout_inside', session.id)!;
  const known = store.get('customer', idOf(session.customer));
  if (known !== null) {
    if (!inside.updatesName || name === '' || name === known.name) return known;
    const renamed = store.put('customer', { ...known, name });
    tell(world, 'customer.updated', renamed);
    return renamed;
  }
  const isWanted = session.customer_creation === 'always' || inside.saveCard || session.invoice_creation?.enabled;
  return isWanted ? newCustomer(world, { email, name: name === '' ? null : name }) : null;
}

function belongTo(world: World, intent: Stripe.PaymentIntent, customer: Stripe.Customer, saveCard: boolean): void {
  const { store } = world;
  store.put('payment_intent', { ...intent, customer: customer.id });
  const charge = store.get('charge', idOf(intent.latest_charge));
  if (charge !== null) store.put('charge', { ...charge, customer: customer.id });
  const method = store.get('payment_method', idOf(intent.payment_method));
  if (saveCard && method !== null) attach(world, { ...method, allow_redisplay: 'limited' }, customer.id);
}
