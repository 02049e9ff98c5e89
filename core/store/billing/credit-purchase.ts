// The one step in which a purchase becomes credits. The caller has locked the purchase, and commits it with the mail and the
// line of the audit log that tell of it.

import type { PoolClient } from 'pg';
import type { Purchase } from '#core/domain/billing/purchase.ts';
import { newId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import { LedgerConflict } from '../credits/ledger.ts';

export interface PaidWith {
  readonly checkoutId: string;
  /** The checkout where nothing was to pay. */
  readonly paymentId: string;
  readonly customerId: string | null;
  /** In the currency's smallest unit. */
  readonly paid: bigint;
  readonly teamId: TeamId;
  readonly walletId: WalletId;
}

/** Throws where the key or the payment was used for something else: then nothing must be committed. */
export async function creditPurchase(client: PoolClient, purchase: Purchase, by: PaidWith, at: Date): Promise<Purchase> {
  const { checkoutId, paymentId, customerId, paid, teamId, walletId } = by;
  await client.query(
    `UPDATE purchases SET state = 'paid', checkout_id = $2, payment_id = $3, customer_id = $4, paid = $5, team_id = $6, wallet_id = $7,
       trouble = NULL, paid_at = $8, ended_at = $8 WHERE id = $1`,
    [purchase.id, checkoutId, paymentId, customerId, paid, teamId, walletId, at],
  );
  const request = {
    n: 0,
    key: `purchase:${checkoutId}`,
    wallet: walletId,
    lot: newId(at.getTime()),
    type: 'purchase',
    credits: purchase.credits.toString(),
    source: 'stripe',
    payment: paymentId,
    amount: paid.toString(),
    currency: purchase.currency,
    actor: purchase.openedBy === null ? null : `user:${purchase.openedBy}`,
  };
  const { rows } = await client.query<{ outcome: string }>('SELECT outcome FROM ledger_credit($1, $2)', [JSON.stringify([request]), at]);
  const { outcome } = rows[0]!;
  if (outcome !== 'credited') throw new LedgerConflict(`a purchase that was not paid before was answered with ${outcome}`);
  return { ...purchase, state: 'paid', checkoutId, paymentId, customerId, paid, teamId, walletId, trouble: null, paidAt: at, endedAt: at };
}
