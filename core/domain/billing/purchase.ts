// A purchase: what somebody began to buy, and what came of it. It is told by its state, which follows what Stripe says of the
// checkout, and which ends at `paid` once credits were given for it.

import type { Credits } from '../credits/credits.ts';
import type { PurchaseId, TeamId, UserId, WalletId } from '../ids.ts';

export type PurchaseState = 'open' | 'pending' | 'paid' | 'failed' | 'expired';

/**
 * From where to where it goes; the table's trigger has the same list. `pending`: the bank has not said yet. A method that
 * takes days may still pay after we heard that it failed, so nothing but `paid` is final.
 */
export const purchaseMoves: Readonly<Record<PurchaseState, readonly PurchaseState[]>> = {
  open: ['pending', 'paid', 'failed', 'expired'],
  pending: ['paid', 'failed'],
  failed: ['paid'],
  expired: ['paid'],
  paid: [],
};

/** How long a checkout can be paid, from when it was opened. */
export const CHECKOUT_MS = 2 * 3_600_000;

/**
 * How disputes of a payment stand. `inquiry`: a bank asked, and moved no money. `open`: it took the money until somebody decides.
 * `lost`: it keeps the money, also while that is appealed.
 */
export type DisputeStanding = 'none' | 'inquiry' | 'open' | 'lost';

export interface Purchase {
  /** Made before Stripe is asked: it names the checkout there too. */
  readonly id: PurchaseId;
  /** null until Stripe has answered. */
  readonly checkoutId: string | null;
  /** The payment, or the checkout where nothing was to pay; null until it is paid. */
  readonly paymentId: string | null;
  /** null: a stranger's, until it is paid. */
  readonly teamId: TeamId | null;
  readonly walletId: WalletId | null;
  readonly openedBy: UserId | null;
  /** What Stripe calls whoever paid. */
  readonly customerId: string | null;
  /** Words of the pack table; a newer version of the product may know more of them. */
  readonly pack: string;
  readonly packVersion: number;
  /** The bonus included. */
  readonly credits: Credits;
  readonly price: string;
  readonly currency: string;
  /** In the currency's smallest unit; 0 where a promotion paid for all of it. */
  readonly paid: bigint | null;
  readonly livemode: boolean;
  /** The buyer asked for their card to be saved. */
  readonly saveCard: boolean;
  readonly state: PurchaseState;
  /** Why nothing was credited although it may have been paid: a word of `judge-checkout.ts`. */
  readonly trouble: string | null;
  readonly openedAt: Date;
  readonly paidAt: Date | null;
  readonly endedAt: Date | null;
  /** In the currency's smallest unit: the refunds that did not fail. */
  readonly refunded: bigint;
  readonly dispute: DisputeStanding;
  /** Held back while a dispute is open. */
  readonly softTaken: Credits;
}
