// Keys are too long to be guessed. This keeps those who try from costing a database read each time. It counts per
// address and in this process alone: several processes allow several times as many, which is still few.

import { refuse } from '#core/domain/refusal.ts';

export interface FailedKeys {
  /** Throws `request.too-many` when this address has shown too many wrong keys lately. */
  mayTry(address: string): void;
  count(address: string): void;
}

const MOST = 20;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

export function countFailedKeys(nowMs: () => number): FailedKeys {
  const windows = new Map<string, { failed: number; endsMs: number }>();

  return {
    mayTry(address) {
      const window = windows.get(network(address));
      if (!window || window.failed < MOST) return;
      const waitMs = window.endsMs - nowMs();
      if (waitMs > 0) throw refuse('request.too-many', { waitSeconds: Math.ceil(waitMs / 1000) });
    },
    count(address) {
      const key = network(address);
      const window = windows.get(key);
      if (window && window.endsMs > nowMs()) {
        window.failed += 1;
        return;
      }
      windows.delete(key);
      windows.set(key, { failed: 1, endsMs: nowMs() + WINDOW_MS });
      // In the order of their ends, so the first is the one that matters least.
      if (windows.size > MOST_ADDRESSES) windows.delete(windows.keys().next().value!);
    },
  };
}

/** IPv6 gives each customer a /64, so all of it counts as one address. */
function network(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  return [...first, ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0'), ...last].slice(0, 4).join(':');
}
