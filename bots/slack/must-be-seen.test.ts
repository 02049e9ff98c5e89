// What Slack must show of files, of long work, and of a channel that is limited, by a clock that is set by hand.

import { expect, test, vi } from 'vitest';
import type { AgentWatch } from '#core/ports/agents.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand, type ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from './testing/open-product.ts';

const byHand = clockByHand();
/** While it stands, nobody who sleeps wakes up: what is done then waited for nothing but work. */
const standing = { over: Promise.resolve() };
const clock: ClockByHand = {
  ...byHand,
  async sleep(ms, signal) {
    await byHand.sleep(ms, signal);
    if (signal === undefined) return standing.over;
    const left = Promise.withResolvers<void>();
    const leave = () => left.resolve();
    signal.addEventListener('abort', leave, { once: true });
    if (!signal.aborted) await Promise.race([standing.over, left.promise]);
    signal.removeEventListener('abort', leave);
  },
};
const long = { watch: null as AgentWatch | null, over: Promise.withResolvers<void>() };
const agents = agentsThat(async ({ quantity, inputs }, watch) => {
  if (quantity === 9) {
    long.watch = watch;
    await long.over.promise;
  }
  return done(`Here they are, with ${inputs.length} files.`, [csvOf('leads.csv', quantity ?? 3)]);
});
// However far the clock is set ahead, and however busy the machine is, nobody is taken for dead.
const timings = { leaseMs: 600_000, letterLeaseMs: 600_000, lostAfterMs: 600_000 };
const world = forAll(() => openProduct({ clock, agents, timings }), 60_000);

test.each([
  ['is gone', 'gone', 'it was deleted or its link expired'],
  ['is a login page in HTML', 'login-page', 'the app may not read it'],
  ['is larger than Slack said', 'larger', 'it did not arrive complete'],
] as const)('of ten files one %s: it is named with the reason, and nothing is charged', async (_, fault, why) => {
  const { people, owner, answer } = world();
  const before = await owner.ledger();
  const files = Array.from({ length: 10 }, (_each, i) => ({
    name: `list-${i + 1}.csv`,
    mime: 'text/csv',
    bytes: Buffer.from(`row ${i + 1}`),
    ...(i === 6 && { fault }),
  }));
  const { thread } = await people.say('C1', '@impacter find me 3 leads like these', {
    from: 'U1',
    files,
  });
  await answer(thread, new RegExp(`list-7.csv: ${why}[^]*Returned: 3 credits`));
  expect((await owner.ledger()).slice(before.length)).toEqual(['hold 3', 'release 3']);
});

test('of ten files three cannot be had, each for another reason: all three are named, everywhere, and nothing is charged', async () => {
  const { people, owner, app, core, answer, goingOn, answers } = world();
  const before = await owner.ledger();
  const faults = new Map([
    [2, 'gone'],
    [5, 'login-page'],
    [8, 'larger'],
  ] as const);
  const files = Array.from({ length: 10 }, (_each, i) => {
    const fault = faults.get(i as 2);
    return {
      name: `list-${i + 1}.csv`,
      mime: 'text/csv',
      bytes: Buffer.from(`row ${i + 1}`),
      ...(fault !== undefined && { fault }),
    };
  });
  const { thread } = await people.say('C1', '@impacter find me 3 leads like these', {
    from: 'U1',
    files,
  });
  await goingOn(async () => expect((await answers(thread)).join('\n')).toContain('Returned: 3 credits'));
  const said = await answer(thread, /Returned: 3 credits/);
  const lost = [
    ['list-3.csv', 'it was deleted or its link expired'],
    ['list-6.csv', 'the app may not read it'],
    ['list-9.csv', 'it did not arrive complete'],
  ] as const;
  expect(said.match(/list-.*/g)).toEqual(lost.map((each) => each.join(': ')));
  expect((await owner.ledger()).slice(before.length)).toEqual(['hold 3', 'release 3']);
  const task = await core.store.prisma.task.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
  expect((await app.tasks.get(owner, task.id)).failure?.lostFiles).toEqual(lost.map(([name, reason]) => ({ name, reason })));
});

test('ten files that are all there reach the agent', async () => {
  const { people, answer } = world();
  const files = Array.from({ length: 10 }, (_, i) => ({
    name: `list-${i + 1}.csv`,
    mime: 'text/csv',
    bytes: Buffer.from('a,b'),
  }));
  const { thread } = await people.say('C1', '@impacter find me 3 leads like these', {
    from: 'U1',
    files,
  });
  await answer(thread, /with 10 files/);
});

test('work of twenty minutes is shown as it goes on, minute by minute, and its result is whole', async () => {
  const { people, say, answers, answer, goingOn } = world();
  const thread = await say('find me 9 leads in Miami');
  await vi.waitFor(() => expect(long.watch).not.toBeNull());
  const beganMs = clock.now().getTime();
  const [first, work] = [async () => (await answers(thread))[0]!, async () => (await answers(thread)).slice(1)];
  for (let minute = 1; minute <= 20; minute++) {
    long.watch!.step({ id: `${minute}`, title: `Read page ${minute}`, state: 'running' });
    await goingOn(async () => {
      expect(clock.now().getTime() - beganMs).toBeGreaterThanOrEqual(minute * 60_000);
      // One post, which is another one before Slack ends it.
      expect(await work()).toEqual([expect.stringMatching(new RegExp(`^Working on it\\n[^]*▸ Read page ${minute}$`))]);
    }, 15_000);
    long.watch!.step({ id: `${minute}`, title: `Read page ${minute}`, state: 'done' });
  }
  expect(await first()).toContain('[Cancel]');
  expect((await people.status('C1', thread))?.status).toBe('processing');
  const begun = (await people.calls('chat.startStream')).length;
  expect([begun, (await people.calls('chat.appendStream')).filter(({ outcome }) => outcome !== 'ok')]).toEqual([expect.any(Number), []]);
  expect(begun).toBeGreaterThanOrEqual(5);
  long.over.resolve();
  expect(await answer(thread, /^✓ Done: 9 leads/)).toMatch(/leads\.csv[^]*Used: 9 of 9 credits reserved/);
  await goingOn(async () => expect(await first()).toMatch(/^● Done/));
  expect(await first()).not.toContain('[Cancel]');
  expect((await work())[0]).toMatch(/^Done\n[^▸]*☑ Read page 20$/);
  expect((await people.status('C1', thread))?.status).toBe('active');
}, 60_000);

test('while one channel takes no posts for ten minutes, another one is answered without waiting for anything', async () => {
  const { people, say, answers, answer, goingOn, tasks } = world();
  const refused = async () =>
    (await people.calls('chat.postMessage')).filter(({ channel, outcome }) => channel === 'C1' && outcome === 'ratelimited');
  const before = (await refused()).length;
  await people.limit('C1', 10 * 60_000);
  const atMs = clock.now().getTime();
  const waiting = [await say('find me 3 leads in Miami'), await say('find me 4 leads in Boston')];
  await vi.waitFor(async () =>
    expect((await Promise.all(waiting.map((thread) => tasks(thread)))).flat()).toEqual(Array(2).fill('completed')),
  );
  await vi.waitFor(async () => expect((await refused()).length).toBeGreaterThan(before));
  const { promise, resolve } = Promise.withResolvers<void>();
  standing.over = promise;
  try {
    for (let i = 2; i <= 8; i++) {
      const { thread } = await people.say('C2', `@impacter find me ${i} leads in Miami`, {
        from: 'U2',
      });
      await answer(thread, new RegExp(`^✓ Done: ${i} leads`), 'C2');
    }
  } finally {
    resolve();
  }
  // Two requests, four letters: the first refusal held them all.
  expect((await refused()).length - before).toBe(1);
  expect((await Promise.all(waiting.map((thread) => answers(thread)))).flat()).toEqual([]);
  for (const [i, thread] of waiting.entries())
    await goingOn(
      async () => expect(await answers(thread)).toEqual([expect.any(String), expect.stringContaining(`Done: ${i + 3} leads`)]),
      20_000,
    );
  expect(clock.now().getTime() - atMs).toBeGreaterThanOrEqual(10 * 60_000);
});

test('once who speaks is known, a request is acknowledged without asking Slack anything', async () => {
  const { people, url, tell, envelope, say, answer, tasks } = world();
  await answer(await say('find me 2 leads in Miami'), /Done/);
  const { botUser } = await people.team('T1');
  const before = (await people.calls()).length;
  const ts = `${Math.floor(clock.now().getTime() / 1000) + 1}.000001`;
  const event = {
    type: 'message',
    channel: 'C1',
    user: 'U1',
    text: `<@${botUser}> find me 2 leads in Boston`,
    ts,
  };
  expect(await tell(url, envelope(event))).toBe(200);
  expect(await tasks(ts)).toHaveLength(1);
  const asked = (await people.calls()).slice(before).map(({ method }) => method);
  // What is told somebody in a direct message meanwhile is about something else.
  expect(asked.filter((method) => !/^(?:chat|agents|reactions)\.|^conversations\.open$/.test(method))).toEqual([]);
});

test('limits name channels as people know them', async () => {
  const { app, core, say, answer } = world();
  await answer(await say('find me 2 leads in Miami'), /Done/);
  const place = () => app.workspaces.place('slack:T1:C1');
  await vi.waitFor(async () => expect(await place()).toMatchObject({ name: '#general', kind: 'channel', private: false }));
  expect(await core.store.prisma.place.count({ where: { ref: 'slack:T1:C1' } })).toBe(1);
});
