import { once } from 'node:events';
import { Readable } from 'node:stream';
import { beforeEach, expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { AgentJob, AgentOutcome, AgentWatch } from '#core/ports/agents.ts';
import { agentsThat, csvOf, done, fileOf, someUsage } from '#core/testing/stages/agents-that.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { raising } from '#core/testing/faults/raising.ts';
import { forAll, openStage, stage, type Stage } from '#core/testing/stages/stage.ts';
import type { Core } from '../runtime/core.ts';

type Does = (job: AgentJob, watch: AgentWatch, signal: AbortSignal) => Promise<AgentOutcome> | AgentOutcome;

let does: Does;
const agents = agentsThat((...call) => does(...call));
const world = forAll(() => openStage({ agents }));
beforeEach(() => {
  does = (job) => done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)]);
  agents.jobs.length = 0;
});

test('more rows than were asked for are a present', async () => {
  does = () => done('I found more.', [csvOf('leads.csv', 15)]);
  const ada = await world().person();
  expect(await ada.get('find me 10 leads')).toMatchObject({ status: 'completed', creditsUsed: 10, quantity: { asked: 10, delivered: 15 } });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'settle 10']);
});

test('fewer rows than were asked for cost less, and the rest comes back', async () => {
  does = () => done('There are no more.', [csvOf('leads.csv', 4)]);
  const ada = await world().person();
  const conversation = newId();
  expect(await ada.get('find me 10 leads', { conversation })).toMatchObject({ creditsUsed: 4, quantity: { asked: 10, delivered: 4 } });
  expect((await ada.said(conversation)).at(-1)).toBe('Done: 4 leads. 4 credits used.');
  expect((await world().app.credits.balance(ada)).available).toBe('496000000');
});

test.each([
  ['nothing at all', () => done('')],
  ['words without a table', () => done('I found ten.')],
  ['a table without rows', () => done('Here.', [csvOf('leads.csv', 0)])],
] as const)('an agent that brings %s has no result, and that costs nothing', async (_, outcome) => {
  does = outcome;
  const ada = await world().person();
  expect(await ada.get('find me 10 leads')).toMatchObject({
    status: 'failed',
    creditsUsed: 0,
    failure: { code: 'result.empty' },
    files: [],
  });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'release 10']);
});

test('what cannot be counted is delivered, and costs nothing', async () => {
  does = () => done('Here they are.', [fileOf('leads.md', '# Ten leads')]);
  const ada = await world().person();
  const task = await ada.get('find me 10 leads');
  expect(task).toMatchObject({ status: 'completed', creditsUsed: 0, quantity: { asked: 10, delivered: null } });
  expect(task.files.map(({ name }) => name)).toEqual(['leads.md']);
});

test('of hundreds of files the first fifty are kept, and the result says so', async () => {
  does = () =>
    done(
      'All done.',
      Array.from({ length: 320 }, (_, n) => fileOf(`part ${n}.md`, `# ${n}`)),
    );
  const task = await (await world().person()).get('write a blog post about oat milk');
  expect(task.files).toHaveLength(50);
  expect(task.result?.summary).toBe('All done.\n\nOnly the first 50 of 320 files are kept.');
});

test('a file that is said to be endless is left behind, and the result says so', async () => {
  does = () => done('Two.', [fileOf('small.md', 'one'), { ...fileOf('endless.md', 'two'), sizeBytes: 1e15 }]);
  const task = await (await world().person()).get('write a blog post about oat milk');
  expect(task.files.map(({ name }) => name)).toEqual(['small.md']);
  expect(task.result?.summary).toBe('Two.\n\nFiles larger than 200 MB are not kept: 1 of 2.');
});

test('files of one name keep their own contents', async () => {
  does = () => done('Two.', [fileOf('result.md', 'one'), fileOf('result.md', 'two')]);
  const task = await (await world().person()).get('write a blog post about oat milk');
  const contents = await Promise.all(task.files.map(async ({ url }) => (await fetch(url!)).text()));
  expect(contents.toSorted()).toEqual(['one', 'two']);
});

test.each([
  ['words', () => done(`It is\0 done \ud83d`, [csvOf('leads.csv', 3)]), { status: 'completed', result: { summary: 'It is done \ufffd' } }],
  [
    'reason',
    () => ({ kind: 'failed', reason: `${'x'.repeat(499)}\ud83d\ude00\0`, usage: someUsage }) as const,
    { status: 'failed', failure: { code: 'agent.failed' } },
  ],
] as const)('an agent whose %s no database takes does not keep its task from ending', async (_, outcome, end) => {
  does = outcome;
  expect(await (await world().person()).get('find me 3 leads')).toMatchObject(end);
});

test('the steps of an agent are told, whatever is in their titles', async () => {
  does = (_job, watch) => {
    watch.step({ id: '1', title: 'Look\0ing \ud83d', state: 'running' });
    watch.step({ id: '2', title: 'Writing', state: 'done' });
    return done('Here.', [csvOf('leads.csv', 3)]);
  };
  const { core, person } = world();
  const task = await (await person()).get('find me 3 leads');
  const steps = async () =>
    (
      await core.store.money.query(
        { text: `SELECT data ->> 'title' AS title FROM task_events WHERE task_id = $1 AND kind = 'step' ORDER BY id` },
        [task.id],
      )
    ).rows;
  await vi.waitFor(async () => expect(await steps()).toEqual([{ title: 'Looking \ufffd' }, { title: 'Writing' }]));
});

test.each([
  ['while it works', () => Promise.reject(new TypeError('undefined is not an agent'))],
  ['in its meter', () => ({ ...done('Here.'), usage: { ...someUsage, inputTokens: Number.NaN } })],
] as const)('a fault of ours %s ends the task at once, and its person hears that it cost nothing', async (_, outcome) => {
  does = outcome;
  const ada = await world().person();
  const conversation = newId();
  expect(await ada.get('research the history of tea', { conversation })).toMatchObject({
    status: 'failed',
    creditsUsed: 0,
    failure: { code: 'our.fault' },
  });
  expect((await ada.said(conversation)).at(-1)).toBe('Something went wrong on our side. Nothing was charged.');
  expect((await ada.ledger()).at(-1)).toMatch(/^release/);
});

test('a request whose files are gone from storage fails with a way forward', async () => {
  does = async (job) => {
    await job.inputs[0]!.open();
    return done('Here.');
  };
  const { app, core, person } = world();
  const ada = await person();
  const file = await app.files.keepInput(ada, { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 }, Readable.from([Buffer.from('name\n')]));
  await core.files.remove(`inputs/${file}`);
  const taken = await ada.ask('find me 3 leads', { files: [file] });
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'failed', failure: { code: 'inputs.missing' } });
});

test('work whose agent was lost is tried again as a new run, and charged once', async () => {
  does = (job) =>
    agents.jobs.length < 3 ? { kind: 'lost', reason: 'The gateway was started anew.' } : done('Here.', [csvOf('leads.csv', job.quantity!)]);
  const ada = await world().person();
  const task = await ada.get('find me 3 leads');
  expect(task).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(agents.jobs.map(({ runId }) => runId)).toEqual([1, 2, 3].map((n) => `task-${task.id}-a${n}`));
  expect(new Set(agents.jobs.map(({ sessionKey }) => sessionKey)).size).toBe(3);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
});

test('what may have been sent already is not tried again without a person’s word', async () => {
  does = () => ({ kind: 'lost', reason: 'The gateway was started anew.' });
  const ada = await world().person();
  const task = await ada.get('write 10 emails to my customers');
  expect(task).toMatchObject({
    status: 'failed',
    failure: { code: 'agent.lost', wayForward: expect.stringContaining('check before you try again') },
  });
  expect(agents.jobs).toHaveLength(1);
});

test('an agent that knows nothing of the conversation is told what was done in it, and one that does is not', async () => {
  const ada = await world().person();
  const conversation = newId();
  does = () => done('Three coffee houses.', [csvOf('leads.csv', 3)]);
  await ada.get('find me 3 leads in Miami', { conversation });
  await ada.get('find me 3 more leads', { conversation });
  does = () => done('Written.', [csvOf('mails.csv', 3)]);
  await ada.get('write 3 emails to them', { conversation });
  const messages = agents.jobs.map(({ message }) => message);
  expect(messages.slice(0, 2)).toEqual(['find me 3 leads in Miami', 'find me 3 more leads']);
  expect(messages[2]).toBe(
    [
      'Earlier in this conversation:',
      'Asked: find me 3 leads in Miami',
      'Answered: Three coffee houses.',
      'Files: leads.csv',
      'Asked: find me 3 more leads',
      'Answered: Three coffee houses.',
      'Files: leads.csv',
      '',
      'Now asked:',
      'write 3 emails to them',
    ].join('\n'),
  );
});

test('after its session was lost, the agent is told again what was done before', async () => {
  const ada = await world().person();
  const conversation = newId();
  await ada.get('find me 3 leads in Miami', { conversation });
  const before = agents.jobs.length;
  does = (job) =>
    agents.jobs.length === before + 1 ? { kind: 'lost', reason: 'Gone.' } : done('Here.', [csvOf('leads.csv', job.quantity!)]);
  await ada.get('now 4 leads in Boston', { conversation });
  expect(agents.jobs.map(({ message }) => message.includes('Earlier in this conversation'))).toEqual([false, false, true]);
});

test('what was finished before a person stopped it is theirs, and costs what it came to', async () => {
  does = async (_job, _watch, signal) => {
    if (!signal.aborted) await once(signal, 'abort');
    return { kind: 'stopped', by: 'signal', text: '[sample data]', files: [csvOf('sample leads.csv', 4)], sample: true, usage: someUsage };
  };
  const { app, person } = world();
  const ada = await person();
  const conversation = newId();
  const taken = await ada.ask('find me 10 leads', { conversation });
  await vi.waitFor(() => expect(agents.jobs).toHaveLength(1));
  await app.tasks.cancel(ada, taken.kind === 'task' ? taken.taskId : '');
  const task = await ada.untilOver(taken);
  expect(task).toMatchObject({ status: 'canceled', creditsUsed: 4, result: { sample: true } });
  expect(task.files.map(({ preview }) => preview?.rowsTotal)).toEqual([4]);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'settle 4']);
});

test.each([
  ['is away', async ({ wire }: Stage) => (wire.cut(), { stop: async () => wire.mend() })],
  ['refuses it for a reason that nobody foresaw', ({ databaseUrl }: Stage) => raising(databaseUrl, 'files', 'XX000')],
] as const)('a result that comes while the database %s is kept in hand, and the work is not done twice', async (_, trouble) => {
  const finished = Promise.withResolvers<void>();
  const own = agentsThat(async () => {
    await finished.promise;
    return done('Here.', [csvOf('leads.csv', 3)]);
  });
  const finishes: string[] = [];
  const withCore = (core: Core): Core => ({
    ...core,
    store: {
      ...core.store,
      finish(ending, at) {
        finishes.push(ending.status);
        return core.store.finish(ending, at);
      },
    },
  });
  const world = await stage({ wired: true, agents: own, withCore, timings: { retryMs: 50 } });
  const ada = await world.person();
  const taken = await ada.ask('find me 3 leads');
  await vi.waitFor(() => expect(own.jobs).toHaveLength(1));
  const { stop } = await trouble(world);
  finished.resolve();
  await vi.waitFor(() => expect(finishes.length).toBeGreaterThan(1));
  await stop();
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(own.jobs).toHaveLength(1);
});

test('what was given up meanwhile is not sent to an agent any more', async () => {
  const late = Promise.withResolvers<void>();
  let sent = 0;
  const own = {
    ...agentsThat(() => done('Here.')),
    async run(_job: AgentJob, watch: AgentWatch): Promise<AgentOutcome> {
      await late.promise;
      await watch.sending({ gateway: 'test', bootId: 'test' });
      sent++;
      return done('Here.', [csvOf('leads.csv', 3)]);
    },
  };
  const log = heardLog();
  const { core, person } = await stage({ agents: own, log });
  const ada = await person();
  const taken = await ada.ask('find me 3 leads');
  const taskId = taken.kind === 'task' ? taken.taskId : newId<never>();
  await vi.waitFor(async () =>
    expect(await core.store.money.query({ text: `SELECT status FROM tasks WHERE id = $1` }, [taskId])).toMatchObject({
      rows: [{ status: 'processing' }],
    }),
  );
  await core.store.finish(
    {
      taskId,
      teamId: ada.teamId,
      attempt: null,
      status: 'failed',
      charge: 0n as never,
      result: null,
      failure: { code: 'agent.timed-out' },
      usage: null,
      outcome: 'stopped',
      letterId: newId(),
      saying: { kind: 'failed', taskId, type: 'lead-generation', code: 'agent.timed-out' },
      readHere: true,
      files: [],
    },
    new Date(),
  );
  late.resolve();
  await vi.waitFor(() => expect(log.heard).toContain('attempt was over before it was sent'));
  expect(sent).toBe(0);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'release 3']);
});

test.each([
  ['the disk is full', '53100'],
  ['a disk cannot be read', '58030'],
  ['something fails that nobody foresaw', 'XX000'],
] as const)('when the database says that %s (%s) while a task runs, the task goes on once that is over', async (_, state) => {
  const tried = { start: 0, finish: 0 };
  const withCore = ({ store, ...core }: Core): Core => ({
    ...core,
    store: {
      ...store,
      attempts: { ...store.attempts, start: (...given) => (tried.start++, store.attempts.start(...given)) },
      finish: (...given) => (tried.finish++, store.finish(...given)),
    },
  });
  const { person, databaseUrl } = await stage({ agents, withCore, timings: { retryMs: 50 } });
  const ada = await person();
  const refused = { attempts: await raising(databaseUrl, 'attempts', state, 'UPDATE'), files: await raising(databaseUrl, 'files', state) };
  const taken = await ada.ask('find me 3 leads');
  // The work cannot be handed to the agent, nor begun anew.
  await vi.waitFor(() => expect(tried.start).toBeGreaterThanOrEqual(2));
  await refused.attempts.stop();
  // The agent has done it, and its end cannot be written down.
  await vi.waitFor(() => expect(tried.finish).toBeGreaterThanOrEqual(2));
  expect(await ada.task(taken)).toMatchObject({ status: 'processing' });
  await refused.files.stop();
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
});
