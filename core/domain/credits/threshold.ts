// Above which estimate a person is asked before credits are held for a task.

import { refuse } from '../refusals/refusal.ts';
import { micro, MOST_CREDITS, type Amount, type Credits } from './credits.ts';

/** From which estimate on a person is asked first, and who wants that. */
export interface Threshold {
  readonly above: Credits;
  readonly whose: 'team' | 'you';
}

/** The lower of the team's threshold and the asker's own; null where neither is set. */
export function thresholdOf(team: Credits | null, own: Credits | null): Threshold | null {
  if (team === null && own === null) return null;
  return own !== null && (team === null || own < team) ? { above: own, whose: 'you' } : { above: team!, whose: 'team' };
}

/** An estimate of exactly the threshold needs no approval. */
export function needsApproval(threshold: Threshold | null, estimateHigh: Credits): threshold is Threshold {
  return threshold !== null && estimateHigh > threshold.above;
}

/** What somebody set: micro-credits, null for never, undefined for no change. Throws `request.invalid`. */
export function readThreshold(amount: Amount | null | undefined): Credits | null | undefined {
  if (amount === undefined || amount === null) return amount;
  if (!/^\d{1,18}$/.test(amount) || micro(amount) > MOST_CREDITS)
    throw refuse('request.invalid', { fields: [{ name: 'confirmAbove', problem: 'must be an amount of credits' }] });
  return micro(amount);
}
