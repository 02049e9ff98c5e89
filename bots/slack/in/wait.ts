// How long what Slack tells us has waited, and how long it can: the core takes both.

import type { Wait } from '#core/flows/runtime/patience.ts';

/** As it stands when the core is asked. */
export type WaitOf = () => Wait;

/** Slack waits three seconds, and the answer has to travel. */
const WITHIN_MS = 2_600;

/** Of an event, a press or a command that Bolt handed on. */
export function waitOf({ cameMs }: Readonly<Record<string, unknown>>): WaitOf {
  return () => ({ waitedMs: typeof cameMs === 'number' ? performance.now() - cameMs : 0, withinMs: WITHIN_MS });
}
