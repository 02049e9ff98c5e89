// A task's life as it happens, over connections that may break: each goes on behind the last event that was seen.

import { setTimeout as sleep } from 'node:timers/promises';
import { Unreachable, type Client, type SeenEvent } from './client.ts';
import type { Patience } from './patience.ts';

/** Ends when the signal aborts; rejects with `Unreachable` when there is no connection for too long. */
export async function* lifeOf(
  client: Client,
  taskId: string,
  { giveUpMs, pauseMs, onLost, onBack }: Patience,
  signal: AbortSignal,
): AsyncIterable<SeenEvent> {
  let after: string | null = null;
  let lostAt: number | null = null;
  while (!signal.aborted) {
    try {
      for await (const event of client.events(taskId, after, signal)) {
        if (lostAt !== null) onBack();
        lostAt = null;
        if (event === null) continue;
        after = event.cursor;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Unreachable) || (lostAt !== null && Date.now() - lostAt > giveUpMs)) throw error;
    }
    if (signal.aborted) return;
    if (lostAt === null) onLost();
    lostAt ??= Date.now();
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
