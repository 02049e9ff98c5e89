// What happens in one channel of a platform, and what its others notice of it.

import { expect, test, vi } from 'vitest';
import { board } from '#bots/testing/board/adapter.ts';
import { newId } from '#core/domain/ids.ts';
import { PostError, type Poster } from '#core/ports/poster.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { boardStage, headline, type BoardStage } from '#core/testing/stages/board-stage.ts';

const MINUTE_MS = 60_000;

test('while one channel is limited for five minutes the others wait for nothing and need at most 1.2 times the calls; it gets everything afterwards', async () => {
  const clock = clockByHand();
  const opened = await boardStage({ clock });
  const { say, people } = opened;
  const others = ['red', 'green', 'blue', 'white'];
  for (const channel of ['limited', ...others]) await people.channel(channel);
  await people.limit('limited', 5 * MINUTE_MS);
  for (let i = 0; i < 20; i++) await say('limited', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await completed(opened)).toBe(20));
  expect(await letters(opened, 'limited')).toEqual({ open: 40, sent: 0 });

  for (const channel of others) for (let i = 0; i < 5; i++) await say(channel, 'find me 3 leads in Miami');
  for (const channel of others) await vi.waitFor(async () => expect(await letters(opened, channel)).toEqual({ open: 0, sent: 10 }));
  expect(await posts(opened, 'limited')).toEqual([]);
  expect(await callsTo(opened, 'limited')).toBe(1);
  // No time has passed on the clock, and each of their posts took one call: with the calls for the limited channel that is far
  // below 1.2 of what they take without it.
  const calls = await Promise.all([...others, 'limited'].map((channel) => callsTo(opened, channel)));
  const posted = (await Promise.all(others.map((channel) => posts(opened, channel)))).flat().length;
  expect(posted).toBe(40);
  expect(calls.reduce((sum, each) => sum + each) / posted).toBeLessThanOrEqual(1.2);

  clock.forward(5 * MINUTE_MS);
  await vi.waitFor(async () => expect(await letters(opened, 'limited')).toEqual({ open: 0, sent: 40 }));
  expect(await posts(opened, 'limited')).toHaveLength(40);
  expect(await callsTo(opened, 'limited')).toBe(41);
}, 60_000);

test('of several processes one posts in a channel at a time, each answer once, and all of them heed a limit', async () => {
  const busy = new Map<string, number>();
  let mostAtOnce = 0;
  const counting = withPoster((poster) => ({
    ...poster,
    async post(part, signal) {
      const channel = part.threadRef.split(':')[1]!;
      const now = (busy.get(channel) ?? 0) + 1;
      busy.set(channel, now);
      mostAtOnce = Math.max(mostAtOnce, now);
      return poster.post(part, signal).finally(() => busy.set(channel, busy.get(channel)! - 1));
    },
  }));
  const clock = clockByHand();
  const opened = await boardStage({ clock, adapter: counting });
  await Promise.all([opened.another(), opened.another()]);
  const { say, people } = opened;
  await people.channel('limited');
  for (let i = 0; i < 8; i++) await say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await letters(opened, 'general')).toEqual({ open: 0, sent: 16 }));
  expect(await posts(opened, 'general')).toHaveLength(16);
  expect(await callsTo(opened, 'general')).toBe(16);

  await people.limit('limited', 5 * MINUTE_MS);
  for (let i = 0; i < 8; i++) await say('limited', 'find me 3 leads in Miami');
  await say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await letters(opened, 'general')).toEqual({ open: 0, sent: 18 }));
  await vi.waitFor(async () => expect(await completed(opened)).toBe(17));
  expect(await callsTo(opened, 'limited')).toBe(1);
  clock.forward(5 * MINUTE_MS);
  await vi.waitFor(async () => expect(await letters(opened, 'limited')).toEqual({ open: 0, sent: 16 }));
  expect(await callsTo(opened, 'limited')).toBe(17);
  expect(mostAtOnce).toBe(1);
}, 60_000);

test('waiting for a limit is no failure: the next try comes as soon after it as after the first', async () => {
  const clock = clockByHand();
  const opened = await boardStage({ clock });
  const { say, people } = opened;
  await people.channel('limited');
  for (let i = 0; i < 6; i++) await people.next('busy');
  const thread = await say('limited', 'find me 3 leads in Miami');
  await opened.goingOn(async () => expect((await posts(opened, 'limited', thread))[0]).toBe('… On it'));
  const { rows } = await opened.core.store.money.query<{ tries: number; failures: number }>(
    { text: `SELECT tries, failures FROM letters WHERE saying ->> 'kind' = 'accepted'` },
    [],
  );
  expect(rows).toEqual([{ tries: 7, failures: 0 }]);
});

test('a channel that takes no posts is asked once and reported once, and everything that was for it can be sent again', async () => {
  const log = heardLog();
  const clock = clockByHand();
  const opened = await boardStage({ clock, log });
  const { say, people, app, owner } = opened;
  await people.channel('shut');
  await people.limit('shut', 5 * MINUTE_MS);
  const threads: string[] = [];
  for (let i = 0; i < 5; i++) threads.push(await say('shut', `find me ${i + 3} leads in Miami`));
  await vi.waitFor(async () => expect(await completed(opened)).toBe(5));
  await people.channel('shut', { closed: true });
  const before = await callsTo(opened, 'shut');
  clock.forward(5 * MINUTE_MS);
  await vi.waitFor(async () => expect(await letters(opened, 'shut')).toEqual({ open: 0, sent: 0 }));
  expect(await callsTo(opened, 'shut')).toBe(before + 1);
  const lost = await app.messages.undelivered(owner, { limit: 100 });
  expect(lost.map(({ why, kind }) => `${kind} ${why.code}`).toSorted()).toEqual([
    ...Array.from({ length: 5 }, () => 'accepted closed'),
    ...Array.from({ length: 5 }, () => 'result closed'),
  ]);
  expect(log.heard.filter((words) => words === 'channel takes no posts')).toHaveLength(1);

  await people.channel('shut', { closed: false });
  for (const { id } of lost.filter(({ kind }) => kind === 'result')) await app.messages.sendAgain(owner, id);
  await vi.waitFor(async () => expect(await posts(opened, 'shut')).toHaveLength(5));
  // Those were never posted, so nobody looked for them.
  expect((await people.calls('shut')).filter(({ method }) => method === 'GET')).toEqual([]);
  const thread = await say('shut', 'find me 9 leads in Miami');
  await vi.waitFor(async () => expect(await posts(opened, 'shut', thread)).toEqual(['… On it', '✓ Done: 9 leads']));
});

test('who asks again in a channel that took no posts is answered as soon as it takes them', async () => {
  const opened = await boardStage({ clock: clockByHand() });
  const { say, people, app, owner } = opened;
  await people.channel('shut');
  const thread = await say('shut', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await posts(opened, 'shut', thread)).toHaveLength(2));
  await people.channel('shut', { closed: true });
  await askInChat(opened, askedIn('shut', thread, 'find me 4 leads in Miami'));
  await vi.waitFor(async () => expect(await app.messages.undeliveredCount(owner)).toBe(2));
  await people.channel('shut', { closed: false });
  await say('shut', 'find me 5 leads in Miami', thread);
  await vi.waitFor(async () => expect((await posts(opened, 'shut', thread)).slice(2)).toEqual(['… On it', '✓ Done: 5 leads']));
  expect(await brokenRoutes(opened)).toEqual([]);
});

test('a thread that is gone keeps nothing from the other threads of its channel', async () => {
  const clock = clockByHand();
  const opened = await boardStage({ clock });
  const { say, people, app, owner } = opened;
  await people.limit('general', 5 * MINUTE_MS);
  await askInChat(opened, askedIn('general', '999', 'find me 4 leads in Miami'));
  const thread = await say('general', 'find me 5 leads in Miami');
  await vi.waitFor(async () => expect(await completed(opened)).toBe(2));
  clock.forward(5 * MINUTE_MS);
  await vi.waitFor(async () => expect(await posts(opened, 'general', thread)).toEqual(['… On it', '✓ Done: 5 leads']));
  await vi.waitFor(async () =>
    expect((await app.messages.undelivered(owner, { limit: 9 })).map(({ why }) => why.code)).toEqual(['gone', 'gone']),
  );
  expect(await brokenRoutes(opened)).toEqual([]);
});

test('looking for posts within what the platform allows: one look a minute, and nobody else waits for the next one', async () => {
  const clock = clockByHand();
  const opened = await boardStage({ clock, lookEveryMs: MINUTE_MS });
  const { say, people } = opened;
  for (const channel of ['one', 'two']) await people.channel(channel);
  for (const channel of ['one', 'two']) {
    await people.next('answer-lost');
    await say(channel, 'find me 3 leads in Miami');
    await vi.waitFor(async () => expect(await posts(opened, channel)).toEqual(['… On it']));
  }
  await vi.waitFor(async () => expect(await completed(opened)).toBe(2));
  const looks = async () =>
    (await Promise.all(['one', 'two'].map((channel) => people.calls(channel)))).flat().filter(({ method }) => method === 'GET');
  const finished = async () =>
    (await Promise.all(['one', 'two'].map((channel) => posts(opened, channel)))).filter(({ length }) => length === 2);
  await opened.goingOn(async () => expect(await finished()).toHaveLength(1));
  expect(await looks()).toHaveLength(1);
  const second = await say('two', 'find me 5 leads in Miami');
  const third = await say('one', 'find me 5 leads in Miami');
  for (const [channel, thread] of [
    ['two', second],
    ['one', third],
  ] as const)
    await vi.waitFor(async () => expect(await posts(opened, channel, thread)).toHaveLength(2));
  expect(await looks()).toHaveLength(1);
  for (const channel of ['one', 'two'])
    await opened.goingOn(async () => expect(await letters(opened, channel)).toEqual({ open: 0, sent: 4 }), 20_000);
  expect(await looks()).toHaveLength(2);
});

test('a post of hours after the first try is found, although the platform looks through an hour only', async () => {
  let postCalls = 0;
  let mayLook = false;
  let refusals = 0;
  const unlucky = withPoster((poster) => ({
    ...poster,
    async post(part, signal) {
      postCalls++;
      if (postCalls === 1) throw new PostError('unknown', 'cut before it was there');
      const posted = await poster.post(part, signal);
      if (postCalls === 2) throw new PostError('unknown', 'cut after it was there');
      return posted;
    },
    async look(part, signal) {
      if (!mayLook) {
        refusals++;
        throw new PostError('later', 'not now', { retryAfterMs: 60 * MINUTE_MS });
      }
      return poster.look(part, signal);
    },
  }));
  const clock = clockByHand();
  const opened = await boardStage({ clock, adapter: unlucky });
  const thread = await opened.say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => expect(await completed(opened)).toBe(1));
  await opened.goingOn(async () => expect(refusals).toBeGreaterThan(2), 30 * MINUTE_MS);
  mayLook = true;
  await opened.goingOn(async () => expect(await posts(opened, 'general', thread)).toEqual(['… On it', '✓ Done: 3 leads']), MINUTE_MS);
  expect(postCalls).toBe(3);
});

function withPoster(change: (poster: Poster) => Poster): typeof board {
  return {
    ...board,
    async start(context) {
      const started = await board.start(context);
      return { ...started, poster: change(started.poster!) };
    },
  };
}

function askedIn(channel: string, thread: string, text: string) {
  return {
    key: `board:${newId()}`,
    threadRef: `board:${channel}:${thread}`,
    workspace: 'board',
    channel,
    from: { externalId: 'ann', displayName: 'Ann' },
    text,
    at: new Date(),
  } as const;
}

/** What people see of us in a channel, or in one of its threads: the first line of each post. */
async function posts({ people }: BoardStage, channel: string, thread?: string): Promise<string[]> {
  const messages = await (thread === undefined ? people.messages(channel) : people.messages(channel, thread));
  return messages.filter(({ from }) => from === null).map(({ text, first = text }) => headline(first));
}

/** How often we tried to post there. */
async function callsTo({ people }: BoardStage, channel: string): Promise<number> {
  return (await people.calls(channel)).filter(({ method }) => method === 'POST').length;
}

async function letters({ core }: BoardStage, channel: string) {
  const { rows } = await core.store.money.query<{ open: number; sent: number }>(
    {
      text: `SELECT count(*) FILTER (WHERE l.state IN ('planned', 'sending', 'unknown'))::int AS open, count(*) FILTER (WHERE l.state = 'sent')::int AS sent
             FROM letters l JOIN conversations c ON c.id = l.conversation_id WHERE c.channel = $1`,
    },
    [`board:board:${channel}`],
  );
  return rows[0]!;
}

async function brokenRoutes({ core }: BoardStage): Promise<string[]> {
  const { rows } = await core.store.money.query<{ route: string }>({ text: 'SELECT route FROM routes WHERE broken_why IS NOT NULL' }, []);
  return rows.map(({ route }) => route);
}

async function completed({ core }: BoardStage): Promise<number> {
  const { rows } = await core.store.money.query<{ n: number }>(
    { text: "SELECT count(*)::int AS n FROM tasks WHERE status = 'completed'" },
    [],
  );
  return rows[0]!.n;
}
