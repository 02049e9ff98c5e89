import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createEmptyDatabase } from '#core/testing/runner/database.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { migrate } from './migrate.ts';

let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: string;
let url: string;

beforeAll(async () => {
  temporary = await temporaryFolder('migrate');
});
afterAll(() => temporary.remove());

beforeEach(async ({ task }) => {
  folder = path.join(temporary.path, task.id);
  const database = await createEmptyDatabase();
  url = database.url;
  onTestFinished(() => database.drop());
  await write('001_words', 'CREATE TABLE words (word text);');
  await write(
    '002_fill',
    "INSERT INTO words VALUES ('one;'); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$;",
  );
});

test('a new database gets every migration in order, and the next start changes nothing', async () => {
  expect(await migrate(url, folder)).toEqual(['001_words', '002_fill']);
  expect(await migrate(url, folder)).toEqual([]);
  expect(await query('SELECT word, f() FROM words')).toEqual([{ word: 'one;', f: 2 }]);
});

test('ten starts at once apply each migration once', async () => {
  const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(url, folder)));
  expect(applied.flat()).toEqual(['001_words', '002_fill']);
  expect(await query('SELECT word FROM words')).toEqual([{ word: 'one;' }]);
});

test('a migration that fails leaves nothing half done, and later starts say so until somebody resolves it', async () => {
  await write('003_wrong', "INSERT INTO words VALUES ('two'); BEGIN; INSERT INTO words VALUES ('three'); SELECT 1/0;");

  await expect(migrate(url, folder)).rejects.toThrow('Migration 003_wrong failed: error: division by zero');
  expect(await query('SELECT word FROM words')).toEqual([{ word: 'one;' }]);
  await expect(migrate(url, folder)).rejects.toThrow(
    'Migration 003_wrong failed earlier and the database may be half changed (error: division by zero). ' +
      'Repair the database, then run: npm run prisma -- migrate resolve --rolled-back 003_wrong',
  );

  await query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '003_wrong'"); // what resolve does
  await write('003_wrong', "INSERT INTO words VALUES ('two');");
  expect(await migrate(url, folder)).toEqual(['003_wrong']);
});

test('a migration that was edited after it was applied is refused', async () => {
  await migrate(url, folder);
  await write('001_words', 'CREATE TABLE words (word text, meaning text);');
  await expect(migrate(url, folder)).rejects.toThrow(
    'Migration 001_words was edited after this database got it. Put the file back as it was, and make the change in a new migration.',
  );
});

test('an old version of the product does not start on the database of a newer one', async () => {
  await write('003_later', 'SELECT 1;');
  await migrate(url, folder);
  const older = path.join(folder, 'older');
  await write('older/001_words', 'CREATE TABLE words (word text);');
  await expect(migrate(url, older)).rejects.toThrow(
    /^The database has migration 002_fill, which is not in .*: it belongs to a newer version of the product/,
  );
});

async function write(name: string, sql: string) {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
}

async function query(sql: string) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
