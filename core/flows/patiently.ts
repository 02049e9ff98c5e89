import type { Wakeup } from '#core/store/wakeups.ts';
import type { Core } from './core.ts';

/**
 * Does `work` again and again until the signal aborts: at once while it says that there was something to do, else when
 * a notification hints at something new, and at the latest after `idleMs`. A failure waits, and is tried again.
 */
export async function patiently(
  core: Pick<Core, 'clock' | 'log' | 'store'>,
  when: { wakeOn: readonly Wakeup[]; idleMs: number; signal: AbortSignal },
  work: () => Promise<boolean>,
): Promise<void> {
  let hinted = false;
  let wake = () => {};
  const stops = when.wakeOn.map((kind) =>
    core.store.wakeups.on(kind, () => {
      hinted = true;
      wake();
    }),
  );
  try {
    while (!when.signal.aborted) {
      hinted = false;
      let busy = false;
      try {
        busy = await work();
      } catch (error) {
        core.log.warn({ error }, 'will try again');
        await core.clock.sleep(when.idleMs, when.signal);
      }
      if (busy || hinted || when.signal.aborted) continue;
      const woken = new AbortController();
      wake = () => woken.abort();
      await core.clock.sleep(when.idleMs, AbortSignal.any([when.signal, woken.signal]));
    }
  } finally {
    for (const stop of stops) stop();
  }
}
