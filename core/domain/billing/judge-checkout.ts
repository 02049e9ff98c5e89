// Whether a checkout, as Stripe tells of it now, is a purchase of ours, and how far it is. Anything that differs from what we
// sell credits nothing, by name: an amount or a label that came along with a payment is never taken for what was bought.

import { isPriceKey, packBehind, type Offer } from '../credits/packs.ts';
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
  /** A payment for auto top-up that we know nothing of, or of another amount. */
  | 'top-up'
  | 'team-gone';

export type Judgment =
  /** `newer`: at a price that a newer version of the product sells, which credits it. */
  | { readonly kind: 'open' | 'expired' | 'pending' | 'failed' | 'newer' }
  | { readonly kind: 'credit'; readonly offer: Offer; readonly paid: bigint }
  | { readonly kind: 'unfit'; readonly why: Unfit };

/** `livemode`: whether we move real money. `openedAt`: the price that our own purchase of it names; null where there is none. */
export function judgeCheckout(checkout: JudgedCheckout, livemode: boolean, openedAt: string | null = null): Judgment {
  // A test checkout moves no money, so live mode must never credit it; nor does test mode credit real payments.
  if (checkout.livemode !== livemode) return unfit('livemode');
  switch (checkout.status) {
    case 'open':
      return { kind: 'open' };
    case 'expired':
      return { kind: 'expired' };
    case 'complete':
      return judgePayment(checkout, openedAt);
    case 'other':
      return unfit('status');
    default:
      return never(checkout.status);
  }
}

function judgePayment(checkout: JudgedCheckout, openedAt: string | null): Judgment {
  switch (checkout.payment) {
    case 'unpaid':
      return { kind: checkout.asyncFailed ? 'failed' : 'pending' };
    case 'paid':
    case 'no_payment_required':
      return judgeGoods(checkout, openedAt);
    case 'other':
      return unfit('status');
    default:
      return never(checkout.payment);
  }
}

function judgeGoods(checkout: JudgedCheckout, openedAt: string | null): Judgment {
  const { mode, payment, paymentId, currency, total, pack, lines, hasMoreLines } = checkout;
  if (mode !== 'payment') return unfit('mode');
  const [line, ...others] = lines;
  if (line === undefined || others.length > 0 || hasMoreLines) return unfit('lines');
  const offer = packBehind(line.price);
  if (offer === null)
    return line.price !== null && (isPriceKey(line.price) || line.price === openedAt) ? { kind: 'newer' } : unfit('foreign-price');
  if (line.isRecurring) return unfit('recurring');
  if (line.quantity !== 1) return unfit('quantity');
  if (line.currency !== offer.currency || currency !== offer.currency) return unfit('currency');
  if (line.unitAmount !== offer.amount) return unfit('amount');
  if (pack !== null && pack !== offer.pack) return unfit('pack');
  // Promotions take off the total and tax adds to it, so it is not compared with the price. Nothing is to pay only where
  // Stripe says so.
  if (total === null || total < 0n || total > MOST_MONEY || (payment === 'no_payment_required' && total > 0n)) return unfit('total');
  if (total > 0n && paymentId === null) return unfit('no-payment');
  // A payment that was refunded stays `paid`: it is credited, and what was taken back is settled then.
  return { kind: 'credit', offer, paid: total };
}

/** In the smallest unit of any currency: what a JSON number carries exactly. */
const MOST_MONEY = BigInt(Number.MAX_SAFE_INTEGER);

function unfit(why: Unfit): Judgment {
  return { kind: 'unfit', why };
}
