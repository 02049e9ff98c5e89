// Work that Slack shows as a stream: one post in the thread, alive as long as the work is.

import { beforeEach, expect, test, vi } from 'vitest';
import type { AgentOutcome, AgentStep } from '#core/ports/agents.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';

const clock = clockByHand();
interface Run {
  step(id: string, state: AgentStep['state']): void;
  end(): void;
}
const runs = new Map<number, Run>();
const agents = agentsThat(({ quantity }, watch) => {
  const { promise, resolve } = Promise.withResolvers<AgentOutcome>();
  runs.set(quantity!, {
    step: (id, state) => watch.step({ id, title: `Read page ${id}`, state }),
    end: () => resolve(done('Here they are.', [csvOf('leads.csv', quantity!)])),
  });
  return promise;
});
// However far the clock is set ahead, nobody is taken for dead.
const timings = { leaseMs: 6_000_000, letterLeaseMs: 6_000_000, lostAfterMs: 6_000_000 };
const world = forAll(() => openProduct({ clock, agents, timings }), 60_000);
let count = 1;

beforeEach(async () => {
  // What is taken for granted of a workspace without streams is forgotten by then.
  clock.forward(61 * 60_000);
  await world().people.team('T1', { agent: true });
});

/** Ann asks, and the agent is at it. */
async function asked(more?: { from?: string }) {
  const { say, answers } = world();
  const quantity = ++count;
  const thread = await say(`find me ${quantity} leads in Miami`, more);
  const run = await vi.waitFor(() => runs.get(quantity) ?? Promise.reject(new Error('not begun')));
  await vi.waitFor(async () => expect(await answers(thread)).toEqual([expect.stringContaining('On it')]));
  return { thread, run, quantity };
}

const calls = async (method: string) => (await world().people.calls(method)).length;

/** The first post, and what else stands in the thread. */
async function seen(thread: string) {
  const [first = '', ...others] = await world().answers(thread);
  return { first, others };
}

async function until(thread: string, others: readonly unknown[], stepMs = 1_000) {
  await world().goingOn(async () => expect((await seen(thread)).others).toEqual(others), stepMs);
}

test('while an agent works, its steps are seen in a post of its own, as a plan; at the end none of them runs, and nothing can be canceled', async () => {
  const { people, goingOn } = world();
  const { thread, run, quantity } = await asked();
  run.step('1', 'running');
  await until(thread, ['Working on it\n▸ Read page 1']);
  run.step('1', 'done');
  run.step('2', 'failed');
  run.step('3', 'running');
  await until(thread, ['Working on it\n☑ Read page 1\n☒ Read page 2\n▸ Read page 3']);
  expect((await seen(thread)).first).toMatch(/On it[^]*\[Cancel\]/);
  expect(await people.status('C1', thread)).toMatchObject({ status: 'processing' });
  run.end();
  await until(thread, ['Done\n☑ Read page 1\n☒ Read page 2\n☑ Read page 3', expect.stringMatching(new RegExp(`Done: ${quantity} leads`))]);
  await goingOn(async () => expect((await seen(thread)).first).toMatch(/^● Done/));
  expect((await seen(thread)).first).not.toContain('[Cancel]');
  await vi.waitFor(async () => expect(await people.status('C1', thread)).toMatchObject({ status: 'active' }));
});

test('work that says nothing for a long time is shown as going on all the while, in one post', async () => {
  const { people } = world();
  const { thread, run } = await asked();
  run.step('1', 'running');
  await until(thread, ['Working on it\n▸ Read page 1']);
  const before = await calls('chat.startStream');
  const beganMs = clock.now().getTime();
  await world().goingOn(async () => {
    expect((await seen(thread)).others).toEqual(['Working on it\n▸ Read page 1']);
    expect(clock.now().getTime() - beganMs).toBeGreaterThan(10 * 60_000);
  }, 5_000);
  // Each is followed by the next one before Slack ends it.
  expect((await calls('chat.startStream')) - before).toBe(2);
  expect((await people.calls('chat.appendStream')).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  expect(await people.status('C1', thread)).toMatchObject({ status: 'processing' });
  run.end();
  await until(thread, [expect.stringMatching(/^Done/), expect.stringContaining('Done:')]);
});

test('a stream that Slack ended is followed by another one with all its steps, and the dead one goes', async () => {
  const { people } = world();
  const { thread, run } = await asked();
  run.step('1', 'running');
  await until(thread, ['Working on it\n▸ Read page 1']);
  await people.stop('C1', thread, 'U2');
  run.step('1', 'done');
  run.step('2', 'running');
  await until(thread, ['Working on it\n☑ Read page 1\n▸ Read page 2']);
  expect(await people.status('C1', thread)).toMatchObject({ status: 'processing' });
  run.end();
  await until(thread, [expect.stringMatching(/^Done/), expect.stringContaining('Done:')]);
});

test.each([
  ['the app is no agent', () => world().people.team('T1', { agent: false })],
  ['nobody knows whether it began', () => world().people.next('chat.startStream', 'answer-lost')],
  ['Slack takes no more of them now', () => world().people.next('chat.startStream', 'busy')],
])('where %s, the work is shown by edits of the first post, to its end', async (_, prepare) => {
  const { goingOn } = world();
  const { thread, run } = await asked();
  await prepare();
  for (const id of ['1', '2']) {
    run.step(id, 'running');
    await goingOn(async () => expect((await seen(thread)).first).toMatch(new RegExp(`Working on it[^]*▸ Read page ${id}`)));
  }
  run.end();
  await goingOn(async () => expect((await seen(thread)).first).toMatch(/^● Done/));
  // What stands there nevertheless, because its answer was lost, is removed.
  await goingOn(async () => expect((await seen(thread)).others).toEqual([expect.stringContaining('Done:')]));
});
