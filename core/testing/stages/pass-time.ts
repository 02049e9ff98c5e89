import { vi } from 'vitest';
import type { ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import type { Stage } from './stage.ts';

const BUSY_FOR_MS = 500;
/** Between two of its statements. */
const MOMENT_MS = 4;

export interface PassTime {
  readonly clock: Pick<ClockByHand, 'forward'>;
  /** Whoever asks this database for something is not at rest. */
  readonly money: Stage['core']['store']['money'];
  /** Calls of a platform are under way, whose answer would come too late. */
  readonly calling?: () => boolean;
  readonly stepMs?: number;
  /** How long a product that is never at rest is waited for, in real time; 500 where it is left out. */
  readonly busyForMs?: number;
  /** In real time. */
  readonly patienceMs?: number;
}

/**
 * Lets time pass, step by step, until the check holds. No step is taken while the product works on something: on a busy machine each
 * of its turns would last for many steps, and its leases would run out.
 */
export async function passTime(
  check: () => unknown,
  { clock, money, calling, stepMs = 1_000, busyForMs = BUSY_FOR_MS, patienceMs }: PassTime,
): Promise<void> {
  let steppedAt = performance.now();
  await vi.waitFor(
    async () => {
      try {
        await check();
      } catch (error) {
        const atRest = !calling?.() && ((await isAtRest(money)) || performance.now() - steppedAt > busyForMs);
        if (atRest) {
          clock.forward(stepMs);
          steppedAt = performance.now();
        }
        throw error;
      }
    },
    patienceMs === undefined ? undefined : { timeout: patienceMs },
  );
}

/** Whether nobody else asks this database for anything, for a moment. */
async function isAtRest(money: PassTime['money']): Promise<boolean> {
  const lastSign = async () => (await money.query<{ busy: boolean; last: string }>(signsOfWork, [])).rows[0]!;
  const before = await lastSign();
  if (before.busy) return false;
  await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
  const after = await lastSign();
  return !after.busy && after.last === before.last;
}

const signsOfWork = {
  text: `SELECT coalesce(bool_or(state <> 'idle'), false) AS busy, coalesce(max(state_change)::text, '') AS last
         FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
           AND query NOT LIKE '%AS busy%'`,
};
