// One LISTEN connection per process. A notification is only a hint that saves waiting: everything it announces is
// also found by looking, so a lost one costs time and never correctness.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '#core/ports/log.ts';

export interface Wakeups {
  /** Calls back after something of this kind may have happened, and (about nothing) after every reconnection. Gives back how to stop. */
  on(kind: Wakeup, call: (about: string) => void): () => void;
  close(): Promise<void>;
}

/**
 * `installation`: about `slack:T1`, whose tokens changed.
 * `intake` and `finish`: tasks, letters and events of a team were written, and its credits moved. `events`: events alone.
 * `wallet`: credits moved otherwise. Each about a team id. `letter`: a letter alone. `mail`: a mail. `inputs`: files to fetch. `cancel`: about a task id.
 * `payment`: Stripe told us something. `hint`: processes tell each other (hints.ts).
 * `session`: about a user id, one of whose sessions or keys ended, or whose place in a team changed. `keys`: a key that all
 * processes share was rotated.
 */
export type Wakeup =
  | 'intake'
  | 'finish'
  | 'letter'
  | 'events'
  | 'wallet'
  | 'mail'
  | 'inputs'
  | 'cancel'
  | 'session'
  | 'keys'
  | 'installation'
  | 'payment'
  | 'hint';

const CHANNEL = 'impacter';
const CONNECT_MS = 5_000;
const RECONNECT_MS = 500;
/** A server that vanished without a word is noticed by unanswered probes, which begin after this silence. */
const PROBE_AFTER_MS = 10_000;

export async function listen(databaseUrl: string, log: Log): Promise<Wakeups> {
  const calls = new Map<Wakeup, Set<(about: string) => void>>();
  const closing = new AbortController();
  let client: pg.Client | null = null;
  let reconnecting: Promise<void> | null = null;

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'impacter listen',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: PROBE_AFTER_MS,
    });
    next.on('error', () => undefined); // 'end' follows, and that one reconnects
    next.on('end', () => {
      if (closing.signal.aborted || client !== next) return;
      log.warn({}, 'notifications lost, reconnecting');
      reconnecting = reconnect();
    });
    next.on('notification', ({ payload = '' }) => {
      const colon = payload.indexOf(':');
      wake((colon < 0 ? payload : payload.slice(0, colon)) as Wakeup, colon < 0 ? '' : payload.slice(colon + 1));
    });
    await next.connect();
    await next.query(`LISTEN ${CHANNEL}`);
    return next;
  }

  async function reconnect() {
    while (!closing.signal.aborted) {
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      const next = closing.signal.aborted ? null : await connect().catch(() => null);
      if (next === null) continue;
      client = next;
      log.info({}, 'notifications are back');
      for (const kind of calls.keys()) wake(kind, '');
      return;
    }
  }

  function wake(kind: Wakeup, about: string) {
    for (const call of calls.get(kind) ?? []) call(about);
  }

  client = await connect();
  return {
    on(kind, call) {
      const set = calls.get(kind) ?? new Set();
      calls.set(kind, set.add(call));
      return () => set.delete(call);
    },
    async close() {
      closing.abort();
      await reconnecting;
      await client?.end().catch(() => undefined);
    },
  };
}
