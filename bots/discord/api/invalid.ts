// Whoever is refused 10,000 times in ten minutes is cut off from Discord altogether (docs, Rate Limits, Invalid Request Limit). Halfway
// there we stop calling by ourselves; what answers an interaction still goes out.

import type { Clock } from '#core/ports/clock.ts';

const WINDOW_MS = 10 * 60_000;
export const INVALID_MOST = 5_000;

export interface Invalid {
  count(): void;
  /** Ms until calls may go out again; null when they may. */
  waitMs(): number | null;
}

export function countInvalid(clock: Pick<Clock, 'now'>): Invalid {
  const times: number[] = [];
  const forget = (at: number) => {
    while (times.length > 0 && times[0]! <= at - WINDOW_MS) times.shift();
  };
  return {
    count() {
      const at = clock.now().getTime();
      forget(at);
      if (times.length < INVALID_MOST) times.push(at);
    },
    waitMs() {
      const at = clock.now().getTime();
      forget(at);
      return times.length < INVALID_MOST ? null : times[0]! + WINDOW_MS - at;
    },
  };
}
