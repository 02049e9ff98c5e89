// While the database is away, who is asking is looked up again for a moment: a restart of the database then refuses nobody.
// What a request waited here it does not wait again in the core.

import { setTimeout as sleep } from 'node:timers/promises';
import { refuse } from '#core/domain/refusals/refusal.ts';

/** The core has its usual 2.5 s from when the request came (core/flows/runtime/patience.ts), and needs a moment of them for itself. */
const LOOK_UP_MS = 1_800;
const AGAIN_AFTER_MS = 200;

/** Of one request; `response.locals` is one. */
export interface Waited {
  waitedMs?: number;
}

/** Rejects with `database.unavailable` when the time is over, also while the database says nothing at all. */
export async function untilBack<T>(waited: Waited, look: () => Promise<T>): Promise<T> {
  const [beganMs, beforeMs] = [performance.now(), waited.waitedMs ?? 0];
  const waitedMs = () => beforeMs + performance.now() - beganMs;
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const deadline = setTimeout(() => late.reject(refuse('database.unavailable')), Math.max(0, LOOK_UP_MS - beforeMs));
  try {
    for (;;) {
      try {
        return await Promise.race([look(), late.promise]);
      } catch (error) {
        if (!isAway(error) || waitedMs() + AGAIN_AFTER_MS >= LOOK_UP_MS) throw error;
        await sleep(AGAIN_AFTER_MS);
      }
    }
  } finally {
    clearTimeout(deadline);
    waited.waitedMs = waitedMs();
  }
}

export function isAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'database.unavailable';
}
