import type { Clock } from '#core/ports/clock.ts';

export interface ClockByHand extends Clock {
  /** Lets so much time pass at once. Whoever slept until then wakes up. */
  forward(ms: number): void;
}

/** Lets time pass, second by second, until this has come to an end. */
export async function passTimeUntil<T>(end: Promise<T>, clock: Pick<ClockByHand, 'forward'>): Promise<T> {
  let ended = false;
  const noted = end.finally(() => (ended = true));
  noted.catch(() => undefined);
  while (!ended) {
    clock.forward(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return noted;
}

/** Goes with the real time, and can be set ahead. */
export function clockByHand(): ClockByHand {
  const sleepers = new Set<{ readonly untilMs: number; wake(): void }>();
  let aheadMs = 0;
  const nowMs = () => Date.now() + aheadMs;
  return {
    now: () => new Date(nowMs()),
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => sleeper.wake(), ms);
      const sleeper = {
        untilMs: nowMs() + ms,
        wake() {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
      if (signal?.aborted) sleeper.wake();
      return promise;
    },
    forward(ms) {
      aheadMs += ms;
      for (const sleeper of Array.from(sleepers)) if (sleeper.untilMs <= nowMs()) sleeper.wake();
    },
  };
}
