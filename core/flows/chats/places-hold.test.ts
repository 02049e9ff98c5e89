// The rules of a channel: what it takes without a mention, whether it is muted, and who may ask there.

import { expect, test, vi } from 'vitest';
import { choiceId } from '#core/domain/messages/choice.ts';
import { openChatStage, shownIn } from '#core/testing/stages/chat-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openChatStage());

async function linked(confirmAbove: bigint | null = null) {
  const owner = await stage().person(500);
  const place = await stage().workspace(owner);
  await stage().core.store.money.query({ text: 'UPDATE teams SET confirm_above = $2 WHERE id = $1' }, [owner.teamId, confirmAbove]);
  return { owner, place };
}

const inThread = { how: 'thread' } as const;

test('a channel may take every message of our threads, or every message', async () => {
  const { place } = await linked();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 3 leads', thread);
  await place.rule({ answers: 'thread' });
  expect(await bob.say('find me 2 leads', thread, inThread)).toMatchObject({ outcome: 'task' });
  const elsewhere = place.thread();
  expect(await bob.say('find me 2 leads', elsewhere, inThread)).toMatchObject({ outcome: 'ignored' });
  await place.rule({ answers: 'always' });
  expect(await bob.say('find me 2 leads', elsewhere, inThread)).toMatchObject({ outcome: 'task' });
});

test.each(['channel', 'thread'] as const)('a muted %s takes no follow-up, and still what mentions us or is a command', async (muted) => {
  const { owner, place } = await linked();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  await ann.say('find me 3 leads', thread);
  await place.rule({ answers: 'always' });
  await place.rule({ muted: true }, muted === 'thread' ? thread : undefined);
  expect(await ann.say('find me 4 leads', thread, inThread)).toMatchObject({ outcome: 'ignored', show: { kind: 'nothing' } });
  const holds = async () => (await owner.ledger()).filter((line) => line.startsWith('hold'));
  expect(await holds()).toEqual(['hold 3']);
  expect(await ann.say('find me 5 leads', thread)).toMatchObject({ outcome: 'task' });
  expect(await ann.command('ask', { text: 'find me 6 leads', threadRef: thread })).toMatchObject({ outcome: 'task' });
  // One muted thread leaves the others as they are.
  expect(await ann.say('find me 8 leads', place.thread(), inThread)).toMatchObject({ outcome: muted === 'thread' ? 'task' : 'ignored' });
  await place.rule({ muted: false }, muted === 'thread' ? thread : undefined);
  expect(await ann.say('find me 9 leads', thread, inThread)).toMatchObject({ outcome: 'task' });
});

test('a channel allows guests where its workspace does not, or keeps them out where it does', async () => {
  const { place } = await linked();
  const guest = place.speaker('gil', { isGuest: true });
  await place.rule({ guestsMayAsk: true });
  expect(await guest.say('find me 3 leads', place.thread())).toMatchObject({ outcome: 'task' });
  await stage().core.store.money.query({ text: 'UPDATE workspaces SET guests_may_ask = true WHERE external_id = $1' }, [place.id]);
  await place.rule({ guestsMayAsk: false });
  expect(await guest.say('find me 3 leads', place.thread())).toMatchObject({ refused: { code: 'guests.not-allowed' } });
  await place.rule({ guestsMayAsk: null });
  expect(await guest.say('find me 3 leads', place.thread())).toMatchObject({ outcome: 'task' });
});

test('only who has one of a channel’s roles spends there, by what they say, type or press, and others are told privately how to', async () => {
  const { owner, place } = await linked(10_000_000n);
  const thread = place.thread();
  const [ann, buyer] = [place.speaker('ann'), place.speaker('ann', { roles: ['R2', 'R9'] })];
  const asked = await ann.say('find me 20 leads', thread);
  await place.rule({ roles: ['R1', 'R2'] });
  for (const heard of [await ann.say('find me 3 leads', thread), await ann.command('ask', { text: 'find me 3 leads' })]) {
    expect(heard).toMatchObject({ outcome: 'refused', refused: { code: 'roles.not-allowed' } });
    expect(shownIn(heard)).toMatch(/^private: Only people with certain roles .* in another channel\.$/);
  }
  const approve = choiceId('approve', asked.taskId!);
  expect(shownIn(await ann.press(approve, thread))).toMatch(/^private: Only people with certain roles/);
  expect(shownIn(await ann.press(choiceId('change', asked.taskId!), thread, { form: { text: 'find me 2 leads' } }))).toMatch(
    /^private: Only people with certain roles/,
  );
  expect(await owner.ledger()).toEqual(['grant 500']);
  // What takes nothing from anybody is theirs to do, as is their balance to see.
  expect(shownIn(await ann.command('balance'))).toBe('private: 500 credits to spend.');
  expect(await buyer.press(approve, thread)).toMatchObject({ did: 'approved' });
  await vi.waitFor(async () => expect((await place.tasks(thread))[0]).toMatchObject({ status: 'completed' }));
  await ann.press(choiceId('cancel', (await buyer.say('find me 30 leads', thread)).taskId!), thread);
  expect((await place.tasks(thread)).at(-1)).toMatchObject({ status: 'canceled' });
  expect(shownIn(await ann.press(choiceId('retry', asked.taskId!), thread))).toMatch(/^private: Only people with certain roles/);
});

test('where a workspace is open only in listed channels, nobody spends elsewhere by any gesture, and each is told privately where to', async () => {
  const { owner, place } = await linked(10_000_000n);
  const thread = place.thread();
  const ann = place.speaker('ann');
  const asked = await ann.say('find me 20 leads', thread);
  await place.ruleAll({ onlyListed: true });
  const elsewhere = { ...place.named, ref: `chat:${place.id}:C2` };
  const hidden = { ...place.named, ref: `chat:${place.id}:C3`, name: '#secret', private: true };
  for (const each of [elsewhere, hidden]) await stage().app.workspaces.rulePlace(each, { open: true });
  const told = 'private: Tasks can’t be started in this channel, only in #leads. Start the task there.';
  const said = await ann.say('find me 3 leads', thread);
  expect(said).toMatchObject({ outcome: 'refused', refused: { code: 'place.not-allowed' } });
  expect(shownIn(said)).toBe(told);
  expect(await ann.say('find me 3 leads', thread, { key: said.key })).toMatchObject({
    repeated: true,
    refused: { code: 'place.not-allowed' },
  });
  expect(shownIn(await ann.command('ask', { text: 'find me 3 leads' }))).toBe(told);
  for (const [act, more] of [['approve'], ['change', { form: { text: 'find me 2 leads' } }]] as const)
    expect(shownIn(await ann.press(choiceId(act, asked.taskId!), thread, more))).toBe(told);
  expect(shownIn(await ann.edit(asked.key, 'find me 30 leads', new Date(stage().clock.now().getTime() + 1)))).toBe(told);
  // Follow-ups are not for us there, so nobody is told anything.
  await place.rule({ answers: 'always' });
  expect(await ann.say('find me 4 leads', thread, inThread)).toMatchObject({ outcome: 'ignored', show: { kind: 'nothing' } });
  expect(await owner.ledger()).toEqual(['grant 500']);
  // What spends nothing goes on.
  expect(shownIn(await ann.command('balance'))).toBe('private: 500 credits to spend.');
  const there = { channel: elsewhere.ref };
  expect(await ann.say('find me 3 leads', `chat:${place.id}:C2:1`, there)).toMatchObject({ outcome: 'task' });
  await place.rule({ open: true });
  expect(await ann.press(choiceId('approve', asked.taskId!), thread)).toMatchObject({ did: 'approved' });
});

test('direct messages are closed with the channels unless they are listed too, and the page of the app says where to ask', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker('ann'), `chat:${place.id}:D1:1`];
  const direct = { how: 'direct', channel: `chat:${place.id}:D1` } as const;
  const home = async () => JSON.stringify(await stage().app.chats.home(ann.speaker));
  await place.ruleAll({ onlyListed: true });
  expect(shownIn(await ann.say('find me 3 leads', thread, direct))).toBe(
    'private: Tasks can’t be started in this channel. Ask an admin of the workspace where you can start tasks.',
  );
  expect(await home()).toContain('in a channel where this workspace allows it.');
  await stage().app.workspaces.rulePlace({ ...place.named, ref: `chat:${place.id}:C1` }, { open: true });
  await place.ruleAll({ open: true });
  expect(await home()).toContain('in #leads, or send a direct message.');
  expect(await ann.say('find me 3 leads', thread, direct)).toMatchObject({ outcome: 'task' });
  expect(await ann.command('ask', { text: 'find me 4 leads', threadRef: thread, channel: direct.channel, direct: true })).toMatchObject({
    outcome: 'task',
  });
});

test('roles of a whole workspace hold in each of its channels that has none of its own', async () => {
  const { place } = await linked();
  const [ann, buyer] = [place.speaker('ann'), place.speaker('ann', { roles: ['R1'] })];
  await place.ruleAll({ roles: ['R1'] });
  expect(await ann.say('find me 3 leads', place.thread())).toMatchObject({ refused: { code: 'roles.not-allowed' } });
  expect(await buyer.say('find me 3 leads', place.thread())).toMatchObject({ outcome: 'task' });
  await place.rule({ roles: ['R2'] });
  expect(await buyer.say('find me 3 leads', place.thread())).toMatchObject({ refused: { code: 'roles.not-allowed' } });
});

test('an edit is judged by the rules of its channel when it comes: who may not ask there changes nothing', async () => {
  const { owner, place } = await linked(10_000_000n);
  const thread = place.thread();
  const [ann, buyer] = [place.speaker('ann'), place.speaker('ann', { roles: ['R2'] })];
  const asked = await ann.say('find me 20 leads', thread);
  await place.rule({ roles: ['R1', 'R2'] });
  const at = stage().clock.now().getTime();
  expect(shownIn(await ann.edit(asked.key, 'find me 30 leads', new Date(at + 1)))).toMatch(/^private: Only people with certain roles/);
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval', text: 'find me 20 leads' }]);
  expect(await buyer.edit(asked.key, 'find me 40 leads', new Date(at + 2))).toMatchObject({ outcome: 'approval' });
  expect((await place.tasks(thread)).map(({ status, text }) => [status, text])).toEqual([
    ['canceled', 'find me 20 leads'],
    ['awaiting_approval', 'find me 40 leads'],
  ]);
  expect(await owner.ledger()).toEqual(['grant 500']);
});

test('where a conversation is held with one person alone, a press in it is judged by the channel that it came from', async () => {
  const { owner, place } = await linked(10_000_000n);
  const [threadRef, channel] = [`chat:${place.id}:@ann:1`, `chat:${place.id}:C1`];
  const [ann, buyer] = [place.speaker('ann'), place.speaker('ann', { roles: ['R1'] })];
  const { taskId } = await ann.command('ask', { text: 'find me 20 leads', threadRef, channel });
  await place.rule({ roles: ['R1'] });
  const approve = choiceId('approve', taskId!);
  expect(shownIn(await ann.press(approve, threadRef, { channel }))).toMatch(/^private: Only people with certain roles/);
  expect(await owner.ledger()).toEqual(['grant 500']);
  await expect(ann.press(approve, threadRef, { channel: 'chat:W-other:C1' })).rejects.toMatchObject({ code: 'request.invalid' });
  expect(await buyer.press(approve, threadRef, { channel })).toMatchObject({ did: 'approved' });
});

test('judging a message by its channel costs no further statement', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  await ann.say('find me 3 leads', thread);
  await place.rule({ answers: 'thread', roles: ['R1'], muted: true });
  const { money } = stage().core.store;
  const asked = vi.spyOn(money, 'query');
  try {
    await ann.say('find me 4 leads', thread);
    const texts = asked.mock.calls.map(([statement]) => statement.text);
    expect(texts.filter((text) => /chat_look|places|keep_outcomes/.test(text))).toEqual([
      expect.stringContaining('chat_look'),
      expect.stringContaining('keep_outcomes'),
    ]);
  } finally {
    asked.mockRestore();
  }
});
