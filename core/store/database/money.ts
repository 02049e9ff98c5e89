// The small pools behind every statement that matters for money or speed. Prisma has a pool of its own for ordinary reads.

import pg from 'pg';
import type { Log } from '#core/ports/log.ts';
import { explained, isAway, isLockTrouble, LockedOut, noConnection } from './outage.ts';

export interface Money {
  /** One prepared statement, by its name. */
  query<Row extends pg.QueryResultRow>(
    statement: { name?: string; text: string },
    values: readonly unknown[],
    lane?: Lane,
  ): Promise<{ rows: Row[] }>;
  /** `quick`: it never waits for a lock, so it need not stand in line behind those that do. */
  transaction<T>(work: (client: pg.PoolClient) => Promise<T>, how?: { readonly quick: boolean }): Promise<T>;
  close(): Promise<void>;
}

/**
 * Who waits while a statement waits for a lock. `shared`: many requests that have nothing to do with the lock, so it soon
 * gives up with LockedOut. `aside`: nobody, as it has a connection that nobody else needs; it gives up as soon, to let the
 * others have that too. Without a lane: whoever asked, so it goes on waiting.
 */
export type Lane = 'shared' | 'aside';

/** Group commit keeps one statement in flight of each kind, so a few connections carry everything. */
const CONNECTIONS = 4;
/** For transactions and what was set aside: those who wait for a lock must not use up what everybody else needs. */
const APART_CONNECTIONS = 3;
const CONNECT_MS = 2_000;
/** The server gives up on a statement before we give up on the server, so that we know how it ended. */
const STATEMENT_MS = 15_000;
const ANSWER_MS = 20_000;
/** The statement that the server ends to undo a deadlock has done nothing, so it may be tried again. */
const DEADLOCKS_MOST = 3;
/** Settings of a connection, so that no statement has to bring them along. */
const LOCK_MS = { shared: 400, aside: 200, transaction: 5_000 } as const;
/** A statement by itself waits as long as a transaction, but lets others have the connection now and then. */
const LOCK_TRIES = Math.ceil(LOCK_MS.transaction / LOCK_MS.shared);

/** Of every pool on the product's database, so that a server which does not answer is left alone at some time. */
export const patienceWithServer = {
  connectionTimeoutMillis: CONNECT_MS,
  statement_timeout: STATEMENT_MS,
  query_timeout: ANSWER_MS,
  keepAlive: true,
} as const;

export function openMoney(databaseUrl: string, log: Log, connections = CONNECTIONS): Money {
  const open = (settings: pg.PoolConfig) => {
    const pool = new pg.Pool({ connectionString: databaseUrl, ...patienceWithServer, ...settings });
    pool.on('error', ({ message }) => log.warn({ reason: message }, 'idle database connection lost'));
    // A connection that is lost in the moment in which it is handed over has no other listener, and would end the process.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  };
  const pool = open({ max: connections, lock_timeout: LOCK_MS.shared, application_name: 'impacter money' });
  const apart = open({
    max: Math.min(connections, APART_CONNECTIONS),
    lock_timeout: LOCK_MS.transaction,
    application_name: 'impacter money apart',
  });

  async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>, { quick } = { quick: false }): Promise<T> {
    let committing = false;
    const whole = async (client: pg.PoolClient) => {
      await client.query('BEGIN');
      const result = await work(client);
      committing = true;
      await client.query('COMMIT');
      return result;
    };
    return onConnection(quick ? pool : apart, whole, rollBack).catch((error: unknown) => {
      throw explained(error, { sent: committing });
    });
  }

  return {
    async query<Row extends pg.QueryResultRow>(
      { name, text }: { name?: string; text: string },
      given: readonly unknown[],
      lane?: Lane,
    ): Promise<{ rows: Row[] }> {
      const ask = (client: pg.PoolClient) => client.query<Row>({ ...(name !== undefined && { name }), text, values: [...given] });
      if (lane === 'aside')
        return transaction(async (client) => {
          await client.query(`SET LOCAL lock_timeout = ${LOCK_MS.aside}`);
          return ask(client);
        });
      for (let tries = 1; ; tries++) {
        try {
          // After most errors a new connection is safer; whoever waits for a lock would connect anew each time.
          return await onConnection(pool, ask, async (_, error) => isLockTrouble(error));
        } catch (failed) {
          const error = explained(failed);
          if (!(error instanceof LockedOut)) throw error;
          const most = error.isTimeout ? (lane === 'shared' ? 1 : LOCK_TRIES) : DEADLOCKS_MOST;
          if (tries >= most) throw error;
        }
      }
    },
    transaction,
    async close() {
      await Promise.all([pool.end(), apart.end()]);
    },
  };
}

/** `isSound` tells after an error whether the connection can be used again. */
async function onConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  isSound: (client: pg.PoolClient, error: unknown) => Promise<boolean>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw noConnection(error);
  });
  // Without a listener, a connection lost between two statements would end the process.
  let broken: Error | boolean = false;
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    if (!(await isSound(client, error))) broken ||= true;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function rollBack(client: pg.PoolClient, error: unknown): Promise<boolean> {
  // A server that does not answer would not answer this either, and undoes it when the connection goes.
  if (isAway(error) && !isLockTrouble(error)) return false;
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
