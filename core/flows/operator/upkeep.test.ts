import { Readable } from 'node:stream';
import { setTimeout as moment } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FilesError } from '#core/ports/files.ts';
import { agentsThat, csvOf, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { clockByHand, type ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { stage, type Person } from '#core/testing/stages/stage.ts';
import type { Core } from '../runtime/core.ts';
import { expireFiles } from './upkeep.ts';
import type { Taken } from '../tasks/intake.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60_000;

test('a task that the queue lost is found and done, although another one fails there again and again', async () => {
  let losing = false;
  const { person, app, core } = await stage({
    agents: agentsThat(async (job) => {
      for (const input of job.inputs) await input.open();
      return done('Here.', [csvOf('leads.csv', job.quantity!)]);
    }),
    timings: { sweepEveryMs: 100, lostAfterMs: 300, retryMs: 200 },
    withCore: (made) => ({
      ...made,
      files: { ...made.files, open: () => Promise.reject(new FilesError('storage.unavailable', 'storage is away')) },
      queue: { ...made.queue, add: async (jobs) => (losing ? undefined : made.queue.add(jobs)) },
    }),
  });
  const ada = await person();
  const file = await app.files.keepInput(ada, { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 }, streamOf('name\n'));
  await ada.ask('find me 3 leads', { files: [file] });
  await vi.waitFor(async () => expect(await core.queue.counts()).toMatchObject({ delayed: 1 }));
  losing = true;
  const lost = await ada.ask('find me 4 leads');
  await outboxIsEmpty(core);
  losing = false;
  expect(await ada.untilOver(lost)).toMatchObject({ status: 'completed' });
});

test('a file that was kept long enough is gone, and one that storage will not let go of goes later', async () => {
  const clock = clockByHand();
  let stubborn = '';
  const { person, core, app } = await stage({
    clock,
    agents: agentsThat(() => done('Two.', [fileOf('one.md', 'one'), fileOf('two.md', 'two')])),
    withCore: (made) => ({
      ...made,
      files: {
        ...made.files,
        remove: async (key) => {
          if (key.includes(stubborn)) throw new FilesError('storage.unavailable', 'storage is away');
          return made.files.remove(key);
        },
      },
    }),
  });
  const ada = await person();
  const task = await ada.get('write a blog post about oat milk');
  const { rows } = await core.store.money.query<{ key: string }>(
    { text: 'SELECT storage_key AS key FROM files WHERE task_id = $1 ORDER BY name' },
    [task.id],
  );
  const [first, second] = rows.map(({ key }) => key);
  stubborn = first!;
  clock.forward(364 * DAY_MS);
  await expireFiles(core);
  await core.files.open(second!).then((content) => content.destroy());
  clock.forward(2 * DAY_MS);
  await expireFiles(core);
  await expect(core.files.open(second!)).rejects.toMatchObject({ code: 'file.missing' });
  await core.files.open(first!).then((content) => content.destroy());
  stubborn = 'nothing';
  await expireFiles(core);
  await expect(core.files.open(first!)).rejects.toMatchObject({ code: 'file.missing' });
  expect((await app.tasks.get(ada, task.id)).files.map(({ name, url }) => ({ name, url }))).toEqual([
    { name: 'one.md', url: null },
    { name: 'two.md', url: null },
  ]);
});

test('content that a repetition of the task still needs stays until that one’s time is over', async () => {
  const clock = clockByHand();
  const { person, core, app } = await stage({ clock, agents: agentsThat(() => done('Here.', [csvOf('leads.csv', 3)])) });
  const ada = await person();
  const file = await app.files.keepInput(ada, { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 }, streamOf('name\n'));
  const task = await ada.untilOver(await ada.ask('find me 3 leads', { files: [file] }));
  clock.forward(200 * DAY_MS);
  await ada.untilOver(await app.tasks.retry(ada, task.id, 'later'));
  clock.forward(200 * DAY_MS);
  await expireFiles(core);
  await core.files.open(`inputs/${file}`).then((content) => content.destroy());
  clock.forward(200 * DAY_MS);
  await expireFiles(core);
  await expect(core.files.open(`inputs/${file}`)).rejects.toMatchObject({ code: 'file.missing' });
});

test('a file that no request names within a day is not kept', async () => {
  const clock = clockByHand();
  const { person, core, app } = await stage({ clock });
  const ada = await person();
  const file = await app.files.keepInput(ada, { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 }, streamOf('name\n'));
  clock.forward(DAY_MS + 1_000);
  expect(await ada.ask('find me 3 leads', { files: [file] })).toMatchObject({ kind: 'refused', refused: { code: 'files.missing' } });
  await expireFiles(core);
  await expect(core.files.open(`inputs/${file}`)).rejects.toMatchObject({ code: 'file.missing' });
});

test('while storage hangs, a task whose time is over is ended all the same', async () => {
  const clock = clockByHand();
  const hanging = Promise.withResolvers<void>();
  onTestFinished(() => hanging.resolve());
  let removing = 0;
  const { person, core } = await stage({
    clock,
    withCore: (made) => ({
      ...made,
      files: { ...made.files, remove: () => (removing++, hanging.promise) },
      queue: { ...made.queue, add: async () => {}, missing: async () => [] },
    }),
  });
  onTestFinished(() => hanging.resolve());
  const ada = await person();
  await core.store.files.addInput(
    {
      id: crypto.randomUUID() as never,
      teamId: ada.teamId,
      userId: ada.userId,
      name: 'x',
      mime: 'x',
      sizeBytes: 1,
      sha256: '',
      storageKey: 'x',
    },
    clock.now(),
    clock.now(),
  );
  clock.forward(2 * MINUTE_MS);
  await vi.waitFor(() => expect(removing).toBe(1));
  const taken = await ada.ask('find me 3 leads');
  clock.forward(62 * MINUTE_MS);
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'failed', failure: { code: 'agent.unreachable' } });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'release 3']);
});

test('a worker that hangs does not keep a person waiting for ever', async () => {
  const clock = clockByHand();
  const never = Promise.withResolvers<void>();
  const { withCore, nextBeat } = heartbeats();
  const { person } = await stage({
    clock,
    timings: { leaseMs: 9 * MINUTE_MS },
    withCore,
    agents: agentsThat(async () => {
      await never.promise;
      return done('Too late.', [csvOf('leads.csv', 3)]);
    }),
  });
  onTestFinished(() => never.resolve());
  const ada = await person();
  const taken = await ada.ask('find me 3 leads');
  await untilStarted(ada, taken);
  clock.forward(58 * MINUTE_MS);
  await nextBeat();
  for (let minutes = 0; minutes < 21; minutes += 3) {
    clock.forward(3 * MINUTE_MS);
    await nextBeat();
  }
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'failed', failure: { code: 'agent.timed-out' } });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'release 3']);
});

test('while the queue hangs, people still see what happens to their tasks', async () => {
  const hanging = Promise.withResolvers<void>();
  const { person, app } = await stage({ withCore: (core) => ({ ...core, queue: { ...core.queue, add: () => hanging.promise } }) });
  onTestFinished(() => hanging.resolve());
  const ada = await person();
  await ada.ask('find me 3 leads');
  const stop = new AbortController();
  const lines = app.live.events(ada, { after: await app.live.cursor() }, stop.signal);
  const next = await ada.ask('find me 4 leads');
  // The line of the first request may come once more: a cursor goes no further than the oldest transaction that is still open.
  for await (const line of lines) if (line?.kind === 'accepted' && next.kind === 'task' && line.taskId === next.taskId) break;
  stop.abort();
});

test('a process that ends hands its running work over at once, and no agent begins anew', async () => {
  const { person, another, openclaw } = await stage({ settings: { ROLES: 'web' }, timings: { sweepEveryMs: 200, leaveAfterMs: 200 } });
  openclaw.set({ held: true });
  const first = await another({ ROLES: 'worker' });
  const ada = await person();
  const taken = await ada.ask('find me 3 leads');
  await vi.waitFor(() => expect(Object.values(openclaw.runCounts())).toEqual([1]));
  await another({ ROLES: 'worker' });
  await first.stop();
  openclaw.set({ held: false });
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(Object.values(openclaw.runCounts())).toEqual([1]);
});

test('a worker that was cut off from the database keeps its work once it is back', async () => {
  const clock = clockByHand();
  const finished = Promise.withResolvers<void>();
  const { withCore, nextBeat } = heartbeats();
  const { person, wire, core } = await stage({
    wired: true,
    clock,
    withCore,
    agents: agentsThat(async () => {
      await finished.promise;
      return done('Here.', [csvOf('leads.csv', 3)]);
    }),
  });
  onTestFinished(() => finished.resolve());
  const ada = await person();
  const taken = await ada.ask('find me 3 leads');
  await untilStarted(ada, taken);
  wire.cut();
  await goOn(clock, 60);
  wire.mend();
  await nextBeat();
  for (let seconds = 0; seconds < 60; seconds += 10) {
    clock.forward(10_000);
    await nextBeat();
  }
  finished.resolve();
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed' });
  const { rows } = await core.store.money.query({ text: `SELECT count(*)::int AS requeued FROM task_events WHERE kind = 'requeued'` }, []);
  expect(rows).toEqual([{ requeued: 0 }]);
});

test('when another worker takes over while the first one still works, there is one result, one bill, and one run', async () => {
  const { person, wire, databaseUrl, another, openclaw, core } = await stage({
    wired: true,
    timings: { leaseMs: 1_000, sweepEveryMs: 100 },
  });
  openclaw.set({ held: true });
  const ada = await person();
  const taken = await ada.ask('find me 5 leads');
  await vi.waitFor(() => expect(Object.values(openclaw.runCounts())).toEqual([1]));
  const second = await another({ DATABASE_URL: databaseUrl });
  wire.cut();
  const owner = async () =>
    (await second.core.store.money.query<{ worker: string }>({ text: 'SELECT worker FROM attempts' }, [])).rows[0]!.worker;
  await vi.waitFor(async () => expect(await owner()).toBe(second.core.settings.worker));
  wire.mend();
  await vi.waitFor(() => core.store.money.query({ text: 'SELECT 1' }, []));
  openclaw.set({ held: false });
  const task = await ada.untilOver(taken);
  expect(task).toMatchObject({ status: 'completed', creditsUsed: 5 });
  expect(await (await fetch(task.files[0]!.url!)).text()).toContain(task.files[0]!.preview!.rows[0]![0]!);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 5', 'settle 5']);
  expect(await ada.said(task.conversationId)).toHaveLength(2);
  expect(Object.values(openclaw.runCounts())).toEqual([1]);
});

test('a task that is stopped in the instant of its start is stopped at once', async () => {
  const known = Promise.withResolvers<void>();
  const { person, app, core } = await stage({
    agents: agentsThat((_job, _watch, signal) => {
      if (!signal.aborted) throw new Error('this should not have begun');
      return {
        kind: 'stopped',
        by: 'signal',
        text: '',
        files: [],
        sample: false,
        usage: { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 },
      };
    }),
    withCore: (core) => ({
      ...core,
      store: {
        ...core.store,
        attempts: {
          ...core.store.attempts,
          async start(...call) {
            const started = await core.store.attempts.start(...call);
            await known.promise;
            return started;
          },
        },
      },
    }),
  });
  const ada = await person();
  const taken = await ada.ask('find me 3 leads');
  await untilStarted(ada, taken);
  const told = Promise.withResolvers<void>();
  onTestFinished(core.store.wakeups.on('cancel', () => told.resolve()));
  await app.tasks.cancel(ada, taken.kind === 'task' ? taken.taskId : '');
  // The process is told before it knows the attempt, and must not forget it.
  await told.promise;
  known.resolve();
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
});

async function untilStarted(person: Person, taken: Taken) {
  if (taken.kind === 'refused') throw new Error(taken.refused.code);
  await vi.waitFor(async () => expect((await person.task(taken)).status).toBe('processing'));
}

async function outboxIsEmpty({ store }: Core) {
  const count = async () => (await store.money.query<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM outbox' }, [])).rows[0]!.n;
  await vi.waitFor(async () => expect(await count()).toBe(0));
}

/** Each time a worker says that it is alive: the time that passes in between may not be longer than its lease. */
function heartbeats() {
  let beats = 0;
  return {
    withCore: (core: Core): Core => ({
      ...core,
      store: {
        ...core.store,
        tasks: {
          ...core.store.tasks,
          // The last thing of a beat.
          async cancelRequested(...call) {
            const wanted = await core.store.tasks.cancelRequested(...call);
            beats++;
            return wanted;
          },
        },
      },
    }),
    async nextBeat() {
      const before = beats;
      await vi.waitFor(() => expect(beats).toBeGreaterThan(before));
    },
  };
}

/** So many seconds pass, with a moment in between for what they bring about. */
async function goOn(clock: ClockByHand, seconds: number) {
  for (let passed = 0; passed < seconds; passed++) {
    clock.forward(1_000);
    await moment(10);
  }
}

function streamOf(content: string): Readable {
  return Readable.from([Buffer.from(content)]);
}
