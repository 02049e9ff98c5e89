// The database is full, frozen, restarted or locked: who hears what, and when.

import pg from 'pg';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { verbRates } from '#core/domain/asks/verb-rates.ts';
import { USUAL_ANSWER_WITHIN_MS } from '#core/flows/runtime/patience.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { raising } from '#core/testing/faults/raising.ts';
import { stage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import type { ErrorAnswer } from './errors.ts';

/** With the product's own patience, since nobody is to wait for what stays away. */
const usual = { timings: { answerWithinMs: USUAL_ANSWER_WITHIN_MS } };

test.each([
  ['has no room for a file', (database: string) => `ALTER DATABASE ${database} SET temp_file_limit = 0`],
  ['only reads', (database: string) => `ALTER DATABASE ${database} SET default_transaction_read_only = on`],
])('readiness sees a database that answers but %s', async (_, order) => {
  const { url, databaseUrl } = await stage();
  const ready = async () => (await fetch(`${url}/readyz`)).status;
  expect(await ready()).toBe(200);
  const database = new URL(databaseUrl).pathname.slice(1);
  await asSuperuser(order(database));
  await asSuperuser(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`);
  await vi.waitFor(async () => expect(await ready()).toBe(503));
  const { parts } = (await (await fetch(`${url}/readyz`)).json()) as { parts: { part: string; ok: boolean }[] };
  expect(parts.find(({ part }) => part === 'database')).toMatchObject({ ok: false });
});

test('readiness leaves nothing behind, however often it is asked', async () => {
  const { core } = await stage();
  for (let i = 0; i < 20; i++) await core.store.writesALittle();
  expect(await rowsOf(core.store.money.query({ text: 'SELECT count(*)::int AS rows FROM readiness' }, []))).toEqual([{ rows: 1 }]);
});

test('with a full disk a request is told to come again, and the same request is taken once there is room', async () => {
  const { url, person, databaseUrl } = await stage(usual);
  const ada = await person(500);
  const full = await raising(databaseUrl, 'tasks', '53100');
  const refused = await ask(url, ada, 'order-17');
  expect(refused).toMatchObject({ status: 503, again: '5', error: { code: 'database.unavailable' } });
  expect(refused.error?.message).toContain('nothing was charged');
  await full.stop();
  expect(await ask(url, ada, 'order-17')).toMatchObject({ status: 201 });
  await vi.waitFor(async () => expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']));
});

test('a request that we try again because of our own trouble counts once toward what its person may ask', async () => {
  const { url, core, person, databaseUrl } = await stage(usual);
  const { userId, teamId, ...ada } = await person(500);
  const who = { person: `user:${userId}`, teamId };
  for (let taken = 1; taken < verbRates['tasks.ask'].person.most; taken++) await core.rates.take('tasks.ask', who);
  const full = await raising(databaseUrl, 'tasks', '53100');
  expect(await ask(url, ada, 'the-last-one')).toMatchObject({ status: 503, error: { code: 'database.unavailable' } });
  await full.stop();
  expect(await ask(url, ada, 'one-too-many')).toMatchObject({ status: 429, error: { code: 'request.too-many' } });
});

test('while the database says nothing, every request is refused in time, and nothing of them is done later', async () => {
  const { url, person, wire, databaseUrl } = await stage({ wired: true });
  const ada = await person(500);
  await ask(url, ada, 'before');
  wire.freeze();
  const began = performance.now();
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(url, ada, `order-${n}`)));
  // It takes 2.5 s; what is more is the time of a busy machine. A server that does not answer is left alone after 20 s.
  expect(performance.now() - began).toBeLessThan(6_000);
  for (const { error } of all) expect(error).toMatchObject({ code: 'database.unavailable' });
  for (const { error } of all) expect(error?.message).toContain('nothing was charged');
  wire.thaw();
  await vi.waitFor(async () => expect((await ask(url, ada, 'after')).status).toBe(201));
  expect(await asked(databaseUrl, `SELECT count(*)::int AS asks FROM asks WHERE key LIKE '%:order-%'`)).toEqual([{ asks: 0 }]);
});

test('a database that restarts refuses nobody: who asks meanwhile waits, also while it is found out who that is', async () => {
  const { url, app, person, wire } = await stage({ wired: true });
  const ada = await person(500);
  wire.cut();
  const overHttp = ask(url, ada, 'order-17');
  const known = app.tasks.ask({ ...request(ada), key: 'order-18' });
  await vi.waitFor(() => expect(wire.tried).toBeGreaterThanOrEqual(2));
  wire.mend();
  expect(await overHttp).toMatchObject({ status: 201 });
  expect(await known).toMatchObject({ kind: 'task' });
});

test('when nobody can say whether a request was taken, its person is told that, and the same request finds out', async () => {
  const { url, person, wire, databaseUrl } = await stage({ wired: true });
  const ada = await person(500);
  await ask(url, ada, 'before');
  const sleepy = 'CREATE FUNCTION sleepy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$';
  await asked(databaseUrl, `${sleepy}; CREATE TRIGGER sleepy BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION sleepy()`);
  const pending = ask(url, ada, 'order-17');
  const sleeping = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
  await vi.waitFor(async () => expect(await asked(databaseUrl, sleeping)).toHaveLength(1));
  wire.freeze('answers');
  const refused = await pending;
  expect(refused).toMatchObject({ status: 503, error: { code: 'database.unavailable' } });
  expect(refused.error?.message).toBe('We could not confirm that your request was saved. It may still start.');
  wire.thaw();
  const again = await ask(url, ada, 'order-17');
  expect(again).toMatchObject({ status: 201, replayed: 'true' });
  expect(await asked(databaseUrl, `SELECT count(*)::int AS tasks FROM tasks WHERE user_id = '${ada.userId}'`)).toEqual([{ tasks: 2 }]);
});

test('the locked wallet of one team delays that team alone, however much it asks for', async () => {
  const { url, person, databaseUrl } = await stage(usual);
  const [ada, ...others] = await Promise.all(Array.from({ length: 6 }, () => person(500)));
  const lock = await lockWallet(databaseUrl, ada!);
  const refused = Array.from({ length: 20 }, (_, n) => ask(url, ada!, `locked-${n}`));
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(others.map((other) => ask(url, other, `round-${round}`)));
    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 201));
    refused.push(ask(url, ada!, `locked-again-${round}`));
  }
  for (const { error } of await Promise.all(refused)) expect(error).toMatchObject({ code: 'database.unavailable' });
  await lock.release();
  expect(await ask(url, ada!, 'locked-1')).toMatchObject({ status: 201 });
});

test('a request for a wallet that is locked for a moment is taken', async () => {
  const { url, person, databaseUrl } = await stage();
  const [ada, bo] = await Promise.all([person(500), person(500)]);
  const lock = await lockWallet(databaseUrl, ada);
  const pending = ask(url, ada, 'order-17');
  await vi.waitFor(async () => expect((await asked(databaseUrl, WAITING)).length).toBeGreaterThan(0));
  await ask(url, bo, 'order-18');
  await lock.release();
  expect(await pending).toMatchObject({ status: 201 });
});

test('while the wallet of one team is locked, the work of others ends and is paid for', async () => {
  const begun: string[] = [];
  const go = Promise.withResolvers<void>();
  const agents = agentsThat(async (job) => {
    begun.push(job.runId);
    await go.promise;
    return done('Here they are.', [csvOf('leads.csv', 3)]);
  });
  const { person, databaseUrl } = await stage({ agents });
  const [ada, bo, cy] = [await person(500), await person(500), await person(500)];
  const [hers, his] = [await ada.ask('find me 3 leads'), await bo.ask('find me 3 leads')];
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  const lock = await lockWallet(databaseUrl, ada);
  go.resolve();
  expect(await bo.untilOver(his)).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(await cy.get('find me 3 leads')).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(await ada.task(hers)).toMatchObject({ status: 'processing' });
  await lock.release();
  expect(await ada.untilOver(hers)).toMatchObject({ status: 'completed', creditsUsed: 3 });
});

test('while changes of one team wait for its locked wallet, the work of others begins and ends', async () => {
  const { core, person, databaseUrl } = await stage();
  const [ada, bo] = [await person(500), await person(500)];
  const lock = await lockWallet(databaseUrl, ada);
  let over = 0;
  const changes = Array.from({ length: 3 }, () =>
    core.store.money
      .transaction((client) => client.query('SELECT FROM wallets WHERE id = $1 FOR UPDATE', [ada.walletId]))
      .finally(() => over++),
  );
  await vi.waitFor(async () => expect((await asked(databaseUrl, WAITING)).length).toBe(3));
  expect(await bo.get('find me 3 leads')).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(over).toBe(0);
  await lock.release();
  await Promise.allSettled(changes);
});

const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

interface Answer {
  readonly status: number;
  readonly again: string | null;
  readonly replayed: string | null;
  readonly error: ErrorAnswer['error'] | undefined;
}

async function ask(url: Stage['url'], { apiKey }: Pick<Person, 'apiKey'>, key: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/tasks/create`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify({ requestText: 'find me 3 leads' }),
  });
  const { error } = (await answer.json()) as Partial<ErrorAnswer>;
  return { status: answer.status, again: answer.headers.get('retry-after'), replayed: answer.headers.get('idempotency-replayed'), error };
}

function request({ userId, teamId }: Person) {
  const from = { kind: 'user', userId, teamId } as const;
  return { threadRef: `web:${newId()}`, newConversation: true, from, text: 'find me 3 leads', at: new Date() };
}

async function lockWallet(databaseUrl: string, { walletId }: Person) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN');
  await client.query('SELECT FROM wallets WHERE id = $1 FOR UPDATE', [walletId]);
  return { release: () => client.query('COMMIT') };
}

async function asked(databaseUrl: string, text: string): Promise<object[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  return rowsOf(client.query<object>(text).finally(() => client.end()));
}

async function rowsOf(asked: Promise<{ rows: object[] }>): Promise<object[]> {
  return (await asked).rows;
}

function asSuperuser(text: string): Promise<object[]> {
  return asked(inject('superuserUrl'), text);
}
