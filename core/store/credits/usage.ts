// What was used, by day and by what people ask about. Use is what tasks were charged when they were settled; what was set
// aside and came back, taken back after a refund, or expired is none.

import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { TeamId } from '#core/domain/ids.ts';
import type { UsageBy } from '#core/domain/credits/usage.ts';
import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';
import { WHO_ID, WHO_JOINS, WHO_KIND, WHO_NAME } from './who.ts';

export interface UsageRow {
  readonly day: string;
  /** The day is in the period itself; else it is in the one before. */
  readonly current: boolean;
  /** The group; null for what belongs to none, `other` for all that are small. */
  readonly key: string | null;
  readonly kind: 'group' | 'none' | 'other';
  readonly whoKind: 'user' | 'identity' | null;
  readonly name: string | null;
  readonly credits: Credits;
  /** Tasks that were charged. */
  readonly tasks: number;
  /** Tasks that cost nothing. */
  readonly freeTasks: number;
  /** Of the charged ones, those that somebody asked for again. */
  readonly retriedTasks: number;
  readonly retriedCredits: Credits;
}

export interface Pace {
  /** What half of the newest tasks cost at most; null with too few of them. */
  readonly typicalTask: Credits | null;
  /** Whole days of use that are looked at, and what was used in them. */
  readonly days: number;
  readonly credits: Credits;
}

export interface Usage {
  /** The last `days` days up to now, and as many before them. Today counts, however young it is. */
  perDay(
    teamId: TeamId,
    range: { days: number; by: UsageBy; timeZone: string; groups: number },
    at: Date,
  ): Promise<{ from: string; to: string; rows: UsageRow[] }>;
  pace(teamId: TeamId, at: Date): Promise<Pace>;
}

export function usageOver(money: Money): Usage {
  // Everybody who looks at a balance after a start does so at the same moment.
  const pace = groupCommit<{ teamId: TeamId; at: Date }, Pace>({
    most: PACES_AT_ONCE,
    async run(asked) {
      const { rows } = await money.query<{ typical: string | null; tasks: number; days: number | null; credits: string | null }>(
        {
          name: 'paces',
          text: `SELECT newest.typical, newest.tasks, floor(extract(epoch FROM g.at - first.at) / 86400)::int AS days, used.credits
            FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS g (team_id, at, n)
            JOIN wallets w ON w.team_id = g.team_id
            CROSS JOIN LATERAL (
              SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x.charged) AS typical, count(*)::int AS tasks FROM (
                SELECT x.debt_change - x.credits AS charged FROM transactions x WHERE x.wallet_id = w.id AND x.type = 'settle'
                ORDER BY x.seq DESC LIMIT ${TYPICAL_OF_NEWEST}
              ) x
            ) newest
            LEFT JOIN LATERAL (
              SELECT greatest(g.at - interval '${PACE_DAYS} days', x.at) AS at FROM (
                SELECT x.at FROM transactions x WHERE x.wallet_id = w.id AND x.type = 'settle' ORDER BY x.seq LIMIT 1
              ) x
            ) first ON true
            CROSS JOIN LATERAL (
              SELECT sum(x.debt_change - x.credits) AS credits FROM transactions x
              WHERE x.wallet_id = w.id AND x.seq >= 0 AND x.type = 'settle' AND x.at >= first.at AND x.at <= g.at
            ) used
            ORDER BY g.n`,
        },
        [asked.map(({ teamId }) => teamId), asked.map(({ at }) => at)],
      );
      if (rows.length !== asked.length) throw new Error('a team has no wallet');
      return rows.map(({ typical, tasks, days, credits }) => ({
        typicalTask: typical === null || tasks < TYPICAL_FROM ? null : micro(typical),
        days: days ?? 0,
        credits: micro(credits ?? 0),
      }));
    },
  });

  return {
    async perDay(teamId, { days, by, timeZone, groups }, at) {
      const { rows } = await money.query<SqlRow>(
        {
          name: `usage by ${by}`,
          // Days are told by where they begin, which is quicker than to turn ten thousand times into dates, and names are
          // looked up once ten thousand tasks are a few hundred sums.
          text: `WITH range AS (
              SELECT d.today, d.today - (2 * $2::int - 1) AS first,
                ARRAY(SELECT (d.today - n)::timestamp AT TIME ZONE $3 FROM generate_series(2 * $2::int - 1, 0, -1) n) AS starts
              FROM (SELECT ($4::timestamptz AT TIME ZONE $3)::date AS today) d
            ), closed AS (
              SELECT width_bucket(x.at, (SELECT r.starts FROM range r)) AS n, x.type = 'settle' AS charged, x.debt_change - x.credits AS credits, x.task_id
              FROM transactions x WHERE x.wallet_id = ${WALLET} AND x.seq >= 0 AND x.at >= (SELECT r.starts[1] FROM range r) AND x.at <= $4 AND x.type IN ('settle', 'release')
            ), summed AS MATERIALIZED (
              SELECT c.n, c.charged, t.retry_of IS NOT NULL AS again, ${KEYS[by].columns}, sum(c.credits) AS credits, count(*) AS tasks
              FROM closed c LEFT JOIN tasks t ON t.id = c.task_id AND t.team_id = $1 GROUP BY 1, 2, 3, 4, 5
            ), used AS MATERIALIZED (
              SELECT t.n, t.n > $2 AS current, ${KEYS[by].key} AS key, ${KEYS[by].name} AS name, ${KEYS[by].kind} AS who_kind, t.charged, t.again, t.credits, t.tasks
              FROM summed t ${KEYS[by].joins}
            ), ranked AS (
              SELECT u.key, row_number() OVER (ORDER BY sum(u.credits) FILTER (WHERE u.current) DESC NULLS LAST, sum(u.credits) DESC, u.key) AS place
              FROM used u WHERE u.key IS NOT NULL GROUP BY u.key
            )
            SELECT to_char(r.first + $2::int, 'YYYY-MM-DD') AS from_day, to_char(r.today, 'YYYY-MM-DD') AS to_day, to_char(r.first + u.n - 1, 'YYYY-MM-DD') AS day, u.current,
              CASE WHEN k.place <= $5 THEN u.key END AS key, CASE WHEN u.key IS NULL THEN 'none' WHEN k.place <= $5 THEN 'group' ELSE 'other' END AS kind,
              min(u.name) FILTER (WHERE k.place <= $5) AS name, min(u.who_kind) FILTER (WHERE k.place <= $5) AS who_kind,
              coalesce(sum(u.credits), 0) AS credits, coalesce(sum(u.tasks) FILTER (WHERE u.charged), 0) AS tasks,
              coalesce(sum(u.tasks) FILTER (WHERE NOT u.charged), 0) AS free_tasks, coalesce(sum(u.tasks) FILTER (WHERE u.charged AND u.again), 0) AS retried_tasks,
              coalesce(sum(u.credits) FILTER (WHERE u.again), 0) AS retried_credits
            FROM range r LEFT JOIN used u ON true LEFT JOIN ranked k ON k.key = u.key
            GROUP BY r.first, r.today, u.n, u.current, 5, 6 ORDER BY u.n`,
        },
        [teamId, days, timeZone, at, groups],
      );
      return { from: rows[0]!.from_day, to: rows[0]!.to_day, rows: rows.filter(({ day }) => day !== null).map(fromSql) };
    },

    pace: (teamId, at) => pace({ teamId, at }),
  };
}

/** In a sub-select rather than joined, so that its lines are read in their order. */
const WALLET = '(SELECT w.id FROM wallets w WHERE w.team_id = $1)';

const PACES_AT_ONCE = 64;
/** Days that make the pace: enough to be even, few enough to be of today. */
const PACE_DAYS = 30;
const TYPICAL_OF_NEWEST = 100;
/** Fewer settled tasks than this say too little. */
const TYPICAL_FROM = 5;

// How a task is put into a group: what is kept of each while they are summed up, and what is made of it then. Where the
// task was erased, only the journal still knows of it: that is `none`.
const KEYS: Record<UsageBy, { columns: string; key: string; name: string; kind: string; joins: string }> = {
  type: simple('t.type'),
  platform: simple('t.platform'),
  channel: { ...simple('t.channel', 't.platform'), name: 't.more' },
  person: {
    columns: 't.user_id, t.identity_id',
    key: `${WHO_ID}::text`,
    name: WHO_NAME,
    kind: WHO_KIND,
    joins: WHO_JOINS.replaceAll('t.team_id', '$1'),
  },
};

function simple(column: string, more = 'NULL::text') {
  return { columns: `${column} AS key, ${more} AS more`, key: 't.key', name: 'NULL::text', kind: 'NULL::text', joins: '' };
}

interface SqlRow {
  from_day: string;
  to_day: string;
  day: string;
  current: boolean;
  key: string | null;
  kind: UsageRow['kind'];
  who_kind: 'user' | 'identity' | null;
  name: string | null;
  credits: string;
  tasks: string;
  free_tasks: string;
  retried_tasks: string;
  retried_credits: string;
}

function fromSql(row: SqlRow): UsageRow {
  return {
    day: row.day,
    current: row.current,
    key: row.key,
    kind: row.kind,
    whoKind: row.who_kind,
    name: row.name,
    credits: micro(row.credits),
    tasks: Number(row.tasks),
    freeTasks: Number(row.free_tasks),
    retriedTasks: Number(row.retried_tasks),
    retriedCredits: micro(row.retried_credits),
  };
}
