// The small pool behind every statement that matters for money or speed. Prisma has a pool of its own for ordinary reads.

import pg from 'pg';
import type { Log } from '#core/ports/log.ts';

export interface Money {
  /** One prepared statement, by its name. */
  query<Row extends pg.QueryResultRow>(statement: { name?: string; text: string }, values: readonly unknown[]): Promise<{ rows: Row[] }>;
  transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Group commit keeps one statement in flight of each kind, so a few connections carry everything. */
const CONNECTIONS = 4;
const CONNECT_MS = 2_000;
/** The server gives up on a statement before we give up on the server, so that we know how it ended. */
const STATEMENT_MS = 15_000;
const ANSWER_MS = 20_000;
/** The statement that the server ends to undo a deadlock has done nothing, so it may be tried again. */
const DEADLOCKS_MOST = 3;

export function openMoney(databaseUrl: string, log: Log, connections = CONNECTIONS): Money {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    application_name: 'impacter money',
    keepAlive: true,
  });
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'idle database connection lost'));

  return {
    async query({ name, text }, values) {
      for (let tries = 1; ; tries++) {
        try {
          return await pool.query({ ...(name !== undefined && { name }), text, values: [...values] });
        } catch (error) {
          if (!isDeadlock(error) || tries === DEADLOCKS_MOST) throw explained(error);
        }
      }
    },
    async transaction(work) {
      const client = await pool.connect().catch((error: unknown) => {
        throw explained(error);
      });
      // Without a listener, a connection lost between two statements would end the process.
      let broken: Error | undefined;
      const onError = (error: Error) => (broken = error);
      client.on('error', onError);
      try {
        await client.query('BEGIN');
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((lost: Error) => (broken = lost));
        throw explained(error);
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** The database could not be reached, or went away before it answered. What was asked may or may not have been done. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database.unavailable';

  constructor(cause: unknown) {
    super('the database is not available', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

function explained(error: unknown): unknown {
  return isAway(error) ? new DatabaseUnavailable(error) : error;
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01';
}

// Connection exceptions (class 08), a statement out of time (57014), shutdown and recovery (57P0x), a server that has become
// a replica (25006), too many connections (53300), and Node's own words.
const awayCode = /^(08...|57014|57P0[1-4]|25006|53300|ECONN\w+|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;
const awayWords =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && awayCode.test(error.code)) return true;
  return awayWords.test(error.message) || (error instanceof AggregateError && error.errors.some(isAway));
}
