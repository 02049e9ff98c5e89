// What a task costs in the end. Countable work by what was delivered, other work by what was used, never more than was
// held. Whatever failed, timed out, got lost or came back empty costs nothing, and so does what could not be counted.

import type { AgentType } from '../tasks/agent-type.ts';
import { least, micro, most, NO_CREDITS, sum, times, type Credits } from './credits.ts';
import { RATE_VERSION, rateOf, type UsedRate } from './rates.ts';

export interface Ended {
  readonly end: 'completed' | 'canceled' | 'failed';
  readonly type: AgentType;
  /** What was delivered, where the type is countable. */
  readonly units: number | null;
  readonly usage: Usage;
  readonly held: Credits;
  /** The version the task was accepted under. */
  readonly rateVersion?: number;
}

/** What an agent used. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly toolCalls: number;
  readonly durationMs: number;
}

export function chargeFor({ end, type, units, usage, held, rateVersion = RATE_VERSION }: Ended): Credits {
  if (held < 0n) throw new RangeError('nothing is held');
  if (end === 'failed') return NO_CREDITS;
  const rate = rateOf(type, rateVersion);
  const earned = rate.unit === null ? costOf(usage, rate) : times(whole('units', units ?? 0), rate.perUnit);
  const nothing = rate.unit !== null && earned === NO_CREDITS;
  // The minimum is the price of something finished: what was stopped costs what it came to.
  const due = end === 'completed' && !nothing ? most(earned, rate.minimum) : earned;
  return least(due, held);
}

/** Rounded up to a hundredth of a credit, once, at the end. */
function costOf(usage: Usage, rate: UsedRate): Credits {
  const exact = sum(
    times(whole('inputTokens', usage.inputTokens), rate.perInputToken),
    times(whole('outputTokens', usage.outputTokens), rate.perOutputToken),
    times(whole('toolCalls', usage.toolCalls), rate.perToolCall),
    times(Math.ceil(whole('durationMs', Math.ceil(usage.durationMs)) / 1000), rate.perSecond),
  );
  return micro(((exact + HUNDREDTH - 1n) / HUNDREDTH) * HUNDREDTH);
}

const HUNDREDTH = 10_000n;

/** A wrong meter is a bug of ours and must never become a bill. */
function whole(name: string, amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`${name} cannot be ${amount}`);
  return amount;
}
