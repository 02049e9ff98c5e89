// When the next event is handled. In a burst those that still have to be stored go first, because the platform waits for them and tells
// again what takes too long; those that are handled afterwards share their statements. But nobody waits longer than a second for that.

export interface Pacing {
  /** One is about to be stored. */
  storing(): void;
  /** More come than can be handled meanwhile. */
  isBurst(): boolean;
  /** `running`: being handled; `sinceMs`: of performance.now(), since when the next one waits. */
  mayBegin(now: { readonly running: number; readonly sinceMs: number }): boolean;
  /** How long a burst lasts at least. */
  readonly calmMs: number;
}

/** Handled beside one another. */
const AT_ONCE = 32;
const WINDOW_MS = 100;
/** In a window; more than three times as many as a busy day brings (200 a second). */
const BURST_LEAST = 64;
const WAITS_MOST_MS = 1_000;

export function pacing(nowMs: () => number = () => performance.now()): Pacing {
  let [beganMs, count, before] = [-Infinity, 0, 0];
  const roll = () => {
    const sinceMs = nowMs() - beganMs;
    if (sinceMs < WINDOW_MS) return;
    before = sinceMs < 2 * WINDOW_MS ? count : 0;
    [beganMs, count] = [nowMs(), 0];
  };
  const isBurst = () => {
    roll();
    return Math.max(count, before) >= BURST_LEAST;
  };
  return {
    calmMs: WINDOW_MS,
    isBurst,
    storing() {
      roll();
      count++;
    },
    mayBegin: ({ running, sinceMs }) => running < AT_ONCE && (!isBurst() || nowMs() - sinceMs >= WAITS_MOST_MS),
  };
}
