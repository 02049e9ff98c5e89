// The board tells the bot what people said, as the platforms do: again and again until it is confirmed, sometimes although
// it was, sometimes out of order.

import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from './state.ts';
import type { Told } from './told.ts';

export interface Hook {
  /** Where the product listens; null holds everything back. */
  readonly url: string | null;
  /** How often an event is told although it was confirmed. */
  readonly repeats: number;
  /** Events that wait together are told newest first. */
  readonly reversed: boolean;
  /** An event is told this many times at the same instant. */
  readonly atOnce: number;
}

export const noHook: Hook = { url: null, repeats: 0, reversed: false, atOnce: 1 };

export interface Push {
  set(hook: Partial<Hook>): void;
  /** Something was said. */
  wake(): void;
  /** How often the bot did not confirm what it was told. */
  unconfirmed(): number;
  stop(): Promise<void>;
}

const answerMs = 3000;
const retryMs = 50;

export function startPush(state: State, token: string, waitingNow: () => Told[]): Push {
  const stopping = new AbortController();
  let hook = noHook;
  let woken = Promise.withResolvers<void>();
  let unconfirmed = 0;
  const running = run();

  return {
    set(change) {
      hook = { ...hook, ...change };
      woken.resolve();
    },
    wake: () => woken.resolve(),
    unconfirmed: () => unconfirmed,
    async stop() {
      stopping.abort();
      woken.resolve();
      await running;
    },
  };

  async function run() {
    while (!stopping.signal.aborted) {
      woken = Promise.withResolvers();
      const { url, reversed } = hook;
      const waiting = waitingNow();
      if (url === null || waiting.length === 0) await woken.promise;
      else {
        const confirmed = await Promise.all((reversed ? waiting.toReversed() : waiting).map((each) => tell(each, url)));
        if (confirmed.includes(false)) await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function tell(told: Told, url: string): Promise<boolean> {
    const answers = await Promise.all(Array.from({ length: hook.atOnce }, () => post(told, url)));
    unconfirmed += answers.filter((confirmed) => !confirmed).length;
    if (!answers.includes(true)) return false;
    state.delivered(told.id);
    for (let i = 0; i < hook.repeats; i++) await post(told, url);
    return true;
  }

  async function post(told: Told, url: string): Promise<boolean> {
    const body = JSON.stringify(told.body());
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Board-Signature': signature(token, body) },
        body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(answerMs)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}

/** How the board proves that it is the board. */
export function signature(token: string, body: string | Buffer): string {
  return createHmac('sha256', token).update(body).digest('hex');
}
