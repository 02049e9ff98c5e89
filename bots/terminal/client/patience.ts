// A connection that breaks comes back, mostly. What is called here may be called again: asks carry a key, the rest reads.

import { setTimeout as sleep } from 'node:timers/promises';
import { Unreachable } from './client.ts';

export interface Patience {
  readonly giveUpMs: number;
  readonly pauseMs: number;
  /** Told once when it breaks, and once when it is back. */
  readonly onLost: () => void;
  readonly onBack: () => void;
}

/** Calls until there is an answer; rejects with `Unreachable` when there is none for too long. */
export async function patiently<T>({ giveUpMs, pauseMs, onLost, onBack }: Patience, call: () => Promise<T>): Promise<T> {
  let lostAt: number | null = null;
  for (;;) {
    try {
      const answer = await call();
      if (lostAt !== null) onBack();
      return answer;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (lostAt === null) onLost();
      lostAt ??= Date.now();
      if (Date.now() - lostAt > giveUpMs) throw error;
      await sleep(pauseMs);
    }
  }
}
