import { setTimeout as sleep } from 'node:timers/promises';

/** What it brings, or an error when it brings nothing in time; then it goes on unseen. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${timeoutMs / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** True when it ended in time, well or badly. */
export async function endedWithin(timeoutMs: number, promise: Promise<unknown>): Promise<boolean> {
  const ended = promise.then(
    () => true,
    () => true,
  );
  return within(timeoutMs, ended).catch(() => false);
}
