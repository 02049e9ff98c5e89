// Brings a database up to date with the migrations folder, at every start and without the Prisma CLI.
// It keeps the table, the lock and the checksums of `prisma migrate deploy`, so the two can take turns on one database.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

export const migrationsFolder = path.join(import.meta.dirname, '../../../prisma/migrations');

// The number Prisma's own engine locks with: starts in several places, and its CLI, wait for one another.
const lock = 72707369;

/** Applies what is missing; gives the names of what it applied. */
export async function migrate(url: string, folder: string = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    await db.query('SELECT pg_advisory_lock($1)', [lock]);
    await db.query(table);
    const missing = missingFrom(migrations, await readApplied(db), folder);
    for (const migration of missing) await apply(db, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await db.end(); // lets the lock go
  }
}

/** What the next start would apply, once a start that is at it has ended. Rejects where it would refuse. */
export async function missingMigrations(db: pg.Client, folder: string = migrationsFolder): Promise<string[]> {
  await db.query('SELECT pg_advisory_lock($1)', [lock]);
  try {
    const { rows } = await db.query<{ there: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there");
    const applied = rows[0]?.there ? await readApplied(db) : [];
    return missingFrom(await readMigrations(folder), applied, folder).map((migration) => migration.name);
  } finally {
    await db.query('SELECT pg_advisory_unlock($1)', [lock]);
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export async function readMigrations(folder: string = migrationsFolder): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(path.join(folder, name, 'migration.sql'));
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly logs: string | null;
}

async function readApplied(db: pg.Client): Promise<Applied[]> {
  const { rows } = await db.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
  );
  return rows;
}

function missingFrom(migrations: readonly Migration[], applied: readonly Applied[], folder: string): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished, logs } of applied) {
    if (!finished) {
      throw new Error(
        `Migration ${name} failed earlier and the database may be half changed${logs ? ` (${firstLine(logs)})` : ''}. ` +
          `Repair the database, then run: npm run prisma -- migrate resolve --rolled-back ${name}`,
      );
    }
    const ours = byName.get(name);
    if (!ours)
      throw new Error(
        `The database has migration ${name}, which is not in ${folder}: it belongs to a newer version of the product. Start that version.`,
      );
    if (ours.checksum !== checksum) {
      throw new Error(
        `Migration ${name} was edited after this database got it. Put the file back as it was, and make the change in a new migration.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.name));
  return migrations.filter((migration) => !done.has(migration.name));
}

// One query with the whole script: PostgreSQL then runs it in one transaction, unless the script says otherwise.
async function apply(db: pg.Client, { name, sql, checksum }: Migration) {
  const id = randomUUID();
  await db.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [id, checksum, name]);
  try {
    await db.query(sql);
  } catch (cause) {
    // A script that began a transaction of its own and failed in it left it open.
    await db.query('ROLLBACK');
    await db.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(cause)]);
    throw new Error(`Migration ${name} failed: ${String(cause)}`, { cause });
  }
  await db.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
}

function firstLine(text: string) {
  return text.split('\n', 1)[0];
}

const table = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;
