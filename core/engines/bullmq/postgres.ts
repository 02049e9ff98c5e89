// BullMQ's jobs in PostgreSQL, in the schema `bullmq`. One small pool serves adding, working and listening.

import { createPostgresBackend, runMigrations, type PgPool, type PgPoolClient } from 'bullmq';
import pg from 'pg';
import { isAway } from '#core/store/database/outage.ts';
import type { Backing, Reach } from './backing.ts';

/** One of them listens for new jobs; three were as quick as ten in every measurement, and used less of the server. */
const MOST_CONNECTIONS = 4;

// Without waiting for the disk at each commit half as many jobs again go through, and more where the disk is slow. What a
// crash of the server may lose with it are the last moments of claiming and ending jobs, so those are done again. An added job
// is not lost when it matters: the commit that then takes it out of the outbox waits for the disk, and with it everything
// that the same server wrote before.
//
// A worker is known by its connection. When its machine vanishes, the server notices within two minutes, instead of two hours.
const SESSION = `
  SET search_path TO bullmq;
  SET synchronous_commit TO off;
  SET tcp_keepalives_idle TO 30;
  SET tcp_keepalives_interval TO 10`;

export async function backingInPostgres(databaseUrl: string, reach: Reach): Promise<Backing> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'impacter queue',
    max: MOST_CONNECTIONS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    idleTimeoutMillis: 30_000,
    onConnect: prepare,
  });
  // A connection that is lost between two statements of BullMQ has no other listener, and would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error: Error & { client?: unknown }) => {
    // pg hangs the whole connection on it, and the error goes to the log.
    delete error.client;
    reach.away(error);
  });
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw new Error('the queue cannot prepare its tables in the database', { cause: error });
  }
  const connection = watchedPool(pool, reach);
  return {
    backendFor: () => (name, options, wants) => createPostgresBackend(name, { ...options, connection }, wants),
    isOutage: isAway,
    close: () => pool.end(),
  };
}

// The pool waits for the promise, though its types don't say so.
const prepare = ((client: pg.ClientBase) => client.query(SESSION)) as (client: pg.ClientBase) => unknown;

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    client.release();
  }
}

/** The pool as BullMQ sees it: an outage looks like one of Redis, for which it waits and tries again. */
function watchedPool(pool: pg.Pool, reach: Reach): PgPool & { options: { keepAlive: boolean } } {
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      reach.back();
      return result;
    } catch (error) {
      if (!isAway(error)) throw error;
      reach.away(error);
      // BullMQ knows an outage by this code alone; anything else fails the job that it happened to.
      throw Object.assign(new Error('the database of the queue cannot be reached', { cause: error }), { code: 'ECONNREFUSED' });
    }
  };
  return {
    query: (text, values) => watch(pool.query<never>(text, values as unknown[])),
    connect: () => watch(pool.connect() as Promise<PgPoolClient>),
    end: () => pool.end(),
    on(event: string, listener: (value: never) => void) {
      pool.on(event as 'error', listener as (error: Error) => void);
      return this;
    },
    removeAllListeners() {
      return this;
    },
    options: { keepAlive: true },
  };
}
