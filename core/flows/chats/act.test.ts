// Presses in a chat: who may do what, and that each press has one outcome.

import { expect, test, vi } from 'vitest';
import { chatRates } from '#core/domain/asks/verb-rates.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { choiceId, type ChoiceAct } from '#core/domain/messages/choice.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import { agentsThat, done } from '#core/testing/stages/agents-that.ts';
import { openChatStage, shownIn, type Place } from '#core/testing/stages/chat-stage.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openChatStage());

/** A workspace whose team is asked above 10 credits. */
async function careful(amount = 500) {
  const owner = await stage().person(amount);
  await stage().app.privacy.setTeamSettings(loggedIn(owner), { confirmAbove: '10000000' });
  return { owner, place: await stage().workspace(owner) };
}

function on(act: ChoiceAct, { taskId }: Pick<Answered, 'taskId'>): string {
  return choiceId(act, taskId!);
}

async function untilOver(place: Place, thread: string) {
  await vi.waitFor(async () => {
    const tasks = await place.tasks(thread);
    if (tasks.length === 0 || tasks.some(({ status }) => ['pending', 'processing'].includes(status))) throw new Error('not over');
  });
}

test('a person who is not linked approves what they asked for, once, and the credits are reserved then', async () => {
  const { owner, place } = await careful();
  const [ann, thread, key] = [place.speaker(), place.thread(), newId()];
  const asked = await ann.say('find me 20 leads', thread);
  expect(asked).toMatchObject({ outcome: 'approval', show: { kind: 'thread' } });
  expect(await owner.ledger()).toEqual(['grant 500']);
  const presses = await Promise.all([1, 2, 3].map(() => ann.press(on('approve', asked), thread, { key })));
  for (const press of presses)
    expect(press).toMatchObject({ outcome: 'decision', did: 'approved', taskId: asked.taskId, show: { kind: 'thread' } });
  expect(await ann.press(on('approve', asked), thread)).toMatchObject({ did: 'approved' });
  await untilOver(place, thread);
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('nobody but the asker approves or changes a request; everybody else is told so privately, and nothing happens', async () => {
  const { owner, place } = await careful();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  const asked = await ann.say('find me 20 leads', thread);
  const boss = place.speaker('boss');
  await boss.link(owner);
  for (const other of [place.speaker('bob'), place.speaker('zoe', { isGuest: true }), boss])
    for (const act of ['approve', 'change'] as const) {
      const press = await other.press(on(act, asked), thread);
      expect(press).toMatchObject({ outcome: 'decision', did: 'not-yours' });
      expect(shownIn(press)).toBe('private: This is somebody else’s request');
    }
  expect(await other(place).press(on('cancel', asked), thread)).toMatchObject({ did: 'not-yours' });
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval' }]);
  expect(await owner.ledger()).toEqual(['grant 500']);
});

const other = (place: Place) => place.speaker('somebody');

test('a member whose role may stop tasks cancels what another person asked for; a member who may not does not', async () => {
  const { core, app } = stage();
  const [owner, member] = [await stage().person(), await stage().person()];
  const { teamId, actors } = await sharedTeam(
    core,
    'Acme',
    [
      [owner, 'approver'],
      [member, 'member'],
    ] as const,
    500,
  );
  await app.privacy.setTeamSettings({ ...loggedIn(owner), teamId, role: 'admin' }, { confirmAbove: '10000000' });
  const place = await stage().workspace({ ...owner, teamId });
  const thread = place.thread();
  const asked = await place.speaker('ann').say('find me 20 leads', thread);
  const [boss, mate] = [place.speaker('boss'), place.speaker('mate')];
  await boss.link(owner);
  await mate.link(member);
  expect(await mate.press(on('cancel', asked), thread)).toMatchObject({ did: 'not-yours' });
  expect(await boss.press(on('cancel', asked), thread)).toMatchObject({ did: 'canceled', show: { kind: 'thread' } });
  expect(await place.tasks(thread)).toMatchObject([{ status: 'canceled' }]);
  expect(actors).toHaveLength(2);
});

test('canceling twice is the same outcome, and a press that is told again gets its own', async () => {
  const { owner, place } = await careful();
  const [ann, thread, key] = [place.speaker(), place.thread(), newId()];
  const asked = await ann.say('find me 20 leads', thread);
  const presses = await Promise.all([key, key, newId(), newId()].map((each) => ann.press(on('cancel', asked), thread, { key: each })));
  for (const press of presses) expect(press).toMatchObject({ outcome: 'decision', did: 'canceled' });
  expect(await ann.press(on('cancel', asked), thread, { key })).toMatchObject({ did: 'canceled', repeated: true });
  expect((await place.said(thread)).filter((line) => line.startsWith('Canceled'))).toHaveLength(1);
  expect(shownIn(await ann.press(on('approve', asked), thread))).toMatch(/^private: This task is already canceled/);
  expect(await owner.ledger()).toEqual(['grant 500']);
});

test('a press is judged by the rights of its moment: who linked their account in between is still the asker', async () => {
  const { place } = await careful();
  const [ann, thread, person] = [place.speaker(), place.thread(), await stage().person()];
  const asked = await ann.say('find me 20 leads', thread);
  await ann.link(person);
  expect(await ann.press(on('approve', asked), thread)).toMatchObject({ did: 'approved' });
  await untilOver(place, thread);
  // And in the portal, where they are a user: the task is theirs, in a team that they are no member of.
  const later = await ann.say('find me 30 leads', thread);
  await stage().core.store.money.query({ text: `UPDATE identities SET user_id = NULL WHERE platform = 'chat' AND space = $1` }, [place.id]);
  expect(await ann.press(on('cancel', later), thread)).toMatchObject({ did: 'canceled' });
});

test('approving checks everything that a new request is checked for, and a request that was refused goes on waiting', async () => {
  const { owner, place } = await careful(25);
  const [ann, thread] = [place.speaker(), place.thread()];
  const [first, second] = [await ann.say('find me 20 leads', thread), await ann.say('find me 21 leads', thread)];
  expect(await ann.press(on('approve', first), thread)).toMatchObject({ did: 'approved' });
  const press = await ann.press(on('approve', second), thread);
  expect(press).toMatchObject({ outcome: 'decision', did: 'refused' });
  expect(shownIn(press)).toMatch(/^private: This needs 21 credits/);
  expect((await place.tasks(thread))[1]).toMatchObject({ status: 'awaiting_approval' });
  await untilOver(place, thread).catch(() => undefined);
  expect(await owner.ledger()).toEqual(expect.arrayContaining(['hold 20']));
});

test('a guest who was allowed to ask and is no longer cannot approve', async () => {
  const { place } = await careful();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  const asked = await ann.say('find me 20 leads', thread);
  const press = await place.speaker('ann', { isGuest: true }).press(on('approve', asked), thread);
  expect(press).toMatchObject({ did: 'refused' });
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval' }]);
});

test('change shows a form with the request, and its submission takes the place of the one that waited', async () => {
  const { owner, place } = await careful();
  const [ann, thread, key] = [place.speaker(), place.thread(), newId()];
  const asked = await ann.say('find me 20 leads in Miami', thread);
  const shown = await ann.press(on('change', asked), thread);
  expect(shown).toMatchObject({
    did: 'form',
    show: {
      kind: 'form',
      form: { taskId: asked.taskId, text: 'find me 20 leads in Miami', type: 'lead-generation', count: 20, textMost: 20_000 },
    },
  });
  const form = { text: 'find me leads in Boston', type: 'lead-generation', count: 30 } as const;
  const sent = await Promise.all([1, 2, 3].map(() => ann.press(on('change', asked), thread, { key, form })));
  for (const each of sent)
    expect(each).toMatchObject({ outcome: 'decision', did: 'changed', taskId: sent[0]!.taskId, show: { kind: 'thread' } });
  expect(await place.tasks(thread)).toMatchObject([
    { status: 'canceled', text: 'find me 20 leads in Miami' },
    { status: 'awaiting_approval', text: 'find me leads in Boston' },
  ]);
  expect(await place.said(thread)).toEqual([
    'Start this task? Lead generation, 20 leads, about 16, at most 20 credits.',
    'Replaced by your changed request. Nothing was charged.',
    'Start this task? Lead generation, 30 leads, about 24, at most 30 credits.',
  ]);
  expect(await owner.ledger()).toEqual(['grant 500']);
  expect(shownIn(await ann.press(on('change', asked), thread, { form }))).toMatch(/^private: This task is already canceled/);
});

test('a form that cannot be taken leaves the request that waits as it is', async () => {
  const { place } = await careful();
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 20 leads', thread);
  expect(await ann.press(on('change', asked), thread, { form: { text: 'find me leads', count: 1_000_000 } })).toMatchObject({
    did: 'refused',
    show: { kind: 'thread' },
  });
  expect(await ann.press(on('change', asked), thread, { form: { text: '' } })).toMatchObject({ did: 'refused' });
  expect(await ann.press(on('change', asked), thread, { form: { text: 'find me 600 leads' } })).toMatchObject({ did: 'refused' });
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval' }]);
  expect(await ann.press(on('approve', asked), thread)).toMatchObject({ did: 'approved' });
});

test('approving and changing at the same moment does one of the two', async () => {
  const { owner, place } = await careful(5_000);
  for (let i = 0; i < 5; i++) {
    const [ann, thread] = [place.speaker(), place.thread()];
    const asked = await ann.say('find me 20 leads', thread);
    await Promise.all([
      ann.press(on('approve', asked), thread),
      ann.press(on('change', asked), thread, { form: { text: 'find me 30 leads' } }),
    ]);
    await untilOver(place, thread);
    const statuses = (await place.tasks(thread)).map(({ status }) => status);
    expect([['completed'], ['canceled', 'awaiting_approval']]).toContainEqual(statuses);
  }
  expect(new Set(await owner.ledger())).not.toContain('hold 30');
});

test('a double press on Try again is one retry, whoever presses', async () => {
  const failing = await openChatStage({
    agents: agentsThat(({ message }) => (message.includes('again') ? done('ok') : { kind: 'failed', reason: 'no', usage: null as never })),
  });
  try {
    const owner = await failing.person();
    const place = await failing.workspace(owner);
    const [ann, boss, thread] = [place.speaker('ann'), place.speaker('boss'), place.thread()];
    await boss.link(owner);
    const asked = await ann.say('research three competitors', thread);
    await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'failed' }]));
    const presses = await Promise.all([ann, ann, boss].map((each) => each.press(on('retry', asked), thread, { letterKey: 'letter-1' })));
    expect(new Set(presses.map(({ taskId }) => taskId)).size).toBe(1);
    for (const press of presses) expect(press).toMatchObject({ did: 'retried' });
    expect(await place.tasks(thread)).toHaveLength(2);
    expect(await place.speaker('bob').press(on('retry', asked), thread)).toMatchObject({ did: 'not-yours' });
  } finally {
    await failing.stop();
  }
});

test('Try again that was refused by a limit works once the limit is gone, and a double press is still one retry', async () => {
  const failing = await openChatStage({ agents: agentsThat(() => ({ kind: 'failed', reason: 'no', usage: null as never })) });
  try {
    const owner = await failing.person(30);
    const place = await failing.workspace(owner);
    const [ann, thread] = [place.speaker('ann'), place.thread()];
    const asked = await ann.say('find me 20 leads', thread);
    await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'failed' }]));
    const limit = await failing.app.credits.setLimit(loggedIn(owner), {
      kind: 'team',
      subject: '',
      credits: '5000000',
      period: 'day',
      timeZone: 'UTC',
    });
    const press = () => ann.press(on('retry', asked), thread, { letterKey: 'letter-1' });
    for (let i = 0; i < 2; i++) expect(await press()).not.toMatchObject({ did: 'retried' });
    expect(await place.said(thread)).toHaveLength(4);
    await failing.app.credits.removeLimit(loggedIn(owner), limit.id);
    const presses = await Promise.all([press(), press(), press()]);
    expect(new Set(presses.map(({ did, taskId }) => `${did} ${taskId}`)).size).toBe(1);
    expect(presses[0]).toMatchObject({ did: 'retried' });
    expect(await place.tasks(thread)).toHaveLength(2);
  } finally {
    await failing.stop();
  }
});

test('the native stop works before a task is dispatched: nothing is charged, and what is asked afterwards runs', async () => {
  const idle = await openChatStage({ settings: { ROLES: 'web' } });
  try {
    const owner = await idle.person();
    const place = await idle.workspace(owner);
    const [ann, thread] = [place.speaker(), place.thread()];
    await ann.say('find me 3 leads', thread);
    const at = idle.clock.now();
    idle.clock.forward(10);
    const later = await ann.say('find me 4 leads', thread);
    expect(await ann.press('stop', thread, { at })).toMatchObject({ outcome: 'decision', did: 'canceled', show: { kind: 'thread' } });
    expect(await place.tasks(thread)).toMatchObject([{ status: 'canceled' }, { status: 'pending', id: later.taskId }]);
    expect(await owner.ledger()).toEqual(['grant 500', 'hold 3', 'hold 4', 'release 3']);
    // An old stop that arrives late hits nothing that was asked after it.
    expect(await ann.press('stop', thread, { at })).toMatchObject({ did: 'nothing-to-stop' });
  } finally {
    await idle.stop();
  }
});

test('the native stop ends what runs, and nobody stops what is not theirs', async () => {
  const { place } = await careful();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 7 leads', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'processing' }]));
  expect(await bob.press('stop', thread)).toMatchObject({ did: 'not-yours' });
  expect(await ann.press('stop', thread)).toMatchObject({ did: 'stopping' });
  stage().release();
  await vi.waitFor(async () => expect((await place.tasks(thread))[0]!.status).toMatch(/canceled|completed/));
  expect(shownIn(await ann.press('stop', thread))).toBe('private: Nothing to stop');
});

test('what somebody thinks of a result is one row, of the account or of the user it is linked to', async () => {
  const { core } = stage();
  const { owner, place } = await careful();
  const [ann, thread, person] = [place.speaker(), place.thread(), await stage().person()];
  const asked = await ann.say('find me 3 leads', thread);
  await untilOver(place, thread);
  const verdicts = async () =>
    (
      await core.store.money.query<{ verdict: string; who: string }>(
        {
          text: `SELECT verdict, CASE WHEN user_id IS NULL THEN 'account' ELSE 'user' END AS who FROM feedback WHERE task_id = $1 ORDER BY at`,
        },
        [asked.taskId],
      )
    ).rows;
  expect(shownIn(await ann.press(on('bad', asked), thread))).toBe('private: Thanks for your feedback');
  await ann.press(on('good', asked), thread);
  expect(await verdicts()).toEqual([{ verdict: 'good', who: 'account' }]);
  await ann.link(person);
  await ann.press(on('bad', asked), thread);
  expect(await verdicts()).toEqual([{ verdict: 'bad', who: 'user' }]);
  // The version before names the user alone.
  await core.store.money.query(
    {
      text: `INSERT INTO feedback (task_id, user_id, verdict, words, at) VALUES ($1, $2, 'good', NULL, now()) ON CONFLICT (task_id, user_id) DO UPDATE SET verdict = excluded.verdict`,
    },
    [asked.taskId, person.userId],
  );
  expect(await verdicts()).toEqual([{ verdict: 'good', who: 'user' }]);
  expect(await place.speaker('bob').press(on('bad', asked), thread)).toMatchObject({ did: 'not-yours' });
  expect(owner.userId).not.toBe(person.userId);
});

test('a button that we never made, and a task that there never was, are answered privately', async () => {
  const { place } = await careful();
  const [ann, thread] = [place.speaker(), place.thread()];
  expect(shownIn(await ann.press('launch:missiles', thread))).toMatch(/^private: This button no longer works/);
  expect(shownIn(await ann.press(choiceId('cancel', newId<TaskId>()), thread))).toMatch(/^private: /);
});

test('presses that come too often are told of once and dropped', async () => {
  const { place } = await careful();
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 20 leads', thread);
  const { most } = chatRates['chats.act'].person;
  for (let i = 0; i < most; i++) await ann.press('launch:missiles', thread);
  expect([shownIn(await ann.press(on('approve', asked), thread)), shownIn(await ann.press(on('approve', asked), thread))]).toEqual([
    expect.stringMatching(/^private: Too many requests/),
    'nothing',
  ]);
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval' }]);
});
