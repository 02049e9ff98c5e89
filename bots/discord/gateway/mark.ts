// Up to when every message has surely been heard: what a new session catches up from. It stays some minutes behind, since a connection
// that is dead may go unnoticed for a while, and does not move while there is none.

import { idAt, isOlder } from '../snowflake.ts';

export interface Mark {
  begun(message: string): void;
  committed(message: string): void;
  /** There is no connection, or not everything has been caught up with: it stays. */
  freeze(): void;
  thaw(): void;
  /** A message id; null before the first connection ever, from when nothing is caught up. */
  at(now: Date): string | null;
}

/** Longer than a silent connection goes unnoticed: two heartbeats of about 41 s. */
const BEHIND_MS = 5 * 60_000;

export function markFrom(start: string | null): Mark {
  const pending = new Set<string>();
  let mark = start;
  let isFrozen = true;
  return {
    begun: (message) => void pending.add(message),
    committed: (message) => void pending.delete(message),
    freeze: () => void (isFrozen = true),
    thaw: () => void (isFrozen = false),
    at(now) {
      if (isFrozen) return mark;
      let next = idAt(new Date(now.getTime() - BEHIND_MS));
      for (const message of pending) if (!isOlder(next, message)) next = String(BigInt(message) - 1n);
      if (mark === null || isOlder(mark, next)) mark = next;
      return mark;
    },
  };
}
