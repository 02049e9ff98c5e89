// What only the queue in PostgreSQL has to answer for.

import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { jobs, logTo, nameOf } from '#core/testing/queue-jobs.ts';
import { createQueue } from './bullmq.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createEmptyDatabase();
});

afterAll(() => database.drop());

test('a queue lives in a schema of its own, and takes few connections', async () => {
  const queue = await createQueue({ name: 'few', databaseUrl: database.url, log: logTo([]) });
  await queue.work(async () => undefined, { concurrency: 50 });
  await queue.add(jobs(200));
  await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }));
  const connections = await sql(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'looking on'`,
  );
  expect(connections[0]!.count).toBeLessThanOrEqual(4);
  expect(await sql(`SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`)).toEqual([
    { schemaname: 'bullmq' },
  ]);
  await queue.close();
});

test('the words of an error stay out of the tables', async () => {
  const queue = await createQueue({ name: 'discreet', databaseUrl: database.url, log: logTo([]), retryMs: 60_000 });
  await queue.work(() => Promise.reject(new Error('words of a person')), { concurrency: 1 });
  await queue.add(jobs(1));
  await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ delayed: 1 }));
  expect(JSON.stringify(await sql(`SELECT * FROM bullmq.job WHERE queue = 'discreet'`))).not.toContain('words of a person');
  await queue.close();
});

test('connections that the server ends are replaced', async () => {
  const handled: string[] = [];
  const queue = await createQueue({ name: 'ended', databaseUrl: database.url, log: logTo([]), lockMs: 1_200 });
  await queue.work(async (job) => void handled.push(nameOf(job)), { concurrency: 2 });
  for (const job of jobs(3)) {
    await endOtherConnections();
    await vi.waitFor(() => queue.add([job]));
    await vi.waitFor(() => expect(handled).toContain(nameOf(job)));
  }
  await queue.close();
});

test('a job whose end is cut off is ended again, not done again', async () => {
  const queue = await createQueue({ name: 'cut', databaseUrl: database.url, log: logTo([]), retryMs: 1 });
  const held = Promise.withResolvers<void>();
  const handler = vi.fn(() => held.promise);
  await queue.work(handler, { concurrency: 1 });
  await queue.add(jobs(1));
  await vi.waitFor(() => expect(handler).toHaveBeenCalled());

  const blocker = await connected();
  await blocker.query(`BEGIN; SELECT * FROM bullmq.job WHERE queue = 'cut' FOR UPDATE`);
  held.resolve();
  await vi.waitFor(async () => {
    const { rows } = await blocker.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    expect(rows).toHaveLength(1);
  });
  await blocker.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  await blocker.query('COMMIT');
  await blocker.end();
  await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }));
  expect(handler).toHaveBeenCalledOnce();
  await queue.close();
});

test('after trouble a worker still finds a job whose wake-up was lost', async () => {
  const queue = await createQueue({ name: 'unheard', databaseUrl: database.url, log: logTo([]), retryMs: 60_000 });
  const handler = vi.fn(() => Promise.reject(new Error('not yet')));
  await queue.work(handler, { concurrency: 1 });
  await queue.add(jobs(1));
  await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ delayed: 1 }));
  await endOtherConnections();
  await vi.waitFor(() => queue.check());
  // Written by hand, so nobody is told.
  await sql(`UPDATE bullmq.job SET state = 'waiting' WHERE queue = 'unheard'`);
  await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2));
  await queue.close();
});

/** Of clients: the server's own processes, such as autovacuum, are in the database too, and only a superuser may end those. */
function endOtherConnections() {
  return sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`);
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'looking on' });
  await client.connect();
  return client;
}

async function sql(text: string): Promise<Record<string, unknown>[]> {
  const client = await connected();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
