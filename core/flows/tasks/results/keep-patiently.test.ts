// A finished result waits for storage, and for nothing else. Whoever stops the task waits for nothing.
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AgentFileError, type AgentFile, type AgentJob, type AgentOutcome } from '#core/ports/agents.ts';
import { FilesError, type Files } from '#core/ports/files.ts';
import { agentsThat, csvOf, done, fileOf, someUsage } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage, stage, type Person } from '#core/testing/stages/stage.ts';
import { dispatch } from '../dispatch.ts';
import { watchRunning } from '../running.ts';
import type { Taken } from '../intake.ts';

const clock = clockByHand();
const agents = agentsThat((job, _watch, signal) => does(job, signal));
let does: (job: AgentJob, signal: AbortSignal) => AgentOutcome | Promise<AgentOutcome>;
/** What storage does when a result comes. */
let put: Files['put'] | null;
let puts = 0;
const world = forAll(() =>
  openStage({
    agents,
    clock,
    withCore: (core) => ({
      ...core,
      files: { ...core.files, put: (...call) => (puts++, (put ?? core.files.put)(...call)) },
    }),
  }),
);
beforeEach(() => {
  put = null;
  puts = 0;
});

const away: Files['put'] = async () => {
  throw new FilesError('storage.unavailable', 'storage is away');
};
/** As a connection on which nothing comes any more. */
const silent: Files['put'] = (_key, _body, _facts, signal) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

const post = fileOf('post.md', '# Oat milk\n');
const large = Buffer.alloc(2_000_000, 'x');
const lastWords = async (person: Person, taken: Taken) => (await person.said(taken.kind === 'task' ? taken.conversationId : '')).at(-1);
const cancel = (person: Person, taken: Taken) => world().app.tasks.cancel(person, taken.kind === 'task' ? taken.taskId : '');

describe('a result file that is not what the agent said it is ends the task at once, clearly, and without a charge', () => {
  test.each<[string, AgentFile]>([
    ['a table that is longer', { ...csvOf('leads.csv', 3), sizeBytes: 5 }],
    ['a table that is shorter', { ...csvOf('leads.csv', 3), sizeBytes: 500 }],
    ['a document that is shorter', { ...post, sizeBytes: 500 }],
    ['a large document that is longer', { name: 'a.md', sizeBytes: 1_999_999, open: async () => Readable.from([large]) }],
    ['a large document that is shorter', { name: 'a.md', sizeBytes: 2_000_001, open: async () => Readable.from([large]) }],
    ['a file that is gone', { ...post, open: () => Promise.reject(new AgentFileError('file.broken', 'it is gone')) }],
  ])('%s', async (_what, file) => {
    does = () => done('Here.', [post, file]);
    const ada = await world().person();
    const taken = await ada.ask('write a blog post about oat milk');
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'result.broken' } });
    expect(await lastWords(ada, taken)).toBe('The agent finished, but its files did not arrive complete. Nothing was charged.');
    expect((await ada.ledger()).at(-1)).toMatch(/^release/);
  });

  test('a stream that breaks is no matter of storage either', async () => {
    const breaks = async function* () {
      yield Buffer.from('name\n');
      throw new Error('the disk is broken');
    };
    does = () => done('Here.', [{ ...csvOf('leads.csv', 3), open: async () => Readable.from(breaks()) }]);
    const ada = await world().person();
    expect(await ada.get('find me 3 leads')).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'our.fault' } });
  });
});

describe('while storage is away', () => {
  test('a finished result waits for it, and is delivered', async () => {
    does = () => done('Here.', [csvOf('leads.csv', 3)]);
    put = away;
    const ada = await world().person();
    const taken = await ada.ask('find me 3 leads');
    await vi.waitFor(() => expect(puts).toBe(1));
    put = null;
    await vi.waitFor(() => (clock.forward(1_000), expect(puts).toBeGreaterThan(1)));
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 3 });
  });

  test('a file that the agents’ side cannot hand out just now waits, too', async () => {
    let opened = 0;
    const file = csvOf('leads.csv', 3);
    const later = async () => {
      if (++opened === 1) throw new AgentFileError('agent.unavailable', 'it answered 503');
      return file.open();
    };
    does = () => done('Here.', [{ ...file, open: later }]);
    const ada = await world().person();
    const taken = await ada.ask('find me 3 leads');
    await vi.waitFor(() => (clock.forward(1_000), expect(opened).toBe(2)));
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 3 });
  });

  test('five minutes are enough: the person hears so, and pays nothing', async () => {
    does = () => done('Here.', [post]);
    put = away;
    const ada = await world().person();
    const taken = await ada.ask('write a blog post about oat milk');
    await vi.waitFor(() => expect(puts).toBe(1));
    clock.forward(5 * 60_000);
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'result.not-kept' } });
  });

  test.each([
    ['refuses', away],
    ['does not answer', silent],
  ])('and %s, whoever stops the task is rid of it at once, and pays nothing', async (_how, how) => {
    does = () => done('Here.', [post]);
    put = how;
    const ada = await world().person();
    const taken = await ada.ask('write a blog post about oat milk');
    await vi.waitFor(() => expect(puts).toBe(1));
    await cancel(ada, taken);
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
    expect(puts).toBe(1);
  });

  test.each([
    ['refuses', away],
    ['does not answer', silent],
  ])('and %s, a stopped task does not wait with what was finished before, and costs nothing', async (_how, how) => {
    let begun = false;
    does = async (_job, signal) => {
      begun = true;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { kind: 'stopped', by: 'signal', text: 'Half of it.', files: [post], sample: false, usage: someUsage };
    };
    put = how;
    const ada = await world().person();
    const taken = await ada.ask('write a blog post about oat milk');
    await vi.waitFor(() => expect(begun).toBe(true));
    await cancel(ada, taken);
    await vi.waitFor(() => expect(puts).toBe(1));
    if (how === silent) clock.forward(15_000);
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
    expect(puts).toBe(1);
  });

  test('a task whose own files cannot be fetched yet waits in the queue, and ends when its person stops it', async () => {
    const { person, app, core } = await stage({
      // No queue brings it again here.
      settings: { ROLES: 'web' },
      agents: agentsThat(async (job, _watch, signal) => {
        if (signal.aborted) return { kind: 'stopped', by: 'signal', text: '', files: [], sample: false, usage: someUsage };
        await job.inputs[0]!.open();
        return done('Here.', [csvOf('leads.csv', 3)]);
      }),
      withCore: (made) => ({
        ...made,
        files: { ...made.files, open: () => Promise.reject(new FilesError('storage.unavailable', 'storage is away')) },
      }),
    });
    const ada = await person();
    const file = await app.files.keepInput(
      ada,
      { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 },
      Readable.from([Buffer.from('name\n')]),
    );
    const taken = await ada.ask('find me 3 leads', { files: [file] });
    const taskId = taken.kind === 'task' ? taken.taskId : '';
    const running = watchRunning(core);
    const leave = new AbortController();
    await expect(dispatch(core, running, { taskId, generation: 0 }, leave.signal)).rejects.toMatchObject({ code: 'storage.unavailable' });
    await app.tasks.cancel(ada, taskId);
    expect(await ada.untilOver(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
    running.close();
  });
});
