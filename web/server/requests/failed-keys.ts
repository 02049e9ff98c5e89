// Keys are too long to be guessed. This keeps those who try from costing a database read each time. It counts per
// address and in this process alone: several processes allow several times as many, which is still few. Many people may
// share an address (an office, a proxy), so a key that was good the last time is never kept waiting.

import { firstHalf } from '#core/domain/accounts/network.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { digest } from './secret.ts';

export interface FailedKeys {
  /** Throws `request.too-many` when this address has shown too many wrong keys lately, and this one is new to us. */
  mayTry(address: string, key: string): void;
  /** Whatever it was before, this key is no longer a good one. */
  failed(address: string, key: string): void;
  succeeded(key: string): void;
}

const MOST = 20;
const WINDOW_MS = 60_000;
const MOST_REMEMBERED = 10_000;

export function countFailedKeys(nowMs: () => number): FailedKeys {
  const windows = new Map<string, { failed: number; endsMs: number }>();
  const good = new Set<string>();

  return {
    mayTry(address, key) {
      const window = windows.get(firstHalf(address));
      if (!window || window.failed < MOST || good.has(nameOf(key))) return;
      const waitMs = window.endsMs - nowMs();
      if (waitMs > 0) throw refuse('request.too-many', { waitSeconds: Math.ceil(waitMs / 1000) });
    },
    failed(address, key) {
      good.delete(nameOf(key));
      const from = firstHalf(address);
      const window = windows.get(from);
      if (window && window.endsMs > nowMs()) {
        window.failed += 1;
        return;
      }
      windows.delete(from);
      windows.set(from, { failed: 1, endsMs: nowMs() + WINDOW_MS });
      // In the order of their ends, so the first is the one that matters least.
      if (windows.size > MOST_REMEMBERED) windows.delete(windows.keys().next().value!);
    },
    succeeded(key) {
      good.add(nameOf(key));
      if (good.size > MOST_REMEMBERED) good.delete(good.values().next().value!);
    },
  };
}

function nameOf(key: string): string {
  return digest(key).toString('base64');
}
