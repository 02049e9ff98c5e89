import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { newId, type SessionId } from '#core/domain/ids.ts';
import type { Taken, TakenApproval } from '#core/flows/tasks/intake.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { agentsThat, csvOf, done, someUsage } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';

const HOUR_MS = 3_600_000;
const held = Promise.withResolvers<void>();
/** Whoever asks for 7 leads waits until the test lets them go. */
const agents = agentsThat(async (job, _watch, signal) => {
  if (job.quantity === 7) {
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (!signal.aborted) await Promise.race([held.promise, stopped]);
    if (signal.aborted) return { kind: 'stopped', by: 'signal', text: '', files: [], usage: someUsage, sample: false };
  }
  return done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)]);
});
const clock = clockByHand();
const stage = forAll(() => openStage({ agents, clock }));

/** Somebody whose team is asked above 10 credits. */
async function careful(amount = 500): Promise<Person> {
  const person = await stage().person(amount);
  await stage().app.privacy.setTeamSettings(loggedIn(person), { confirmAbove: '10000000' });
  return person;
}

async function verify() {
  const client = new pg.Client(stage().databaseUrl);
  await client.connect();
  try {
    return await verifyLedger(client);
  } finally {
    await client.end();
  }
}

function waiting(taken: Taken): TakenApproval {
  if (taken.kind !== 'approval') throw new Error(`it does not wait for approval: ${taken.kind}`);
  return taken;
}

test('a request above the team’s threshold waits for approval, holds nothing, and says what it would cost', async () => {
  const ada = await careful();
  const conversation = newId();
  const taken = waiting(await ada.ask('find me 20 leads', { conversation }));
  expect(taken).toMatchObject({
    type: 'lead-generation',
    quantity: { count: 20 },
    estimateHigh: '20000000',
    above: '10000000',
    available: '500000000',
    repeated: false,
  });
  expect(Date.parse(taken.approveBy) - clock.now().getTime()).toBeCloseTo(24 * HOUR_MS, -4);
  expect(await ada.task(taken)).toMatchObject({ status: 'awaiting_approval', approveBy: taken.approveBy, creditsHeld: 0, over: false });
  expect(await ada.said(conversation)).toEqual(['Start this task? Lead generation, 20 leads, about 16, at most 20 credits.']);
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('a request of exactly the threshold, or below, starts at once', async () => {
  const ada = await careful();
  expect(await ada.get('find me 10 leads')).toMatchObject({ status: 'completed' });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'settle 10']);
});

test('the lower of the team’s threshold and the asker’s own counts, in whatever team they ask', async () => {
  const { app } = stage();
  const ada = await careful();
  const own = { ...loggedIn(ada), sessionId: newId<SessionId>() };
  await app.accounts.setConfirmAbove(own, '5000000');
  expect(await app.accounts.confirmAbove(ada)).toBe('5000000');
  expect(await ada.ask('find me 6 leads')).toMatchObject({ kind: 'approval', above: '5000000' });
  await app.accounts.setConfirmAbove(own, '50000000');
  expect(await ada.ask('find me 6 leads')).toMatchObject({ kind: 'task' });
  expect(await ada.ask('find me 11 leads')).toMatchObject({ kind: 'approval', above: '10000000' });
  await app.accounts.setConfirmAbove(own, null);
  await app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: null });
  expect(await ada.ask('find me 11 leads')).toMatchObject({ kind: 'task' });
  await expect(app.accounts.setConfirmAbove(ada, '900000000')).rejects.toMatchObject({ code: 'login.needed' }); // a key
  await expect(app.accounts.setConfirmAbove(own, '-1')).rejects.toMatchObject({ code: 'request.invalid' });
});

test('approving takes the hold once and runs the task, however often and however much at once it is approved', async () => {
  const { app } = stage();
  const ada = await careful();
  const conversation = newId();
  const taken = waiting(await ada.ask('find me 20 leads', { conversation }));
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.tasks.approve(ada, taken.taskId)));
  expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
  for (const answer of answers)
    expect(answer).toMatchObject({ kind: 'task', taskId: taken.taskId, held: '20000000', available: '480000000', position: 0 });
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed', creditsUsed: 20, approveBy: null });
  expect(await app.tasks.approve(ada, taken.taskId)).toMatchObject({ repeated: true, held: '20000000' });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
  expect((await ada.said(conversation)).map((line) => line.split(/[.?]/)[0])).toEqual(['Start this task', 'On it', 'Done: 20 leads']);
});

test('the same request again gets the question that it had, also after it was approved', async () => {
  const { app } = stage();
  const ada = await careful();
  const ask = () => ada.ask('find me 20 leads', { key: `same:${ada.teamId}`, conversation: ada.teamId });
  const first = waiting(await ask());
  await app.tasks.approve(ada, first.taskId);
  expect(await ask()).toEqual({ ...first, repeated: true });
});

test('what could not be paid for, or is above a limit, is refused at once and asks nobody', async () => {
  const { app } = stage();
  const poor = await careful(15);
  expect(await poor.ask('find me 20 leads')).toMatchObject({ kind: 'refused', refused: { code: 'credits.short' } });
  const ada = await careful();
  await app.credits.setLimit(loggedIn(ada), { kind: 'team', subject: '', credits: '12000000', period: 'day', timeZone: 'UTC' });
  expect(await ada.ask('find me 20 leads')).toMatchObject({
    kind: 'refused',
    refused: { code: 'limit.reached', facts: { whose: 'team' } },
  });
  expect(await ada.ask('find me 11 leads')).toMatchObject({ kind: 'approval' });
});

test('approving checks credits and limits as they are then; what is refused goes on waiting and can be approved later', async () => {
  const { app } = stage();
  const ada = await careful(30);
  const taken = waiting(await ada.ask('find me 20 leads'));
  const other = await ada.ask('find me 7 leads');
  const second = await ada.ask('find me 7 leads');
  await expect(app.tasks.approve(ada, taken.taskId)).rejects.toMatchObject({
    code: 'credits.short',
    facts: { need: '20000000', have: '16000000' },
  });
  expect(await ada.task(taken)).toMatchObject({ status: 'awaiting_approval', creditsHeld: 0 });
  for (const running of [other, second]) if (running.kind === 'task') await app.tasks.cancel(ada, running.taskId);
  await Promise.all([ada.untilOver(other), ada.untilOver(second)]);
  const limit = await app.credits.setLimit(loggedIn(ada), {
    kind: 'team',
    subject: '',
    credits: '12000000',
    period: 'day',
    timeZone: 'UTC',
  });
  await expect(app.tasks.approve(ada, taken.taskId)).rejects.toMatchObject({ code: 'limit.reached', facts: { left: '12000000' } });
  await app.credits.removeLimit(loggedIn(ada), limit.id);
  await app.tasks.approve(ada, taken.taskId);
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'completed' });
  expect((await verify()).wrong).toBeNull();
});

test('a team that an operator froze approves nothing new', async () => {
  const { app, core } = stage();
  const ada = await careful();
  const taken = waiting(await ada.ask('find me 20 leads'));
  await core.store.money.query({ text: 'UPDATE teams SET frozen_at = now() WHERE id = $1' }, [ada.teamId]);
  await expect(app.tasks.approve(ada, taken.taskId)).rejects.toMatchObject({ code: 'wallet.frozen' });
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('nobody approves what somebody else asked for, and strangers do not learn of it', async () => {
  const { app, core, person } = stage();
  const [ada, ben, eve] = [await person(), await person(), await person()];
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [ada, 'member'],
      [ben, 'owner'],
    ] as const,
    100,
  );
  const [member, owner] = actors;
  await app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  const asked = await app.tasks.ask({
    key: `test:${newId()}`,
    threadRef: `web:${newId()}`,
    newConversation: true,
    from: { kind: 'user', userId: member.userId, teamId: member.teamId },
    text: 'find me 20 leads',
    at: clock.now(),
  });
  const { taskId } = waiting(asked);
  await expect(app.tasks.approve(owner, taskId)).rejects.toMatchObject({ code: 'approval.not-yours' });
  await expect(app.tasks.approve(eve, taskId)).rejects.toMatchObject({ code: 'task.not-found' });
  await expect(app.tasks.approve({ ...member, role: 'guest' }, taskId)).rejects.toMatchObject({ code: 'not.allowed' });
  expect(await app.tasks.get(member, taskId)).toMatchObject({ status: 'awaiting_approval' });
  // Whoever may stop the tasks of others may cancel it, though.
  expect(await app.tasks.cancel(owner, taskId)).toMatchObject({ state: 'canceled', used: '0', returned: '0', available: '100000000' });
  await expect(app.tasks.approve(member, taskId)).rejects.toMatchObject({ code: 'task.over', facts: { status: 'canceled' } });
});

test('a task that was canceled while it waited costs nothing and says so', async () => {
  const { app } = stage();
  const ada = await careful();
  const conversation = newId();
  const taken = waiting(await ada.ask('find me 20 leads', { conversation }));
  expect(await app.tasks.cancel(ada, taken.taskId)).toMatchObject({ state: 'canceled', returned: '0' });
  expect((await ada.said(conversation)).at(-1)).toBe('Canceled. Nothing was charged.');
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('approved and canceled in the same moment, a task is either run or canceled, and its hold is closed', async () => {
  const { app, core } = stage();
  const ada = await careful();
  for (let i = 0; i < 10; i++) {
    const taken = waiting(await ada.ask('find me 11 leads'));
    await Promise.allSettled([
      app.tasks.approve(ada, taken.taskId),
      app.tasks.cancel(ada, taken.taskId),
      app.tasks.approve(ada, taken.taskId),
    ]);
    expect(['completed', 'canceled']).toContain((await ada.untilOver(taken)).status);
  }
  expect((await core.store.people.wallet(ada.teamId)).held).toBe(0n);
  expect((await verify()).wrong).toBeNull();
});

test('a task that waits for approval holds up nothing; approved later, it waits for the one that runs', async () => {
  const { app } = stage();
  const ada = await careful();
  const conversation = newId();
  const early = waiting(await ada.ask('find me 20 leads', { conversation }));
  const late = await ada.ask('find me 7 leads', { conversation });
  await vi.waitFor(async () => expect(await ada.task(late)).toMatchObject({ status: 'processing' }));
  expect(await app.tasks.approve(ada, early.taskId)).toMatchObject({ position: 1 });
  const queued = await ada.ask('find me 3 leads', { conversation });
  expect(queued).toMatchObject({ kind: 'task', position: 2 });
  held.resolve();
  const [first, second, third] = [await ada.untilOver(late), await ada.untilOver(early), await ada.untilOver(queued)];
  expect(second.startedAt! >= first.finishedAt!).toBe(true);
  expect(third.startedAt! >= second.finishedAt!).toBe(true);
});

test('fifty questions may be open in a conversation, and one more is refused', async () => {
  const ada = await careful();
  const conversation = newId();
  const asks = await Promise.all(Array.from({ length: 51 }, () => ada.ask('find me 11 leads', { conversation })));
  expect(asks.filter(({ kind }) => kind === 'approval')).toHaveLength(50);
  expect(asks.filter((taken) => taken.kind === 'refused').map(({ refused }) => refused)).toMatchObject([{ code: 'conversation.busy' }]);
});

test('running a task again asks as a new request does', async () => {
  const { app } = stage();
  const ada = await careful();
  const task = await ada.get('find me 10 leads');
  await app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: '5000000' });
  const again = await app.tasks.retry(ada, task.id, 'click');
  expect(again).toMatchObject({ kind: 'approval', conversationId: task.conversationId });
});

test('nobody approved it for 24 hours: it is canceled, its person is told, and it can be run again', async () => {
  const { app } = stage();
  const ada = await careful();
  const conversation = newId();
  const taken = waiting(await ada.ask('find me 20 leads', { conversation }));
  clock.forward(24 * HOUR_MS + 1_000);
  await expect(app.tasks.approve(ada, taken.taskId)).rejects.toMatchObject({
    code: expect.stringMatching(/^(approval\.expired|task\.over)$/) as string,
  });
  expect(await ada.untilOver(taken)).toMatchObject({
    status: 'canceled',
    failure: { code: 'approval.expired', message: expect.stringContaining('Nothing was charged.') as string },
    creditsUsed: 0,
  });
  expect((await ada.said(conversation)).at(-1)).toBe(
    'Nobody approved this request within 24 hours, so it was not started. Nothing was charged.',
  );
  expect(await ada.ledger()).toEqual(['grant 500']);
  expect(await app.tasks.retry(ada, taken.taskId, 'again')).toMatchObject({ kind: 'approval' });
});
