// What was bought, or begun to be. A row is locked before the wallet it credits, and never after it.

import type { PoolClient } from 'pg';
import type { DisputeStanding, Purchase, PurchaseState } from '#core/domain/billing/purchase.ts';
import { micro } from '#core/domain/credits/credits.ts';
import type { Offer } from '#core/domain/credits/packs.ts';
import type { PurchaseId, TeamId, UserId, WalletId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

export interface NewPurchase {
  readonly id: PurchaseId;
  /** null for a stranger's. */
  readonly buyer: { readonly teamId: TeamId; readonly walletId: WalletId; readonly userId: UserId | null } | null;
  /** Where the checkout was there before the row was: one whose row was lost. */
  readonly checkoutId?: string;
  readonly offer: Offer;
  readonly livemode: boolean;
  readonly saveCard: boolean;
}

export interface Purchases {
  /** Nothing happens where the id, or the checkout, has a row. */
  open(purchase: NewPurchase, at: Date): Promise<void>;
  /** Stripe has opened its checkout. False where the purchase has another one. */
  opened(id: PurchaseId, checkoutId: string): Promise<boolean>;
  byId(id: string): Promise<Purchase | null>;
  byCheckout(checkoutId: string): Promise<Purchase | null>;
  /** What a team bought, or tried to, the newest first; not what is open or expired. */
  ofTeam(teamId: TeamId, most: number): Promise<Purchase[]>;
  /** Purchases that somebody has to decide about, the newest first. */
  inTrouble(most: number): Promise<Purchase[]>;
  /** Checkouts that were opened before then, and may have been paid since; the oldest first. */
  unsettled(before: Date, most: number): Promise<string[]>;
  /** Those of these checkouts that were not credited. */
  notPaid(checkoutIds: readonly string[]): Promise<string[]>;
  /** Ends what was begun before then and never heard of its checkout. */
  expireUnopened(before: Date, at: Date): Promise<void>;
  /** Keeps everybody else from it until the transaction ends. */
  lock(client: PoolClient, id: PurchaseId): Promise<Purchase>;
  /** Moves a locked one, to anything but `paid`. */
  move(client: PoolClient, id: PurchaseId, state: Exclude<PurchaseState, 'paid'>, at: Date): Promise<void>;
  /** Why nothing is credited, for people to look at. The state stays. */
  trouble(id: PurchaseId, why: string): Promise<void>;
  /** Forgets old checkouts of strangers that nobody paid. One that was paid all the same is credited without its row. */
  tidy(at: Date): Promise<void>;
}

const UNPAID_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

export function purchasesOver(money: Money): Purchases {
  const one = async (where: string, value: string): Promise<Purchase | null> => {
    const { rows } = await money.query<PurchaseRow>({ text: `SELECT * FROM purchases WHERE ${where}` }, [value]);
    return rows[0] ? fromSql(rows[0]) : null;
  };

  return {
    async open({ id, buyer, checkoutId = null, offer, livemode, saveCard }, at) {
      await money.query(
        {
          text: `INSERT INTO purchases (id, checkout_id, team_id, wallet_id, opened_by, pack, pack_version, credits, price, currency, livemode, save_card, state, opened_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', $13) ON CONFLICT DO NOTHING`,
        },
        [
          id,
          checkoutId,
          buyer?.teamId ?? null,
          buyer?.walletId ?? null,
          buyer?.userId ?? null,
          offer.pack,
          offer.version,
          offer.credits,
          offer.price,
          offer.currency,
          livemode,
          saveCard,
          at,
        ],
      );
    },

    async opened(id, checkoutId) {
      const { rows } = await money.query(
        { text: 'UPDATE purchases SET checkout_id = $2 WHERE id = $1 AND (checkout_id IS NULL OR checkout_id = $2) RETURNING 1' },
        [id, checkoutId],
      );
      return rows.length > 0;
    },

    byId: (id) => one('id = $1', id),
    byCheckout: (checkoutId) => one('checkout_id = $1', checkoutId),

    async ofTeam(teamId, most) {
      const { rows } = await money.query<PurchaseRow>(
        {
          text: `SELECT * FROM purchases WHERE team_id = $1 AND (state IN ('pending', 'paid', 'failed') OR trouble IS NOT NULL)
                 ORDER BY opened_at DESC, id DESC LIMIT $2`,
        },
        [teamId, most],
      );
      return rows.map(fromSql);
    },

    async inTrouble(most) {
      const { rows } = await money.query<PurchaseRow>(
        { text: 'SELECT * FROM purchases WHERE trouble IS NOT NULL ORDER BY opened_at DESC, id DESC LIMIT $1' },
        [most],
      );
      return rows.map(fromSql);
    },

    async unsettled(before, most) {
      const { rows } = await money.query<{ checkout_id: string }>(
        {
          text: `SELECT checkout_id FROM purchases WHERE state IN ('open', 'pending') AND checkout_id IS NOT NULL AND trouble IS NULL
                   AND opened_at <= $1 ORDER BY opened_at, id LIMIT $2`,
        },
        [before, most],
      );
      return rows.map((row) => row.checkout_id);
    },

    async notPaid(checkoutIds) {
      const { rows } = await money.query<{ id: string }>(
        {
          text: `SELECT id FROM unnest($1::text[]) WITH ORDINALITY AS listed (id, place)
                 WHERE NOT EXISTS (SELECT FROM purchases p WHERE p.checkout_id = listed.id AND p.state = 'paid') ORDER BY place`,
        },
        [checkoutIds],
      );
      return rows.map((row) => row.id);
    },

    async expireUnopened(before, at) {
      await money.query(
        {
          text: `UPDATE purchases SET state = 'expired', ended_at = $2 WHERE state = 'open' AND checkout_id IS NULL AND opened_at <= $1`,
        },
        [before, at],
      );
    },

    async lock(client, id) {
      const { rows } = await client.query<PurchaseRow>('SELECT * FROM purchases WHERE id = $1 FOR UPDATE', [id]);
      if (rows[0] === undefined) throw new Error(`purchase ${id} is gone`);
      return fromSql(rows[0]);
    },

    async move(client, id, state, at) {
      const ends = state === 'failed' || state === 'expired';
      await client.query('UPDATE purchases SET state = $2, ended_at = $3 WHERE id = $1', [id, state, ends ? at : null]);
    },

    async trouble(id, why) {
      await money.query({ text: `UPDATE purchases SET trouble = $2 WHERE id = $1 AND state <> 'paid'` }, [id, why]);
    },

    async tidy(at) {
      await money.query(
        { text: `DELETE FROM purchases WHERE team_id IS NULL AND state IN ('open', 'expired') AND trouble IS NULL AND opened_at <= $1` },
        [new Date(at.getTime() - UNPAID_KEPT_MS)],
      );
    },
  };
}

interface PurchaseRow {
  readonly id: PurchaseId;
  readonly checkout_id: string | null;
  readonly payment_id: string | null;
  readonly team_id: TeamId | null;
  readonly wallet_id: WalletId | null;
  readonly opened_by: UserId | null;
  readonly customer_id: string | null;
  readonly pack: string;
  readonly pack_version: number;
  readonly credits: string;
  readonly price: string;
  readonly currency: string;
  readonly paid: string | null;
  readonly livemode: boolean;
  readonly save_card: boolean;
  readonly state: PurchaseState;
  readonly trouble: string | null;
  readonly opened_at: Date;
  readonly paid_at: Date | null;
  readonly ended_at: Date | null;
  readonly refunded: string;
  readonly dispute: DisputeStanding;
  readonly soft_taken: string;
}

function fromSql(row: PurchaseRow): Purchase {
  return {
    id: row.id,
    checkoutId: row.checkout_id,
    paymentId: row.payment_id,
    teamId: row.team_id,
    walletId: row.wallet_id,
    openedBy: row.opened_by,
    customerId: row.customer_id,
    pack: row.pack,
    packVersion: row.pack_version,
    credits: micro(row.credits),
    price: row.price,
    currency: row.currency,
    paid: row.paid === null ? null : BigInt(row.paid),
    livemode: row.livemode,
    saveCard: row.save_card,
    state: row.state,
    trouble: row.trouble,
    openedAt: row.opened_at,
    paidAt: row.paid_at,
    endedAt: row.ended_at,
    refunded: BigInt(row.refunded),
    dispute: row.dispute,
    softTaken: micro(row.soft_taken),
  };
}
