// Charges of saved cards while nobody is there. What became of one is read from the payment's state, whether it was answered as
// a success or as a declined card.

import type { Stripe } from 'stripe';
import { PaymentsError, type Charge, type ChargeWanted } from '#core/ports/payments.ts';
import type { Client } from './client.ts';
import { amountIn, couldBe, expectObject, textIn } from './read.ts';

const PAGE = 100;
/** Pages of payments of one customer that are looked through for a lost one. */
const PAGES_MOST = 5;

export async function chargeCard(client: Client, wanted: ChargeWanted, key: string): Promise<Charge> {
  const params: Stripe.PaymentIntentCreateParams = {
    amount: Number(wanted.amount),
    currency: wanted.currency,
    customer: wanted.customerId,
    payment_method: wanted.cardId,
    // Pages for the cardholder cannot be shown.
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    off_session: true,
    confirm: true,
    description: wanted.description,
    metadata: { topup: wanted.topUpId, site: wanted.site },
  };
  return readCharge(
    await client.ask((stripe) =>
      stripe.paymentIntents
        .create(params, { idempotencyKey: key })
        .catch((error: unknown) => declinedOf(error) ?? Promise.reject(error as Error)),
    ),
  );
}

export async function findCharge(client: Client, customerId: string, topUpId: string, since: Date): Promise<Charge | null> {
  const of = { customer: customerId, created: { gte: Math.floor(since.getTime() / 1000) }, limit: PAGE };
  let after: string | undefined;
  for (let page = 0; page < PAGES_MOST; page++) {
    const params = { ...of, ...(after !== undefined && { starting_after: after }) };
    const { data, has_more: hasMore } = expectObject(await client.ask((stripe) => stripe.paymentIntents.list(params)), 'list');
    const found = data.find(({ metadata }) => metadata?.['topup'] === topUpId);
    if (found !== undefined) return readCharge(found);
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return null;
  }
  throw new PaymentsError('unknown', 'answer', 'Stripe lists too many payments of one customer');
}

export async function chargeOf(client: Client, paymentId: string): Promise<Charge | null> {
  if (!couldBe(paymentId, 'pi_')) return null;
  const intent = await client.find((stripe) => stripe.paymentIntents.retrieve(paymentId));
  return intent && readCharge(intent);
}

function readCharge(intent: Stripe.PaymentIntent): Charge {
  const { id, metadata, livemode, amount_received: received, currency } = expectObject(intent, 'payment_intent');
  return {
    paymentId: id,
    topUpId: textIn(metadata?.['topup']),
    site: textIn(metadata?.['site']),
    livemode: livemode === true,
    status: statusOf(intent),
    received: amountIn(received),
    currency: textIn(currency)?.toLowerCase() ?? '',
  };
}

function statusOf({ status, last_payment_error: error }: Stripe.PaymentIntent): Charge['status'] {
  switch (status) {
    case 'succeeded':
      return 'paid';
    case 'processing':
      return 'processing';
    case 'requires_action':
      return 'authentication';
    case 'requires_payment_method':
      // Without an error no bank was asked yet.
      if (error === null || error === undefined) return 'other';
      return [error.code, error.decline_code].includes('authentication_required') ? 'authentication' : 'declined';
    case 'canceled':
      return 'canceled';
    default:
      return 'other';
  }
}

/** A declined card is answered with an error that carries the payment. */
function declinedOf(error: unknown): Stripe.PaymentIntent | null {
  if (!(error instanceof Error) || (error as { type?: unknown }).type !== 'StripeCardError') return null;
  const intent = (error as { payment_intent?: unknown }).payment_intent;
  return typeof intent === 'object' && intent !== null ? (intent as Stripe.PaymentIntent) : null;
}
