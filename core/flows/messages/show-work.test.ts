import { expect, test, vi } from 'vitest';
import { board } from '#bots/testing/board/adapter.ts';
import { PostError } from '#core/ports/poster.ts';
import { someUsage } from '#core/testing/stages/agents-that.ts';
import { headline } from '#core/testing/stages/board-stage.ts';
import { asItIs, shownWorkStage, watched, type Change, type SeenView } from '#core/testing/stages/shown-work-stage.ts';
import { forgetShowings } from './show-work.ts';

const EVERY_MS = 1_000;
/** Edits are chosen an interval apart; on a busy machine one may take this long to begin. */
const CHOSEN_MS = 500;
const LEASE_MS = 30_000;
/** A third of what an edit is leased for. */
const CALL_MS = 10_000;

test('while an agent works its steps are seen in the first post, which can cancel it; at the end that post is short, and the result is a post of its own', async () => {
  const world = await shownWorkStage();
  const { thread, run } = await world.begin(3);
  run.step('Search the web', 'running');
  await world.untilFirstPost(thread, ['… Working on it', '▸ Search the web']);
  run.step('Search the web', 'done');
  run.step('Write leads.csv', 'running');
  await world.untilFirstPost(thread, ['… Working on it', '☑ Search the web', '▸ Write leads.csv']);
  expect(world.views.at(-1)).toMatchObject({ closed: false, cancels: true });
  run.end();
  await world.untilFirstPost(thread, ['● Done', 'The result is below.']);
  expect(world.views.at(-1)).toMatchObject({ closed: true, cancels: false });
  await vi.waitFor(async () => expect(await world.answers(thread)).toEqual(['… On it', '✓ Done: 3 leads']));
  await world.untilClosed();
});

test('work that fails, or is over before it had a step, says so in the first post too', async () => {
  const world = await shownWorkStage();
  const [failing, quick] = [await world.begin(3), await world.begin(4)];
  failing.run.end({ kind: 'failed', reason: 'no', usage: someUsage });
  quick.run.end();
  await world.untilFirstPost(failing.thread, ['● Failed', 'Details are below.']);
  await world.untilFirstPost(quick.thread, ['● Done', 'The result is below.']);
  expect(world.views).toHaveLength(2);
});

test('a task that waited in line says when it is worked on, and one that is canceled before it starts says that', async () => {
  const world = await shownWorkStage();
  const first = await world.begin(3);
  await world.say('general', 'find me 4 leads in Miami', first.thread);
  await world.say('general', 'find me 5 leads in Miami', first.thread);
  const posts = async () => (await world.people.messages('general', first.thread)).filter(({ from }) => from === null);
  await vi.waitFor(async () => expect(await world.rows()).toHaveLength(3));
  await world.app.tasks.cancel(world.owner, await world.taskOf(5));
  await world.goingOn(async () => expect((await posts()).map(({ text }) => headline(text))).toContain('● Canceled'));
  expect(world.views.find(({ closed }) => closed)).toMatchObject({ cancels: false });
  first.run.end();
  await world.goingOn(async () => expect((await posts()).map(({ text }) => headline(text))).toContain('… Working on it'));
  (await world.run(4)).end();
  await world.untilClosed();
});

test('steps that follow quickly are shown together: each channel is edited at most once an interval, with the newest', async () => {
  const world = await shownWorkStage();
  await world.people.channel('other');
  const [one, two, other] = [await world.begin(3), await world.begin(4), await world.begin(5, 'other')];
  for (let i = 0; i < 30; i++) {
    for (const { run } of [one, two, other]) run.step(`Page ${i}`, 'running');
    await vi.waitFor(async () => expect(await world.lastStep()).toBe(`Page ${i}`));
  }
  for (const { thread } of [one, two, other]) await world.untilFirstPost(thread, ['… Working on it', ...lastEight(30)]);
  for (const { run } of [one, two, other]) run.end();
  await world.untilClosed();
  for (const channel of ['general', 'other']) {
    const begun = world.views.filter(({ threadRef }) => threadRef.startsWith(`board:${channel}:`)).map(({ beganMs }) => beganMs);
    const apart = begun.slice(1).map((at, i) => at - begun[i]!);
    expect(apart.filter((ms) => ms < EVERY_MS - CHOSEN_MS)).toEqual([]);
  }
  expect(world.views.length).toBeLessThan(30);
});

test('a post that was moved because the old one takes no more edits is the one that is edited from then on, to the end', async () => {
  const change: Change = () => async (view) => (view.messageRef === 'second' ? undefined : { messageRef: 'second' });
  const world = await shownWorkStage({ change });
  const { run } = await world.begin(3);
  const step = async (title: string, moved: boolean) => {
    run.step(title, 'running');
    await world.goingOn(async () => expect(JSON.stringify(world.views.at(-1)?.reply)).toContain(title));
    expect(world.views.at(-1)!.messageRef === 'second').toBe(moved);
  };
  await step('Page 1', false);
  await step('Page 2', true);
  await step('Page 3', true);
  run.end();
  await world.untilClosed();
  expect(world.views.at(-1)).toMatchObject({ closed: true, messageRef: 'second' });
});

test('where a command brought the request, its first post says who asked for what, also while the work is shown and when it is over', async () => {
  const world = await shownWorkStage();
  await world.people.command('general', 'ask', 'find me 5 leads in Miami');
  const run = await world.run(5);
  const posts = async () => (await world.people.messages('general')).map(({ text }) => text);
  await vi.waitFor(async () => expect(await posts()).toEqual([expect.stringMatching(/On it[^]*> Ann: find me 5 leads in Miami/)]));
  run.step('Search the web', 'running');
  await world.goingOn(async () => expect(await posts()).toEqual([expect.stringMatching(/Working on it[^]*> Ann: find me 5 leads/)]));
  run.end();
  await world.untilClosed();
  expect((await posts())[0]).toMatch(/Done[^]*> Ann: find me 5 leads/);
  // Who begins a thread with a message has said it there.
  await world.begin(6);
  expect((await posts()).filter((text) => text.includes('> Ann: '))).toHaveLength(1);
});

const failures: Record<string, Change> = {
  'fails without an answer': () => () => Promise.reject(new PostError('unknown', 'cut')),
  'has to wait': () => () => Promise.reject(new PostError('later', 'busy', { retryAfterMs: 300_000 })),
  'is never possible': () => () => Promise.reject(new PostError('never', 'gone', { why: 'gone' })),
  'meets a fault of ours': () => () => {
    throw new TypeError('undefined is not a step');
  },
  hangs: () => () => new Promise(() => {}),
};

test.each(Object.entries(failures))('the result comes as always although every edit %s', async (_, change) => {
  const world = await shownWorkStage({ change });
  const { thread, run } = await world.begin(3);
  run.step('Search the web', 'running');
  await vi.waitFor(() => expect(world.views).toHaveLength(1));
  const next = await world.begin(4);
  run.end();
  next.run.end();
  for (const { thread: where, leads } of [
    { thread, leads: 3 },
    { thread: next.thread, leads: 4 },
  ])
    await vi.waitFor(async () => expect(await world.answers(where)).toEqual(['… On it', `✓ Done: ${leads} leads`]));
});

test('what no edit changes is given up after a while, and nothing of it stays with us', async () => {
  const world = await shownWorkStage({ change: failures['fails without an answer']! });
  const { run } = await world.begin(3);
  run.step('Search the web', 'running');
  await world.goingOn(async () => expect(world.views).toHaveLength(3), 20_000);
  run.step('Write leads.csv', 'running');
  await world.goingOn(async () => expect(world.views).toHaveLength(6), 20_000);
  run.end();
  await world.untilClosed(20_000);
  // Eight more; that the result was posted meanwhile may count as news.
  expect(world.views.length).toBeGreaterThanOrEqual(14);
  expect(world.views.length).toBeLessThan(17);
  world.clock.forward(61_000);
  await forgetShowings(world.core);
  expect(await world.rows()).toEqual([]);
});

test('a post that a person deleted is left alone, and its result comes', async () => {
  const world = await shownWorkStage();
  const { thread, run } = await world.begin(3);
  await world.people.remove((await world.firstPost(thread)).id);
  run.step('Search the web', 'running');
  await vi.waitFor(() => expect(world.views).toHaveLength(1));
  run.step('Write leads.csv', 'running');
  run.end();
  await vi.waitFor(async () => expect(await world.answers(thread)).toEqual(['✓ Done: 3 leads']));
  await world.untilClosed();
  expect(world.views).toHaveLength(1);
});

test('a channel that has to wait five minutes keeps no other one waiting, and shows the newest after that', async () => {
  const world = await shownWorkStage();
  await world.people.channel('busy');
  const [busy, free] = [await world.begin(3, 'busy'), await world.begin(4)];
  world.change = (show) => (view, signal) =>
    view.threadRef.startsWith('board:busy:')
      ? Promise.reject(new PostError('later', 'busy', { retryAfterMs: 300_000 }))
      : show(view, signal);
  busy.run.step('Search the web', 'running');
  await vi.waitFor(() => expect(world.views).toHaveLength(1));
  world.change = asItIs;
  busy.run.step('Search the web', 'done');
  busy.run.step('Write leads.csv', 'running');
  free.run.step('Search the web', 'running');
  await world.untilFirstPost(free.thread, ['… Working on it', '▸ Search the web']);
  world.clock.forward(200_000);
  free.run.step('Search the web', 'done');
  await world.untilFirstPost(free.thread, ['… Working on it', '☑ Search the web']);
  expect(headline((await world.firstPost(busy.thread)).text)).toBe('… On it');
  world.clock.forward(100_000);
  await world.untilFirstPost(busy.thread, ['… Working on it', '☑ Search the web', '▸ Write leads.csv']);
  for (const { run } of [busy, free]) run.end();
});

test('of two processes one edits a post at a time, however long an edit takes, and what is seen never goes back', async () => {
  let looks = 0;
  const world = await shownWorkStage({
    withCore: (core) => ({
      ...core,
      store: { ...core.store, showings: { ...core.store.showings, claim: (...call) => (looks++, core.store.showings.claim(...call)) } },
    }),
  });
  await world.another({ ROLES: 'bots' });
  await world.people.channel('other');
  const tasks = [await world.begin(3), await world.begin(4, 'other')];
  // Longer than the interval: nothing but the lease keeps the other process from it.
  world.change = (show) => async (view, signal) => {
    await world.clock.sleep(2.5 * EVERY_MS, signal);
    return show(view, signal);
  };
  for (let i = 0; i < 7; i++) {
    for (const { run } of tasks) run.step(`Page ${i}`, 'running');
    const before = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 4));
    world.clock.forward(EVERY_MS);
  }
  world.change = asItIs;
  for (const { thread } of tasks) await vi.waitFor(async () => expect(await world.lastShown(thread)).toContain('Page 6'));
  for (const { run } of tasks) run.end();
  await world.untilClosed();
  const posts = Map.groupBy(world.views, ({ messageRef }) => messageRef);
  expect(posts.size).toBe(2);
  for (const views of posts.values()) {
    expect(views.length).toBeGreaterThan(2);
    expect(views.map(({ version }) => version)).toEqual(views.map(({ version }) => version).toSorted((a, b) => a - b));
    expect(views.slice(1).filter(({ began }, i) => began < views[i]!.ended)).toEqual([]);
    expect(views.at(-1)!.closed).toBe(true);
  }
});

test('when a process dies in the middle of an edit, another goes on once its lease is over, and shows the newest', async () => {
  const dead = { now: false };
  const world = await shownWorkStage({
    // From the edit on nothing of the first process happens any more.
    change: () => () => {
      dead.now = true;
      return new Promise(() => {});
    },
    withCore: (core) => ({
      ...core,
      store: {
        ...core.store,
        showings: {
          ...core.store.showings,
          claim: async (...call) => (dead.now ? [] : core.store.showings.claim(...call)),
          putBack: async (...call) => (dead.now ? undefined : core.store.showings.putBack(...call)),
        },
      },
    }),
  });
  const { thread, run } = await world.begin(3);
  run.step('Search the web', 'running');
  await vi.waitFor(() => expect(dead.now).toBe(true));
  run.step('Search the web', 'done');
  run.step('Write leads.csv', 'running');
  const other: SeenView[] = [];
  let looks = 0;
  await world.another(
    { ROLES: 'bots' },
    {
      adapters: [watched(board, asItIs, other)],
      withCore: (core) => ({
        ...core,
        store: { ...core.store, showings: { ...core.store.showings, claim: (...call) => (looks++, core.store.showings.claim(...call)) } },
      }),
    },
  );
  const itLooked = async () => {
    const before = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 1));
  };
  world.clock.forward(LEASE_MS - 5_000);
  await itLooked();
  expect(other).toEqual([]);
  world.clock.forward(5_000);
  await vi.waitFor(async () => expect(await world.lastShown(thread)).toContain('▸ Write leads.csv'));
  run.end();
  /** Of edits that were answered: time must not pass while one is under way. */
  const ended = () => other.filter((view) => view.ended < Infinity).map(({ closed }) => closed);
  await vi.waitFor(() => expect(ended()).toEqual([false, true]));
  // The edit of the dead one may still come, so the end is shown once more when it can not.
  world.clock.forward(LEASE_MS);
  await vi.waitFor(() => expect(ended()).toEqual([false, true, true]));
  await vi.waitFor(async () => expect(await world.rows()).toEqual([{ closed: true }]));
  expect(other.map(({ version }) => version)).toEqual(other.map(({ version }) => version).toSorted((a, b) => a - b));
});

test('an edit that comes late does not leave finished work shown as running', async () => {
  const world = await shownWorkStage();
  const { thread, run } = await world.begin(3);
  await world.people.nextEdit('held');
  run.step('Search the web', 'running');
  await vi.waitFor(() => expect(world.views).toHaveLength(1));
  run.end();
  await vi.waitFor(async () => expect(await world.answers(thread)).toEqual(['… On it', '✓ Done: 3 leads']));
  world.clock.forward(CALL_MS);
  await world.untilFirstPost(thread, ['● Done', 'The result is below.']);
  expect(await world.people.letGo()).toBe(1);
  expect(headline((await world.firstPost(thread)).text)).toBe('… Working on it');
  await world.untilFirstPost(thread, ['● Done', 'The result is below.']);
  await world.untilClosed();
});

function lastEight(steps: number): string[] {
  return Array.from({ length: 8 }, (_, i) => `▸ Page ${steps - 8 + i}`);
}
