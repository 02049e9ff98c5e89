// A checkout session as we read it. Stripe adds words to its lists at any time, so whatever is not known is `other`.

import type { Stripe } from 'stripe';
import { PaymentsError, type Checkout, type CheckoutLine } from '#core/ports/payments.ts';
import { amountIn, expectObject, idOf, textIn } from './read.ts';

/** What must be expanded for `readCheckout`. */
export const CHECKOUT_PARTS = ['line_items', 'payment_intent.latest_charge'];

export function readCheckout(session: Stripe.Checkout.Session): Checkout {
  const { line_items: lines, payment_intent: intent, metadata, customer_details: payer } = expectObject(session, 'checkout.session');
  if (!Array.isArray(lines?.data)) throw new PaymentsError('unknown', 'answer', 'Stripe answered with a checkout without its lines');
  const status = known(session.status, ['open', 'complete', 'expired']);
  const payment = known(session.payment_status, ['paid', 'no_payment_required', 'unpaid']);
  return {
    id: session.id,
    reference: textIn(metadata?.['purchase']),
    site: textIn(metadata?.['site']),
    livemode: session.livemode === true,
    mode: known(session.mode, ['payment']),
    status,
    payment,
    asyncFailed: status === 'complete' && payment === 'unpaid' && hasEnded(intent),
    paymentId: idOf(intent),
    customerId: idOf(session.customer),
    email: textIn(payer?.email),
    name: textIn(payer?.name),
    currency: textIn(session.currency)?.toLowerCase() ?? '',
    total: amountIn(session.amount_total),
    pack: textIn(metadata?.['pack']),
    takenBack: wasTakenBack(intent),
    lines: lines.data.map(readLine),
    hasMoreLines: lines.has_more !== false,
  };
}

function readLine({ price, quantity, currency }: Stripe.LineItem): CheckoutLine {
  return {
    price: textIn(price?.lookup_key),
    unitAmount: amountIn(price?.unit_amount),
    currency: textIn(price?.currency ?? currency)?.toLowerCase() ?? '',
    quantity: typeof quantity === 'number' ? quantity : null,
    isRecurring: (price?.recurring ?? null) !== null || price?.type !== 'one_time',
  };
}

/** A payment that a bank did not make after all goes back to waiting for a method, and nobody gives it one. */
function hasEnded(intent: Stripe.Checkout.Session['payment_intent']): boolean {
  if (typeof intent !== 'object' || intent === null) return false;
  return intent.status === 'requires_payment_method' || intent.status === 'canceled';
}

/** The charge says so for good: `payment_status` stays `paid`. */
function wasTakenBack(intent: Stripe.Checkout.Session['payment_intent']): boolean {
  const charge = typeof intent === 'object' ? intent?.latest_charge : null;
  return typeof charge === 'object' && charge !== null && (charge.amount_refunded > 0 || charge.disputed);
}

function known<const Word extends string>(value: unknown, words: readonly Word[]): Word | 'other' {
  return words.find((word) => word === value) ?? 'other';
}
