// Events of chats, in processes that meet in PostgreSQL: each is acknowledged once it, or what came of it, is stored, and handled
// whatever becomes of the process that was told.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { ChatEvent, ChatInbox } from '#core/ports/inbox.ts';
import { DatabaseUnavailable } from '#core/store/database/outage.ts';
import type { Inbox } from '#core/store/inbox/inbox.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { InboxFull, openInbox } from './inbox.ts';
import { watchInbox } from './watch.ts';

const OPS = 'ops@example.com';
const clock = clockByHand();
const stage = forAll(() => openStage({ clock, settings: { ROLES: 'web', OPERATOR_EMAILS: OPS } }));
const open: ChatInbox[] = [];
const noHurry = () => ({ waitedMs: 0, withinMs: 20_000 });

afterEach(async () => {
  await Promise.all(open.splice(0).map((inbox) => inbox.stop()));
  await stage().core.store.money.query({ text: 'DELETE FROM chat_inbox' }, []);
});

/** A process, which notes what it handled and what it gave up. Nothing is handled before `go`. */
function process(
  handle: (event: ChatEvent) => Promise<void> = async () => undefined,
  { inbox: others = {}, most = 5_000, outcomeWithinMs = 120_000 }: { inbox?: Partial<Inbox>; most?: number; outcomeWithinMs?: number } = {},
) {
  const { core } = stage();
  const gate = Promise.withResolvers<void>();
  const [handled, begun, lost]: [string[], string[], string[]] = [[], [], []];
  const inbox = openInbox(
    { ...core, store: { ...core.store, inbox: { ...core.store.inbox, ...others } } },
    {
      platform: 'chat',
      async handle(event) {
        begun.push(event.key);
        await gate.promise;
        await handle(event);
        handled.push(event.key);
      },
      gaveUp: ({ key }) => void lost.push(key),
    },
    { most, outcomeWithinMs },
  );
  open.push(inbox);
  const acknowledged: string[] = [];
  const take = (event: ChatEvent, wait = noHurry, how?: { patiently: boolean }) =>
    inbox.take(event, wait, how).then(() => void acknowledged.push(event.key));
  return { inbox, take, acknowledged, begun, handled, lost, go: () => gate.resolve() };
}

function event(n: number, more: Partial<ChatEvent> = {}): ChatEvent {
  return { key: `chat:${n}`, place: `chat:place-${n % 3}`, workspace: 'W1', author: 'U1', body: { n }, ...more };
}

async function rows(): Promise<{ key: string; body: string | null; author: string | null }[]> {
  const { rows: found } = await stage().core.store.money.query<{ key: string; body: string | null; author: string | null }>(
    { text: 'SELECT key, body, author FROM chat_inbox ORDER BY came, key' },
    [],
  );
  return found;
}

const keys = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `chat:${from + i}`);
/** Never says again that it lives, and takes nothing over: as a process that was killed. */
const dead: Partial<Inbox> = { renew: async () => undefined, takeOver: async () => [], release: async () => undefined };

test('in quiet times an event is acknowledged once it is handled, and nothing but its outcome is written', async () => {
  const { take, acknowledged, begun, go } = process();
  const taken = take(event(1));
  await vi.waitFor(() => expect(begun).toEqual(['chat:1']));
  expect([acknowledged, await rows()]).toEqual([[], []]);
  go();
  await taken;
  expect([acknowledged, await rows()]).toEqual([['chat:1'], []]);
});

test('of many events those that wait are stored and acknowledged, and handled in the order of their places; then no row is left', async () => {
  const { take, acknowledged, handled, go } = process();
  const all = Promise.all(Array.from({ length: 60 }, (_, n) => take(event(n))));
  await vi.waitFor(() => expect(acknowledged.toSorted()).toEqual(keys(8, 59).toSorted()));
  expect((await rows()).map(({ key }) => key)).toEqual(keys(8, 59));
  expect(handled).toEqual([]);
  go();
  await all;
  await vi.waitFor(() => expect(handled).toHaveLength(60));
  for (const place of [0, 1, 2]) {
    const inPlace = handled.map((key) => Number(key.split(':')[1])).filter((n) => n % 3 === place);
    expect(inPlace).toEqual(inPlace.toSorted((a, b) => a - b));
  }
  await vi.waitFor(async () => expect(await rows()).toEqual([]));
});

test('what has no outcome in time is stored and acknowledged, and handled once', async () => {
  const { take, acknowledged, handled, go } = process(undefined, { outcomeWithinMs: 100 });
  await take(event(1));
  expect([acknowledged, handled, (await rows()).map(({ body }) => body)]).toEqual([['chat:1'], [], ['{"n":1}']]);
  go();
  await vi.waitFor(async () => expect([handled, await rows()]).toEqual([['chat:1'], []]));
});

test('what a killed process had acknowledged is handled by another one, in order, once', async () => {
  const one = process(undefined, { inbox: dead });
  void Promise.all(Array.from({ length: 20 }, (_, n) => one.take(event(n, { place: 'chat:one' })))).catch(() => undefined);
  await vi.waitFor(() => expect(one.acknowledged).toHaveLength(12));
  const two = process();
  two.go();
  clock.forward(5_000);
  await sleep(50);
  expect(two.begun).toEqual([]);
  await vi.waitFor(() => {
    clock.forward(500);
    expect(two.handled).toEqual(keys(8, 19));
  });
  // One that was only asleep does what it had in hand, which changes nothing, and has no row of it any more.
  one.go();
  await vi.waitFor(async () => expect(await rows()).toEqual([]));
});

test('a process that lives keeps what it has in hand, however long that takes, and leaves it to another one when it stops', async () => {
  const [one, two] = [process(undefined, { outcomeWithinMs: 100 }), process()];
  two.go();
  void one.take(event(1)).catch(() => undefined);
  await vi.waitFor(() => expect(one.acknowledged).toEqual(['chat:1']));
  for (let seconds = 0; seconds < 20; seconds += 2) {
    clock.forward(2_000);
    await sleep(20);
  }
  expect(two.begun).toEqual([]);
  const stopped = one.inbox.stop();
  await vi.waitFor(async () => {
    clock.forward(5_000);
    expect(two.handled).toEqual(['chat:1']);
  });
  one.go();
  await stopped;
});

test('an event that is told to two processes is handled by one of them, and both acknowledge it', async () => {
  const [one, two] = [process(), process()];
  void Promise.all(Array.from({ length: 9 }, (_, n) => one.take(event(n)))).catch(() => undefined);
  void Promise.all(Array.from({ length: 8 }, (_, n) => two.take(event(100 + n)))).catch(() => undefined);
  await vi.waitFor(() => expect(one.acknowledged).toEqual(['chat:8']));
  await two.take(event(8));
  one.go();
  two.go();
  await vi.waitFor(() => expect([one.handled.length, two.handled.length]).toEqual([9, 8]));
  expect(two.handled).not.toContain('chat:8');
  await vi.waitFor(async () => expect(await rows()).toEqual([]));
});

test('a message that has its outcome already is acknowledged without being handled', async () => {
  await stage().core.store.chats.keep({ key: 'chat:900', outcome: 'ignored', answer: null, teamId: null }, clock.now());
  const { take, acknowledged, handled, go } = process();
  void Promise.all(Array.from({ length: 8 }, (_, n) => take(event(n)))).catch(() => undefined);
  await take(event(900));
  go();
  await vi.waitFor(() => expect(handled).toHaveLength(8));
  expect([acknowledged[0], handled.includes('chat:900')]).toEqual(['chat:900', false]);
});

test('told ten times at the same time, an event is handled once, and acknowledged each time', async () => {
  const { take, acknowledged, handled, go } = process();
  const all = Promise.all(Array.from({ length: 10 }, () => take(event(1))));
  go();
  await all;
  expect([acknowledged.length, handled]).toEqual([10, ['chat:1']]);
});

test('an event whose handling fails is acknowledged, tried again by itself, and done', async () => {
  let failures = 2;
  const { take, handled, go } = process(async () => {
    if (failures-- > 0) throw new Error('Slack does not say who this is');
  });
  go();
  await take(event(1));
  expect([handled, (await rows()).length]).toEqual([[], 1]);
  await vi.waitFor(async () => {
    clock.forward(500);
    expect([handled, await rows()]).toEqual([['chat:1'], []]);
  });
});

test('while one event fails the next one of its place waits, and other places go on', async () => {
  let fails = true;
  const { take, handled, go } = process(async ({ key }) => {
    if (key === 'chat:0' && fails) throw new Error('not now');
  });
  go();
  await take(event(0));
  const next = take(event(3));
  await take(event(1));
  expect(handled).toEqual(['chat:1']);
  fails = false;
  await vi.waitFor(() => {
    clock.forward(500);
    expect(handled).toEqual(['chat:1', 'chat:0', 'chat:3']);
  });
  await next;
});

test('an event that always fails while others do not is given up: its content goes, its person is told, and an operator has a mail', async () => {
  const { core } = stage();
  const { take, handled, lost, go } = process(async ({ key }) => {
    if (key === 'chat:0') throw new Error('never');
  });
  go();
  await take(event(0));
  let n = 1;
  await vi.waitFor(
    async () => {
      clock.forward(15_000);
      await take(event((n += 3), { place: 'chat:other' }));
      expect(lost).toEqual(['chat:0']);
    },
    { timeout: 20_000, interval: 5 },
  );
  expect(handled).not.toContain('chat:0');
  expect(n).toBeGreaterThan(59 * 3);
  expect(await rows()).toEqual([{ key: 'chat:0', body: null, author: null }]);
  // Told again it is left alone.
  const other = process();
  void Promise.all(Array.from({ length: 8 }, (_, i) => other.take(event(200 + i)))).catch(() => undefined);
  await other.take(event(0));
  other.go();
  await vi.waitFor(() => expect(other.handled).toHaveLength(8));
  await watchInbox(core);
  expect(await core.store.prisma.mail.findMany({ where: { to: OPS } })).toMatchObject([{ key: `alarm:messages-unhandled:0:${OPS}` }]);
  clock.forward(8 * 24 * 60 * 60_000);
  await watchInbox(core);
  expect(await rows()).toEqual([]);
}, 30_000);

test.each([
  ['fails', () => new Error('Slack does not say who this is')],
  ['has no database', () => new DatabaseUnavailable(new Error('away'))],
])(
  'what was taken over and %s is tried again by the same process, and not taken over from itself',
  async (_, why) => {
    await left(event(1));
    let failures = 20;
    const { begun, handled, lost, go } = process(async () => {
      if (failures-- > 0) throw why();
    });
    go();
    await vi.waitFor(
      async () => {
        clock.forward(1_000);
        const { rows: found } = await stage().core.store.money.query<{ takeovers: number }>(
          { text: 'SELECT takeovers FROM chat_inbox' },
          [],
        );
        for (const { takeovers } of found) expect(takeovers).toBeLessThan(2);
        expect([handled, lost]).toEqual([['chat:1'], []]);
      },
      { timeout: 30_000, interval: 5 },
    );
    expect(begun).toHaveLength(21);
    await vi.waitFor(async () => expect(await rows()).toEqual([]));
  },
  40_000,
);

test('after an outage nothing is given up; an event that goes on failing is, also where others are handled only between its tries', async () => {
  const { take, inbox, begun, lost, go } = process(async ({ key }) => {
    if (key === 'chat:0') throw new Error('never');
  });
  const tries = () => begun.filter((key) => key === 'chat:0').length;
  const tryAgain = async (times: number) =>
    vi.waitFor(
      () => {
        if (tries() < times) clock.forward(15_000);
        expect(tries()).toBeGreaterThanOrEqual(times);
      },
      { timeout: 20_000, interval: 5 },
    );
  go();
  await take(event(0));
  await take(event(1));
  // Nobody else is handled meanwhile.
  await tryAgain(70);
  expect(lost).toEqual([]);
  await sleep(20);
  await take(event(2));
  await tryAgain(71);
  await vi.waitFor(() => expect(lost).toEqual(['chat:0']));
  expect([tries(), inbox.size()]).toEqual([71, 0]);
}, 30_000);

test('an event whose row is written although the answer of the database got lost is this process’s own, and handled by it', async () => {
  const { inbox: real } = stage().core.store;
  let isLost = false;
  const { take, handled, go } = process(undefined, {
    outcomeWithinMs: 100,
    inbox: {
      takeOver: async () => [],
      async keep(...given) {
        const answer = await real.keep(...given);
        if (given[0].key !== 'chat:100' || isLost) return answer;
        isLost = true;
        throw new DatabaseUnavailable(new Error('the connection ended'), { mayBeDone: true });
      },
    },
  });
  for (let n = 1; n <= 32; n++) void take(event(n, { place: `chat:busy-${n}` })).catch(() => undefined);
  const told = take(event(100));
  await expect(told).rejects.toMatchObject({ code: 'database.unavailable' });
  await take(event(100));
  go();
  await vi.waitFor(() => expect(handled).toContain('chat:100'));
  await vi.waitFor(async () => expect((await rows()).map(({ key }) => key)).not.toContain('chat:100'));
});

test('an event that every process dies of is given up after ten of them', async () => {
  const { core } = stage();
  await left(event(1), { takeovers: 10 });
  await left(event(2), { takeovers: 9 });
  const { handled, lost, go } = process();
  go();
  await vi.waitFor(async () => {
    clock.forward(2_000);
    expect([handled, lost]).toEqual([['chat:2'], ['chat:1']]);
  });
  await vi.waitFor(async () => expect(await rows()).toEqual([{ key: 'chat:1', body: null, author: null }]));
  await core.store.money.query({ text: 'DELETE FROM chat_inbox' }, []);
});

test('events that were stored together with one that its process dies of are all handled, and only that one is given up', async () => {
  for (let n = 0; n < 6; n++) await left(event(n, { place: `chat:place-${n}` }));
  // Of the same place as the one that kills, and after it.
  await left(event(102, { place: 'chat:place-2' }));
  const { money } = stage().core.store;
  const handled: string[] = [];
  let lost: string[] = [];
  for (let restarts = 0; restarts < 60 && lost.length === 0; restarts++) {
    // Everything that it has in hand stops with it, as if it were killed.
    const killed = Promise.withResolvers<never>();
    killed.promise.catch(() => undefined);
    let isDead = false;
    const one = process(
      async ({ key }) => {
        if (key === 'chat:2') isDead = true;
        if (isDead) await killed.promise;
        // The one that kills is as quick as any other.
        await sleep(1);
        if (isDead) await killed.promise;
        handled.push(key);
      },
      { inbox: { done: async (key, owner) => (isDead ? undefined : stage().core.store.inbox.done(key, owner)), release: async () => {} } },
    );
    one.go();
    lost = one.lost;
    await vi.waitFor(async () => {
      clock.forward(1_000);
      const { rows: open } = await money.query({ text: 'SELECT FROM chat_inbox WHERE dead_at IS NULL' }, []);
      expect(isDead || open.length === 0).toBe(true);
    });
    killed.reject(refuse('request.invalid', { fields: [] }));
    isDead = true;
    await one.inbox.stop();
    await money.query({ text: `UPDATE chat_inbox SET due_at = '-infinity' WHERE dead_at IS NULL` }, []);
  }
  expect(lost).toEqual(['chat:2']);
  expect(new Set(handled)).toEqual(new Set(['chat:0', 'chat:1', 'chat:3', 'chat:4', 'chat:5', 'chat:102']));
});

test('what is refused for good is not tried again, and whoever told it knows', async () => {
  const no = refuse('request.invalid', { fields: [] });
  const { take, begun, go } = process(() => Promise.reject(no));
  go();
  await expect(take(event(1))).rejects.toBe(no);
  expect([begun, await rows()]).toEqual([['chat:1'], []]);
});

test('while the database is away nothing is acknowledged, and nothing stays in memory for it', async () => {
  const away = () => Promise.reject(new DatabaseUnavailable(new Error('away')));
  const { inbox, take, acknowledged, go } = process(away, { inbox: { keep: away } });
  go();
  const all = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => take(event(n))));
  expect(all.map(({ status }) => status)).toEqual(Array(30).fill('rejected'));
  expect([acknowledged, inbox.size()]).toEqual([[], 0]);
});

test('what nobody waits for any more, and what could not be stored, is given back', async () => {
  const { inbox, take, go } = process(undefined, { inbox: { keep: () => new Promise(() => undefined) } });
  const since = performance.now();
  const wait = () => ({ waitedMs: performance.now() - since, withinMs: 300 });
  const all = [1, 4].map((n) => take(event(n), wait));
  for (const one of all) await expect(one).rejects.toMatchObject({ code: 'database.unavailable' });
  // The one that is being handled goes on.
  expect(inbox.size()).toBe(1);
  go();
  await vi.waitFor(() => expect(inbox.size()).toBe(0));
});

test('an event that is withdrawn while it waits is never handled; one that is being handled ends first', async () => {
  const { inbox, take, handled, go } = process();
  void Promise.all(Array.from({ length: 12 }, (_, n) => take(event(n)))).catch(() => undefined);
  await vi.waitFor(async () => expect(await rows()).toHaveLength(4));
  await inbox.withdraw(['chat:7', 'chat:11', 'chat:unknown']);
  expect((await rows()).map(({ key }) => key)).toEqual(keys(8, 10));
  let isWithdrawn = false;
  const last = inbox.withdraw(['chat:0']).then(() => (isWithdrawn = true));
  await sleep(30);
  expect(isWithdrawn).toBe(false);
  go();
  await last;
  await vi.waitFor(() => expect(handled.toSorted()).toEqual([...keys(0, 6), ...keys(8, 10)].toSorted()));
});

test('what a killed process left is withdrawn too, and what a living one handles is waited for', async () => {
  await left(event(1));
  const one = process(undefined, { inbox: { takeOver: async () => [] }, outcomeWithinMs: 100 });
  void one.take(event(2)).catch(() => undefined);
  await vi.waitFor(() => expect(one.acknowledged).toEqual(['chat:2']));
  const two = process(undefined, { inbox: { takeOver: async () => [] } });
  await two.inbox.withdraw(['chat:1']);
  let isWithdrawn = false;
  const withdrawn = two.inbox.withdraw(['chat:2']).then(() => (isWithdrawn = true));
  await sleep(30);
  expect(isWithdrawn).toBe(false);
  one.go();
  await vi.waitFor(() => {
    clock.forward(250);
    expect(isWithdrawn).toBe(true);
  });
  await withdrawn;
  expect(one.handled).not.toContain('chat:1');
});

test('where too many wait the next one is not taken, or waits for room', async () => {
  const { take, acknowledged, handled, go } = process(undefined, { most: 10 });
  void Promise.all(Array.from({ length: 10 }, (_, n) => take(event(n)))).catch(() => undefined);
  await expect(take(event(50))).rejects.toBeInstanceOf(InboxFull);
  const patient = take(event(51), noHurry, { patiently: true });
  // What is there already has its place.
  void take(event(9));
  await vi.waitFor(() => expect(acknowledged.toSorted()).toEqual(['chat:8', 'chat:9', 'chat:9']));
  go();
  await patient;
  expect(handled).toContain('chat:51');
});

test('with an account, or a team that has its workspace, what they said and nobody handled is erased', async () => {
  const { core, person } = stage();
  const account = { platform: 'chat', workspace: 'W1', space: 'W1', name: 'Ann', isGuest: false, isOutsider: false };
  const identity = await core.store.people.rememberAccount({ ...account, externalId: 'U7' });
  const { teamId } = await person();
  await core.store.prisma.workspace.create({ data: { id: newId(), platform: 'chat', externalId: 'W7', teamId, name: 'Acme' } });
  const later = new Date(clock.now().getTime() + 60_000);
  await left(event(1, { author: 'U7' }), { dueAt: later });
  await left(event(2), { dueAt: later });
  await left(event(3, { workspace: 'W7' }), { dueAt: later });
  await core.store.erase.identity(identity, clock.now());
  expect((await rows()).map(({ key }) => key)).toEqual(['chat:2', 'chat:3']);
  await core.store.erase.team(teamId, clock.now());
  expect((await rows()).map(({ key }) => key)).toEqual(['chat:2']);
});

/** As a process leaves it that is killed. */
async function left({ body, ...given }: ChatEvent, { takeovers = 0, dueAt = clock.now() } = {}): Promise<void> {
  const { inbox, money } = stage().core.store;
  const row = { ...given, platform: 'chat', body: JSON.stringify(body), came: Number(given.key.split(':')[1]) };
  await inbox.keep(row, 'a killed process', clock.now(), dueAt);
  await money.query({ text: 'UPDATE chat_inbox SET takeovers = $2 WHERE key = $1' }, [given.key, takeovers]);
}
