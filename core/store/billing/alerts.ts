// Alerts about low credits: which teams have moved since they were looked at, and what each was told until it is refilled.

import type { PoolClient } from 'pg';
import type { AlertKind } from '#core/domain/billing/alert.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import { newId, type ConversationId, type LetterId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import type { Balance } from '#core/domain/messages/letter.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Money } from '../database/money.ts';

export interface TeamToLookAt {
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  /** The last line of its journal. */
  readonly seq: string;
  readonly free: Credits;
  readonly held: Credits;
  /** Credits of the newest purchase. */
  readonly lastPurchase: Credits;
}

export interface Alerts {
  /** Teams that bought credits and whose journal has grown since, those that were looked at longest ago first. */
  moved(lookedBefore: Date, most: number): Promise<TeamToLookAt[]>;
  /** Notes how far it was looked at, locked against everybody else who looks. False where somebody has looked as far: what is known of the team is old. */
  look(client: PoolClient, team: Pick<TeamToLookAt, 'teamId' | 'seq'>, at: Date): Promise<boolean>;
  /** Ends those whose balance was lifted above them by credits that came since. */
  clear(client: PoolClient, team: Pick<TeamToLookAt, 'teamId' | 'walletId'>, kinds: readonly AlertKind[], at: Date): Promise<void>;
  /** Gives those that are new, with the id that names them in emails. */
  raise(client: PoolClient, teamId: TeamId, kinds: readonly AlertKind[], at: Date): Promise<{ id: string; kind: AlertKind }[]>;
  /** Posts it in the channel where the team asked last, at most once a day. False where there is none, or it was told today. */
  tellChannel(client: PoolClient, teamId: TeamId, saying: Balance, readHere: ReadonlySet<string>, at: Date): Promise<boolean>;
}

/** For each wallet that moved, the newest purchase of its team: nobody else's are read. */
export const MOVED = `
  SELECT w.team_id, w.id AS wallet_id, w.seq, w.balance - w.held AS free, w.held, l.credits AS bought
  FROM wallets w
  JOIN teams t ON t.id = w.team_id AND t.erased_at IS NULL
  LEFT JOIN alert_looks a ON a.team_id = w.team_id
  CROSS JOIN LATERAL (
  SELECT p.credits FROM purchases p WHERE p.team_id = w.team_id AND p.state = 'paid' ORDER BY p.opened_at DESC, p.id DESC LIMIT 1
  ) l
  WHERE a.seq IS DISTINCT FROM w.seq AND (a.looked_at IS NULL OR a.looked_at <= $1)
  ORDER BY a.looked_at NULLS FIRST, w.team_id LIMIT $2`;

export function alertsOver(money: Money): Alerts {
  return {
    async moved(lookedBefore, most) {
      const { rows } = await money.query<{ team_id: TeamId; wallet_id: WalletId; seq: string; free: string; held: string; bought: string }>(
        {
          name: 'balances that moved',
          text: MOVED,
        },
        [lookedBefore, most],
      );
      return rows.map(({ team_id, wallet_id, seq, free, held, bought }) => ({
        teamId: team_id,
        walletId: wallet_id,
        seq,
        free: micro(free),
        held: micro(held),
        lastPurchase: micro(bought),
      }));
    },

    async look(client, { teamId, seq }, at) {
      const { rows } = await client.query(
        `INSERT INTO alert_looks (team_id, seq, looked_at) VALUES ($1, $2, $3)
         ON CONFLICT (team_id) DO UPDATE SET seq = excluded.seq, looked_at = excluded.looked_at WHERE alert_looks.seq < excluded.seq RETURNING 1`,
        [teamId, seq, at],
      );
      return rows.length > 0;
    },

    async clear(client, { teamId, walletId }, kinds, at) {
      await client.query(
        `UPDATE alerts a SET cleared_at = $4 WHERE a.team_id = $1 AND a.kind = ANY ($3) AND a.cleared_at IS NULL
           AND EXISTS (SELECT FROM lots l WHERE l.wallet_id = $2 AND NOT l.spent AND l.created_at > a.raised_at)`,
        [teamId, walletId, kinds, at],
      );
    },

    async raise(client, teamId, kinds, at) {
      const { rows } = await client.query<{ id: string; kind: AlertKind }>(
        `INSERT INTO alerts (id, team_id, kind, raised_at) SELECT id, $1, kind, $4 FROM unnest($2::uuid[], $3::text[]) AS raised (id, kind)
         ON CONFLICT (team_id, kind) WHERE cleared_at IS NULL DO NOTHING RETURNING id, kind`,
        [teamId, kinds.map(() => newId(at.getTime())), kinds, at],
      );
      return rows;
    },

    async tellChannel(client, teamId, saying, readHere, at) {
      const { rows } = await client.query<{ platform: Platform; channel: string; root: string }>(
        `SELECT c.platform, c.channel, route_of(c.address) || ':' AS root FROM conversations c JOIN places p ON p.ref = c.channel
         JOIN workspaces w ON w.team_id = c.team_id AND w.platform = p.platform AND w.external_id = p.workspace AND w.uninstalled_at IS NULL
         WHERE c.team_id = $1 AND p.kind = 'channel' AND NOT p.muted ORDER BY c.created_at DESC, c.id DESC LIMIT 1`,
        [teamId],
      );
      const place = rows[0];
      if (place === undefined || readHere.has(place.platform)) return false;
      const { rows: may } = await client.query(
        `UPDATE alert_looks SET told_chat_on = $2::date WHERE team_id = $1 AND told_chat_on IS DISTINCT FROM $2::date RETURNING 1`,
        [teamId, at.toISOString().slice(0, 10)],
      );
      if (may.length === 0) return false;
      const id = newId<ConversationId>(at.getTime());
      await client.query(
        'INSERT INTO conversations (id, team_id, platform, address, channel, created_at) VALUES ($1, $2, $3, $4, $5, $6)',
        [id, teamId, place.platform, place.root, place.channel, at],
      );
      await client.query('SELECT write_letter($1, $2, NULL, $3, false, $4)', [
        id,
        newId<LetterId>(at.getTime()),
        JSON.stringify(saying),
        at,
      ]);
      return true;
    },
  };
}
