// Auto top-up: what teams agreed to, and whether credits are bought now.

import type { PoolClient } from 'pg';
import type { TopUpSettings, TopUpStanding } from '#core/domain/billing/top-up.ts';
import { micro } from '#core/domain/credits/credits.ts';
import type { TeamId, UserId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

export interface AgreedTopUp extends TopUpSettings {
  readonly agreedAt: Date;
  readonly declines: number;
  /** The card that is not charged any more; '' where there was none. */
  readonly suspendedCard: string | null;
  /** The month for which owners were told that the limit is reached: `2026-12`. */
  readonly toldCap: string | null;
  /** Grows whenever somebody changes something. */
  readonly version: number;
}

export interface TopUpSettingsStore {
  of(teamId: TeamId): Promise<AgreedTopUp | null>;
  /** Somebody said yes to all of it: earlier declines and pauses are over. */
  agree(client: PoolClient, teamId: TeamId, settings: TopUpSettings, by: UserId, at: Date): Promise<void>;
  /** False where it was off. */
  turnOff(client: PoolClient, teamId: TeamId): Promise<boolean>;
  standing(teamId: TeamId, amount: bigint, at: Date): Promise<TopUpStanding>;
  /** What was and may have been charged in this month (UTC), in the currency's smallest unit. */
  chargedInMonth(teamId: TeamId, currency: string, at: Date): Promise<bigint>;
  /** Teams that are low on credits and have it on, after this one in the order of ids. Suspended ones only now and then. */
  low(after: TeamId | null, at: Date, most: number): Promise<TeamId[]>;
  /** Of a locked one. Gives how many declines came one after the other. */
  countDecline(client: PoolClient, teamId: TeamId): Promise<number>;
  suspend(client: PoolClient, teamId: TeamId, card: string, at: Date): Promise<void>;
  /** No card is saved. False where somebody changed something since that version was read, or it is suspended already. */
  suspendWithoutCard(client: PoolClient, teamId: TeamId, version: number, at: Date): Promise<boolean>;
  /** The card was read while suspended: another one is charged again, the same one is looked at later. */
  cardRead(teamId: TeamId, fingerprint: string | null, at: Date): Promise<void>;
  /** A card was saved: a suspended one is looked at with the next look. */
  readCardAgain(teamId: TeamId): Promise<void>;
  /** Of that version's limit. */
  toldOfCap(teamId: TeamId, version: number, month: string): Promise<void>;
}

/** Of a suspended team nobody asks Stripe more often than this for its card. */
const CARD_AGAIN_MS = 60 * 60_000;

/** Whether credits are bought now, by `topup_standing`. */
export const STANDING = 'SELECT topup_standing($1, $2, $3) AS standing';

/** Top-ups that count toward the month's limit, as `topup_standing` counts them: all by which money may have been taken. */
export const CHARGED = `(state IN ('planned', 'sent', 'paid') OR state = 'failed' AND why IN ('unclear', 'other-amount', 'refused'))`;

/** In UTC. */
export function monthStart(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
}

export function topUpSettingsOver(money: Money): TopUpSettingsStore {
  return {
    async of(teamId) {
      const { rows } = await money.query<SettingsRow>({ text: 'SELECT * FROM topup_settings WHERE team_id = $1' }, [teamId]);
      return rows[0] ? settingsFrom(rows[0]) : null;
    },

    async agree(client, teamId, { below, pack, packVersion, currency, monthlyCap, dailyMost, pauseS }, by, at) {
      await client.query(
        `INSERT INTO topup_settings AS s (team_id, enabled, below, pack, pack_version, currency, monthly_cap, daily_most, pause_s, agreed_by, agreed_at)
         VALUES ($1, true, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (team_id) DO UPDATE SET enabled = true, below = excluded.below, pack = excluded.pack, pack_version = excluded.pack_version,
           currency = excluded.currency, monthly_cap = excluded.monthly_cap, daily_most = excluded.daily_most, pause_s = excluded.pause_s,
           declines = 0, suspended_card = NULL, card_read_at = NULL, told_cap = NULL, agreed_by = excluded.agreed_by, agreed_at = excluded.agreed_at,
           version = s.version + 1`,
        [teamId, below, pack, packVersion, currency, monthlyCap, dailyMost, pauseS, by, at],
      );
    },

    async turnOff(client, teamId) {
      const { rows } = await client.query(
        'UPDATE topup_settings SET enabled = false, version = version + 1 WHERE team_id = $1 AND enabled RETURNING 1',
        [teamId],
      );
      return rows.length > 0;
    },

    async standing(teamId, amount, at) {
      const { rows } = await money.query<{ standing: TopUpStanding }>({ text: STANDING }, [teamId, amount, at]);
      return rows[0]!.standing;
    },

    async chargedInMonth(teamId, currency, at) {
      const { rows } = await money.query<{ charged: string }>(
        {
          text: `SELECT coalesce(sum(amount), 0)::text AS charged FROM topups WHERE team_id = $1 AND currency = $2 AND planned_at >= $3 AND ${CHARGED}`,
        },
        [teamId, currency, monthStart(at)],
      );
      return BigInt(rows[0]!.charged);
    },

    async low(after, at, most) {
      const { rows } = await money.query<{ team_id: TeamId }>(
        {
          name: 'low on credits',
          text: `SELECT s.team_id FROM topup_settings s JOIN wallets w ON w.team_id = s.team_id
                 WHERE s.enabled AND w.balance - w.held < s.below AND ($1::uuid IS NULL OR s.team_id > $1)
                   AND (s.suspended_card IS NULL OR s.card_read_at IS NULL OR s.card_read_at <= $2)
                 ORDER BY s.team_id LIMIT $3`,
        },
        [after, new Date(at.getTime() - CARD_AGAIN_MS), most],
      );
      return rows.map((row) => row.team_id);
    },

    async countDecline(client, teamId) {
      const { rows } = await client.query<{ declines: number }>(
        'UPDATE topup_settings SET declines = declines + 1 WHERE team_id = $1 RETURNING declines',
        [teamId],
      );
      return rows[0]?.declines ?? 0;
    },

    async suspend(client, teamId, card, at) {
      await client.query('UPDATE topup_settings SET suspended_card = $2, card_read_at = $3 WHERE team_id = $1', [teamId, card, at]);
    },

    async suspendWithoutCard(client, teamId, version, at) {
      const { rows } = await client.query(
        `UPDATE topup_settings SET suspended_card = '', card_read_at = $3
         WHERE team_id = $1 AND version = $2 AND enabled AND suspended_card IS NULL RETURNING 1`,
        [teamId, version, at],
      );
      return rows.length > 0;
    },

    async cardRead(teamId, fingerprint, at) {
      await money.query(
        {
          text: `UPDATE topup_settings SET card_read_at = $3,
                   declines = CASE WHEN $2::text IS NULL OR $2 = suspended_card THEN declines ELSE 0 END,
                   suspended_card = CASE WHEN $2::text IS NULL OR $2 = suspended_card THEN suspended_card END
                 WHERE team_id = $1 AND suspended_card IS NOT NULL`,
        },
        [teamId, fingerprint, at],
      );
    },

    async readCardAgain(teamId) {
      await money.query({ text: 'UPDATE topup_settings SET card_read_at = NULL WHERE team_id = $1 AND suspended_card IS NOT NULL' }, [
        teamId,
      ]);
    },

    async toldOfCap(teamId, version, month) {
      await money.query({ text: 'UPDATE topup_settings SET told_cap = $3 WHERE team_id = $1 AND version = $2' }, [teamId, version, month]);
    },
  };
}

interface SettingsRow {
  readonly enabled: boolean;
  readonly below: string;
  readonly pack: string;
  readonly pack_version: number;
  readonly currency: string;
  readonly monthly_cap: string;
  readonly daily_most: number;
  readonly pause_s: number;
  readonly declines: number;
  readonly suspended_card: string | null;
  readonly told_cap: string | null;
  readonly agreed_at: Date;
  readonly version: number;
}

function settingsFrom(row: SettingsRow): AgreedTopUp {
  return {
    enabled: row.enabled,
    below: micro(row.below),
    pack: row.pack,
    packVersion: row.pack_version,
    currency: row.currency,
    monthlyCap: BigInt(row.monthly_cap),
    dailyMost: row.daily_most,
    pauseS: row.pause_s,
    agreedAt: row.agreed_at,
    declines: row.declines,
    suspendedCard: row.suspended_card,
    toldCap: row.told_cap,
    version: row.version,
  };
}
