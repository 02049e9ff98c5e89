// How long what Slack tells us has waited, and how long it can: the core takes both.

import type { WaitOf } from '#core/ports/inbox.ts';

export type { WaitOf };

/** Slack waits three seconds, and the answer has to travel. */
const WITHIN_MS = 2_600;

/** Of an event, a press or a command, by when it came. */
export function waitOf({ cameMs }: Readonly<Record<string, unknown>>): WaitOf {
  return () => ({ waitedMs: typeof cameMs === 'number' ? performance.now() - cameMs : 0, withinMs: WITHIN_MS });
}
