// Hints from process to process, over the connection that wakes them.

import type { Hints } from '#core/ports/hints.ts';
import type { Log } from '#core/ports/log.ts';
import type { Money } from './money.ts';
import type { Wakeups } from './wakeups.ts';

/** PostgreSQL takes 8,000 bytes. */
const ABOUT_MOST = 1_000;

export function hintsOver(money: Pick<Money, 'query'>, wakeups: Pick<Wakeups, 'on'>, log: Log): Hints {
  return {
    tell(about) {
      if (about.length > ABOUT_MOST) throw new Error(`a hint of ${about.length} characters`);
      money
        .query({ text: `SELECT pg_notify('impacter', 'hint:' || $1::text)` }, [about])
        .catch((error: unknown) => log.warn({ error }, 'a hint to other processes was lost'));
    },
    on: (call) => wakeups.on('hint', call),
  };
}
