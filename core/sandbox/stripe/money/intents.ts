// Payment intents, and the charges that they make: what a method does when it is charged.

import type { Stripe } from 'stripe';
import { mustConfirm, type Decline, type Outcome } from '../cards.ts';
import { idOf, newObjectId } from '../ids.ts';
import { after } from '../jobs.ts';
import { tell } from '../news/event.ts';
import { Refused } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { followUp } from './aftermath.ts';
import { behaviourOf } from './methods.ts';

/** By the sandbox's clock. At Stripe it takes days. */
export const BANKS_TAKE_MS = 3 * 60_000;

export function newIntent(
  world: World,
  { amount, currency, more = {} }: { amount: number; currency: string; more?: Partial<Stripe.PaymentIntent> },
): Stripe.PaymentIntent {
  const id = newObjectId('pi_3');
  const intent = world.store.put('payment_intent', {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${newObjectId('', 25)}`,
    confirmation_method: 'automatic',
    created: world.now(),
    currency,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card', 'sepa_debit'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
    ...more,
  });
  tell(world, 'payment_intent.created', intent);
  return intent;
}

/** Charges a method. What comes of it stands in the intent's status and its last error. */
export function confirm(
  world: World,
  before: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { offSession = false, isConfirmed = false } = {},
): Stripe.PaymentIntent {
  const { store } = world;
  const intent = { ...before, payment_method: method.id, last_payment_error: null, next_action: null };
  const behaviour = behaviourOf(world, method.id);
  const outcome: Outcome = offSession ? (behaviour.offSession ?? behaviour.charge) : behaviour.charge;

  if (outcome === 'confirm' && !isConfirmed) {
    if (offSession) return decline(world, intent, method, mustConfirm);
    const waiting = store.put('payment_intent', {
      ...intent,
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
    });
    tell(world, 'payment_intent.requires_action', waiting);
    return waiting;
  }
  if (typeof outcome === 'object') return decline(world, intent, method, outcome);
  if (outcome === 'later' || outcome === 'fails-later') {
    const charge = newCharge(world, intent, method, { status: 'pending', paid: false, captured: false, amount_captured: 0 });
    tell(world, 'charge.pending', charge);
    const processing = store.put('payment_intent', { ...intent, status: 'processing', latest_charge: charge.id });
    tell(world, 'payment_intent.processing', processing);
    after(world, BANKS_TAKE_MS, outcome === 'later' ? 'settle' : 'bounce', intent.id);
    return processing;
  }
  const charge = newCharge(world, intent, method, {});
  tell(world, 'charge.succeeded', charge);
  const paid = succeed(world, intent, charge.id);
  followUp(world, charge, behaviour.after ?? null);
  return paid;
}

/** A delayed payment arrived, or did not. Gives nothing back where there is none under way. */
export function settle(world: World, intentId: string, arrived: boolean): Stripe.PaymentIntent | null {
  const { store } = world;
  const intent = store.get('payment_intent', intentId);
  const charge = store.get('charge', idOf(intent?.latest_charge));
  if (intent?.status !== 'processing' || charge === null) return null;
  if (arrived) {
    const done = store.put('charge', { ...charge, status: 'succeeded', paid: true, captured: true, amount_captured: charge.amount });
    tell(world, 'charge.succeeded', done);
    return succeed(world, intent, done.id);
  }
  const method = store.get('payment_method', idOf(intent.payment_method))!;
  return decline(world, intent, method, bounced, charge);
}

const bounced: Decline = {
  code: 'payment_intent_payment_attempt_failed',
  declineCode: 'insufficient_funds',
  message: 'The customer’s bank account has insufficient funds.',
};

function succeed(world: World, intent: Stripe.PaymentIntent, chargeId: string): Stripe.PaymentIntent {
  const paid = world.store.put('payment_intent', {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: chargeId,
  });
  tell(world, 'payment_intent.succeeded', paid);
  return paid;
}

function decline(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { code, declineCode, message }: Decline,
  pending: Stripe.Charge | null = null,
): Stripe.PaymentIntent {
  const { store } = world;
  const facts = {
    status: 'failed',
    paid: false,
    captured: false,
    amount_captured: 0,
    failure_code: code,
    failure_message: message,
  } as const;
  const charge = pending === null ? newCharge(world, intent, method, facts) : store.put('charge', { ...pending, ...facts });
  tell(world, 'charge.failed', charge);
  const failed = store.put('payment_intent', {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge.id,
    last_payment_error: { type: 'card_error', code, decline_code: declineCode, message, charge: charge.id, payment_method: method },
  });
  tell(world, 'payment_intent.payment_failed', failed);
  return failed;
}

/** What a request is answered that was to charge, and could not; null where it could. */
export function asRefusal(intent: Stripe.PaymentIntent): Refused | null {
  const error = intent.last_payment_error;
  if (error === null || intent.status !== 'requires_payment_method') return null;
  return new Refused(402, {
    type: 'card_error',
    code: error.code ?? 'card_declined',
    decline_code: error.decline_code ?? 'generic_decline',
    message: error.message ?? 'Your card was declined.',
    charge: error.charge ?? '',
    payment_intent: intent,
    payment_method: error.payment_method ?? {},
  });
}

function newCharge(world: World, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, more: Partial<Stripe.Charge>): Stripe.Charge {
  const isCard = method.type === 'card';
  const failed = more.status === 'failed';
  return world.store.put('charge', {
    id: newObjectId(isCard ? 'ch_3' : 'py_3'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: null,
    captured: true,
    created: world.now(),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: failed ? 'declined_by_network' : 'approved_by_network',
      reason: failed ? 'generic_decline' : null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: failed ? 'The bank did not return any further details with this decline.' : 'Payment complete.',
      type: failed ? 'issuer_declined' : 'authorized',
    },
    paid: true,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: paidWith(method, intent.amount),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
    ...more,
  });
}

function paidWith({ type, card, sepa_debit: debit }: Stripe.PaymentMethod, amount: number): Stripe.Charge.PaymentMethodDetails {
  if (card === undefined) {
    const { bank_code = null, branch_code = null, country = null, fingerprint = null, last4 = null } = debit ?? {};
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  const { brand, checks, country, exp_month, exp_year, fingerprint = null, funding, last4, regulated_status } = card;
  return {
    type,
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand,
      checks,
      country,
      electronic_commerce_indicator: null,
      exp_month,
      exp_year,
      fingerprint,
      funding,
      installments: null,
      last4,
      mandate: null,
      network: brand,
      network_transaction_id: null,
      regulated_status,
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}
