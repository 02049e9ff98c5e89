// What a task will cost, before it begins. `high` is held and can never be exceeded; `low` is what such a task usually
// costs. Our own settled tasks know better than the table, once there are enough of them.

import type { AgentType } from '../tasks/agent-type.ts';
import { least, micro, most, times, type Credits } from './credits.ts';
import { RATE_VERSION, rateOf, type CountedRate } from './rates.ts';

export interface Estimate {
  readonly low: Credits;
  readonly high: Credits;
}

/** Quantiles of what settled tasks of this type were charged: by unit asked for where the type is countable, else by task. */
export interface Learned {
  readonly tasks: number;
  readonly p50: Credits;
  readonly p90: Credits;
}

/** Fewer settled tasks than this say too little. */
export const LEARNED_FROM = 30;

/** `quantity` is null where the type is charged by usage. */
export function estimate(type: AgentType, quantity: number | null, learned?: Learned, version: number = RATE_VERSION): Estimate {
  const rate = rateOf(type, version);
  const known = learned !== undefined && learned.tasks >= LEARNED_FROM ? learned : undefined;
  if (rate.unit !== null) return estimateCounted(rate, quantity ?? rate.usualQuantity, known);
  const high = known ? within(rate.minimum, known.p90, rate.maximum) : rate.maximum;
  return { low: within(rate.minimum, known ? known.p50 : rate.typical, high), high };
}

/** Everything asked for may be found, so `high` is the price of all of it, whatever was found before. */
function estimateCounted(rate: CountedRate, quantity: number, learned: Learned | undefined): Estimate {
  const high = most(times(quantity, rate.perUnit), rate.minimum);
  const usual = learned ? times(quantity, learned.p50) : times(Math.ceil((quantity * rate.usuallyFound) / 100), rate.perUnit);
  return { low: within(rate.minimum, usual, high), high };
}

function within(lowest: Credits, amount: Credits, highest: Credits): Credits {
  return least(most(lowest, amount), highest);
}

/** The quantile of amounts in any order, by nearest rank: `quantile(charges, 90)`. */
export function quantile(amounts: readonly Credits[], percent: number): Credits {
  if (amounts.length === 0) return micro(0);
  const sorted = amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}
