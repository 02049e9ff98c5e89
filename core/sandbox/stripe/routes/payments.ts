import type { Stripe } from 'stripe';
import { idOf } from '../ids.ts';
import { customerNamed } from '../money/customers.ts';
import { moveDispute } from '../money/disputes.ts';
import { asRefusal, confirm, newIntent } from '../money/intents.ts';
import { attach, methodNamed } from '../money/methods.ts';
import { refund } from '../money/refunds.ts';
import { tell } from '../news/event.ts';
import {
  cancelIntent,
  cancelRefund,
  closeDispute,
  confirmIntent,
  createIntent,
  createRefund,
  listCharges,
  listDisputes,
  listFraudWarnings,
  listIntents,
  listRefunds,
  retrieveCharge,
  retrieveDispute,
  retrieveFraudWarning,
  retrieveIntent,
  retrieveInvoice,
  retrieveRefund,
  updateDispute,
} from '../params/payments.ts';
import { page, within } from '../wire/lists.ts';
import { mergeMetadata } from '../wire/metadata.ts';
import { invalid, noSuch, type Refused } from '../wire/problem.ts';
import type { Range } from '../wire/rules.ts';
import type { World } from '../world.ts';
import { route, type Route } from './route.ts';

const LEAST = 50;

export const paymentRoutes: readonly Route[] = [
  route('POST', '/v1/payment_intents', createIntent, ({ world, given }) => {
    const { amount, currency, customer = null, description = null, payment_method: named, confirm: atOnce = false } = given;
    if (amount < LEAST) throw invalid('Amount must be at least $0.50 usd', { code: 'amount_too_small', param: 'amount' });
    if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency}.`, { param: 'currency' });
    if (given.off_session && !atOnce) throw invalid('`off_session` can only be used with `confirm=true`.', { param: 'off_session' });
    if (given.off_session && given.setup_future_usage)
      throw invalid('You cannot set `setup_future_usage` on an off-session payment.', { param: 'setup_future_usage' });
    if (customer !== null) customerNamed(world, customer, 'customer');
    const method = named === undefined ? null : ownedBy(methodNamed(world, named, 'payment_method'), customer);
    const more = {
      customer,
      description,
      metadata: mergeMetadata({}, given.metadata),
      receipt_email: given.receipt_email ?? null,
      setup_future_usage: given.setup_future_usage ?? null,
      ...(method !== null && { payment_method: method.id, status: 'requires_confirmation' as const }),
    };
    const intent = newIntent(world, { amount, currency, more });
    if (!atOnce) return intent;
    if (method === null)
      throw invalid('You cannot confirm this PaymentIntent because it’s missing a payment method.', {
        code: 'payment_intent_unexpected_state',
      });
    return confirmed(world, intent, method, given);
  }),
  route('GET', '/v1/payment_intents', listIntents, ({ world, given, path }) => {
    const { created, customer } = given;
    const intents = world.store
      .all('payment_intent')
      .filter((each) => within(each.created, created) && (customer === undefined || idOf(each.customer) === customer));
    return page(intents, given, path);
  }),
  route('GET', '/v1/payment_intents/:id', retrieveIntent, ({ world, id }) => intentOf(world, id)),
  route('POST', '/v1/payment_intents/:id/confirm', confirmIntent, ({ world, id, given }) => {
    const intent = intentOf(world, id);
    if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
      throw unexpected(intent, 'confirm');
    const named = given.payment_method ?? idOf(intent.payment_method);
    if (named === null)
      throw invalid('You cannot confirm this PaymentIntent because it’s missing a payment method.', {
        code: 'payment_intent_unexpected_state',
      });
    return confirmed(world, intent, ownedBy(methodNamed(world, named, 'payment_method'), idOf(intent.customer)), given);
  }),
  route('POST', '/v1/payment_intents/:id/cancel', cancelIntent, ({ world, id, given }) => {
    const intent = intentOf(world, id);
    if (['succeeded', 'canceled', 'processing'].includes(intent.status)) throw unexpected(intent, 'cancel');
    const canceled = world.store.put('payment_intent', {
      ...intent,
      status: 'canceled',
      canceled_at: world.now(),
      cancellation_reason: given.cancellation_reason ?? null,
      next_action: null,
    });
    tell(world, 'payment_intent.canceled', canceled);
    return canceled;
  }),

  route('GET', '/v1/charges', listCharges, ({ world, given, path }) => {
    const charges = of(world.store.all('charge'), given).filter(
      (each) => given.customer === undefined || idOf(each.customer) === given.customer,
    );
    return page(charges, given, path);
  }),
  route('GET', '/v1/charges/:id', retrieveCharge, ({ world, id }) => chargeOf(world, id)),

  route('POST', '/v1/refunds', createRefund, ({ world, given }) => {
    const { amount = null, charge: chargeId, payment_intent: intentId, reason = null, metadata } = given;
    if ((chargeId === undefined) === (intentId === undefined))
      throw invalid('One of the following params should be provided for this request: payment_intent or charge.', {
        code: 'parameter_missing',
        param: 'charge',
      });
    const charge = chargeId === undefined ? chargeOfIntent(world, intentId!) : chargeOf(world, chargeId, 'charge');
    return refund(world, charge, { amount, reason, metadata: mergeMetadata({}, metadata) });
  }),
  route('GET', '/v1/refunds', listRefunds, ({ world, given, path }) => page(of(world.store.all('refund'), given), given, path)),
  route('GET', '/v1/refunds/:id', retrieveRefund, ({ world, id }) => refundOf(world, id)),
  route('POST', '/v1/refunds/:id/cancel', cancelRefund, ({ world, id }) => {
    const { status } = refundOf(world, id);
    throw invalid(`This refund is ${status}; only refunds that require an action can be canceled.`);
  }),

  route('GET', '/v1/disputes', listDisputes, ({ world, given, path }) => page(of(world.store.all('dispute'), given), given, path)),
  route('GET', '/v1/disputes/:id', retrieveDispute, ({ world, id }) => disputeOf(world, id)),
  route('POST', '/v1/disputes/:id', updateDispute, ({ world, id, given }) => {
    const before = disputeOf(world, id);
    const evidence = { ...before.evidence, ...given.evidence };
    const dispute = world.store.put('dispute', { ...before, evidence, metadata: mergeMetadata(before.metadata, given.metadata) });
    if (given.submit === false) return dispute;
    // In test mode the words decide.
    if (evidence.uncategorized_text === 'winning_evidence') return moveDispute(world, dispute, won(dispute));
    if (evidence.uncategorized_text === 'losing_evidence') return moveDispute(world, dispute, lost(dispute));
    return moveDispute(world, dispute, dispute.status.startsWith('warning_') ? 'warning_under_review' : 'under_review');
  }),
  route('POST', '/v1/disputes/:id/close', closeDispute, ({ world, id }) => moveDispute(world, disputeOf(world, id), 'lost')),

  route('GET', '/v1/radar/early_fraud_warnings', listFraudWarnings, ({ world, given, path }) =>
    page(of(world.store.all('fraud_warning'), given), given, path),
  ),
  route('GET', '/v1/radar/early_fraud_warnings/:id', retrieveFraudWarning, ({ world, id }) => {
    const warning = world.store.get('fraud_warning', id);
    if (warning === null) throw noSuch('early fraud warning', id);
    return warning;
  }),
  route('GET', '/v1/invoices/:id', retrieveInvoice, ({ world, id }) => {
    const invoice = world.store.get('invoice', id);
    if (invoice === null) throw noSuch('invoice', id);
    return invoice;
  }),
];

function confirmed(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  {
    off_session: offSession = false,
    error_on_requires_action: orFail = false,
  }: { off_session?: boolean; error_on_requires_action?: boolean },
): Stripe.PaymentIntent | Refused {
  const after = confirm(world, intent, method, { offSession: offSession || orFail });
  const owner = idOf(intent.customer);
  if (owner !== null && intent.setup_future_usage !== null && after.status === 'succeeded') attach(world, method, owner);
  return asRefusal(after) ?? after;
}

function ownedBy(method: Stripe.PaymentMethod, customer: string | null): Stripe.PaymentMethod {
  const owner = idOf(method.customer);
  if (owner !== null && owner !== customer)
    throw invalid(
      `The PaymentMethod \`${method.id}\` does not belong to the Customer you supplied. Please use this PaymentMethod with the Customer that it belongs to instead.`,
      {
        param: 'payment_method',
      },
    );
  return method;
}

function unexpected({ status }: Stripe.PaymentIntent, act: string) {
  return invalid(`You cannot ${act} this PaymentIntent because it has a status of ${status}.`, { code: 'payment_intent_unexpected_state' });
}

function won({ status }: Stripe.Dispute) {
  return status.startsWith('warning_') ? 'warning_closed' : 'won';
}

function lost({ status }: Stripe.Dispute) {
  return status.startsWith('warning_') ? 'needs_response' : 'lost';
}

/** Those of a payment, a charge or a time. */
function of<T extends { readonly id: string; readonly created: number }>(
  all: readonly T[],
  { created, charge, payment_intent: intent }: { created?: Range; charge?: string; payment_intent?: string },
): T[] {
  const fieldOf = (object: T, name: 'charge' | 'payment_intent') => idOf((object as unknown as Record<string, string | null>)[name]);
  return all
    .filter((each) => within(each.created, created))
    .filter((each) => charge === undefined || fieldOf(each, 'charge') === charge)
    .filter((each) => intent === undefined || fieldOf(each, 'payment_intent') === intent);
}

function intentOf(world: World, id: string, param?: string) {
  const intent = world.store.get('payment_intent', id);
  if (intent === null) throw noSuch('payment_intent', id, param);
  return intent;
}

function chargeOf(world: World, id: string, param?: string) {
  const charge = world.store.get('charge', id);
  if (charge === null) throw noSuch('charge', id, param);
  return charge;
}

function chargeOfIntent(world: World, id: string) {
  const charge = world.store.get('charge', idOf(intentOf(world, id, 'payment_intent').latest_charge));
  if (charge === null)
    throw invalid(`This PaymentIntent (${id}) does not have a successful charge to refund.`, { param: 'payment_intent' });
  return charge;
}

function refundOf(world: World, id: string) {
  const found = world.store.get('refund', id);
  if (found === null) throw noSuch('refund', id);
  return found;
}

function disputeOf(world: World, id: string) {
  const dispute = world.store.get('dispute', id);
  if (dispute === null) throw noSuch('dispute', id);
  return dispute;
}
