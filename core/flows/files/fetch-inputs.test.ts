import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { FetchError, type Fetched, type Fetcher } from '#core/ports/fetcher.ts';
import type { Adapter } from '#bots/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { board } from '#bots/testing/board/adapter.ts';
import { askInChat, type ChatAsk } from '#core/testing/stages/ask-in-chat.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { clockByHand, type ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { stage, type Stage } from '#core/testing/stages/stage.ts';

const csv = 'name\nAnn\n';
const arrived = (text = csv): Fetched => ({ body: Readable.from([Buffer.from(text)]), sizeBytes: Buffer.byteLength(text) });
const remote = (name: string, ref = name) => ({ kind: 'remote' as const, name, mime: 'text/csv', sizeBytes: csv.length, ref });

/** A board whose attachments are fetched by `fetch`; people are told through it that something is asked. */
function boardThat(fetch: Fetcher['fetch']): Adapter {
  return {
    ...(board as Adapter),
    fetchesFiles: true,
    start: async () => ({ fetcher: { platform: 'board', fetch }, stop: async () => {} }),
  };
}

async function chat(fetch: Fetcher['fetch'], options: Parameters<typeof stage>[0] = {}) {
  const seen: string[][] = [];
  const agents = agentsThat(async (job) => {
    seen.push(await Promise.all(job.inputs.map(async (input) => `${input.name}: ${(await buffer(await input.open())).toString()}`)));
    return done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)]);
  });
  const clock = clockByHand();
  const opened = await stage({ agents, clock, adapters: [...adapters, boardThat(fetch)], botSettings: { board: {} }, ...options });
  const owner = await opened.person();
  await opened.core.store.money.query(
    { text: `INSERT INTO workspaces (id, platform, external_id, team_id, name) VALUES ($1, 'board', 'board', $2, 'Board')` },
    [newId(), owner.teamId],
  );
  const ask = (files: ChatAsk['files'], some: Partial<ChatAsk> = {}) =>
    askInChat(opened, {
      key: `board:${newId()}`,
      threadRef: `board:general:${Math.floor(Math.random() * 1e9)}`,
      workspace: 'board',
      channel: 'general',
      from: { externalId: 'ann', displayName: 'Ann' },
      text: 'find me 3 leads',
      at: clock.now(),
      files,
      ...some,
    });
  return { ...opened, clock, owner, ask, seen };
}

async function inputOf({ core }: Pick<Stage, 'core'>): Promise<{ id: string }> {
  const { rows } = await core.store.money.query<{ id: string }>({ text: `SELECT id FROM files WHERE role = 'input'` }, []);
  return rows[0]!;
}

async function waitingIn({ core }: Pick<Stage, 'core'>): Promise<number> {
  const { rows } = await core.store.money.query<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM waiting_inputs' }, []);
  return rows[0]!.n;
}

test('what somebody attaches in a chat is there when the agent begins, in order, under its name', async () => {
  const asked: string[] = [];
  const world = await chat(async (ref) => {
    asked.push(ref);
    return { ...arrived(), ...(ref === 'b' && { name: '고객 명단.csv' }) };
  });
  const taken = await world.ask([remote('a.csv', 'a'), remote('b.csv', 'b')]);
  expect(await world.owner.untilOver(taken)).toMatchObject({ status: 'completed' });
  expect(asked.toSorted()).toEqual(['a', 'b']);
  expect(world.seen.map((files) => files.toSorted())).toEqual([[`a.csv: ${csv}`, `고객 명단.csv: ${csv}`].toSorted()]);
  expect(await waitingIn(world)).toBe(0);
});

test('while its files are fetched a task does not begin, and one after it in the conversation waits for it', async () => {
  const here = Promise.withResolvers<Fetched>();
  const world = await chat(() => here.promise);
  const threadRef = 'board:general:7';
  const first = await world.ask([remote('a.csv')], { threadRef });
  const next = await world.ask([], { threadRef });
  expect(next.kind).toBe('task');
  await vi.waitFor(async () => expect(await waitingIn(world)).toBe(1));
  world.clock.forward(20_000); // what was committed long ago is looked for in the queue
  expect(await world.owner.task(first)).toMatchObject({ status: 'pending' });
  expect(await world.owner.task(next)).toMatchObject({ status: 'pending' });
  here.resolve(arrived());
  const [one, two] = [await world.owner.untilOver(first), await world.owner.untilOver(next)];
  expect(one).toMatchObject({ status: 'completed' });
  expect(two.startedAt! >= one.finishedAt!).toBe(true);
});

test('a file that is gone ends the task: it is named, with the reason, and nothing is charged', async () => {
  const world = await chat(async (ref) => {
    if (ref === 'b') throw new FetchError('never', 'gone', 'gone');
    return arrived();
  });
  const taken = await world.ask([remote('a.csv', 'a'), remote('고객.csv', 'b')]);
  expect(await world.owner.untilOver(taken)).toMatchObject({ status: 'failed', failure: { code: 'inputs.missing' }, creditsUsed: 0 });
  expect(await world.owner.ledger()).toEqual(['grant 500', 'hold 3', 'release 3']);
  expect(world.seen).toEqual([]);
  const { rows } = await world.core.store.money.query<{ saying: { lost: unknown } }>(
    { text: `SELECT saying FROM letters WHERE saying ->> 'kind' = 'failed'` },
    [],
  );
  expect(rows.map(({ saying }) => saying.lost)).toEqual([[{ name: '고객.csv', why: 'gone' }]]);
  expect(await world.app.tasks.retry(world.owner, taken.kind === 'task' ? taken.taskId : '', 'again')).toMatchObject({
    kind: 'refused',
    refused: { code: 'task.input-gone' },
  });
});

test('all files that cannot be had are named, and one that fails after the first loss is not tried for minutes', async () => {
  let calls = 0;
  const world = await chat(async (ref) => {
    if (ref === 'a') throw new FetchError('never', 'gone', 'gone');
    if (ref === 'b') throw new FetchError('never', 'forbidden', 'a login page');
    if (ref === 'c' && calls++ < 4) throw new FetchError('later', 'unreachable', 'down');
    return arrived();
  });
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const taken = await world.ask(names.map((name) => remote(`${name}.csv`, name)));
  await goOnUntil(world.clock, 11_000, async () => (await world.owner.task(taken)).status === 'failed');
  expect(calls).toBeLessThan(4);
  expect((await world.owner.task(taken)).failure?.lostFiles).toEqual([
    { name: 'a.csv', reason: 'it was deleted or its link expired' },
    { name: 'b.csv', reason: 'the app may not read it' },
    { name: 'c.csv', reason: 'it could not be downloaded' },
  ]);
  expect(await world.owner.ledger()).toEqual(['grant 500', 'hold 3', 'release 3']);
});

test('a lost file is told within a minute, whatever the others take', async () => {
  const world = await chat(async (ref) => {
    if (ref === 'a') throw new FetchError('never', 'gone', 'gone');
    throw new FetchError('later', 'unreachable', 'slow down', { retryAfterMs: 30 * 60_000 });
  });
  const taken = await world.ask([remote('a.csv', 'a'), remote('b.csv', 'b')]);
  const lost = async () =>
    (await world.core.store.money.query({ text: 'SELECT FROM waiting_inputs WHERE lost IS NOT NULL' }, [])).rows.length;
  await vi.waitFor(async () => expect(await lost()).toBe(1));
  expect(await world.owner.task(taken)).toMatchObject({ status: 'pending' });
  world.clock.forward(61_000);
  expect(await world.owner.untilOver(taken)).toMatchObject({ failure: { lostFiles: [{ name: 'a.csv' }] }, creditsUsed: 0 });
  await goOnUntil(world.clock, 30 * 60_000, async () => (await waitingIn(world)) === 0);
});

test('a platform that fails is tried five times in about five minutes, then the task ends', async () => {
  let calls = 0;
  const world = await chat(async () => {
    calls++;
    throw new FetchError('later', 'unreachable', 'down');
  });
  const taken = await world.ask([remote('a.csv')]);
  for (let tries = 1; tries <= 5; tries++) {
    await vi.waitFor(() => expect(calls).toBe(tries));
    if (tries === 4) expect(await world.owner.task(taken)).toMatchObject({ status: 'pending' });
    if (tries < 5) world.clock.forward(10_000 * 2 ** (tries - 1) + 1_000);
  }
  expect(await world.owner.untilOver(taken)).toMatchObject({ status: 'failed', failure: { code: 'inputs.missing' } });
  expect(calls).toBe(5);
});

test('a platform that fails once is asked again, and the task runs', async () => {
  let calls = 0;
  const world = await chat(async () => {
    if (calls++ === 0) throw new FetchError('later', 'unreachable', 'down', { retryAfterMs: 30_000 });
    return arrived();
  });
  const taken = await world.ask([remote('a.csv')]);
  await vi.waitFor(() => expect(calls).toBe(1));
  world.clock.forward(31_000);
  expect(await world.owner.untilOver(taken)).toMatchObject({ status: 'completed' });
});

test.each([
  ['shorter than it was said to be', () => ({ body: Readable.from([Buffer.from('na')]), sizeBytes: csv.length })],
  ['longer than it was said to be', () => ({ body: Readable.from([Buffer.from(csv.repeat(9))]), sizeBytes: csv.length })],
  ['cut off', () => ({ body: Readable.from(brokenOff()), sizeBytes: csv.length })],
])('a file that arrives %s is not taken for it', async (_, bad) => {
  let calls = 0;
  const world = await chat(async () => (calls++ === 0 ? bad() : arrived()));
  const taken = await world.ask([remote('a.csv')]);
  await vi.waitFor(() => expect(calls).toBe(1));
  await goOnUntil(world.clock, 11_000, () => calls === 2);
  expect(await world.owner.untilOver(taken)).toMatchObject({ status: 'completed' });
  expect(world.seen).toEqual([[`a.csv: ${csv}`]]);
});

test('a file that never ends arriving is given up after a minute and tried again', async () => {
  let calls = 0;
  const world = await chat(async () => (calls++ === 0 ? { body: new Readable({ read() {} }), sizeBytes: csv.length } : arrived()));
  const taken = await world.ask([remote('a.csv')]);
  await vi.waitFor(() => expect(calls).toBe(1));
  await goOnUntil(world.clock, 61_000, () => calls === 2);
  expect(await world.owner.untilOver(taken)).toMatchObject({ status: 'completed' });
});

test('a task that is canceled while its files are fetched ends at once, nothing of them stays, and it is not run again without them', async () => {
  const here = Promise.withResolvers<Fetched>();
  const world = await chat(() => here.promise);
  const taken = await world.ask([remote('a.csv')]);
  if (taken.kind !== 'task') throw new Error('refused');
  await world.app.tasks.cancel(world.owner, taken.taskId);
  const again = async (key: string) =>
    expect(await world.app.tasks.retry(world.owner, taken.taskId, key)).toMatchObject({ refused: { code: 'task.input-gone' } });
  await again('at once');
  here.resolve(arrived());
  await vi.waitFor(async () => {
    world.clock.forward(80_000);
    expect(await waitingIn(world)).toBe(0);
  });
  expect(await world.owner.task(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
  await again('later');
  await expect(world.core.files.open(`inputs/${(await inputOf(world)).id}`)).rejects.toMatchObject({ code: 'file.missing' });
});

test('a process that dies while it fetches leaves the file to another one', async () => {
  // Dead as far as the others can tell: once it has the file it says nothing more, and takes nothing.
  let has = false;
  const silent = (core: Core): Core => {
    const { waitingInputs } = core.store;
    const claim: typeof waitingInputs.claim = async (...call) => {
      if (has) return [];
      const claimed = await waitingInputs.claim(...call);
      has = claimed.length > 0;
      return claimed;
    };
    return { ...core, store: { ...core.store, waitingInputs: { ...waitingInputs, claim, later: async () => {} } } };
  };
  const world = await chat(() => new Promise(() => {}), { withCore: silent });
  const taken = await world.ask([remote('a.csv')]);
  await vi.waitFor(async () => {
    const { rows } = await world.core.store.money.query<{ tries: number }>({ text: 'SELECT tries FROM waiting_inputs' }, []);
    expect(rows).toEqual([{ tries: 1 }]);
  });
  await world.another(
    { ROLES: 'bots' },
    {
      adapters: [...adapters, boardThat(async () => arrived())],
      clock: world.clock,
      withCore: (core) => core,
    },
  );
  await vi.waitFor(async () => {
    world.clock.forward(16_000);
    expect((await world.owner.task(taken)).over).toBe(true);
  });
  expect(await world.owner.task(taken)).toMatchObject({ status: 'completed' });
});

test('what leads to a file is not readable in the database', async () => {
  const world = await chat(() => new Promise(() => {}));
  await world.ask([remote('a.csv', 'https://files.example.com/secret-token')]);
  const { rows } = await world.core.store.money.query<{ ref: Buffer }>({ text: 'SELECT ref FROM waiting_inputs' }, []);
  expect(rows.map(({ ref }) => ref.toString('latin1').includes('secret-token'))).toEqual([false]);
});

/** Lets so much time pass again and again, and none once it holds. */
async function goOnUntil(clock: ClockByHand, ms: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => {
    if (await holds()) return;
    clock.forward(ms);
    throw new Error('not yet');
  });
}

async function* brokenOff() {
  yield Buffer.from('na');
  throw new Error('cut off');
}
