// The platform tells us of our own posts, and that settles what became of a letter.

import { expect, test, vi } from 'vitest';
import { board } from '#bots/testing/board/adapter.ts';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { boardStage, headline, type BoardStage } from '#core/testing/stages/board-stage.ts';

test('a post whose answer was lost is confirmed by its echo, without a look and without another post', async () => {
  const opened = await boardStage({ clock: clockByHand() });
  const { say, people, answers } = opened;
  await opened.hearEchoes();
  await people.next('answer-lost');
  const thread = await say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await answers(thread)).toEqual(['… On it', '✓ Done: 3 leads']));
  await vi.waitFor(async () => expect(await states(opened)).toEqual(['sent', 'sent']));
  expect((await people.calls('general')).map(({ method }) => method)).toEqual(['POST', 'POST']);
});

test('what was given up because nobody may look is delivered after all once its echo comes', async () => {
  const opened = await boardStage({ clock: clockByHand() });
  const { say, people, app, owner } = opened;
  await people.channel('quiet', { searchable: false });
  await people.next('answer-lost');
  await say('quiet', 'find me 3 leads in Miami');
  await opened.goingOn(async () => expect(await app.messages.undeliveredCount(owner)).toBe(1));
  const [lost] = await app.messages.undelivered(owner, { limit: 9 });
  await opened.hearEchoes();
  await vi.waitFor(async () => expect(await app.messages.undeliveredCount(owner)).toBe(0));
  await vi.waitFor(async () => expect(await states(opened)).toEqual(['sent', 'sent']));
  await expect(app.messages.sendAgain(owner, lost!.id)).rejects.toMatchObject({ code: 'letter.under-way' });
});

test('a post that is there twice is there once after its echo', async () => {
  const opened = await boardStage({ clock: clockByHand() });
  const { say, people, app, owner } = opened;
  await people.channel('quiet', { searchable: false });
  await people.next('answer-lost');
  const thread = await say('quiet', 'find me 3 leads in Miami');
  const shown = async () =>
    (await people.messages('quiet', thread)).filter(({ from }) => from === null).map(({ text, first = text }) => headline(first));
  await opened.goingOn(async () => expect(await app.messages.undeliveredCount(owner)).toBe(1));
  await opened.goingOn(async () => expect(await shown()).toEqual(['… On it', '✓ Done: 3 leads']));
  await app.messages.sendAgain(owner, (await app.messages.undelivered(owner, { limit: 9 }))[0]!.id, { evenIfTwice: true });
  await opened.goingOn(async () => expect(await shown()).toEqual(['… On it', '✓ Done: 3 leads', '… On it']));
  await vi.waitFor(async () => expect(await states(opened)).toEqual(['sent', 'sent']));
  await opened.hearEchoes();
  await vi.waitFor(async () => expect(await shown()).toEqual(['✓ Done: 3 leads', '… On it']));
});

test('an echo says the same however often it comes, one of another post is a double, and one of a stranger is unknown', async () => {
  const opened = await boardStage({ clock: clockByHand() });
  const { say, people, answers, app } = opened;
  const thread = await say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await answers(thread)).toHaveLength(2));
  await vi.waitFor(async () => expect(await states(opened)).toEqual(['sent', 'sent']));
  const [, post] = await people.messages('general', thread);
  const heard = (messageRef: string, key = post!.key!) => app.messages.heardOurs({ key, messageRef });
  const before = await events(opened);
  expect(await Promise.all([heard(post!.id), heard(post!.id), heard('999'), heard('999')])).toEqual([
    'confirmed',
    'confirmed',
    'double',
    'double',
  ]);
  expect([await heard('1', newId()), await heard('1', 'nonsense'), await heard(''), await heard('9'.repeat(301))]).toEqual(
    Array.from({ length: 4 }, () => 'unknown'),
  );
  expect(await events(opened)).toEqual(before);
});

test('an echo that comes before its post is answered leaves one confirmation, whoever is first', async () => {
  const echoed = Promise.withResolvers<void>();
  const slowlyAnswered: typeof board = {
    ...board,
    async start(context) {
      const started = await board.start(context);
      const poster = started.poster!;
      const post: typeof poster.post = async (part, signal) => {
        const posted = await poster.post(part, signal);
        const echoes = Array.from({ length: 4 }, () => context.app.messages.heardOurs({ key: part.key, ...posted }));
        expect(new Set(await Promise.all(echoes))).toEqual(new Set(['confirmed']));
        await echoed.promise;
        return posted;
      };
      return { ...started, poster: { ...poster, post } };
    },
  };
  const opened = await boardStage({ clock: clockByHand(), adapter: slowlyAnswered });
  await askInChat(opened, {
    key: 'command-1',
    threadRef: 'board:general:',
    workspace: 'board',
    channel: 'general',
    from: { externalId: 'ann', displayName: 'Ann' },
    text: 'find me 3 leads in Miami',
    at: new Date(),
  });
  await vi.waitFor(async () => expect((await states(opened))[0]).toBe('sent'));
  // It began the thread, and the echo said so.
  const [root] = await opened.people.messages('general');
  const { rows } = await opened.core.store.money.query({ text: 'SELECT thread_ref FROM conversations' }, []);
  expect(rows).toEqual([{ thread_ref: `board:general:${root!.thread}` }]);
  echoed.resolve();
  await vi.waitFor(async () => expect(await states(opened)).toEqual(['sent', 'sent']));
  expect(await opened.answers(root!.thread)).toEqual(['… On it', '✓ Done: 3 leads']);
  expect((await events(opened)).filter((kind) => kind === 'sent')).toHaveLength(2);
});

async function states({ core }: BoardStage): Promise<string[]> {
  const { rows } = await core.store.money.query<{ state: string }>(
    { text: 'SELECT state FROM letters ORDER BY created_at, seq, part' },
    [],
  );
  return rows.map(({ state }) => state);
}

async function events({ core }: BoardStage): Promise<string[]> {
  const { rows } = await core.store.money.query<{ kind: string }>({ text: 'SELECT kind FROM task_events ORDER BY id' }, []);
  return rows.map(({ kind }) => kind);
}
