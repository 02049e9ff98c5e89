// Limits as their owners see and set them. They are kept by the ledger's migration: who sets one takes the wallet's lock
// first, as every hold does, so a hold is either counted before it or checked by it.

import type pg from 'pg';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { Id, TeamId, WalletId } from '#core/domain/ids.ts';
import type { LimitKind, LimitPeriod, LimitSubject } from '#core/domain/credits/limit.ts';
import { writeAudit } from '../team/audit.ts';
import type { Money } from '../database/money.ts';

export type LimitId = Id<'limit'>;

export interface StoredLimit {
  readonly id: LimitId;
  readonly kind: LimitKind;
  readonly subject: string;
  readonly name: string | null;
  readonly platform: string | null;
  readonly credits: Credits;
  readonly period: LimitPeriod;
  readonly timeZone: string;
  readonly resetsAt: Date | null;
  readonly countsSince: Date;
  readonly used: Credits;
  readonly held: Credits;
}

export interface NewLimit {
  readonly id: LimitId;
  readonly kind: LimitKind;
  readonly subject: string;
  readonly credits: Credits;
  readonly period: LimitPeriod;
  readonly timeZone: string;
}

export interface Limits {
  list(teamId: TeamId, at: Date): Promise<StoredLimit[]>;
  /** Sets one, or changes the amount of the one there is for the same in the same period; that one keeps its time zone. */
  set(teamId: TeamId, limit: NewLimit, by: string, at: Date): Promise<LimitId>;
  /** False when the team has none such. */
  remove(teamId: TeamId, id: string, by: string, at: Date): Promise<boolean>;
  /** Whom a member's limit can be about: the user behind an identity where there is one; null for a stranger. */
  person(teamId: TeamId, id: string): Promise<string | null>;
  /** Whether this is a workspace of the team, such as `slack:T1`. */
  hasWorkspace(teamId: TeamId, subject: string): Promise<boolean>;
  /** Workspaces of the team; its people; its channels, those of the latest tasks first. */
  subjects(teamId: TeamId, most: number): Promise<LimitSubject[]>;
}

export function limitsOver(money: Money): Limits {
  return {
    async list(teamId, at) {
      const { rows } = await money.query<SqlRow>(
        {
          name: 'limits',
          // Periods as ledger_room has them.
          text: `SELECT p.id, p.kind, p.subject, p.credits, p.period, p.time_zone, coalesce(u.held, 0) AS held, coalesce(u.used, 0) AS used,
              greatest(p.starts_at, p.created_at) AS counts_since,
              CASE WHEN p.period <> 'total' THEN (p.starts_at AT TIME ZONE p.time_zone + ('1 ' || p.period)::interval) AT TIME ZONE p.time_zone END AS resets_at,
              CASE
                WHEN p.kind = 'member' THEN coalesce((SELECT n.name FROM users n WHERE n.id::text = p.subject), (SELECT i.display_name FROM identities i WHERE i.id::text = p.subject))
                -- Any channel may be limited; its name is for those who are there.
                WHEN p.kind = 'channel' THEN (SELECT h.name FROM places h WHERE h.ref = p.subject AND (
                  EXISTS (SELECT FROM workspaces s WHERE s.team_id = $1 AND s.platform = h.platform AND s.external_id = h.workspace)
                  OR EXISTS (SELECT FROM conversations c WHERE c.team_id = $1 AND c.channel = h.ref)))
                WHEN p.kind LIKE 'workspace%' THEN (SELECT s.name FROM workspaces s WHERE s.team_id = $1 AND s.platform || ':' || s.external_id = p.subject)
              END AS name,
              CASE
                WHEN p.kind = 'channel' THEN (SELECT c.platform FROM conversations c WHERE c.team_id = $1 AND c.channel = p.subject LIMIT 1)
                WHEN p.kind LIKE 'workspace%' THEN split_part(p.subject, ':', 1)
              END AS platform
            FROM (
              SELECT l.*, CASE l.period WHEN 'total' THEN 'epoch' ELSE date_trunc(l.period, $2::timestamptz, l.time_zone) END AS starts_at
              FROM limits l JOIN wallets w ON w.id = l.wallet_id WHERE w.team_id = $1 AND l.removed_at IS NULL
            ) p LEFT JOIN LATERAL (
              -- Where each person counts apart: of the one who has the least left.
              SELECT u.held, u.used FROM limit_uses u WHERE u.limit_id = p.id AND u.starts_at = p.starts_at ORDER BY u.held + u.used DESC LIMIT 1
            ) u ON true
            ORDER BY array_position(ARRAY['team', 'workspace', 'workspace-person', 'member', 'channel'], p.kind), p.created_at, p.id`,
        },
        [teamId, at],
      );
      return rows.map(fromSql);
    },

    set: (teamId, limit, by, at) =>
      money.transaction(async (client) => {
        const wallet = await client.query<{ id: WalletId }>('SELECT id FROM wallets WHERE team_id = $1 FOR NO KEY UPDATE', [teamId]);
        return writeLimit(client, { teamId, walletId: wallet.rows[0]!.id }, limit, by, at);
      }),

    remove: (teamId, id, by, at) =>
      money.transaction(async (client) => {
        await client.query('SELECT FROM wallets WHERE team_id = $1 FOR NO KEY UPDATE', [teamId]);
        const { rows } = await client.query<{ kind: LimitKind; subject: string; credits: string; period: LimitPeriod }>(
          `UPDATE limits l SET removed_at = $3 FROM wallets w
           WHERE l.id = $2 AND l.removed_at IS NULL AND w.id = l.wallet_id AND w.team_id = $1 RETURNING l.kind, l.subject, l.credits, l.period`,
          [teamId, id, at],
        );
        const removed = rows[0];
        if (removed === undefined) return false;
        const { subject, ...facts } = removed;
        await writeAudit(client, { at, actor: by, act: 'limit.removed', teamId, subject: subject === '' ? null : subject, facts });
        return true;
      }),

    async person(teamId, id) {
      const { rows } = await money.query<{ subject: string }>(
        {
          text: `SELECT m.user_id AS subject FROM members m WHERE m.team_id = $1 AND m.user_id = $2
            UNION ALL
            SELECT coalesce(i.user_id, i.id) FROM identities i WHERE i.id = $2 AND (
              EXISTS (SELECT FROM workspaces s WHERE s.team_id = $1 AND s.platform = i.platform AND s.external_id = i.space)
              OR EXISTS (SELECT FROM members m WHERE m.team_id = $1 AND m.user_id = i.user_id)
            ) LIMIT 1`,
        },
        [teamId, id],
      );
      return rows[0]?.subject ?? null;
    },

    async hasWorkspace(teamId, subject) {
      const { rows } = await money.query(
        { text: `SELECT FROM workspaces s WHERE s.team_id = $1 AND s.platform || ':' || s.external_id = $2` },
        [teamId, subject],
      );
      return rows.length > 0;
    },

    async subjects(teamId, most) {
      const { rows } = await money.query<{ kind: LimitSubject['kind']; id: string; name: string; of: string }>(
        {
          name: 'limit subjects',
          text: `WITH people AS (
              SELECT 'member' AS kind, u.id::text AS id, u.name, 'user' AS "of" FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = $1
              UNION ALL
              SELECT 'member', i.id::text, coalesce(i.display_name, i.external_id), 'identity' FROM workspaces s
              JOIN identities i ON i.platform = s.platform AND i.space = s.external_id WHERE s.team_id = $1 AND i.user_id IS NULL
              ORDER BY 4 DESC, 3, 2 LIMIT $2
            ), channels AS (
              SELECT 'channel' AS kind, c.channel AS id, coalesce((SELECT h.name FROM places h WHERE h.ref = c.channel), c.channel) AS name, min(c.platform) AS "of"
              FROM conversations c WHERE c.team_id = $1 AND c.channel IS NOT NULL GROUP BY c.channel ORDER BY max(c.created_at) DESC, c.channel LIMIT $2
            ), spaces AS (
              SELECT 'workspace' AS kind, s.platform || ':' || s.external_id AS id, s.name, s.platform AS "of" FROM workspaces s
              WHERE s.team_id = $1 ORDER BY lower(s.name), s.id LIMIT $2
            )
            SELECT * FROM spaces UNION ALL SELECT * FROM people UNION ALL SELECT * FROM channels`,
        },
        [teamId, most],
      );
      return rows;
    },
  };
}

/** Part of a transaction that holds the wallet's lock. */
export async function writeLimit(
  client: pg.PoolClient,
  { teamId, walletId }: { teamId: TeamId; walletId: WalletId },
  { id, kind, subject, credits, period, timeZone }: NewLimit,
  by: string,
  at: Date,
): Promise<LimitId> {
  const before = await client.query<{ id: LimitId; credits: string }>(
    `UPDATE limits SET credits = $5 WHERE wallet_id = $1 AND kind = $2 AND subject = $3 AND period = $4 AND removed_at IS NULL
     RETURNING id, old.credits`,
    [walletId, kind, subject, period, credits],
  );
  const changed = before.rows[0];
  if (changed !== undefined && BigInt(changed.credits) === credits) return changed.id;
  if (changed === undefined) {
    await client.query(
      'INSERT INTO limits (id, wallet_id, kind, subject, credits, period, time_zone, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [id, walletId, kind, subject, credits, period, timeZone, at],
    );
  }
  await writeAudit(client, {
    at,
    actor: by,
    act: changed ? 'limit.changed' : 'limit.set',
    teamId,
    subject: subject === '' ? null : subject,
    facts: { kind, period, credits: credits.toString(), ...(changed ? { before: changed.credits } : { timeZone }) },
  });
  return changed?.id ?? id;
}

interface SqlRow {
  id: LimitId;
  kind: LimitKind;
  subject: string;
  name: string | null;
  platform: string | null;
  credits: string;
  period: LimitPeriod;
  time_zone: string;
  held: string;
  used: string;
  counts_since: Date;
  resets_at: Date | null;
}

function fromSql(row: SqlRow): StoredLimit {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    name: row.name,
    platform: row.platform,
    credits: micro(row.credits),
    period: row.period,
    timeZone: row.time_zone,
    resetsAt: row.resets_at,
    countsSince: row.counts_since,
    held: micro(row.held),
    used: micro(row.used),
  };
}
