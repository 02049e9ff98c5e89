// What the portal shows of work, over a real product with agents that do what the words of a request say.

import { text as wholeText } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { newId, type FileId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done, fileOf, someUsage } from '#core/testing/stages/agents-that.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import type { TaskLine } from './history.ts';
import type { Actor } from '#core/domain/actor.ts';

const agents = agentsThat(async ({ message }, watch, signal) => {
  if (message.includes('broken')) return { kind: 'failed', reason: 'told to', usage: someUsage };
  watch.step({ id: 'look', title: 'Looking around', state: 'running' });
  if (message.includes('slowly') && !signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  watch.step({ id: 'look', title: 'Looking around', state: 'done' });
  return done('Here they are.', [csvOf('leads.csv', 3), fileOf('notes.md', '# Notes for Ada')]);
});
const stage = forAll(() => openStage({ agents }));

test('before anything is asked, a person reads what it would cost, why, and whether there is enough', async () => {
  const { app } = stage();
  const ada = await stage().person(100);
  expect(await app.tasks.estimate(ada, { text: 'find me 50 leads in Miami' })).toMatchObject({
    type: 'lead-generation',
    because: expect.stringContaining('leads'),
    high: '50000000',
    available: '100000000',
    enough: true,
    refused: null,
  });
  expect(await app.tasks.estimate(ada, { text: 'find me leads in Miami' })).toMatchObject({
    quantity: { count: 25, unit: 'leads', stated: false },
  });
  expect(await app.tasks.estimate(ada, { text: 'find me 500 leads' })).toMatchObject({ enough: false, refused: { code: 'credits.short' } });
  expect(await app.tasks.estimate(ada, { text: 'something', type: 'magic' })).toMatchObject({ refused: { code: 'type.unknown' } });
  expect(await app.tasks.estimate(ada, { text: '  ' })).toMatchObject({ refused: { code: 'ask.empty' } });
  expect(await app.credits.balance(ada)).toMatchObject({ available: '100000000', inUse: '0' });
});

test('the history is narrowed down by words, state, kind, place and person, and by all of them together', async () => {
  const { app } = stage();
  const [ada, ben] = await team();
  await over(ada, 'find me 3 leads in Miami');
  await over(ada, 'write a 100% honest blog post about tea_time');
  await over(ben, 'find me 3 broken leads');
  const titles = async (filter: Parameters<typeof app.tasks.list>[1]) =>
    (await app.tasks.list(ada, filter)).tasks.map(({ title }) => title);
  const all = { limit: 10 };
  expect(await titles(all)).toEqual(['find me 3 broken leads', 'write a 100% honest blog post about tea_time', 'find me 3 leads in Miami']);
  expect(await titles({ ...all, search: 'MIAMI' })).toEqual(['find me 3 leads in Miami']);
  expect(await titles({ ...all, search: '100%' })).toHaveLength(1);
  expect(await titles({ ...all, search: '%' })).toHaveLength(1);
  expect(await titles({ ...all, search: 't_tea' })).toEqual([]);
  expect(await titles({ ...all, status: 'failed' })).toEqual(['find me 3 broken leads']);
  expect(await titles({ ...all, type: 'content-creation' })).toHaveLength(1);
  expect(await titles({ ...all, platform: 'web' })).toHaveLength(3);
  expect(await titles({ ...all, platform: 'slack' })).toEqual([]);
  expect(await titles({ ...all, person: `user:${ben.userId}` })).toEqual(['find me 3 broken leads']);
  expect(await titles({ ...all, person: `user:${ada.userId}`, type: 'lead-generation', search: 'find' })).toEqual([
    'find me 3 leads in Miami',
  ]);
  for (const person of ['user:x', 'nobody', `team:${ada.teamId}`, ':']) expect(await titles({ ...all, person })).toEqual([]);
  expect((await app.tasks.people(ada)).map(({ key }) => key).toSorted()).toEqual([`user:${ada.userId}`, `user:${ben.userId}`].toSorted());
});

test('page by page every task of a team is shown once, newest first, however many were asked for at one instant', async () => {
  const { app, core } = stage();
  const [ada] = await team();
  for (let n = 1; n <= 7; n++) await over(ada, `find me ${n} leads`);
  const at = new Date('2026-11-01T00:00:00Z');
  await core.store.money.query({ text: 'UPDATE tasks SET created_at = $2 WHERE team_id = $1' }, [ada.teamId, at]);
  const seen: TaskLine[] = [];
  let before: string | undefined;
  do {
    const { tasks, next } = await app.tasks.list(ada, { limit: 3, ...(before !== undefined && { before }) });
    seen.push(...tasks);
    before = next ?? undefined;
  } while (before !== undefined);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(7);
  expect(seen).toHaveLength(7);
  await expect(app.tasks.list(ada, { limit: 3, before: 'soon' })).rejects.toMatchObject({ code: 'request.invalid' });
});

test('a line of the history says what was used, or what is set aside while it runs', async () => {
  const { app } = stage();
  const [ada] = await team();
  await over(ada, 'find me 3 leads');
  const running = await ask(ada, 'find me 4 leads slowly');
  const lines = async () =>
    (await app.tasks.list(ada, { limit: 5 })).tasks.map(({ creditsUsed, creditsHeld }) => [creditsUsed, creditsHeld]);
  expect(await lines()).toEqual([
    [0, 4],
    [3, 0],
  ]);
  await app.tasks.cancel(ada, running);
  await untilOver(ada, running);
  expect((await lines())[0]![1]).toBe(0);
});

test('a conversation shows its asks in order, with who asked and the steps of what is under way', async () => {
  const { app } = stage();
  const [ada, ben] = await team();
  const conversation = newId();
  await over(ada, 'find me 3 leads', conversation);
  const running = await ask(ben, 'find me 4 leads slowly', conversation);
  const { conversationId } = await app.tasks.get(ada, running);
  const shown = await vi.waitFor(async () => {
    const view = await app.messages.conversation(ada, conversationId);
    expect(view.turns[1]!.steps).toEqual([{ id: 'look', title: 'Looking around', state: 'running' }]);
    return view;
  });
  expect(shown.turns.map(({ isMine, task }) => [isMine, task.title])).toEqual([
    [true, 'find me 3 leads'],
    [false, 'find me 4 leads slowly'],
  ]);
  expect(shown).toMatchObject({ platform: 'web', canFollowUp: true });
  expect((await app.messages.conversation({ ...ada, role: 'guest' }, conversationId)).canFollowUp).toBe(false);
  await app.tasks.cancel(ben, running);
  await untilOver(ben, running);
});

test('everything about a task: who and where, what happened when, and what it cost down to what came back', async () => {
  const { app } = stage();
  const [ada] = await team();
  const details = await app.tasks.details(ada, await over(ada, 'find me 5 leads in Miami'));
  expect(details).toMatchObject({
    platform: 'web',
    where: null,
    isMine: true,
    attempts: 1,
    cost: { held: 5, used: 3, returned: 2, rate: 'Charged by what is delivered: 1 credit per lead.' },
    steps: [{ title: 'Looking around', state: 'done' }],
    feedback: null,
  });
  expect(details.timeline.map(({ kind }) => kind)).toEqual(['accepted', 'started', 'step', 'completed']);
  expect(details.timeline.map(({ at }) => at)).toEqual(details.timeline.map(({ at }) => at).toSorted());
});

test('a task is shown whole while some other transaction of the database is still open', async () => {
  const { app, core } = stage();
  const ada = await stage().person(100);
  await core.store.money.transaction(async (client) => {
    await client.query('SELECT pg_current_xact_id()');
    const details = await app.tasks.details(ada, await over(ada, 'find me 5 leads in Miami'));
    expect(details.timeline.length).toBeGreaterThan(2);
    expect(details.cost).toMatchObject({ held: 5, used: 3, returned: 2 });
  });
});

test('a person says what they think of a result, changes their mind, and not before there is one', async () => {
  const { app } = stage();
  const [ada, ben] = await team();
  const task = await over(ada, 'find me 3 leads');
  await app.tasks.feedback(ada, task, 'bad', 'All of them\u0000 were dentists');
  await app.tasks.feedback(ada, task, 'good');
  await app.tasks.feedback(ben, task, 'bad');
  expect((await app.tasks.details(ada, task)).feedback).toBe('good');
  expect((await app.tasks.details(ben, task)).feedback).toBe('bad');
  const running = await ask(ada, 'find me 4 leads slowly');
  await expect(app.tasks.feedback(ada, running, 'good')).rejects.toMatchObject({ code: 'task.running' });
  await app.tasks.cancel(ada, running);
  await untilOver(ada, running);
});

test('a file is opened by its task, as what it can be shown as', async () => {
  const { app } = stage();
  const [ada] = await team();
  const task = await over(ada, 'find me 3 leads');
  const files = (await app.tasks.get(ada, task)).files;
  const notes = await app.files.open(ada, task, files.find(({ name }) => name === 'notes.md')!.id);
  expect(notes).toMatchObject({ name: 'notes.md', shownAs: 'text' });
  expect(await wholeText(await notes.read(AbortSignal.timeout(10_000)))).toBe('# Notes for Ada');
});

test('what is not there, what is somebody else’s and what belongs to another task are one answer', async () => {
  const { app, core } = stage();
  const [ada] = await team();
  const eve = await stage().person(10);
  const [task, other] = [await over(ada, 'find me 3 leads'), await over(ada, 'find me 2 leads')];
  const { id: file } = (await app.tasks.get(ada, task)).files[0]!;
  const { conversationId } = await app.tasks.get(ada, task);
  const notFound = { code: 'task.not-found' };
  for (const [who, taskId, fileId] of [
    [eve, task, file],
    [ada, other, file],
    [ada, task, newId<FileId>()],
    [ada, task, '../../etc/passwd'],
    [ada, 'x', file],
  ] as const)
    await expect(app.files.open(who, taskId, fileId)).rejects.toMatchObject(notFound);
  await expect(app.tasks.details(eve, task)).rejects.toMatchObject(notFound);
  await expect(app.tasks.feedback(eve, task, 'bad')).rejects.toMatchObject(notFound);
  await expect(app.messages.conversation(eve, conversationId)).rejects.toMatchObject({ code: 'conversation.not-found' });
  expect((await app.tasks.list(eve, { limit: 10, before: task })).tasks).toEqual([]);
  expect((await app.tasks.list(eve, { limit: 10, person: `user:${ada.userId}` })).tasks).toEqual([]);

  await core.store.files.markRemoved([file], core.clock.now());
  await expect(app.files.open(ada, task, file)).rejects.toMatchObject({ code: 'file.gone' });
});

// --- The people.

async function team(): Promise<[Person & Actor, Person & Actor]> {
  const { person, core } = stage();
  const people = [await person(0), await person(0)] as const;
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [people[0], 'owner'],
      [people[1], 'member'],
    ],
    500,
  );
  return [
    { ...people[0], ...actors[0] },
    { ...people[1], ...actors[1] },
  ];
}

async function ask(actor: Actor, text: string, conversation: string = newId()): Promise<string> {
  const taken = await stage().app.tasks.ask({
    key: `test:${newId()}`,
    threadRef: `web:${conversation}`,
    from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
    text,
    at: new Date(),
  });
  if (taken.kind === 'refused') throw new Error(`refused: ${taken.refused.code}`);
  return taken.taskId;
}

async function over(actor: Actor, text: string, conversation?: string): Promise<string> {
  const task = await ask(actor, text, conversation);
  await untilOver(actor, task);
  return task;
}

async function untilOver(actor: Actor, task: string): Promise<void> {
  await vi.waitFor(async () => expect((await stage().app.tasks.get(actor, task)).over).toBe(true));
}
