import type { AgentType } from '#core/domain/agent-type.ts';
import { micro } from '#core/domain/credits.ts';
import type { Learned } from '#core/domain/estimate.ts';
import { RATE_VERSION } from '#core/domain/rates.ts';
import type { Money } from './money.ts';

/** How many of the newest settled tasks of a type count. */
const TASKS_COUNTED = 500;

/** Quantiles of what completed tasks were charged at today's rates: by unit asked for where the type is countable. */
export async function learnedCharges(money: Money): Promise<Map<AgentType, Learned>> {
  const { rows } = await money.query<{ type: AgentType; tasks: number; p50: string; p90: string }>(
    {
      text: `SELECT type, count(*)::int AS tasks,
          percentile_disc(0.5) WITHIN GROUP (ORDER BY charge)::bigint AS p50, percentile_disc(0.9) WITHIN GROUP (ORDER BY charge)::bigint AS p90
        FROM (
          SELECT type, credits_used / coalesce(nullif(quantity, 0), 1) AS charge, row_number() OVER (PARTITION BY type ORDER BY finished_at DESC) AS nth
          FROM tasks WHERE status = 'completed' AND rate_version = $1 AND NOT coalesce((result ->> 'sample')::boolean, false)
        ) t WHERE nth <= $2 GROUP BY type`,
    },
    [RATE_VERSION, TASKS_COUNTED],
  );
  return new Map(rows.map((row) => [row.type, { tasks: row.tasks, p50: micro(row.p50), p90: micro(row.p90) }]));
}
