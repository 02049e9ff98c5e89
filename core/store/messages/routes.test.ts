// Of each channel one letter is on its way at a time, and what waits in one channel costs the others nothing.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, type ConversationId, type LetterId } from '#core/domain/ids.ts';
import { rowsRead } from '#core/testing/ledger/rows-read.ts';
import { createTestDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openMoney, type Money } from '../database/money.ts';
import { lettersOver, type Letters, type OpenLetter } from './letters.ts';
import { routesOver, type Routes } from './routes.ts';

const LEASE_MS = 30_000;
const start = new Date('2026-11-23T09:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

let database: TestDatabase;
let money: Money;
let otherMoney: Money;
let letters: Letters;
let otherProcess: Letters;
let routes: Routes;
beforeAll(async () => {
  database = await createTestDatabase();
  money = openMoney(database.url, quietLog, 1);
  otherMoney = openMoney(database.url, quietLog);
  letters = lettersOver(money);
  otherProcess = lettersOver(otherMoney);
  routes = routesOver(money);
});
afterAll(async () => {
  await Promise.all([money.close(), otherMoney.close()]);
  await database.drop();
});

test('a channel gets its letters one at a time and in the order they were written, whoever posts them', async () => {
  const platform = newPlatform();
  const threads = [await thread(platform, 'general'), await thread(platform, 'general'), await thread(platform, 'general')];
  for (const [i, where] of [...threads, ...threads].entries()) await write(where, `${i}`, after(i));
  const posted: string[] = [];
  for (let ms = 10; posted.length < 6; ms++) {
    const both = await Promise.all([claim(platform, ms), claim(platform, ms, otherProcess)]);
    expect(both.flat()).toHaveLength(1);
    await letters.sent(both.flat()[0]!, { messageRef: String(ms) }, after(ms));
    posted.push(wordsOf(both.flat()[0]!));
  }
  expect(posted).toEqual(['0', '1', '2', '3', '4', '5']);
});

test('several processes never have two letters of one channel in hand', async () => {
  const platform = newPlatform();
  for (let i = 0; i < 40; i++) await write(await thread(platform, `c${i % 4}`), `${i}`, start);
  for (let round = 0; round < 10; round++) {
    const at = after(round);
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, i) => (i % 2 ? otherProcess : letters).claim(platform, at, LEASE_MS, 8)),
    );
    expect(
      claims
        .flat()
        .map(({ route }) => route)
        .toSorted(),
    ).toEqual(['c0', 'c1', 'c2', 'c3'].map((channel) => `${platform}:${channel}`));
    await Promise.all(claims.flat().map((letter) => otherProcess.sent(letter, { messageRef: letter.id }, at)));
  }
  expect(await claim(platform, 10)).toEqual([]);
});

test('a limited channel waits for every process, goes on where it was, and no other channel waits', async () => {
  const platform = newPlatform();
  const [limited, other] = [await thread(platform, 'limited'), await thread(platform, 'other')];
  await write(limited, 'first', start);
  await write(await thread(platform, 'limited'), 'second', after(1));
  const [first] = await claim(platform, 2);
  await letters.later(first!, { state: 'planned', nextAt: first!.dueAt, trouble: 'busy', failed: false, pausedUntil: after(300_000) });
  await write(other, 'elsewhere', after(3));
  expect((await claim(platform, 4, otherProcess)).map(wordsOf)).toEqual(['elsewhere']);
  expect(await claim(platform, 299_999)).toMatchObject([{ route: `${platform}:other` }]); // what the process from before left behind
  expect(
    (await claim(platform, 300_000, otherProcess)).map(({ tries, failures, ...letter }) => [wordsOf(letter), tries, failures]),
  ).toEqual([['first', 2, 0]]);
});

test('a channel that takes no posts ends what was asked for before, and what is asked for later tries it again', async () => {
  const platform = newPlatform();
  const route = `${platform}:shut`;
  await write(await thread(platform, 'shut'), 'before', start);
  expect(await routes.broke(route, 'closed', after(10))).toBe(true);
  expect(await routes.broke(route, 'closed', after(10))).toBe(false);
  const [before] = await claim(platform, 20);
  expect(before).toMatchObject({ brokenWhy: 'closed', probes: false });
  await letters.dead(before!, { why: 'closed', trouble: 'closed', mayBePosted: false, neverTried: true }, after(20));
  await write(await thread(platform, 'shut'), 'later', after(30));
  const [later] = await claim(platform, 30);
  expect(later).toMatchObject({ brokenWhy: null, probes: true });
  await routes.mended(route);
  await letters.sent(later!, { messageRef: '1' }, after(31));
  await write(await thread(platform, 'shut'), 'as usual', after(5));
  expect(await claim(platform, 40)).toMatchObject([{ brokenWhy: null, probes: false }]);
  expect(await routes.broke(route, 'gone', after(50))).toBe(true);
});

test('when the last post was begun is known, also where looking came between', async () => {
  const platform = newPlatform();
  await write(await thread(platform, 'general'), 'x', start);
  const again = { state: 'unknown', trouble: 'no answer', failed: true } as const;
  const [first] = await claim(platform, 0);
  await letters.later(first!, { ...again, nextAt: after(1_000) });
  const [looked] = await claim(platform, 1_000);
  expect(looked).toMatchObject({ mustLook: true, lastTriedAt: start });
  await letters.later(looked!, { ...again, nextAt: after(2_000) });
  const [posted] = await claim(platform, 2_000);
  expect(posted).toMatchObject({ mustLook: true, lastTriedAt: start });
  expect(await letters.trying(posted!, after(2_500))).toBe(true);
  expect(await letters.trying(looked!, after(2_600))).toBe(false);
  await letters.later(posted!, { ...again, nextAt: after(3_000) });
  expect(await claim(platform, 3_000)).toMatchObject([{ attemptedAt: start, lastTriedAt: after(2_500), failures: 3 }]);
});

test('after a process of the version before had a letter, nobody claims to know when it was last tried', async () => {
  const platform = newPlatform();
  await write(await thread(platform, 'general'), 'x', start);
  const [first] = await claim(platform, 0);
  await letters.later(first!, { state: 'unknown', nextAt: after(1_000), trouble: 'no answer', failed: true });
  await money.query({ text: `UPDATE letters SET state = 'unknown', tries = tries + 1, next_at = $2 WHERE id = $1` }, [
    first!.id,
    after(9_000),
  ]);
  expect(await claim(platform, 9_000)).toMatchObject([{ attemptedAt: start, lastTriedAt: null }]);
});

test('ten thousand letters in a limited channel cost the others next to nothing', async () => {
  const platform = newPlatform();
  await writeMany(platform, { channels: 1, each: 10_000 });
  const [first] = await claim(platform, 0);
  await letters.later(first!, { state: 'planned', nextAt: first!.dueAt, trouble: 'busy', failed: false, pausedUntil: after(300_000) });
  for (let i = 0; i < 20; i++) await write(await thread(platform, `other${i}`), `${i}`, after(1));
  let claimed: OpenLetter[] = [];
  const read = await rowsRead(money, async () => {
    for (let i = 0; i < 10; i++) claimed = [...claimed, ...(await letters.claim(platform, after(2), LEASE_MS, 4))];
  });
  expect(claimed.map(({ route }) => route).toSorted()).toEqual(Array.from({ length: 20 }, (_, i) => `${platform}:other${i}`).toSorted());
  expect(read).toBeLessThan(10 * 600);
});

test('thousands of channels that wait cost little, and each has its turn', async () => {
  const platform = newPlatform();
  // Of each channel the first letter is tried again later, and the second one waits for it.
  await writeMany(platform, { channels: 3_000, each: 2, firstAgainAt: after(600_000) });
  for (const channel of ['a', 'zz']) await write(await thread(platform, channel), channel, after(1));
  const claimed: string[] = [];
  const read = await rowsRead(money, async () => {
    for (let i = 0; i < 8; i++) claimed.push(...(await letters.claim(platform, after(2 + i), LEASE_MS, 16)).map(({ route }) => route));
  });
  expect(claimed.toSorted()).toEqual([`${platform}:a`, `${platform}:zz`]);
  expect(read / 8).toBeLessThan(3_500);
});

test('a call that is allowed once in a while is made once by all processes together', async () => {
  const key = `slack:T${newId()}/history`;
  const others = routesOver(otherMoney);
  const waits = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? others : routes).take(key, 60_000, start)));
  expect(waits.filter((wait) => wait === null)).toHaveLength(1);
  expect(waits.filter((wait) => wait !== null && wait > 0 && wait <= 60_000)).toHaveLength(9);
  expect(await routes.take(key, 60_000, after(45_000))).toBe(15_000);
  expect(await others.take(key, 60_000, after(60_000))).toBeNull();
  expect(await routes.take(`${key}2`, 60_000, start)).toBeNull();
});

test('limits that are long over are forgotten, and a channel that is closed is not', async () => {
  const [over, shut, soon] = ['over', 'shut', 'soon'].map((channel) => `slack:T${newId()}:${channel}`);
  await routes.take(over!, 1, start);
  await routes.broke(shut!, 'closed', after(60_000));
  await routes.take(soon!, 60_000, start);
  await routes.forget(after(30_000));
  const { rows } = await money.query<{ route: string }>({ text: 'SELECT route FROM routes WHERE route = ANY ($1) ORDER BY route' }, [
    [over, shut, soon],
  ]);
  expect(new Set(rows.map(({ route }) => route))).toEqual(new Set([shut, soon]));
});

let platforms = 0;
function newPlatform() {
  return `channels${++platforms}`;
}

async function thread(platform: string, channel: string): Promise<ConversationId> {
  const id = newId<ConversationId>();
  const team = newId();
  await money.query({ text: `INSERT INTO teams (id, name, created_at) VALUES ($1, 'Ada', now())` }, [team]);
  await money.query(
    { text: 'INSERT INTO conversations (id, team_id, platform, thread_ref, address, created_at) VALUES ($1, $2, $3, $4, $4, now())' },
    [id, team, platform, `${platform}:${channel}:${id}`],
  );
  return id;
}

async function write(conversationId: ConversationId, given: string, at: Date) {
  const saying = { kind: 'refused', code: 'type.unknown', facts: { given } } as const;
  await letters.write({ id: newId<LetterId>(), conversationId, taskId: null, saying, readHere: false }, at);
}

async function writeMany(platform: string, how: { channels: number; each: number; firstAgainAt?: Date }) {
  const team = newId();
  await money.query({ text: `INSERT INTO teams (id, name, created_at) VALUES ($1, 'Ada', now())` }, [team]);
  // One channel: each letter has a thread of its own. Many channels: each has one thread.
  const [threads, each] = how.channels === 1 ? [how.each, 1] : [how.channels, how.each];
  await money.query(
    {
      text: `WITH c AS (
          INSERT INTO conversations (id, team_id, platform, address, created_at)
          SELECT uuidv7(), $1::uuid, $2::text, $2::text || ':m' || CASE WHEN $3::int = 1 THEN 1 ELSE n END || ':' || n, $6::timestamptz FROM generate_series(1, $4::int) n RETURNING id
        )
        INSERT INTO letters (id, conversation_id, seq, platform, saying, state, next_at, created_at)
        SELECT uuidv7(), c.id, s, $2::text, '{"kind":"help"}', 'planned', CASE WHEN s = 1 THEN coalesce($7::timestamptz, $6::timestamptz) ELSE $6::timestamptz END, $6::timestamptz FROM c, generate_series(1, $5::int) s`,
    },
    [team, platform, how.channels, threads, each, start, how.firstAgainAt ?? null],
  );
}

function claim(platform: string, ms: number, process = letters) {
  return process.claim(platform, after(ms), LEASE_MS, 16);
}

function wordsOf({ saying }: Pick<OpenLetter, 'saying'>): string {
  return saying.kind === 'refused' ? (saying.facts as { given: string }).given : saying.kind;
}
