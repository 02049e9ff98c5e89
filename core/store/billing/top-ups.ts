// Top-ups: what was bought while nobody was there. The settings' row is locked before a top-up, a purchase and a
// wallet: whoever plans one waits there for whoever completes one, and sees its credits.

import type { PoolClient } from 'pg';
import type { TopUpStanding } from '#core/domain/billing/top-up.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import { priceKey, type Currency, type Offer, type PackId } from '#core/domain/credits/packs.ts';
import type { TeamId, TopUpId, WalletId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';
import { CHARGED, monthStart, STANDING } from './top-up-settings.ts';

export type TopUpState = 'planned' | 'sent' | 'paid' | 'declined' | 'failed';

export interface TopUp {
  readonly id: TopUpId;
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  readonly pack: string;
  readonly packVersion: number;
  readonly credits: Credits;
  /** In the currency's smallest unit. */
  readonly amount: bigint;
  readonly currency: string;
  readonly livemode: boolean;
  /** null once the team is erased. */
  readonly customerId: string | null;
  readonly cardId: string | null;
  readonly card: string;
  readonly state: TopUpState;
  readonly why: string | null;
  readonly paymentId: string | null;
  readonly plannedAt: Date;
  readonly sentAt: Date | null;
  readonly tries: number;
}

export interface NewTopUp {
  readonly id: TopUpId;
  readonly teamId: TeamId;
  /** Of the settings that were read. */
  readonly version: number;
  readonly offer: Offer;
  readonly livemode: boolean;
  readonly customerId: string;
  readonly card: { readonly id: string; readonly fingerprint: string };
}

export interface TopUps {
  /** Locks the settings, looks again, and writes it; anything but `due` says why not. */
  plan(topUp: NewTopUp, at: Date): Promise<TopUpStanding | 'changed'>;
  /** Takes what is due, for one process. */
  claim(at: Date, leaseMs: number, most: number): Promise<TopUp[]>;
  /** Before anybody is asked for money. False where it is not wanted any more: then it is forgotten. */
  send(topUp: TopUp, at: Date): Promise<boolean>;
  later(topUp: TopUp, nextAt: Date): Promise<void>;
  byId(id: string): Promise<TopUp | null>;
  /** Those that ended unclear since then. */
  unclear(since: Date, most: number): Promise<TopUp[]>;
  /** Those that ended by no decline, since then, the newest first. */
  failedSince(since: Date, most: number): Promise<TopUp[]>;
  /** Locks settings and top-up, in this order. */
  lock(client: PoolClient, topUp: Pick<TopUp, 'id' | 'teamId'>): Promise<TopUp>;
  end(client: PoolClient, topUp: TopUp, state: 'declined' | 'failed', why: string, at: Date): Promise<void>;
  /** Writes that it was paid, and its purchase. */
  paid(client: PoolClient, topUp: TopUp, paymentId: string, at: Date): Promise<void>;
}

export function topUpsOver(money: Money): TopUps {
  return {
    async plan({ id, teamId, version, offer, livemode, customerId, card }, at) {
      return money.transaction(async (client) => {
        const { rows: locked } = await client.query<{ version: number }>(
          `SELECT version FROM topup_settings WHERE team_id = $1 FOR UPDATE`,
          [teamId],
        );
        if (locked[0]?.version !== version) return 'changed';
        const { rows } = await client.query<{ standing: TopUpStanding }>(STANDING, [teamId, offer.amount, at]);
        const { standing } = rows[0]!;
        if (standing !== 'due') return standing;
        await client.query(
          `INSERT INTO topups (id, team_id, wallet_id, pack, pack_version, credits, amount, currency, livemode, customer_id, card_id, card, state, planned_at, next_at)
           SELECT $1, $2, w.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'planned', $12, $12 FROM wallets w WHERE w.team_id = $2`,
          [
            id,
            teamId,
            offer.pack,
            offer.version,
            offer.credits,
            offer.amount,
            offer.currency,
            livemode,
            customerId,
            card.id,
            card.fingerprint,
            at,
          ],
        );
        return standing;
      });
    },

    async claim(at, leaseMs, most) {
      const { rows } = await money.query<TopUpRow>(
        {
          name: 'top-ups due',
          text: `UPDATE topups t SET tries = t.tries + 1, next_at = $1::timestamptz + make_interval(secs => $2)
                 FROM (SELECT id FROM topups WHERE state IN ('planned', 'sent') AND next_at <= $1 ORDER BY next_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) due
                 WHERE t.id = due.id RETURNING t.*`,
        },
        [at, leaseMs / 1000, most],
      );
      return rows.map(fromSql);
    },

    async send({ id, teamId, amount, tries }, at) {
      return money.transaction(async (client) => {
        await client.query('SELECT 1 FROM topup_settings WHERE team_id = $1 FOR UPDATE', [teamId]);
        // This one is in flight, and nothing that is asked before that says no. What a person agreed to, and the month, may have
        // changed since it was planned.
        const { rows } = await client.query<{ wanted: boolean }>(
          `SELECT topup_standing($1, $2, $3) = 'in-flight' AND w.balance - w.held < s.below
             AND (t.pack, t.pack_version, t.currency) = (s.pack, s.pack_version, s.currency) AND t.planned_at >= m.start
             AND (SELECT sum(c.amount) FROM topups c WHERE c.team_id = s.team_id AND c.currency = s.currency AND c.planned_at >= m.start AND ${CHARGED}) <= s.monthly_cap AS wanted
           FROM topup_settings s JOIN wallets w ON w.team_id = s.team_id JOIN topups t ON t.team_id = s.team_id AND t.id = $4
           CROSS JOIN (SELECT $5::timestamptz AS start) m WHERE s.team_id = $1`,
          [teamId, amount, at, id, monthStart(at)],
        );
        const wanted = rows[0]?.wanted === true;
        const ours = `WHERE id = $1 AND state = 'planned' AND tries = $2`;
        if (!wanted) await client.query(`DELETE FROM topups ${ours}`, [id, tries]);
        else {
          const { rows: sent } = await client.query(`UPDATE topups SET state = 'sent', sent_at = $3 ${ours} RETURNING 1`, [id, tries, at]);
          return sent.length > 0;
        }
        return false;
      });
    },

    async later({ id, tries }, nextAt) {
      await money.query({ text: `UPDATE topups SET next_at = $3 WHERE id = $1 AND tries = $2 AND state = 'sent'` }, [id, tries, nextAt]);
    },

    async byId(id) {
      const { rows } = await money.query<TopUpRow>({ text: 'SELECT * FROM topups WHERE id = $1' }, [id]);
      return rows[0] ? fromSql(rows[0]) : null;
    },

    async unclear(since, most) {
      const { rows } = await money.query<TopUpRow>(
        {
          text: `SELECT * FROM topups WHERE state = 'failed' AND why = 'unclear' AND customer_id IS NOT NULL AND planned_at >= $1 ORDER BY planned_at, id LIMIT $2`,
        },
        [since, most],
      );
      return rows.map(fromSql);
    },

    async failedSince(since, most) {
      const { rows } = await money.query<TopUpRow>(
        { text: `SELECT * FROM topups WHERE state = 'failed' AND planned_at >= $1 ORDER BY planned_at DESC, id DESC LIMIT $2` },
        [since, most],
      );
      return rows.map(fromSql);
    },

    async lock(client, { id, teamId }) {
      await client.query('SELECT 1 FROM topup_settings WHERE team_id = $1 FOR UPDATE', [teamId]);
      const { rows } = await client.query<TopUpRow>('SELECT * FROM topups WHERE id = $1 FOR UPDATE', [id]);
      if (rows[0] === undefined) throw new Error(`top-up ${id} is gone`);
      return fromSql(rows[0]);
    },

    async end(client, { id }, state, why, at) {
      await client.query('UPDATE topups SET state = $2, why = $3, ended_at = $4 WHERE id = $1', [id, state, why, at]);
    },

    async paid(client, { id, teamId, walletId, pack, packVersion, credits, amount, currency, livemode, customerId }, paymentId, at) {
      await client.query(`UPDATE topups SET state = 'paid', why = NULL, payment_id = $2, ended_at = $3 WHERE id = $1`, [id, paymentId, at]);
      await client.query('UPDATE topup_settings SET declines = 0, suspended_card = NULL WHERE team_id = $1', [teamId]);
      await client.query(
        `INSERT INTO purchases (id, kind, payment_id, team_id, wallet_id, customer_id, pack, pack_version, credits, price, currency, paid, livemode, state, opened_at, paid_at, ended_at)
         SELECT id, 'top-up', $2, team_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'paid', planned_at, $12, $12 FROM topups WHERE id = $1`,
        [
          id,
          paymentId,
          walletId,
          customerId,
          pack,
          packVersion,
          credits,
          priceKey(pack as PackId, packVersion, currency as Currency),
          currency,
          amount,
          livemode,
          at,
        ],
      );
    },
  };
}

interface TopUpRow {
  readonly id: TopUpId;
  readonly team_id: TeamId;
  readonly wallet_id: WalletId;
  readonly pack: string;
  readonly pack_version: number;
  readonly credits: string;
  readonly amount: string;
  readonly currency: string;
  readonly livemode: boolean;
  readonly customer_id: string | null;
  readonly card_id: string | null;
  readonly card: string;
  readonly state: TopUpState;
  readonly why: string | null;
  readonly payment_id: string | null;
  readonly planned_at: Date;
  readonly sent_at: Date | null;
  readonly tries: number;
}

function fromSql(row: TopUpRow): TopUp {
  return {
    id: row.id,
    teamId: row.team_id,
    walletId: row.wallet_id,
    pack: row.pack,
    packVersion: row.pack_version,
    credits: micro(row.credits),
    amount: BigInt(row.amount),
    currency: row.currency,
    livemode: row.livemode,
    customerId: row.customer_id,
    cardId: row.card_id,
    card: row.card,
    state: row.state,
    why: row.why,
    paymentId: row.payment_id,
    plannedAt: row.planned_at,
    sentAt: row.sent_at,
    tries: row.tries,
  };
}
