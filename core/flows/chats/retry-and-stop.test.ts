// Presses on what is under way or over: Try again, the platform's own stop, feedback; and presses that do nothing.

import { expect, test, vi } from 'vitest';
import { chatRates } from '#core/domain/asks/verb-rates.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { choiceId, type ChoiceAct } from '#core/domain/messages/choice.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import { agentsThat, done } from '#core/testing/stages/agents-that.ts';
import { openChatStage, shownIn } from '#core/testing/stages/chat-stage.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import type { Deciding } from './decide.ts';
import { stopAll } from './stop.ts';

const stage = forAll(() => openChatStage());

async function linked() {
  const owner = await stage().person();
  return { owner, place: await stage().workspace(owner) };
}

function on(act: ChoiceAct, { taskId }: Pick<Answered, 'taskId'>): string {
  return choiceId(act, taskId!);
}

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

test('a member who looks on in the team tries again what they asked for in a chat', async () => {
  const [owner, guest] = [await stage().person(), await stage().person()];
  const { teamId } = await sharedTeam(
    stage().core,
    'Acme',
    [
      [owner, 'owner'],
      [guest, 'guest'],
    ] as const,
    500,
  );
  const place = await stage().workspace({ ...owner, teamId });
  const [gil, thread] = [place.speaker('gil'), place.thread()];
  await gil.link(guest);
  const asked = await gil.say('find me 3 leads', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }]));
  expect(await gil.press(on('retry', asked), thread)).toMatchObject({ did: 'retried' });
});

test('a deleted request cannot be tried again, and its person reads what to do instead', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 3 leads', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }]));
  await ann.remove(asked.key);
  expect(shownIn(await ann.press(on('retry', asked), thread))).toBe(
    'private: This request was deleted, so it can’t run again. Send it as a new request.',
  );
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
    // The same stop, told again under another key, did that too, and hits nothing that was asked after it.
    expect(await ann.press('stop', thread, { at })).toMatchObject({ did: 'canceled', show: { kind: 'nothing' } });
    expect(await place.tasks(thread)).toMatchObject([{ status: 'canceled' }, { status: 'pending' }]);
    idle.clock.forward(10);
    const command = (when: Date) => ann.command('cancel', { at: when });
    expect(await command(idle.clock.now())).toMatchObject({ did: 'canceled' });
    expect(await command(at)).toMatchObject({ did: 'canceled' });
    idle.clock.forward(10);
    expect(await command(idle.clock.now())).toMatchObject({ did: 'nothing-to-stop' });
  } finally {
    await idle.stop();
  }
});

test('the native stop ends what runs, and nobody stops what is not theirs', async () => {
  const { place } = await linked();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 7 leads', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'processing' }]));
  expect(await bob.press('stop', thread)).toMatchObject({ did: 'not-yours' });
  expect(await ann.press('stop', thread)).toMatchObject({ did: 'stopping' });
  stage().release();
  await vi.waitFor(async () => expect((await place.tasks(thread))[0]!.status).toMatch(/canceled|completed/));
  stage().clock.forward(10);
  expect(shownIn(await ann.press('stop', thread))).toBe('private: Nothing to stop');
});

test('where all tasks have gone by the time they would be stopped, there is nothing to stop', async () => {
  const { owner } = await linked();
  const deciding = { core: stage().core, seen: { userId: null, identityId: null } } as unknown as Deciding;
  expect(await stopAll(deciding, [{ id: newId<TaskId>(), teamId: owner.teamId }])).toMatchObject({ did: 'nothing-to-stop' });
});

test('what somebody thinks of a result is one row, of the account or of the user it is linked to', async () => {
  const { core } = stage();
  const { owner, place } = await linked();
  const [ann, thread, person] = [place.speaker(), place.thread(), await stage().person()];
  const asked = await ann.say('find me 3 leads', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }]));
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
  const { place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  expect(shownIn(await ann.press('launch:missiles', thread))).toMatch(/^private: This button no longer works/);
  expect(shownIn(await ann.press(choiceId('cancel', newId<TaskId>()), thread))).toMatch(/^private: /);
});

test('presses that come too often are told of once and dropped', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 7 leads', thread);
  const { most } = chatRates['chats.act'].person;
  for (let i = 0; i < most; i++) await ann.press('launch:missiles', thread);
  expect([shownIn(await ann.press(on('cancel', asked), thread)), shownIn(await ann.press(on('cancel', asked), thread))]).toEqual([
    expect.stringMatching(/^private: Too many requests/),
    'nothing',
  ]);
  expect((await place.tasks(thread))[0]!.status).not.toBe('canceled');
});

test('“stop” in a thread ends what its writer has under way there, once, and nothing of others; without anything to stop it is only answered', async () => {
  const { owner, place } = await linked();
  await stage().app.privacy.setTeamSettings(loggedIn(owner), { confirmAbove: '10000000' });
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  expect(await ann.say('stop', thread)).toMatchObject({ refused: { code: 'ask.prohibition' } });
  for (const leads of [20, 30]) expect(await ann.say(`find me ${leads} leads`, thread)).toMatchObject({ outcome: 'approval' });
  expect(await bob.say('stop', thread)).toMatchObject({ outcome: 'refused' });
  for (const text of ['stop emailing them and find 3 leads in Boston', 'cancel culture: find me 3 leads'])
    expect(await bob.say(text, place.thread())).toMatchObject({ outcome: 'task' });
  const [key, also] = [newId(), newId()];
  const stopped = await ann.say('Stop it, please!', thread, { key, also });
  expect(stopped).toMatchObject({ outcome: 'decision', did: 'canceled', repeated: false });
  // Under its other name it is the same.
  expect(await ann.say('Stop it, please!', thread, { key: newId(), also })).toMatchObject({ did: 'canceled', repeated: true });
  expect((await place.tasks(thread)).map(({ status }) => status)).toEqual(['canceled', 'canceled']);
});
