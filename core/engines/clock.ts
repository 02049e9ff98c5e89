import type { Clock } from '#core/ports/clock.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  // Not by timers/promises: each sleep that is ended there costs two errors with their stacks, and every request has one.
  sleep(ms, signal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) return Promise.resolve();
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake);
    return promise;
  },
};
