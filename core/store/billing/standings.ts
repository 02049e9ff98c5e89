// How paid purchases stand at Stripe, and bringing the ledger to it. No lock is held while Stripe is asked: a look is numbered
// before it begins, and what it saw is dropped where a later look was applied already.

import type { PoolClient } from 'pg';
import type { Standing } from '#core/domain/billing/standing.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import { newId, type PurchaseId, type TeamId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

export interface Look {
  readonly purchaseId: PurchaseId;
  readonly paymentId: string;
  readonly number: bigint;
}

export type Brought =
  | {
      readonly outcome: 'brought';
      readonly taken: Credits;
      /** What could not be taken: somebody used it. */
      readonly owed: Credits;
      readonly restored: Credits;
      readonly heldBack: Credits;
      /** What the team owes in all now. */
      readonly debt: Credits;
    }
  | { readonly outcome: 'older' };

export interface Standings {
  /** Begins a look at a payment that was credited. null where nothing was. */
  look(paymentId: string, at: Date): Promise<Look | null>;
  /** Within the transaction that tells of it; locks the purchase, then its wallet. */
  bring(client: PoolClient, look: Look, standing: Standing, at: Date): Promise<Brought>;
  /** Payments that may still change, those that were looked at longest ago first. */
  watched(at: Date, most: number): Promise<string[]>;
  /** null where no payment of the team is disputed. */
  heldBackOf(teamId: TeamId): Promise<Credits | null>;
}

/** Stands in the statement, beside the line. */
const HELD_BACK = 'Held back while the payment is disputed';

export function standingsOver(money: Money): Standings {
  return {
    async look(paymentId, at) {
      const { rows } = await money.query<{ id: PurchaseId; looked: string }>(
        {
          text: `UPDATE purchases SET looked = looked + 1, looked_at = $2 WHERE payment_id = $1 AND state = 'paid' RETURNING id, looked`,
        },
        [paymentId, at],
      );
      return rows[0] ? { purchaseId: rows[0].id, paymentId, number: BigInt(rows[0].looked) } : null;
    },

    async bring(client, { paymentId, number }, { refunded, dispute, left, warnedAt, watchedUntil }, at) {
      const told = {
        payment: paymentId,
        wanted: left.toString(),
        refunded: refunded.toString(),
        dispute,
        warned_at: warnedAt,
        watched_until: watchedUntil,
        look: number.toString(),
        lot: newId(at.getTime()),
        note: HELD_BACK,
      };
      const { rows } = await client.query<BroughtRow>('SELECT * FROM ledger_bring_payment_to($1, $2)', [JSON.stringify(told), at]);
      const { outcome, taken, owed, restored, held_back, debt } = rows[0]!;
      if (outcome === 'unknown') throw new Error(`nothing was bought with the payment ${paymentId}`);
      if (outcome === 'older') return { outcome };
      return {
        outcome,
        taken: micro(taken),
        owed: micro(owed),
        restored: micro(restored),
        heldBack: micro(held_back),
        debt: micro(debt),
      };
    },

    async watched(at, most) {
      await money.query({ text: 'UPDATE purchases SET watched_until = NULL WHERE watched_until <= $1' }, [at]);
      const { rows } = await money.query<{ payment_id: string }>(
        { text: 'SELECT payment_id FROM purchases WHERE watched_until IS NOT NULL ORDER BY looked_at, id LIMIT $1' },
        [most],
      );
      return rows.map((row) => row.payment_id);
    },

    async heldBackOf(teamId) {
      const { rows } = await money.query<{ held_back: string | null }>(
        { text: `SELECT sum(soft_taken)::text AS held_back FROM purchases WHERE team_id = $1 AND dispute = 'open'` },
        [teamId],
      );
      const heldBack = rows[0]!.held_back;
      return heldBack === null ? null : micro(heldBack);
    },
  };
}

interface BroughtRow {
  readonly outcome: 'brought' | 'older' | 'unknown';
  readonly taken: string;
  readonly owed: string;
  readonly restored: string;
  readonly held_back: string;
  readonly debt: string;
}
