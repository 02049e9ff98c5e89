import type { Wakeup } from '#core/store/database/wakeups.ts';
import type { Core } from './core.ts';

/**
 * Does `work` again and again until the signal aborts: at once while it says that there was something to do, else when
 * a notification (or `lookAgain`) hints at something new, and at the latest after `idleMs`. After a failure it waits that
 * long, whatever is hinted.
 */
export async function patiently(
  core: Pick<Core, 'clock' | 'log' | 'store'>,
  when: { wakeOn: readonly Wakeup[]; idleMs: number; signal: AbortSignal },
  work: (lookAgain: () => void) => Promise<boolean>,
): Promise<void> {
  let hinted = false;
  let wake = () => {};
  const lookAgain = () => {
    hinted = true;
    wake();
  };
  const stops = when.wakeOn.map((kind) => core.store.wakeups.on(kind, lookAgain));
  try {
    while (!when.signal.aborted) {
      hinted = false;
      try {
        if (await work(lookAgain)) continue;
      } catch (error) {
        core.log.warn({ error }, 'will try again');
        await core.clock.sleep(when.idleMs, when.signal);
        continue;
      }
      if (hinted) continue;
      const woken = new AbortController();
      wake = () => woken.abort();
      await core.clock.sleep(when.idleMs, AbortSignal.any([when.signal, woken.signal]));
    }
  } finally {
    for (const stop of stops) stop();
  }
}
