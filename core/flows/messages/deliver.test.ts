import { expect, onTestFinished, test, vi } from 'vitest';
import { board } from '#bots/testing/board/adapter.ts';
import { newId } from '#core/domain/ids.ts';
import type { Poster } from '#core/ports/poster.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { boardStage, headline, openBoardStage, type BoardStage } from '#core/testing/stages/board-stage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A third of what a letter is leased for. */
const CALL_MS = 10_000;
const clock = clockByHand();
const world = forAll(() => openBoardStage({ clock }));

test.each(['answer-lost', 'cut', 'silent', 'broken', 'broken-after', 'busy'] as const)(
  'a post that ends “%s” is seen once, and so is what follows it',
  async (fault) => {
    const { say, people } = world();
    await people.next(fault);
    const thread = await say('general', 'find me 3 leads in Miami');
    if (fault === 'silent') {
      await vi.waitFor(async () => expect(await world().answers(thread)).toEqual(['… On it']));
      clock.forward(CALL_MS);
    }
    await untilSaid(world(), thread, ['… On it', '✓ Done: 3 leads']);
  },
);

test('what could not be said while the platform was away is said once it is back, in order, and once', async () => {
  const { say, setDown } = world();
  const thread = await say('general', 'find me 3 leads in Miami');
  await untilSaid(world(), thread, ['… On it', '✓ Done: 3 leads']);
  await setDown(true);
  const taken = await askInChat(world(), askedBy('ann', thread, 'find me 4 leads in Miami'));
  await untilOver(world(), taken.kind === 'task' ? taken.taskId : '');
  clock.forward(5_000);
  await setDown(false);
  await untilSaid(world(), thread, ['… On it', '✓ Done: 3 leads', '… On it', '✓ Done: 4 leads']);
});

test('a letter that can never be posted does not keep its thread from what comes next, and is shown as undelivered', async () => {
  const { say, people, core } = world();
  await people.channel('closing');
  const thread = await say('closing', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await people.messages('closing', thread)).toHaveLength(3));
  await people.channel('closing', { closed: true });
  const lost = await askInChat(world(), {
    ...askedBy('ann', thread, 'find me 4 leads'),
    threadRef: `board:closing:${thread}`,
    channel: 'closing',
  });
  const dead = async () => (await lettersOf(world(), lost.conversationId!)).slice(2).map(({ state }) => state);
  await vi.waitFor(async () => expect(await dead()).toEqual(['dead', 'dead']));
  await people.channel('closing', { closed: false });
  await say('closing', 'find me 5 leads in Miami', thread);
  await vi.waitFor(async () => expect((await people.messages('closing', thread)).at(-1)?.text).toContain('Done: 5 leads'));
  const { rows } = await core.store.money.query(
    { text: `SELECT count(*)::int AS told FROM task_events WHERE task_id = $1 AND kind = 'undelivered'` },
    [lost.kind === 'task' && lost.taskId],
  );
  expect(rows).toEqual([{ told: 2 }]);
});

test('where nobody may look whether it was posted, it is not posted again', async () => {
  const { people, say } = world();
  await people.channel('quiet', { searchable: false });
  await people.next('answer-lost');
  const thread = await say('quiet', 'find me 3 leads in Miami');
  const shown = async () => (await people.messages('quiet', thread)).map(({ text, first = text }) => headline(first));
  await world().goingOn(async () => expect(await shown()).toEqual(['find me 3 leads in Miami', '… On it', '✓ Done: 3 leads']));
});

test('what nobody here can put into words is announced, and the thread goes on', async () => {
  const { say, core, answers } = world();
  const thread = await say('general', 'find me 3 leads in Miami');
  await untilSaid(world(), thread, ['… On it', '✓ Done: 3 leads']);
  const { rows } = await core.store.money.query<{ id: never }>({ text: 'SELECT id FROM conversations WHERE thread_ref = $1' }, [
    `board:general:${thread}`,
  ]);
  const poem = { kind: 'poem', lines: 4 } as never;
  await core.store.letters.write({ id: newId(), conversationId: rows[0]!.id, taskId: null, saying: poem, readHere: false }, clock.now());
  await say('general', 'find me 4 leads in Miami', thread);
  await world().goingOn(async () =>
    expect((await answers(thread)).slice(2)).toEqual(['● There is an answer that cannot be shown here', '… On it', '✓ Done: 4 leads']),
  );
});

test('an answer of several posts comes whole and in order, although the answer to one of them is lost', async () => {
  const wide = (n: number) => csvOf(`table ${n} ${'wide '.repeat(20)}.csv`, 8);
  const ordered = Promise.withResolvers<void>();
  const agents = agentsThat(async () => {
    await ordered.promise;
    const files = Array.from({ length: 10 }, (_, n) => wide(n));
    return done('*'.repeat(1_200), files);
  });
  const opened = await boardStage({ clock: clockByHand(), agents });
  const posts: string[] = [];
  const thread = await opened.say('general', 'find me 80 leads in Miami');
  await vi.waitFor(async () => expect(await opened.answers(thread)).toContain('… On it'));
  await opened.people.next('answer-lost');
  ordered.resolve();
  await opened.goingOn(async () => {
    const messages = await opened.people.messages('general', thread);
    posts.splice(0, posts.length, ...messages.slice(2).map(({ text }) => text));
    expect(posts.length).toBeGreaterThan(1);
    const states = (await lettersOf(opened, await conversationOf(opened, thread))).map(({ state }) => state);
    expect(states.every((state) => state === 'sent')).toBe(true);
  });
  expect(posts[0]).toContain('Done: 80 leads');
  const names = posts.join('\n').match(/table \d/g);
  expect(names).toEqual(Array.from({ length: 10 }, (_, n) => `table ${n}`));
});

test('a fault of ours in one letter lets the others pass, and after a while its thread goes on', async () => {
  const faulty = (poster: Poster): Poster => ({
    ...poster,
    post(part, signal) {
      if (part.reply.fallback.includes('Done: 13 leads')) throw new TypeError('undefined is not a letter');
      return poster.post(part, signal);
    },
  });
  const opened = await boardStage({ clock: clockByHand(), adapter: withPoster(faulty) });
  const bad = await opened.say('general', 'find me 13 leads in Miami');
  const good = await opened.say('general', 'find me 4 leads in Miami');
  await untilSaid(opened, good, ['… On it', '✓ Done: 4 leads']);
  await opened.say('general', 'find me 5 leads in Miami', bad);
  // Its work ends before the time passes, or the time would end its work.
  await vi.waitFor(async () => expect(await completed(opened)).toBe(3));
  await opened.goingOn(async () => expect((await opened.answers(bad)).at(-1)).toBe('✓ Done: 5 leads'), 60_000);
});

test('a platform that never answers one post keeps no other channel waiting', async () => {
  const end = Promise.withResolvers<never>();
  const hanging = (poster: Poster): Poster => ({
    ...poster,
    post: (part, signal) => (part.reply.fallback.includes('Done: 13 leads') ? end.promise : poster.post(part, signal)),
  });
  const opened = await boardStage({ adapter: withPoster(hanging), timings: { letterLeaseMs: DAY_MS } });
  onTestFinished(() => end.reject(new Error('the test is over')));
  const bad = await opened.say('general', 'find me 13 leads in Miami');
  await vi.waitFor(async () => expect(await opened.answers(bad)).toEqual(['… On it']));
  await opened.people.channel('other');
  for (let n = 20; n < 24; n++) await opened.say('other', `find me ${n} leads in Miami`);
  const results = async () => (await opened.people.messages('other')).filter(({ from, text }) => from === null && text.includes('Done:'));
  await vi.waitFor(async () => expect(await results()).toHaveLength(4));
});

test('an answer that could not be posted for a day is not posted any more, and newer ones are', async () => {
  const ownClock = clockByHand();
  const opened = await boardStage({ clock: ownClock });
  const { say, setDown, answers } = opened;
  const thread = await say('general', 'find me 3 leads in Miami');
  await untilSaid(opened, thread, ['… On it', '✓ Done: 3 leads']);
  await setDown(true);
  const taken = await askInChat(opened, askedBy('ann', thread, 'find me 4 leads in Miami'));
  await untilOver(opened, taken.kind === 'task' ? taken.taskId : '');
  ownClock.forward(DAY_MS + 60_000);
  await setDown(false);
  await say('general', 'find me 5 leads in Miami', thread);
  await opened.goingOn(async () => expect(await answers(thread)).toEqual(['… On it', '✓ Done: 3 leads', '… On it', '✓ Done: 5 leads']));
});

test('who answers our first words before we know that they are a thread is answered there, and the thread is remembered', async () => {
  const known = Promise.withResolvers<void>();
  const opened = await boardStage({
    withCore: (core) => ({
      ...core,
      store: {
        ...core.store,
        letters: {
          ...core.store.letters,
          async sent(letter, posted, at) {
            if (posted.threadRef !== undefined) await known.promise;
            await core.store.letters.sent(letter, posted, at);
          },
        },
      },
    }),
  });
  const { core, people, say, answers } = opened;
  const first = await askInChat(opened, { ...askedBy('ann', '', 'find me 3 leads in Miami'), key: 'command-1' });
  const root = await vi.waitFor(async () => {
    const [message] = await people.messages('general');
    if (message === undefined) throw new Error('not posted yet');
    return message.thread;
  });
  await say('general', '@impacter find me 4 leads in Miami', root);
  await vi.waitFor(async () =>
    expect(await core.store.prisma.conversation.count({ where: { threadRef: `board:general:${root}` } })).toBe(1),
  );
  known.resolve();
  for (const number of [3, 4]) await vi.waitFor(async () => expect(await answers(root)).toContain(`✓ Done: ${number} leads`));
  const next = await askInChat(opened, askedBy('ann', root, 'find me 5 leads in Miami'));
  expect(next.conversationId).toBe(first.conversationId);
  await vi.waitFor(async () => expect(await answers(root)).toContain('✓ Done: 5 leads'));
  expect(await answers(root)).toHaveLength(6);
});

test('two commands at once get a thread each', async () => {
  const { people } = world();
  await people.channel('commands');
  const ask = (n: number) =>
    askInChat(world(), {
      ...askedBy('ann', '', `find me ${n} leads in Miami`),
      key: `command-${n}`,
      threadRef: 'board:commands:',
      channel: 'commands',
    });
  await Promise.all([ask(6), ask(7)]);
  await world().goingOn(async () => expect(await people.messages('commands')).toHaveLength(4));
  const threads = Map.groupBy(await people.messages('commands'), ({ thread }) => thread);
  const numbers = [...threads.values()].map((messages) => messages.at(-1)!.text.match(/Done: (\d)/)?.[1]);
  expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual(['6', '7']);
});

function askedBy(externalId: string, thread: string, text: string) {
  return {
    key: `board:${newId()}`,
    threadRef: `board:general:${thread}`,
    workspace: 'board',
    channel: 'general',
    from: { externalId, displayName: 'Ann' },
    text,
    at: new Date(),
  } as const;
}

async function untilSaid({ answers, goingOn }: BoardStage, thread: string, lines: readonly string[]) {
  await goingOn(async () => expect(await answers(thread)).toEqual(lines));
}

async function untilOver({ core }: BoardStage, taskId: string) {
  const status = async () =>
    (await core.store.money.query<{ status: string }>({ text: 'SELECT status FROM tasks WHERE id = $1' }, [taskId])).rows[0]?.status;
  await vi.waitFor(async () => expect(await status()).toBe('completed'));
}

async function completed({ core }: BoardStage): Promise<number> {
  const { rows } = await core.store.money.query<{ n: number }>(
    { text: "SELECT count(*)::int AS n FROM tasks WHERE status = 'completed'" },
    [],
  );
  return rows[0]!.n;
}

async function conversationOf({ core }: BoardStage, thread: string) {
  const { rows } = await core.store.money.query<{ id: string }>({ text: 'SELECT id FROM conversations WHERE thread_ref = $1' }, [
    `board:general:${thread}`,
  ]);
  return rows[0]!.id;
}

async function lettersOf({ core }: BoardStage, conversationId: string) {
  const { rows } = await core.store.money.query<{ state: string }>(
    { text: 'SELECT state FROM letters WHERE conversation_id = $1 ORDER BY seq, part' },
    [conversationId],
  );
  return rows;
}

function withPoster(change: (poster: Poster) => Poster): typeof board {
  return {
    ...board,
    async start(context) {
      const started = await board.start(context);
      return { ...started, poster: change(started.poster!) };
    },
  };
}
