// Presses in a chat: who may do what, and that each press has one outcome.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { choiceId, type ChoiceAct } from '#core/domain/messages/choice.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
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
  expect(shownIn(press)).toMatch(/^private: This needs 21 credits .* Add credits and approve it again, or change it to ask for fewer\.$/);
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
  expect(shownIn(press)).toMatch(/^private: Guests and people from other organizations .* the team that pays here to allow guests\.$/);
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval' }]);
});

test('where the team has unlinked the workspace, presses that would spend say that it does not pay there any more', async () => {
  const { owner, place } = await careful();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  const [over, asked] = [await ann.say('find me 3 leads', thread), await ann.say('find me 20 leads', thread)];
  await vi.waitFor(async () => expect((await place.tasks(thread))[0]).toMatchObject({ status: 'completed' }));
  const [workspace] = await stage().app.workspaces.linkedWorkspaces(loggedIn(owner));
  await stage().app.workspaces.unlinkWorkspace(loggedIn(owner), workspace!.id);
  const gone = /^private: The team that would pay for this task no longer pays for you here, .* in a new thread\.$/;
  expect(shownIn(await ann.press(on('approve', asked), thread))).toMatch(gone);
  expect(shownIn(await ann.press(on('change', asked), thread, { form: { text: 'find me 2 leads' } }))).toMatch(gone);
  expect(shownIn(await ann.press(on('retry', over), thread))).toMatch(gone);
  expect(shownIn(await ann.edit(asked.key, 'find me 30 leads'))).toMatch(gone);
  expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }, { status: 'awaiting_approval' }]);
});

test('changing what was approved meanwhile says that it has started', async () => {
  const { place } = await careful();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  await ann.say('find me 7 leads', thread);
  const asked = await ann.say('find me 20 leads', thread);
  await ann.press(on('approve', asked), thread);
  for (const more of [{}, { form: { text: 'find me 2 leads' } }])
    expect(shownIn(await ann.press(on('change', asked), thread, more))).toBe(
      'private: This task has already started. Cancel it, or send a new request.',
    );
  stage().release();
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

test('a refused form that is told again after its request was removed says that it is gone', async () => {
  const { place } = await careful();
  const [ann, thread, key] = [place.speaker(), place.thread(), newId()];
  const asked = await ann.say('find me 20 leads', thread);
  const press = () => ann.press(on('change', asked), thread, { key, form: { text: 'find me 600 leads' } });
  expect(await press()).toMatchObject({ did: 'refused' });
  await ann.remove(asked.key);
  // Its process died before the answer was kept.
  await stage().core.store.money.query({ text: `DELETE FROM asks WHERE outcome = 'decision' AND key LIKE '%' || $1` }, [key]);
  expect(shownIn(await press())).toMatch(/^private: This request was deleted/);
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
