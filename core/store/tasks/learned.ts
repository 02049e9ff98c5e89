import { agentTypes, type AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro } from '#core/domain/credits/credits.ts';
import type { Learned } from '#core/domain/credits/estimate.ts';
import { RATE_VERSION, rateOf } from '#core/domain/credits/rates.ts';
import type { Money } from '../database/money.ts';

/** How many of the newest settled tasks of a type count. */
const TASKS_COUNTED = 500;

/** Quantiles of what completed tasks were charged at today's rates: by unit asked for where the type is countable. */
export async function learnedCharges(money: Money): Promise<Map<AgentType, Learned>> {
  const { rows } = await money.query<{ type: AgentType; tasks: number; p50: string; p90: string }>(
    {
      name: 'learned',
      // Of a countable type, a request that named no number tells nothing about one unit.
      text: `SELECT y.type, count(*)::int AS tasks,
          percentile_disc(0.5) WITHIN GROUP (ORDER BY n.charge) AS p50, percentile_disc(0.9) WITHIN GROUP (ORDER BY n.charge) AS p90
        FROM unnest($1::text[], $2::bool[]) AS y(type, countable) CROSS JOIN LATERAL (
          SELECT t.credits_used / CASE WHEN y.countable THEN t.quantity ELSE 1 END AS charge FROM tasks t
          WHERE t.type = y.type AND t.rate_version = $3 AND t.status = 'completed' AND NOT coalesce((t.result ->> 'sample')::boolean, false)
            AND (NOT y.countable OR t.quantity > 0)
          ORDER BY t.finished_at DESC LIMIT $4
        ) n GROUP BY y.type`,
    },
    [agentTypes, agentTypes.map((type) => rateOf(type).unit !== null), RATE_VERSION, TASKS_COUNTED],
  );
  return new Map(rows.map((row) => [row.type, { tasks: row.tasks, p50: micro(row.p50), p90: micro(row.p90) }]));
}
