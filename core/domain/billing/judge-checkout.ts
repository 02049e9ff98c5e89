// Whether a checkout, as Stripe tells of it now, is a purchase of ours, and how far it is. Anything that differs from what we
// sell credits nothing, by name: an amount or a label that came along with a payment is never taken for what was bought.

import { packBehind, type Offer } from '../credits/packs.ts';
import { never } from '../never.ts';

/** A checkout as the port gives it (core/ports/payments.ts): the part that a judgment rests on. */
export interface JudgedCheckout {
  readonly livemode: boolean;
  readonly mode: 'payment' | 'other';
  readonly status: 'open' | 'complete' | 'expired' | 'other';
  readonly payment: 'paid' | 'no_payment_required' | 'unpaid' | 'other';
  readonly asyncFailed: boolean;
  readonly paymentId: string | null;
  readonly currency: string;
  readonly total: bigint | null;
  readonly pack: string | null;
  readonly lines: readonly {
    readonly price: string | null;
    readonly unitAmount: bigint | null;
    readonly currency: string;
    readonly quantity: number | null;
    readonly isRecurring: boolean;
  }[];
  readonly hasMoreLines: boolean;
}

/** Why a paid checkout is nothing that we sell. Stored, and told to the operator. */
export type Unfit =
  | 'livemode'
  | 'mode'
  | 'status'
  | 'lines'
  | 'foreign-price'
  | 'recurring'
  | 'quantity'
  | 'amount'
  | 'currency'
  | 'pack'
  | 'total'
  | 'no-payment'
  | 'no-email'
  | 'other-purchase'
  | 'team-gone';

export type Judgment =
  | { readonly kind: 'open' | 'expired' | 'pending' | 'failed' }
  | { readonly kind: 'credit'; readonly offer: Offer; readonly paid: bigint }
  | { readonly kind: 'unfit'; readonly why: Unfit };

/** `livemode`: whether we move real money. */
export function judgeCheckout(checkout: JudgedCheckout, livemode: boolean): Judgment {
  // The other mode's checkouts are nobody's money here, whatever they say.
  if (checkout.livemode !== livemode) return unfit('livemode');
  switch (checkout.status) {
    case 'open':
      return { kind: 'open' };
    case 'expired':
      return { kind: 'expired' };
    case 'complete':
      return judgePayment(checkout);
    case 'other':
      return unfit('status');
    default:
      return never(checkout.status);
  }
}

function judgePayment(checkout: JudgedCheckout): Judgment {
  switch (checkout.payment) {
    case 'unpaid':
      return { kind: checkout.asyncFailed ? 'failed' : 'pending' };
    case 'paid':
    case 'no_payment_required':
      return judgeGoods(checkout);
    case 'other':
      return unfit('status');
    default:
      return never(checkout.payment);
  }
}

function judgeGoods({ mode, payment, paymentId, currency, total, pack, lines, hasMoreLines }: JudgedCheckout): Judgment {
  if (mode !== 'payment') return unfit('mode');
  const [line, ...others] = lines;
  if (line === undefined || others.length > 0 || hasMoreLines) return unfit('lines');
  const offer = packBehind(line.price);
  if (offer === null) return unfit('foreign-price');
  if (line.isRecurring) return unfit('recurring');
  if (line.quantity !== 1) return unfit('quantity');
  if (line.currency !== offer.currency || currency !== offer.currency) return unfit('currency');
  if (line.unitAmount !== offer.amount) return unfit('amount');
  if (pack !== null && pack !== offer.pack) return unfit('pack');
  // Promotions take off the total and tax adds to it, so it is not compared with the price. Nothing is to pay only where
  // Stripe says so.
  if (total === null || total < 0n || total > MOST_MONEY || (payment === 'no_payment_required' && total > 0n)) return unfit('total');
  if (total > 0n && paymentId === null) return unfit('no-payment');
  return { kind: 'credit', offer, paid: total };
}

/** In the smallest unit of any currency: what a JSON number carries exactly. */
const MOST_MONEY = BigInt(Number.MAX_SAFE_INTEGER);

function unfit(why: Unfit): Judgment {
  return { kind: 'unfit', why };
}
