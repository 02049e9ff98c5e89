import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { wireTo } from '#core/testing/faults/wire.ts';
import { openMoney } from './money.ts';
import { DatabaseUnavailable } from './outage.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.drop());

test('of two statements that wait for each other, both are done in the end', async () => {
  const money = open();
  await money.query({ text: 'CREATE TABLE IF NOT EXISTS things (id int PRIMARY KEY, n int)' }, []);
  await money.query({ text: 'INSERT INTO things VALUES (1, 0), (2, 0) ON CONFLICT DO NOTHING' }, []);
  const holds = Promise.withResolvers<void>();
  const bothBegan = Promise.withResolvers<void>();
  const holder = money.transaction(async (client) => {
    await client.query('UPDATE things SET n = n + 1 WHERE id = 2');
    holds.resolve();
    await bothBegan.promise;
    await client.query('UPDATE things SET n = n + 1 WHERE id = 1');
  });
  // It locks 1, waits for 2, and the server finds the circle; whichever it ends, this one comes through by itself.
  const both = `DO $$ BEGIN UPDATE things SET n = n + 1 WHERE id = 1; PERFORM pg_notify('began', ''); UPDATE things SET n = n + 1 WHERE id = 2; END $$`;
  await holds.promise;
  const statement = money.query({ text: both }, []);
  await untilWaiting(money);
  bothBegan.resolve();
  const [held, done] = await Promise.allSettled([holder, statement]);
  expect(done.status).toBe('fulfilled');
  const { rows } = await money.query({ text: 'SELECT n FROM things ORDER BY id' }, []);
  expect(rows).toEqual(held.status === 'fulfilled' ? [{ n: 2 }, { n: 2 }] : [{ n: 1 }, { n: 1 }]);
});

test.each([
  ['no server', () => ({ url: 'postgres://nobody@127.0.0.1:1/nothing', text: 'SELECT 1' })],
  [
    'a statement that takes too long',
    () => ({ url: `${database.url}?options=-c%20statement_timeout%3D50`, text: `SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)` }),
  ],
  ['a server that only reads', () => ({ url: database.url, text: 'BEGIN READ ONLY; CREATE TABLE never (id int)' })],
  ['a server that shuts down', () => ({ url: database.url, text: 'SELECT pg_terminate_backend(pg_backend_pid())' })],
])('%s is an outage, and no fault of the request', async (_, made) => {
  const { url, text } = made();
  const money = open(url);
  await expect(money.query({ text }, [])).rejects.toBeInstanceOf(DatabaseUnavailable);
});

test('what is wrong with a request is no outage', async () => {
  const money = open();
  const wrong = money.query({ text: 'SELECT 1 / 0' }, []);
  await expect(wrong).rejects.toMatchObject({ code: '22012' });
  await expect(wrong).rejects.not.toBeInstanceOf(DatabaseUnavailable);
});

test('a connection that is lost inside a transaction fails that transaction, and the next one gets another', async () => {
  const wire = await wireTo(database.url);
  onTestFinished(wire.close);
  const money = open(wire.url);
  const lost = money.transaction(async (client) => {
    await client.query('SELECT 1');
    wire.cut();
    await client.query('SELECT 1');
  });
  await expect(lost).rejects.toBeInstanceOf(DatabaseUnavailable);
  wire.mend();
  expect(await money.transaction(async (client) => (await client.query('SELECT 1 AS one')).rows)).toEqual([{ one: 1 }]);
});

function open(url = database.url) {
  const money = openMoney(url, quietLog);
  onTestFinished(money.close);
  return money;
}

async function untilWaiting(money: ReturnType<typeof openMoney>) {
  for (;;) {
    const { rows } = await money.query(
      { text: `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()` },
      [],
    );
    if (rows.length > 0) return;
  }
}
