import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEmptyDatabase } from '#core/testing/runner/database.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { createLog } from './log.ts';

test('a line tells what went wrong and why, with its causes', async () => {
  const { log, lines } = await logInFile();
  log.warn({ taskId: 't1', error: new Error('not stored', { cause: new RangeError('too long') }) }, 'will try again');
  expect(await lines(1)).toMatchObject([
    {
      taskId: 't1',
      msg: 'will try again',
      error: { type: 'Error', message: 'not stored', stack: expect.any(String), cause: { type: 'RangeError', message: 'too long' } },
    },
  ]);
});

test('what a person said does not get into the log when the database cannot take it', async () => {
  const { log, lines } = await logInFile();
  const database = await createEmptyDatabase();
  onTestFinished(() => database.drop());
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('CREATE TABLE said (words text UNIQUE)');
  for (const [text, value] of [
    ['SELECT $1::jsonb', '{"words":"my secret \\u0000"}'],
    ['SELECT $1::int', 'my secret'],
    ['INSERT INTO said VALUES ($1), ($1)', 'my secret'],
  ] as const)
    await client.query(text, [value]).catch((error: unknown) => log.error({ error }, 'failed'));
  await client.end();
  const written = await lines(3);
  expect(written).toMatchObject([
    { error: { code: '22P05' } },
    { error: { code: '22P02' } },
    { error: { code: '23505', constraint: 'said_words_key' } },
  ]);
  expect(JSON.stringify(written)).not.toContain('secret');
});

test('an address that cannot be read does not tell its password', async () => {
  const { log, lines } = await logInFile();
  try {
    new URL('postgres://me:hunter2@[bad');
  } catch (error) {
    log.error({ error }, 'failed');
  }
  expect(JSON.stringify(await lines(1))).toMatch(/ERR_INVALID_URL(?!.*hunter2)/);
});

test('nobody else on this machine may read the log', async () => {
  const { log, file, lines } = await logInFile();
  log.info({}, 'began');
  await lines(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

async function logInFile() {
  const folder = await temporaryFolder('log');
  onTestFinished(() => folder.remove());
  const file = path.join(folder.path, 'impacter.log');
  /** Lines are written a little later than they are logged. */
  const lines = (count: number) =>
    vi.waitFor(async () => {
      const written = (await readFile(file, 'utf8')).trim().split('\n');
      expect(written).toHaveLength(count);
      return written.map((line) => JSON.parse(line) as object);
    });
  return { file, log: createLog({ level: 'info', file }), lines };
}
