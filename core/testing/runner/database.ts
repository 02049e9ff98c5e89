// A database per call, with everything the migrations folder holds at this moment, and with the tables of the queue. The
// migrations run once; each call gets a copy of the result.
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { backingInPostgres } from '#core/engines/bullmq/postgres.ts';
import { migrate, readMigrations } from '#core/store/database/migrate.ts';

export interface TestDatabase {
  readonly url: string;
  /** The same database, for the one whom no permission stops. */
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

let template: Promise<string> | undefined;

export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(await (template ??= migratedTemplate()));
}

/** Without our tables: for what makes its own. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template1');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(async (server) => {
    // Copies whole files, where the system can, in a fifth of the time.
    await server.query('SET file_copy_method = clone').catch(() => undefined);
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  });
  return {
    url: urlOf(name),
    superuserUrl: urlOf(name, inject('superuserUrl')),
    // The server's own cleaning may be at work in it, and only the superuser may end that.
    drop: () =>
      onServer(async (server) => void (await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)), inject('superuserUrl')),
  };
}

// Several test files come here at once, each in a process of its own: the first one builds, the others wait for it.
async function migratedTemplate(): Promise<string> {
  const checksums = (await readMigrations()).map((migration) => migration.checksum);
  const name = `template_${createHash('sha256').update(checksums.join()).digest('hex').slice(0, 16)}`;
  await onServer(async (server) => {
    await server.query('SELECT pg_advisory_lock(1)');
    const { rows } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rows.length > 0) return;
    await server.query(`DROP DATABASE IF EXISTS ${name}_new WITH (FORCE)`);
    await server.query(`CREATE DATABASE ${name}_new`);
    await migrate(urlOf(`${name}_new`));
    const queue = await backingInPostgres(urlOf(`${name}_new`), { away() {}, back() {} });
    await queue.close();
    await server.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
  });
  return name;
}

async function onServer<T>(act: (server: pg.Client) => Promise<T>, connectionString = inject('serverUrl')): Promise<T> {
  const server = new pg.Client({ connectionString });
  await server.connect();
  try {
    return await act(server);
  } finally {
    await server.end();
  }
}

function urlOf(database: string, server = inject('serverUrl')) {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
