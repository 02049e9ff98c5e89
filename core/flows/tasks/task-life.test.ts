import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';

const world = forAll(() => openStage());

test('100 leads are delivered as 100 rows, and cost what was held for them', async () => {
  const { person } = world();
  const ada = await person(500);
  const task = await ada.get('find me 100 leads in Miami');
  expect(task).toMatchObject({
    status: 'completed',
    type: 'lead-generation',
    creditsUsed: 100,
    creditsHeld: 0,
    quantity: { asked: 100, delivered: 100 },
    result: { sample: true },
  });
  expect(task.files.map(({ preview }) => preview?.rowsTotal)).toEqual([100]);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 100', 'settle 100']);
});

test('the link of a file opens it without login, as exactly the bytes that were made', async () => {
  const { person } = world();
  const task = await (await person()).get('find me 12 leads in Miami');
  const response = await fetch(task.files[0]!.url!);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  const lines = (await response.text()).trim().split('\n');
  expect(lines).toHaveLength(13);
});

test('a repeated ask gives the first answer and starts nothing', async () => {
  const { person, core } = world();
  const ada = await person();
  const key = newId();
  const first = await ada.ask('find me 10 leads', { key });
  const repeats = await Promise.all([1, 2, 3, 4, 5].map(() => ada.ask('find me 10 leads', { key })));
  expect(repeats.map((taken) => (taken.kind === 'task' ? [taken.repeated, taken.taskId] : taken))).toEqual(
    repeats.map(() => [true, first.kind === 'task' && first.taskId]),
  );
  await ada.untilOver(first);
  const { rows } = await core.store.money.query({ text: 'SELECT count(*)::int AS tasks FROM tasks WHERE team_id = $1' }, [ada.teamId]);
  expect(rows).toEqual([{ tasks: 1 }]);
});

test('one key cannot stand for two requests', async () => {
  const { person } = world();
  const ada = await person();
  await ada.ask('find me 10 leads', { key: 'k' });
  await expect(ada.ask('find me 11 leads', { key: 'k' })).rejects.toMatchObject({ code: 'request.key-reused' });
});

test('of 50 asks at the same instant through two processes, credits for one pay for one, and 49 are told why', async () => {
  const { person, another } = world();
  const second = await another();
  const ada = await person(30);
  const asks = await Promise.all(
    Array.from({ length: 50 }, (_, i) => ada.ask('find me 30 leads', i % 2 === 0 ? {} : { through: second.app })),
  );
  expect(asks.filter(({ kind }) => kind === 'task')).toHaveLength(1);
  const refusals = asks.flatMap((taken) => (taken.kind === 'refused' ? [taken.refused.code] : []));
  expect(refusals).toEqual(Array.from({ length: 49 }, () => 'credits.short'));
  await ada.untilOver(asks.find(({ kind }) => kind === 'task')!);
  expect(await ada.ledger()).toEqual(['grant 30', 'hold 30', 'settle 30']);
  await second.stop();
});

test('a refused ask is told what is needed and what is there', async () => {
  const { person } = world();
  const ada = await person(9);
  expect(await ada.ask('find me 12 leads')).toMatchObject({
    kind: 'refused',
    conversationId: null,
    refused: { code: 'credits.short', facts: { need: '12000000', have: '9000000' } },
  });
  expect(await ada.ledger()).toEqual(['grant 9']);
});

test('follow-ups in a conversation run one after the other, and the agent knows what was said before', async () => {
  const { person, openclaw } = world();
  openclaw.set({ pace: { stepMs: 30 } });
  const ada = await person();
  const conversation = newId();
  const asks = [
    await ada.ask('find me 5 leads in Miami', { conversation }),
    await ada.ask('now 7 in Boston', { conversation }),
    await ada.ask('write an email to each of them', { conversation }),
  ];
  expect(asks.map((taken) => taken.kind === 'task' && taken.position)).toEqual([0, 1, 2]);
  const tasks = await Promise.all(asks.map((taken) => ada.untilOver(taken)));
  expect(tasks.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  for (const [earlier, later] of [
    [tasks[0]!, tasks[1]!],
    [tasks[1]!, tasks[2]!],
  ] as const)
    expect(later.startedAt! >= earlier.finishedAt!).toBe(true);
  openclaw.set({ pace: 'instant' });
});

test('an agent that fails costs nothing, and the conversation says so with a way forward', async () => {
  const { person, openclaw } = world();
  openclaw.set({ modelError: 'the model is overloaded' });
  const ada = await person();
  const conversation = newId();
  const task = await ada.get('find me 10 leads', { conversation });
  expect(task).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'agent.failed' } });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'release 10']);
  expect((await ada.said(conversation)).at(-1)).toMatch(/nothing was charged/i);
  openclaw.set({ modelError: null });
});

test('an agent that never ends is stopped at the deadline, and nothing is charged', async () => {
  const clock = clockByHand();
  const { person, openclaw } = await stage({ clock });
  openclaw.set({ hang: true });
  const ada = await person();
  const taken = await ada.ask('research the history of tea');
  await vi.waitFor(() => expect(Object.values(openclaw.runCounts())).toEqual([1]));
  clock.forward(60 * 60_000);
  const task = await ada.untilOver(taken);
  expect(task).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'agent.timed-out' } });
  expect((await ada.ledger()).at(-1)).toMatch(/^release/);
});

test('a gateway that stays down is told to the person in time, and nothing is charged', async () => {
  const { person, openclaw } = await stage({ timings: { agentsWaitMs: 800 } });
  openclaw.set({ down: true });
  const ada = await person();
  const task = await ada.get('find me 10 leads');
  expect(task).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'agent.unreachable' } });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'release 10']);
});

test('a gateway that comes back within the time completes the task', async () => {
  const { person, openclaw } = world();
  openclaw.set({ down: true });
  const ada = await person();
  const taken = await ada.ask('find me 10 leads');
  await vi.waitFor(async () => expect(await ada.ledger()).toContain('hold 10'));
  openclaw.set({ down: false });
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 10 });
});

test('a task that was lost on the way to the queue is found and done', async () => {
  let losing = true;
  const { person } = await stage({
    timings: { sweepEveryMs: 100, lostAfterMs: 200 },
    withCore: (core) => ({ ...core, queue: { ...core.queue, add: async (jobs) => (losing ? undefined : core.queue.add(jobs)) } }),
  });
  const ada = await person();
  const taken = await ada.ask('find me 10 leads');
  losing = false;
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed' });
});
