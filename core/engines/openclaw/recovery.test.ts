// What a person gets when connections, gateways or processes of ours go away at the worst moments. In each case the work of a
// run begins once at most.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentJob, AgentOutcome } from '#core/ports/agents.ts';
import { clockByHand, passTimeUntil } from '#core/testing/runner/clock-by-hand.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { jobOf, shown, stageAgents, watching, type AgentsStage } from '#core/testing/stages/agents-stage.ts';

const idle = new AbortController().signal;
const threeLeads = { kind: 'done', sample: true, files: ['sample-leads.csv: 3 rows'], words: true, used: true };
const slow = { pace: { stepMs: 60 } };

let stage: AgentsStage;
beforeEach(async () => {
  stage = await stageAgents();
});
afterEach(() => stage.close());

const begun = (job: AgentJob) => stage.sandbox.control.runCounts()[job.runId] ?? 0;

/** Runs a job and, at the first step that a person sees, lets something happen. */
async function runAnd(
  atFirstStep: () => void,
  job = jobOf(),
  agents = stage.open(),
): Promise<{ job: AgentJob; outcome: AgentOutcome; told: string[] }> {
  let happened = false;
  const watch = watching({
    step() {
      if (!happened) atFirstStep();
      happened = true;
    },
  });
  return { job, outcome: await agents.run(job, watch, idle), told: watch.told };
}

describe('the connection breaks', () => {
  test('in the middle of the work: the result comes all the same', async () => {
    stage.sandbox.control.set(slow);
    const { job, outcome } = await runAnd(() => stage.sandbox.control.dropConnections());
    expect(await shown(outcome)).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
  });

  test.each(['before-accepted', 'after-accepted', 'before-final'] as const)(
    '%s: the result comes, with what was used to the token',
    async (cut) => {
      const agents = stage.open();
      const whole = await agents.run(jobOf(), watching(), idle);
      stage.sandbox.control.set({ cut });
      const job = jobOf();
      const outcome = await agents.run(job, watching(), idle);
      expect(await shown(outcome)).toEqual(threeLeads);
      expect(begun(job)).toBe(1);
      const tokens = (end: AgentOutcome) => end.kind === 'done' && { ...end.usage, durationMs: 0 };
      expect(tokens(outcome)).toEqual(tokens(whole));
    },
  );

  test('and the gateway has forgotten its answer: the transcript has the words, the files and what was used', async () => {
    const agents = stage.open();
    const whole = await agents.run(jobOf(), watching(), idle);
    stage.sandbox.control.set({ cut: 'before-final', answersKeptMs: 0 });
    const job = jobOf();
    const outcome = await agents.run(job, watching(), idle);
    expect(await shown(outcome)).toEqual(threeLeads);
    expect(outcome).toMatchObject({ text: whole.kind === 'done' && whole.text });
    expect(outcome.kind === 'done' && { ...outcome.usage, durationMs: 0 }).toEqual(
      whole.kind === 'done' && { ...whole.usage, durationMs: 0 },
    );
    expect(begun(job)).toBe(1);
  });

  test('just when the files are to be fetched: they are fetched later', async () => {
    const { control } = stage.sandbox;
    const forget = control.onFrame((_direction, frame) => {
      if (frame['method'] !== 'agents.workspace.list') return;
      forget();
      control.dropConnections();
    });
    expect(await shown(await stage.open().run(jobOf(), watching(), idle))).toEqual(threeLeads);
  });

  test('just when the files are to be fetched, and the person stops it: it is over', async () => {
    const { control } = stage.sandbox;
    const cancel = new AbortController();
    const forget = control.onFrame((_direction, frame) => {
      if (frame['method'] !== 'agents.workspace.list') return;
      forget();
      control.set({ down: true });
      setImmediate(() => cancel.abort());
    });
    expect(await shown(await stage.open().run(jobOf(), watching(), cancel.signal))).toEqual({ kind: 'stopped', by: 'signal', files: [] });
  });

  test('without a word: the gateway’s silence is noticed, and the result comes', async () => {
    await stage.close();
    stage = await stageAgents({ tickIntervalMs: 200, faults: slow });
    const { control } = stage.sandbox;
    const { job, outcome } = await runAnd(() => {
      control.set({ silent: true });
      setTimeout(() => control.set({ silent: false }), 1_500);
    });
    expect(await shown(outcome)).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
  });
});

describe('the gateway is away', () => {
  test('when work is to be sent, and comes back in time: the person waits and gets the result', async () => {
    stage.sandbox.control.set({ down: true });
    const watch = watching();
    const outcome = stage.open().run(jobOf(), watch, idle);
    setTimeout(() => stage.sandbox.control.set({ down: false }), 500);
    expect(await shown(await outcome)).toEqual(threeLeads);
    expect(watch.told.slice(0, 2)).toEqual(['sending', 'accepted']);
  });

  test.each(['starting', 'restarting'] as const)('%s, and ready again in time: the person waits and gets the result', async (refuse) => {
    stage.sandbox.control.set({ refuse });
    const job = jobOf();
    const outcome = stage.open().run(job, watching(), idle);
    setTimeout(() => stage.sandbox.control.set({ refuse: null }), 400);
    expect(await shown(await outcome)).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
  });

  test('for all of the time: nothing was sent, and the reason is said', async () => {
    stage.sandbox.control.set({ down: true });
    const watch = watching();
    const [clock, log] = [clockByHand(), heardLog()];
    const outcome = stage.open({ clock, log }).run(jobOf(), watch, idle);
    await vi.waitFor(() => expect(log.heard).toContain('agents gateway cannot be reached'));
    expect(await passTimeUntil(outcome, clock)).toEqual({
      kind: 'unreachable',
      reason: expect.stringMatching(/socket hang up|closed|ECONN/) as string,
    });
    expect(watch.told).toEqual([]);
  });

  test('after it took the work, until the deadline: it is lost, because it may have gone on', async () => {
    stage.sandbox.control.set({ hang: true });
    const clock = clockByHand();
    const taken = Promise.withResolvers<void>();
    const accepted = async () => {
      stage.sandbox.control.set({ down: true });
      taken.resolve();
    };
    const outcome = stage.open({ clock }).run(jobOf(), watching({ accepted }), idle);
    await taken.promise;
    expect(await passTimeUntil(outcome, clock)).toEqual({
      kind: 'lost',
      reason: 'The gateway could not be reached to stop it.',
    });
  });

  test('and refuses work for good: the person learns why', async () => {
    stage.sandbox.control.set({ refuse: 'unavailable' });
    expect(await stage.open().run(jobOf(), watching(), idle)).toMatchObject({
      kind: 'failed',
      reason: 'The gateway refused: no model is configured',
    });
  });
});

describe('the gateway is started anew', () => {
  test('in the middle of the work: it is lost, and not begun again', async () => {
    stage.sandbox.control.set({ crash: true });
    const job = jobOf();
    expect(await shown(await stage.open().run(job, watching(), idle))).toEqual({
      kind: 'lost',
      reason: 'The gateway was started anew in the middle of it.',
    });
    expect(begun(job)).toBe(1);
  });

  test('and takes up by itself what it had cut short: that is stopped, because nobody waits for it', async () => {
    const agents = stage.open();
    const sessionKey = 'agent:lead-generation:c-1';
    await agents.run(jobOf({ sessionKey }), watching(), idle);
    stage.sandbox.control.set({ hang: true });
    const job = jobOf({ sessionKey });
    const outcome = agents.run(job, watching(), idle);
    await vi.waitFor(() => expect(begun(job)).toBe(1));
    stage.sandbox.control.restart();
    expect(await shown(await outcome)).toEqual({ kind: 'lost', reason: 'The gateway was started anew in the middle of it.' });
    await vi.waitFor(async () =>
      expect((await ledgerOf(stage)).map(({ status }) => status)).toEqual(['completed', 'cancelled', 'cancelled']),
    );
  });

  test('after it ended and before we heard: the transcript has the result', async () => {
    const job = jobOf();
    let bootId = '';
    await stage.open().run(job, watching({ sending: async (to) => void ({ bootId } = to) }), idle);
    stage.sandbox.control.restart();
    const outcome = await stage.open().run({ ...job, phase: 'dispatched', bootId }, watching(), idle);
    expect(await shown(outcome)).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
  });

  test('before the work arrived there: it is sent to the new one', async () => {
    const { control } = stage.sandbox;
    const agents = stage.open();
    const forget = control.onFrame((_direction, frame) => {
      if (frame['method'] !== 'agent') return;
      forget();
      control.set({ silent: true });
      setImmediate(() => {
        control.restart();
        control.set({ silent: false });
      });
    });
    const job = jobOf();
    const watch = watching();
    expect(await shown(await agents.run(job, watch, idle))).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
    expect(watch.told.filter((each) => each === 'sending')).toHaveLength(2);
  });

  test('after it took the work, and before it could say so: it is lost', async () => {
    stage.sandbox.control.set({ cut: 'before-accepted', crash: true });
    const job = jobOf();
    expect(await shown(await stage.open().run(job, watching(), idle))).toMatchObject({ kind: 'lost' });
    expect(begun(job)).toBe(1);
  });
});

describe('our process goes away', () => {
  test('in good order: the agent goes on, and the next process brings the result', async () => {
    stage.sandbox.control.set({ held: true });
    const job = jobOf();
    const first = stage.open();
    const accepted = Promise.withResolvers<void>();
    let bootId = '';
    const outcome = first.run(
      job,
      watching({ sending: async (to) => void ({ bootId } = to), accepted: async () => accepted.resolve() }),
      idle,
    );
    await accepted.promise;
    await first.close();
    expect(await outcome).toEqual({ kind: 'detached' });
    stage.sandbox.control.set({ held: false });
    const watch = watching();
    expect(await shown(await stage.open().run({ ...job, phase: 'dispatched', bootId }, watch, idle))).toEqual(threeLeads);
    expect(watch.told).toContain('accepted');
    expect(begun(job)).toBe(1);
  });

  test('after it noted the dispatch and before it sent anything: the next process sends it', async () => {
    const agents = stage.open();
    let bootId = '';
    await agents.run(jobOf(), watching({ sending: async (to) => void ({ bootId } = to) }), idle);
    const job = jobOf({ phase: 'dispatched', bootId });
    expect(await shown(await agents.run(job, watching(), idle))).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
  });

  test('and comes back long after the end, when the answer is forgotten: the result is read, not made again', async () => {
    const agents = stage.open();
    const job = jobOf();
    let bootId = '';
    await agents.run(job, watching({ sending: async (to) => void ({ bootId } = to) }), idle);
    stage.sandbox.control.set({ answersKeptMs: 0 });
    expect(await shown(await stage.open().run({ ...job, phase: 'dispatched', bootId }, watching(), idle))).toEqual(threeLeads);
    expect(begun(job)).toBe(1);
  });

  test('and the gateway too, so that nobody knows: it is lost', async () => {
    const job = jobOf({ phase: 'dispatched', bootId: 'a start before this one' });
    expect(await shown(await stage.open().run(job, watching(), idle))).toEqual({
      kind: 'lost',
      reason: 'The gateway was started anew and knows nothing of it.',
    });
    expect(begun(job)).toBe(0);
  });

  test('and could not note the dispatch: nothing is sent, and the fault is ours to see', async () => {
    const job = jobOf();
    const noDatabase = watching({ sending: () => Promise.reject(new Error('no database')) });
    await expect(stage.open().run(job, noDatabase, idle)).rejects.toThrow('no database');
    expect(begun(job)).toBe(0);
  });
});

describe('the work is stopped', () => {
  test('at our deadline: the agent is told, and does stop', async () => {
    stage.sandbox.control.set({ hang: true });
    const [clock, job] = [clockByHand(), jobOf()];
    const outcome = stage.open({ clock }).run(job, watching(), idle);
    await vi.waitFor(() => expect(begun(job)).toBe(1));
    clock.forward(job.timeoutMs);
    expect(await shown(await outcome)).toEqual({ kind: 'stopped', by: 'deadline', files: [] });
    await expect(ledgerStatus(job)).resolves.toBe('cancelled');
  });

  test('by the person, in the middle: what was finished is handed over', async () => {
    const { control } = stage.sandbox;
    const job = jobOf({ type: 'research', message: 'research tea', quantity: null });
    const cancel = new AbortController();
    const forget = control.onFrame((_direction, frame) => {
      if (!/"name":"write".*\.md.*"phase":"end"/.test(JSON.stringify(frame))) return;
      forget();
      control.set({ held: true });
    });
    const outcome = await stage
      .open()
      .run(
        job,
        watching({ step: ({ title, state }) => void (title.endsWith('.md') && state === 'done' && cancel.abort()) }),
        cancel.signal,
      );
    expect(await shown(outcome)).toEqual({ kind: 'stopped', by: 'signal', files: ['sample-research-tea.md'] });
    expect(outcome).toMatchObject({ sample: true });
  });

  test('by the person, while it waits for its turn: it never begins', async () => {
    stage.sandbox.control.set({ hang: true });
    const agents = stage.open();
    const [running, waiting] = [jobOf({ sessionKey: 'agent:lead-generation:one' }), jobOf({ sessionKey: 'agent:lead-generation:one' })];
    const cancel = { running: new AbortController(), waiting: new AbortController() };
    const first = agents.run(running, watching(), cancel.running.signal);
    await vi.waitFor(() => expect(begun(running)).toBe(1));
    const second = agents.run(waiting, watching({ accepted: async () => cancel.waiting.abort() }), cancel.waiting.signal);
    await vi.waitFor(() => expect(cancel.waiting.signal.aborted).toBe(true));
    cancel.running.abort();
    expect(await shown(await second)).toMatchObject({ kind: 'stopped', by: 'signal' });
    expect(await shown(await first)).toMatchObject({ kind: 'stopped', by: 'signal' });
    expect(begun(waiting)).toBe(0);
  });

  test('before it was sent: nothing happens at all', async () => {
    const watch = watching();
    expect(await shown(await stage.open().run(jobOf(), watch, AbortSignal.abort()))).toEqual({ kind: 'stopped', by: 'signal', files: [] });
    expect(watch.told).toEqual([]);
  });

  test('while nobody knows whether it arrived, and then the gateway is started anew: it never begins', async () => {
    const { control } = stage.sandbox;
    const cancel = new AbortController();
    const forget = control.onFrame((_direction, frame) => {
      if (frame['method'] !== 'agent') return;
      forget();
      control.set({ silent: true });
      setImmediate(() => {
        cancel.abort();
        control.restart();
        control.set({ silent: false });
      });
    });
    const job = jobOf();
    expect(await shown(await stage.open().run(job, watching(), cancel.signal))).toEqual({ kind: 'stopped', by: 'signal', files: [] });
    expect(begun(job)).toBe(0);
  });

  test('while the gateway is started anew in the middle of it: the person learns at once that it is lost', async () => {
    stage.sandbox.control.set({ hang: true });
    const cancel = new AbortController();
    const accepted = async () => {
      stage.sandbox.control.restart();
      cancel.abort();
    };
    const job = jobOf();
    expect(await shown(await stage.open().run(job, watching({ accepted }), cancel.signal))).toEqual({
      kind: 'lost',
      reason: 'The gateway was started anew in the middle of it.',
    });
  });

  test('while the connection is broken: it is stopped over the next one', async () => {
    stage.sandbox.control.set({ hang: true });
    const cancel = new AbortController();
    const job = jobOf();
    const accepted = async () => {
      stage.sandbox.control.dropConnections();
      cancel.abort();
    };
    expect(await shown(await stage.open().run(job, watching({ accepted }), cancel.signal))).toEqual({
      kind: 'stopped',
      by: 'signal',
      files: [],
    });
    await expect(ledgerStatus(job)).resolves.toBe('cancelled');
  });
});

describe('the agent', () => {
  test('fails with its model: the person learns why, and it is not tried again', async () => {
    stage.sandbox.control.set({ modelError: 'HTTP 500: overloaded' });
    const job = jobOf();
    const outcome = await stage.open().run(job, watching(), idle);
    expect(await shown(outcome)).toEqual({ kind: 'failed', reason: 'HTTP 500: overloaded' });
    expect(outcome.kind === 'failed' && outcome.usage).toMatchObject({ toolCalls: 1, costMicroUsd: expect.any(Number) as number });
    expect(outcome.kind === 'failed' && outcome.usage.costMicroUsd).toBeGreaterThan(0);
    expect(begun(job)).toBe(1);
  });

  test('failed while nobody listened: the next process says why', async () => {
    stage.sandbox.control.set({ modelError: 'HTTP 500: overloaded' });
    const job = jobOf();
    let bootId = '';
    await stage.open().run(job, watching({ sending: async (to) => void ({ bootId } = to) }), idle);
    for (const kept of [300_000, 0]) {
      stage.sandbox.control.set({ answersKeptMs: kept });
      expect(await shown(await stage.open().run({ ...job, phase: 'dispatched', bootId }, watching(), idle))).toEqual({
        kind: 'failed',
        reason: 'HTTP 500: overloaded',
      });
    }
    expect(begun(job)).toBe(1);
  });

  test('says everything twice: the person sees each step once, and only forwards', async () => {
    stage.sandbox.control.set({ duplicateEvents: true });
    const watch = watching();
    await stage.open().run(jobOf(), watch, idle);
    expect(watch.told).toEqual([
      'sending',
      'accepted',
      'Reading the request: running',
      'Reading the request: done',
      'Making up 3 sample leads: running',
      'Making up 3 sample leads: done',
      'Writing sample-leads.csv: running',
      'Writing sample-leads.csv: done',
    ]);
  });

  test('is slow to answer anything: the result comes', async () => {
    stage.sandbox.control.set({ delayMs: 150 });
    expect(await shown(await stage.open().run(jobOf(), watching(), idle))).toEqual(threeLeads);
  });

  test('is asked with words that a gateway would take for a command: they reach it as words', async () => {
    const outcome = await stage.open().run(jobOf({ message: '/reset and find me 3 leads' }), watching(), idle);
    expect(await shown(outcome)).toEqual(threeLeads);
  });

  test('does one task of a conversation after the other', async () => {
    stage.sandbox.control.set(slow);
    const agents = stage.open();
    const sessionKey = 'agent:lead-generation:c-1';
    const order: string[] = [];
    const run = (name: string) => agents.run(jobOf({ sessionKey }), watching({ step: () => void order.push(name) }), idle);
    const first = run('first');
    await vi.waitFor(() => expect(order).not.toEqual([]));
    await Promise.all([first, run('second')]);
    expect(order).toEqual([...Array<string>(6).fill('first'), ...Array<string>(6).fill('second')]);
  });
});

async function ledgerStatus(job: AgentJob): Promise<unknown> {
  return (await ledgerOf(stage)).find(({ runId }) => runId === job.runId)?.status;
}

/** How each run stands in the gateway's ledger, in the order in which they began. */
async function ledgerOf({ sandbox }: AgentsStage): Promise<{ runId: string; status: string }[]> {
  const lines = (await readFile(path.join(sandbox.workspaceRoot, '../ledger.jsonl'), 'utf8')).trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { runId: string; status: string });
  return [...new Map(rows.map((row) => [row.runId, row])).values()];
}
