// A database per call, with everything the migrations folder holds at this moment. The migrations run once; each call
// gets a copy of the result.
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate, readMigrations } from '#core/store/migrate.ts';

export interface TestDatabase {
  readonly url: string;
  /** The same database, for the one whom no permission stops. */
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const template = await migratedTemplate();
  return createDatabase(template);
}

/** Without our tables: for what makes its own. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template1');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer((server) => server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
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
