// Commands of a chat: what they show is for one person alone.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { linksIn, openChatStage, shownIn } from '#core/testing/stages/chat-stage.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openChatStage());

async function linked(amount = 500) {
  const owner = await stage().person(amount);
  return { owner, place: await stage().workspace(owner) };
}

function linksOf(answer: { show: unknown }) {
  return linksIn((answer.show as { reply: never }).reply);
}

test('balance, help, settings and what nobody knows are answered privately', async () => {
  const { place } = await linked();
  const ann = place.speaker();
  expect(shownIn(await ann.command('balance'))).toBe('private: 500 credits to spend.');
  expect(shownIn(await ann.command('help'))).toMatch(/^private: Say what you need/);
  expect(shownIn(await ann.command('dance'))).toMatch(/^private: Say what you need/);
  expect(shownIn(await ann.command('ask'))).toMatch(/^private: Say what you need/);
  expect(shownIn(await ann.command('buy'))).toMatch(/^private: Get credits/);
  expect(shownIn(await ann.command('settings'))).toMatch(/^private: Settings/);
});

test('the balance is what the person can spend: where a limit leaves less than the team has, that is what is said', async () => {
  const { owner, place } = await linked();
  const limit = { kind: 'workspace-person', subject: `chat:${place.id}`, credits: '30000000', period: 'day', timeZone: 'UTC' } as const;
  await stage().app.credits.setLimit(loggedIn(owner), limit);
  const ann = place.speaker();
  expect(shownIn(await ann.command('balance'))).toBe('private: 30 credits to spend.');
  await ann.say('find me 7 leads', place.thread());
  expect(shownIn(await ann.command('balance'))).toBe('private: 23 credits to spend.');
  expect(shownIn(await place.speaker('bob').command('balance'))).toBe('private: 30 credits to spend.');
});

test('history shows a person what they asked for, and nothing of others', async () => {
  const { place } = await linked();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 3 leads in Zanzibar', thread);
  const shown = await ann.command('history');
  expect(shownIn(shown)).toBe('private: Your last task.');
  expect(JSON.stringify(shown.show)).toContain('Zanzibar');
  expect(shownIn(await bob.command('history'))).toBe('private: No tasks yet.');
});

test('ask takes a request, once for each command', async () => {
  const { owner, place } = await linked();
  const [ann, key, threadRef] = [place.speaker(), newId(), place.thread()];
  const asked = await ann.command('ask', { key, text: 'find me 3 leads', threadRef });
  expect(asked).toMatchObject({ outcome: 'task', show: { kind: 'thread' } });
  expect(await ann.command('ask', { key, text: 'find me 3 leads', threadRef })).toMatchObject({ repeated: true, taskId: asked.taskId });
  expect((await owner.ledger()).filter((line) => line.startsWith('hold'))).toEqual(['hold 3']);
});

test('a request by command has the type that was chosen, and the files that came with it', async () => {
  const { owner, place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const { taskId } = await ann.command('ask', { text: 'find me 3 leads', type: 'research', threadRef: thread });
  expect(await stage().core.store.tasks.find(owner.teamId, taskId!)).toMatchObject({ type: 'research', requestText: 'find me 3 leads' });
  // Nobody fetches files of this platform.
  const files = [{ kind: 'remote', name: 'list.csv', mime: 'text/csv', sizeBytes: 10, ref: 'F1' } as const];
  expect(await ann.command('ask', { text: 'find me 3 leads', files })).toMatchObject({ refused: { code: 'files.not-fetched' } });
  // Files alone are a request too, and not a question for help.
  expect(await ann.command('ask', { files })).toMatchObject({ outcome: 'refused' });
});

test('link gives a link to the account’s person; who administers the workspace gets one for it, while it is linked to nobody', async () => {
  const { place } = await linked();
  const open = await stage().workspace();
  expect(Object.keys(linksOf(await place.speaker().command('link')))).toEqual(['Link account']);
  expect(Object.keys(linksOf(await place.speaker('boss', { administers: true }).command('link')))).toEqual(['Link account']);
  const key = newId();
  const boss = open.speaker('boss', { administers: true });
  const links = linksOf(await boss.command('link', { key }));
  expect(Object.keys(links)).toEqual(['Link account', 'Link workspace']);
  // Both open, and what is stored of the command opens nothing.
  const person = await stage().person();
  for (const url of Object.values(links))
    expect(await stage().app.workspaces.lookAtLink(person, url.split('/').at(-1)!)).toMatchObject({ state: 'free' });
  const { rows } = await stage().core.store.money.query<{ answer: object }>({ text: 'SELECT answer FROM asks WHERE key = $1' }, [
    `command:${key}`,
  ]);
  expect(JSON.stringify(rows)).not.toContain('http');
  await boss.link(person);
  const again = await boss.command('link');
  expect(shownIn(again)).toMatch(/^private: Your account is linked/);
  expect(Object.keys(linksOf(again))).toEqual(['Link workspace']);
});

test('offering links leaves nothing behind in the process, however often somebody asks for one', async () => {
  const open = await stage().workspace();
  const listeners = vi.spyOn(stage().core.store.wakeups, 'on');
  const ann = open.speaker();
  for (let i = 0; i < 3; i++) expect(Object.keys(linksOf(await ann.command('link')))).toEqual(['Link account']);
  expect(listeners).not.toHaveBeenCalled();
  listeners.mockRestore();
});

test('privacy gives a link that erases what we know of the account', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  expect(shownIn(await ann.command('privacy'))).toMatch(/no requests/);
  await ann.say('find me 3 leads', thread);
  const url = linksOf(await ann.command('privacy'))['Erase my data']!;
  expect(await stage().app.privacy.lookAtErasure(url.split('/').at(-1)!)).toMatchObject({ platform: 'chat', tasks: 1 });
});

test('cancel ends what the person asked for in the thread, or without one their newest task, and nothing of others', async () => {
  const { place } = await linked();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 7 leads', thread);
  await bob.say('find me 3 leads', thread);
  await vi.waitFor(async () => expect((await place.tasks(thread))[0]).toMatchObject({ status: 'processing' }));
  expect(await bob.command('cancel', { threadRef: thread })).toMatchObject({ did: 'canceled' });
  expect(shownIn(await place.speaker('zoe').command('cancel', { threadRef: thread }))).toBe('private: Nothing to stop');
  expect(await ann.command('cancel')).toMatchObject({ did: 'stopping' });
  stage().release();
});

test('where nobody pays, balance and history offer a link', async () => {
  const open = await stage().workspace();
  expect(Object.keys(linksOf(await open.speaker().command('balance')))).toEqual(['Link account']);
  expect(shownIn(await open.speaker().command('history'))).toMatch(/^private: No team pays/);
});
