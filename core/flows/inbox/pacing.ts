// When the next event is handled. In a burst those that still have to be stored go first, because the platform waits for them and tells
// again what takes too long; those that are handled afterwards share their statements. But nobody waits longer than a second for that.

export interface Pacing {
  storing(): void;
  stored(): void;
  /** Something is being stored, or was a moment ago. */
  isBusy(): boolean;
  /** `held`: in hand; `running`: being handled; `sinceMs`: of performance.now(), since when the next one waits. */
  mayBegin(now: { readonly held: number; readonly running: number; readonly sinceMs: number }): boolean;
  /** After so many ms without anything new the burst is over. */
  readonly calmMs: number;
}

/** Handled beside one another. */
const AT_ONCE = 32;
/** With fewer in hand there is no burst. */
const BURST_LEAST = 32;
const CALM_MS = 100;
const WAITS_MOST_MS = 1_000;

export function pacing(nowMs: () => number = () => performance.now()): Pacing {
  let [underWay, lastMs] = [0, -Infinity];
  const isBusy = () => underWay > 0 || nowMs() - lastMs < CALM_MS;
  return {
    calmMs: CALM_MS,
    isBusy,
    storing: () => void underWay++,
    stored() {
      underWay--;
      lastMs = nowMs();
    },
    mayBegin({ held, running, sinceMs }) {
      if (running >= AT_ONCE) return false;
      const isBurst = held >= BURST_LEAST && isBusy();
      return !isBurst || nowMs() - sinceMs >= WAITS_MOST_MS;
    },
  };
}
