// How long what Slack tells us has waited, and how long it can: the core takes both.

import type { Wait } from '#core/flows/runtime/patience.ts';

/** As it stands when the core is asked. */
export type WaitOf = () => Exclude<Wait, number> & { readonly waitedMs: number };

/** Slack waits three seconds, and the answer has to travel. */
const WITHIN_MS = 2_600;

/** Throws once Slack no longer waits: it tells it again, and what waits behind it need not wait longer. */
export function stillInTime(wait: WaitOf): void {
  const { waitedMs } = wait();
  if (waitedMs > WITHIN_MS) throw new Error(`Slack has stopped waiting: ${Math.round(waitedMs)} ms`);
}

/** Of an event, a press or a command that Bolt handed on. */
export function waitOf({ cameMs }: Readonly<Record<string, unknown>>): WaitOf {
  return () => ({ waitedMs: typeof cameMs === 'number' ? performance.now() - cameMs : 0, withinMs: WITHIN_MS });
}
