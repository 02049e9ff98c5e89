// What became of a payment: its refunds, its disputes, and reports of fraud. Which words of Stripe's mean what stands here.

import type { Stripe } from 'stripe';
import { PaymentsError, type PaymentDispute, type PaymentRefund, type PaymentStanding } from '#core/ports/payments.ts';
import type { Client } from './client.ts';
import { amountIn, couldBe, expectObject, idOf, textIn } from './read.ts';

/** A page is as long as Stripe makes it. Who has more refunds or disputes of one payment is no buyer of credits. */
const PAGE = 100;

export async function readStanding(client: Client, paymentId: string): Promise<PaymentStanding | null> {
  if (!couldBe(paymentId, 'pi_')) return null;
  // Lists of what is not there are empty, as if everything had been taken back.
  const intent = await client.find((stripe) => stripe.paymentIntents.retrieve(paymentId));
  if (intent === null) return null;
  expectObject(intent, 'payment_intent');
  const of = { payment_intent: paymentId, limit: PAGE };
  const [refunds, disputes, warnings] = await Promise.all([
    client.ask((stripe) => stripe.refunds.list(of)),
    client.ask((stripe) => stripe.disputes.list(of)),
    client.ask((stripe) => stripe.radar.earlyFraudWarnings.list(of)),
  ]);
  const warned = wholeList(warnings).map(({ created }) => momentIn(created).getTime());
  return {
    refunds: wholeList(refunds).map(readRefund),
    disputes: wholeList(disputes).map(readDispute),
    warnedAt: warned.length === 0 ? null : new Date(Math.min(...warned)),
  };
}

export async function readPaymentBehind(client: Client, objectId: string): Promise<string | null> {
  const read = readers.find(({ prefixes }) => couldBe(objectId, ...prefixes))?.read;
  const object = read && (await client.find((stripe) => read(stripe, objectId)));
  return idOf(object?.payment_intent);
}

const readers: readonly {
  readonly prefixes: readonly string[];
  read(stripe: Stripe, id: string): Promise<{ readonly payment_intent?: string | Stripe.PaymentIntent | null }>;
}[] = [
  { prefixes: ['ch_', 'py_'], read: async (stripe, id) => expectObject(await stripe.charges.retrieve(id), 'charge') },
  { prefixes: ['re_', 'pyr_'], read: async (stripe, id) => expectObject(await stripe.refunds.retrieve(id), 'refund') },
  { prefixes: ['du_', 'dp_'], read: async (stripe, id) => expectObject(await stripe.disputes.retrieve(id), 'dispute') },
  {
    prefixes: ['issfr_'],
    read: async (stripe, id) => expectObject(await stripe.radar.earlyFraudWarnings.retrieve(id), 'radar.early_fraud_warning'),
  },
];

function readRefund(refund: Stripe.Refund): PaymentRefund {
  const { id, amount, currency, status, created } = expectObject(refund, 'refund');
  return {
    id,
    amount: amountIn(amount),
    currency: textIn(currency)?.toLowerCase() ?? '',
    // One of an unknown kind was made, as far as anybody said.
    counts: status !== 'failed' && status !== 'canceled',
    createdAt: momentIn(created),
  };
}

function readDispute(dispute: Stripe.Dispute): PaymentDispute {
  const { id, status, created } = expectObject(dispute, 'dispute');
  return { id, standing: disputeStandings.get(status) ?? 'other', createdAt: momentIn(created) };
}

const disputeStandings: ReadonlyMap<string, PaymentDispute['standing']> = new Map([
  ['warning_needs_response', 'inquiry'],
  ['warning_under_review', 'inquiry'],
  ['warning_closed', 'over'],
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['won', 'over'],
  // A refund, or the network, ended it before it began.
  ['prevented', 'over'],
  ['charge_refunded', 'over'],
  ['lost', 'lost'],
  // An appeal follows a loss, and ends as won or lost.
  ['appeal_needs_response', 'lost'],
  ['appeal_under_review', 'lost'],
]);

function wholeList<T extends { readonly object: string }>(list: Stripe.ApiList<T>): T[] {
  const { data, has_more: hasMore } = expectObject(list, 'list');
  if (!Array.isArray(data) || hasMore) throw new PaymentsError('unknown', 'answer', 'Stripe answered with a part of a list');
  return data;
}

function momentIn(created: unknown): Date {
  if (typeof created !== 'number' || !Number.isSafeInteger(created))
    throw new PaymentsError('unknown', 'answer', 'Stripe answered with an object that has no time');
  return new Date(created * 1000);
}
