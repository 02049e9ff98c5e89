// One LISTEN connection per process. A notification is only a hint that saves waiting: everything it announces is
// also found by looking, so a lost one costs time and never correctness.

import pg from 'pg';
import type { Log } from '#core/ports/log.ts';

export interface Wakeups {
  /** Calls back after something of this kind may have happened, and after every reconnection. Gives back how to stop. */
  on(kind: Wakeup, call: (about: string) => void): () => void;
  close(): Promise<void>;
}

/** `intake` and `finish`: tasks, letters and events were written. `letter`: a letter alone. `cancel`: about a task id. */
export type Wakeup = 'intake' | 'finish' | 'letter' | 'events' | 'cancel';

const CHANNEL = 'impacter';
const RECONNECT_MS = 500;

export async function listen(databaseUrl: string, log: Log): Promise<Wakeups> {
  const calls = new Map<Wakeup, Set<(about: string) => void>>();
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const wake = (kind: Wakeup, about: string) => {
    for (const call of calls.get(kind) ?? []) call(about);
  };

  async function connect() {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'impacter listen', keepAlive: true });
    next.on('error', () => undefined); // 'end' follows, and that one reconnects
    next.on('end', () => {
      if (closed || client !== next) return;
      client = null;
      log.warn({}, 'notifications lost, reconnecting');
      later();
    });
    next.on('notification', ({ payload = '' }) => {
      const colon = payload.indexOf(':');
      wake((colon < 0 ? payload : payload.slice(0, colon)) as Wakeup, colon < 0 ? '' : payload.slice(colon + 1));
    });
    await next.connect();
    await next.query(`LISTEN ${CHANNEL}`);
    if (closed) return next.end();
    client = next;
  }

  function later() {
    retry = setTimeout(() => {
      connect().then(
        () => {
          for (const kind of calls.keys()) wake(kind, '');
        },
        () => {
          if (!closed) later();
        },
      );
    }, RECONNECT_MS);
  }

  await connect();
  return {
    on(kind, call) {
      const set = calls.get(kind) ?? new Set();
      calls.set(kind, set.add(call));
      return () => set.delete(call);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
