import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { openBoardStage, headline, boardStage } from '#core/testing/stages/board-stage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { buryForgotten } from './undelivered.ts';
import type { Actor } from '#core/domain/actor.ts';

const HOUR_MS = 60 * 60 * 1000;
const world = forAll(() => openBoardStage({ clock: clockByHand() }));

test('a result that the platform refused says why, can be sent again, and appears once', async () => {
  const { app, owner, people } = world();
  const { thread, taskId } = await undeliverable('closing');
  const [letter] = await ofTask(taskId);
  expect(letter).toMatchObject({
    taskId,
    title: 'find me 4 leads in Miami',
    words: expect.stringContaining('Done: 4 leads'),
    kind: 'result',
    why: { code: 'closed', sentence: 'We may not post there.' },
    mayBePosted: false,
    posts: 1,
    platform: 'board',
    channel: 'closing',
  });
  await people.channel('closing', { closed: false });
  const twice = await Promise.allSettled([app.messages.sendAgain(owner, letter!.id), app.messages.sendAgain(owner, letter!.id)]);
  expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await untilSaid('closing', thread, ['✓ Done: 4 leads'], 2);
  expect(await kindsOfDead(taskId)).toEqual(['accepted']);
  await expect(app.messages.sendAgain(owner, letter!.id)).rejects.toMatchObject({ code: 'letter.under-way' });
  await nothingMore('closing', thread, ['✓ Done: 4 leads'], 2);
});

test('what was posted although nobody knew is found rather than posted again', async () => {
  const { app, core, owner, say } = world();
  const thread = await say('general', 'find me 6 leads in Miami');
  await untilSaid('general', thread, ['… On it', '✓ Done: 6 leads']);
  const letterId = await killSent(thread);
  await app.messages.sendAgain(owner, letterId);
  await vi.waitFor(async () => expect(await stateOf(letterId)).toBe('sent'));
  await nothingMore('general', thread, ['… On it', '✓ Done: 6 leads']);
  expect(await core.store.deadLetters.count(owner.teamId)).toBe(await app.messages.undeliveredCount(owner));
});

test('where nobody may look, a person is told that it could be seen twice, and decides', async () => {
  const { app, owner, people, say, goingOn } = world();
  await people.channel('quiet', { searchable: false });
  await people.next('answer-lost');
  const thread = await say('quiet', 'find me 3 leads in Miami');
  const dead = async () => (await app.messages.undelivered(owner, { limit: 100 })).filter(({ channel }) => channel === 'quiet');
  await goingOn(async () => expect(await dead()).toHaveLength(1));
  const letter = (await dead())[0]!;
  expect(letter).toMatchObject({ kind: 'accepted', why: { code: 'unsure' }, mayBePosted: true });
  await untilSaid('quiet', thread, ['… On it', '✓ Done: 3 leads']);

  await app.messages.sendAgain(owner, letter.id);
  await vi.waitFor(async () => expect(await stateOf(letter.id)).toBe('dead'));
  await nothingMore('quiet', thread, ['… On it', '✓ Done: 3 leads']);

  await app.messages.sendAgain(owner, letter.id, { evenIfTwice: true });
  await untilSaid('quiet', thread, ['… On it', '✓ Done: 3 leads', '… On it', '✓ Done: 9 leads', '… On it']);
});

test('consent to be seen twice holds for one post, and not for what comes after', async () => {
  const { app, owner, people, say, goingOn } = world();
  await people.channel('hushed', { searchable: false });
  await people.next('answer-lost');
  const thread = await say('hushed', 'find me 3 leads in Miami');
  const dead = async () => (await app.messages.undelivered(owner, { limit: 100 })).filter(({ channel }) => channel === 'hushed');
  await goingOn(async () => expect(await dead()).toHaveLength(1));
  const [letter] = await dead();
  await untilSaid('hushed', thread, ['… On it', '✓ Done: 3 leads']);
  await people.next('answer-lost'); // of the look, which is refused anyway
  await people.next('answer-lost');
  await app.messages.sendAgain(owner, letter!.id, { evenIfTwice: true });
  await goingOn(async () => expect(await dead()).toMatchObject([{ mayBePosted: true }]));
  await nothingMore('hushed', thread, ['… On it', '✓ Done: 3 leads', '… On it']);
});

test('a result can be given in a new conversation of the portal instead, once', async () => {
  const { app, owner } = world();
  const { taskId } = await undeliverable('shut');
  const [letter] = await ofTask(taskId);
  const { conversationId } = await app.messages.sendElsewhere(owner, letter!.id, 'web');
  expect((await app.messages.letters(owner, conversationId, 0)).map(({ kind, reply }) => `${kind}: ${reply.fallback}`)).toEqual([
    expect.stringMatching(/^result: Done: 4 leads/),
  ]);
  expect(await app.messages.thread(owner, conversationId)).toBe(`web:${conversationId}`);
  await expect(app.messages.sendElsewhere(owner, letter!.id, 'web')).rejects.toMatchObject({ code: 'letter.under-way' });
  expect(await kindsOfDead(taskId)).toEqual(['accepted']);
});

test('a result can be given in another thread of the team, where it appears once', async () => {
  const { app, owner, say } = world();
  const other = await say('general', 'find me 7 leads in Miami');
  await untilSaid('general', other, ['… On it', '✓ Done: 7 leads']);
  const { taskId } = await undeliverable('barred');
  const [letter] = await ofTask(taskId);
  const place = (await app.messages.placesElsewhere(owner)).find(({ threadRef }) => threadRef === `board:general:${other}`);
  expect(place).toMatchObject({ platform: 'board', channel: 'general', title: 'find me 7 leads in Miami' });
  await app.messages.sendElsewhere(owner, letter!.id, place!.conversationId);
  await untilSaid('general', other, ['… On it', '✓ Done: 7 leads', '✓ Done: 4 leads']);
});

test('what was marked as seen leaves the list and its number', async () => {
  const { app, owner } = world();
  const { taskId } = await undeliverable('locked');
  const before = await app.messages.undeliveredCount(owner);
  const letters = await allOfTask(taskId);
  await app.messages.markUndeliveredSeen(
    owner,
    letters.map(({ id }) => id),
  );
  expect(await app.messages.undeliveredCount(owner)).toBe(before - 2);
  expect(await allOfTask(taskId)).toEqual([]);
});

test('the page of a task sends its answer again, and passes over the first words that it makes needless', async () => {
  const { app, owner, people } = world();
  const { thread, taskId } = await undeliverable('parted');
  await people.channel('parted', { closed: false });
  expect(await app.messages.retryDelivery(owner, taskId)).toEqual({ state: 'sent-again' });
  await untilSaid('parted', thread, ['✓ Done: 4 leads'], 2);
  expect(await allOfTask(taskId)).toEqual([]);
  // People see a post before we have written down that it was sent.
  await vi.waitFor(async () => {
    const { rows } = await world().core.store.money.query(
      { text: `SELECT kind FROM task_events WHERE task_id = $1 AND kind IN ('undelivered', 'sent-again', 'sent') ORDER BY id` },
      [taskId],
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['undelivered', 'undelivered', 'sent-again', 'sent']);
  });
  await expect(app.messages.retryDelivery(owner, taskId)).rejects.toMatchObject({ code: 'letter.delivered' });
});

test('what would have been tried in a while is tried at once when somebody asks for it', async () => {
  const { app, owner, say, setDown, answers, core, goingOn } = await boardStage({ clock: clockByHand() });
  const thread = await say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await answers(thread)).toHaveLength(2));
  await setDown(true);
  const taken = await askInChat({ app, core }, askedBy('ann', 'general', thread, 'find me 5 leads in Miami'));
  await goingOn(async () => {
    const { rows } = await core.store.money.query<{ tries: number }>({ text: `SELECT max(tries) AS tries FROM letters` }, []);
    expect(rows[0]!.tries).toBeGreaterThan(2);
  });
  await core.store.money.query({ text: `UPDATE letters SET next_at = next_at + interval '1 h' WHERE state = 'planned'` }, []);
  await setDown(false);
  expect(await app.messages.retryDelivery(owner, taken.kind === 'task' ? taken.taskId : '')).toEqual({ state: 'trying' });
  await vi.waitFor(async () => expect(await answers(thread)).toHaveLength(4));
});

test('a letter has another day once it was sent again, however old it is', async () => {
  const clock = clockByHand();
  const { app, owner, say, people, core } = await boardStage({ clock });
  await people.channel('slow');
  const thread = await say('slow', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await people.messages('slow', thread)).toHaveLength(3));
  await people.channel('slow', { closed: true });
  await askInChat({ app, core }, askedBy('ann', 'slow', thread, 'find me 4 leads'));
  await vi.waitFor(async () => expect(await app.messages.undeliveredCount(owner)).toBe(2));
  clock.forward(50 * HOUR_MS);
  await people.channel('slow', { closed: false });
  const [letter] = await app.messages.undelivered(owner, { limit: 1 });
  await app.messages.sendAgain(owner, letter!.id);
  await vi.waitFor(async () => expect((await people.messages('slow', thread)).at(-1)?.text).toContain('Done: 4 leads'));
  expect(await core.store.deadLetters.count(owner.teamId)).toBe(1);
});

test('an answer on a platform where nobody speaks any more becomes undelivered after a day', async () => {
  const clock = clockByHand();
  const { app, core, person } = await boardStage({ clock });
  const ada = await person();
  const taken = await app.tasks.ask({
    ...askedBy('ann', 'general', '1', 'find me 3 leads'),
    key: `gone:${newId()}`,
    threadRef: 'pigeon:post:1' as never,
    from: { kind: 'user', userId: ada.userId, teamId: ada.teamId },
  });
  await ada.untilOver(taken);
  await buryForgotten(core);
  expect(await app.messages.undeliveredCount(ada)).toBe(0);
  clock.forward(26 * HOUR_MS);
  await buryForgotten(core);
  expect(await app.messages.undelivered(ada, { limit: 10 })).toMatchObject([
    { why: { code: 'disconnected' } },
    { why: { code: 'disconnected' } },
  ]);
});

test('pages of undelivered results follow one another without a gap', async () => {
  const { app, owner } = world();
  await undeliverable('paged');
  const all = await app.messages.undelivered(owner, { limit: 100 });
  expect(all.length).toBeGreaterThan(2);
  const first = await app.messages.undelivered(owner, { limit: 2 });
  const rest = await app.messages.undelivered(owner, { limit: 100, before: first[1]!.cursor });
  expect([...first, ...rest]).toEqual(all);
  await expect(app.messages.undelivered(owner, { limit: 2, before: 'nonsense' })).rejects.toMatchObject({ code: 'request.invalid' });
});

test('nobody of another team sees or moves an undelivered result, and a guest may not', async () => {
  const { app, owner, person } = world();
  const { taskId } = await undeliverable('foreign');
  const [letter] = await ofTask(taskId);
  const stranger = await person();
  expect(await app.messages.undelivered(stranger, { limit: 100 })).toEqual([]);
  expect(await app.messages.undeliveredCount(stranger)).toBe(0);
  for (const attempt of [
    () => app.messages.sendAgain(stranger, letter!.id),
    () => app.messages.sendElsewhere(stranger, letter!.id, 'web'),
    () => app.messages.sendAgain(owner, newId()),
    () => app.messages.sendAgain(owner, 'nonsense'),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'letter.not-found' });
  await expect(app.messages.retryDelivery(stranger, taskId)).rejects.toMatchObject({ code: 'task.not-found' });
  const strangersPlace = await app.tasks.ask(webAsk(stranger));
  await expect(app.messages.sendElsewhere(owner, letter!.id, strangersPlace.conversationId!)).rejects.toMatchObject({
    code: 'conversation.not-found',
  });
  await app.messages.markUndeliveredSeen(stranger, [letter!.id]);
  expect(await ofTask(taskId)).toEqual([letter]);

  const guest: Actor = { ...owner, role: 'guest' };
  expect(await app.messages.undeliveredCount(guest)).toBe(0);
  for (const attempt of [
    () => app.messages.undelivered(guest, { limit: 1 }),
    () => app.messages.sendAgain(guest, letter!.id),
    () => app.messages.sendElsewhere(guest, letter!.id, 'web'),
    () => app.messages.placesElsewhere(guest),
    () => app.messages.markUndeliveredSeen(guest, [letter!.id]),
    () => app.messages.retryDelivery(guest, taskId),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'not.allowed' });
});

/** A task whose first words and result were both refused, in a channel that was closed meanwhile. */
async function undeliverable(channel: string) {
  const { say, people } = world();
  await people.channel(channel);
  const thread = await say(channel, 'find me 3 leads in Miami');
  await untilSaid(channel, thread, ['… On it', '✓ Done: 3 leads']);
  await people.channel(channel, { closed: true });
  const taken = await askInChat(world(), askedBy('ann', channel, thread, 'find me 4 leads in Miami'));
  const taskId = taken.kind === 'task' ? taken.taskId : '';
  await vi.waitFor(async () => expect(await allOfTask(taskId)).toHaveLength(2));
  return { thread, taskId };
}

async function allOfTask(taskId: string) {
  return (await world().app.messages.undelivered(world().owner, { limit: 100 })).filter((letter) => letter.taskId === taskId);
}

/** Its result. */
async function ofTask(taskId: string) {
  return (await allOfTask(taskId)).filter(({ kind }) => kind === 'result');
}

async function kindsOfDead(taskId: string) {
  return (await allOfTask(taskId)).map(({ kind }) => kind);
}

/** We forget that the result was posted, as after a crash in the worst moment, and give it up. */
async function killSent(thread: string): Promise<string> {
  const { core } = world();
  // People see a post before we have written down that it was sent.
  return vi.waitFor(async () => {
    const { rows } = await core.store.money.query<{ id: string }>(
      {
        text: `WITH dead AS (
            UPDATE letters l SET state = 'dead', message_ref = NULL, sent_at = NULL FROM conversations c
            WHERE c.id = l.conversation_id AND c.thread_ref = $1 AND l.saying ->> 'kind' = 'result' AND l.state = 'sent'
            RETURNING l.id, c.team_id
          ) INSERT INTO dead_letters SELECT id, team_id, 'too-late', true, now() FROM dead RETURNING letter_id AS id`,
      },
      [`board:general:${thread}`],
    );
    expect(rows).toHaveLength(1);
    return rows[0]!.id;
  });
}

async function stateOf(letterId: string) {
  const { rows } = await world().core.store.money.query<{ state: string }>({ text: 'SELECT state FROM letters WHERE id = $1' }, [letterId]);
  return rows[0]!.state;
}

/** What we posted in a thread; `from` leaves out the first answers, which were posted before the channel was closed. */
async function shown(channel: string, thread: string, from: number) {
  const posts = await world().people.messages(channel, thread);
  return posts
    .filter(({ from: person }) => person === null)
    .slice(from)
    .map(({ text, first = text }) => headline(first));
}

async function untilSaid(channel: string, thread: string, lines: readonly string[], from = 0) {
  await world().goingOn(async () => expect(await shown(channel, thread, from)).toEqual(lines));
}

/** What is said afterwards in the same thread comes without anything in between. */
async function nothingMore(channel: string, thread: string, lines: readonly string[], from = 0) {
  await world().say(channel, 'find me 9 leads in Miami', thread);
  await untilSaid(channel, thread, [...lines, '… On it', '✓ Done: 9 leads'], from);
}

function askedBy(externalId: string, channel: string, thread: string, text: string) {
  return {
    key: `board:${newId()}`,
    threadRef: `board:${channel}:${thread}`,
    workspace: 'board',
    channel,
    from: { externalId, displayName: 'Ann' },
    text,
    at: new Date(),
  } as const;
}

function webAsk({ userId, teamId }: Actor) {
  return {
    key: `web:${newId()}`,
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId, teamId },
    text: 'find me 3 leads',
    at: new Date(),
  } as const;
}
