// The board tells the bot of the bot's own posts, as the platforms do: each until it is confirmed, in any order, and also
// where the bot never got an answer to its post.

import { setTimeout as sleep } from 'node:timers/promises';
import { signature } from './push.ts';
import type { Message, State } from './state.ts';

export interface Echoes {
  /** Where the product listens; null holds them back. */
  tell(url: string | null): void;
  /** Something was posted. */
  wake(): void;
  stop(): Promise<void>;
}

const answerMs = 3000;
const retryMs = 50;

export function startEchoes(state: Pick<State, 'messages'>, token: string): Echoes {
  const stopping = new AbortController();
  const told = new Set<string>();
  let url: string | null = null;
  let woken = Promise.withResolvers<void>();
  const running = run();

  return {
    tell(to) {
      url = to;
      woken.resolve();
    },
    wake: () => woken.resolve(),
    async stop() {
      stopping.abort();
      woken.resolve();
      await running;
    },
  };

  async function run() {
    while (!stopping.signal.aborted) {
      woken = Promise.withResolvers();
      const to = url;
      const waiting = state.messages.filter(({ id, key }) => key !== null && !told.has(id));
      if (to === null || waiting.length === 0) await woken.promise;
      else {
        const confirmed = await Promise.all(waiting.map((message) => tell(message, to)));
        if (confirmed.includes(false)) await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function tell({ id, channel, thread, key }: Message, to: string): Promise<boolean> {
    const body = JSON.stringify({ message: id, channel, thread, key });
    try {
      const response = await fetch(to, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Board-Signature': signature(token, body) },
        body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(answerMs)]),
      });
      await response.body?.cancel();
      if (response.ok) told.add(id);
      return response.ok;
    } catch {
      return false;
    }
  }
}
