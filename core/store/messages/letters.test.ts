import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId, type ConversationId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import { createTestDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { lettersOver, type Letters } from './letters.ts';
import { openMoney, type Money } from '../database/money.ts';

const LEASE_MS = 30_000;
const start = new Date('2026-11-23T09:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

let database: TestDatabase;
let money: Money;
let letters: Letters;
beforeAll(async () => {
  database = await createTestDatabase();
  money = openMoney(database.url, quietLog);
  letters = lettersOver(money);
});
afterAll(async () => {
  await money.close();
  await database.drop();
});

test('of a conversation one letter is on its way at a time, in order, and channels do not wait for one another', async () => {
  const platform = newPlatform();
  const [one, two] = [await conversation(platform), await conversation(platform)];
  await write(one, 'a', 'b');
  await write(two, 'c');
  expect(words(await claim(platform))).toEqual(['a', 'c']);
  expect(words(await claim(platform))).toEqual([]);
  await letters.sent((await claimedAgain(platform, 'a'))!, { messageRef: '1' }, after(LEASE_MS + 2));
  expect(words(await claim(platform, LEASE_MS + 3))).toEqual(['b']);
});

test('two processes never have the same letter in hand', async () => {
  const platform = newPlatform();
  const all = await Promise.all(Array.from({ length: 20 }, () => conversation(platform)));
  await Promise.all(all.map((each) => write(each, 'x')));
  const claims = await Promise.all(Array.from({ length: 5 }, () => letters.claim(platform, start, LEASE_MS, 8)));
  const ids = claims.flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(20);
});

test('whoever takes a letter up from a process that vanished has to look whether it was posted', async () => {
  const platform = newPlatform();
  await write(await conversation(platform), 'x');
  const [first] = await claim(platform);
  expect(first).toMatchObject({ mustLook: false, attemptedAt: null, lastTriedAt: null, tries: 1 });
  const [second] = await claim(platform, LEASE_MS + 1);
  expect(second).toMatchObject({ mustLook: true, attemptedAt: start, lastTriedAt: start, tries: 2 });
});

test.each([
  [
    'to try it again',
    (letter: Awaited<ReturnType<typeof claim>>[0]) =>
      letters.later(letter, { state: 'planned', nextAt: after(0), trouble: 'slow', failed: true }),
  ],
  [
    'to give it up',
    (letter: Awaited<ReturnType<typeof claim>>[0]) =>
      letters.dead(letter, { why: 'refused', trouble: 'slow', mayBePosted: false }, after(0)),
  ],
])('a process that slept through its lease has no say any more: not %s', async (_, saysLate) => {
  const platform = newPlatform();
  const where = await conversation(platform);
  await write(where, 'x');
  const [slept] = await claim(platform);
  const [awake] = await claim(platform, LEASE_MS + 1);
  await saysLate(slept!);
  expect(await states(where)).toEqual(['unknown']);
  await letters.sent(awake!, { messageRef: '1' }, after(LEASE_MS + 2));
  await saysLate(awake!);
  expect(await states(where)).toEqual(['sent']);
});

test('a letter that became the root of a thread takes its conversation there, even where one had begun', async () => {
  const platform = newPlatform();
  const thread = `${platform}:general:17`;
  const begun = await conversation(platform, { channel: 'general' });
  await write(begun, 'root', 'next');
  const meanwhile = await conversation(platform, { thread });
  const [root] = await claim(platform);
  await letters.sent(root!, { messageRef: '17', threadRef: thread }, start);
  const { rows } = await money.query({ text: 'SELECT id, thread_ref, address FROM conversations WHERE platform = $1 ORDER BY id' }, [
    platform,
  ]);
  expect(rows).toEqual([
    { id: begun, thread_ref: thread, address: thread },
    { id: meanwhile, thread_ref: null, address: thread },
  ]);
});

test('a letter is said to be sent once, however often that is written', async () => {
  const platform = newPlatform();
  const where = await conversation(platform);
  const taskId = await task(where);
  await letters.write({ id: newId(), conversationId: where, taskId, saying: { kind: 'help' }, readHere: false }, start);
  const [letter] = await claim(platform);
  await letters.sent(letter!, { messageRef: '1' }, start);
  await letters.sent(letter!, { messageRef: '1' }, start);
  expect(await eventsOf(taskId)).toEqual(['sent']);
});

test('when a post and an echo confirm a letter at once the first counts, and the other post is a double', async () => {
  const platform = newPlatform();
  const where = await conversation(platform);
  const taskId = await task(where);
  await letters.write({ id: newId(), conversationId: where, taskId, saying: { kind: 'help' }, readHere: false }, start);
  const [letter] = await claim(platform);
  const heard = await money.transaction(async (client) => {
    await client.query('SELECT letter_sent($1, $2, NULL, $3)', [letter!.id, 'first', start]);
    const other = letters.heard(letter!.id, { messageRef: 'second' }, start);
    await vi.waitFor(async () => {
      const { rows } = await money.query(
        {
          text: `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        },
        [],
      );
      expect(rows).toHaveLength(1);
    });
    return { other };
  });
  expect(await heard.other).toBe('double');
  expect(await letters.heard(letter!.id, { messageRef: 'first' }, start)).toBe('confirmed');
  expect(await eventsOf(taskId)).toEqual(['sent']);
});

async function task(conversationId: ConversationId): Promise<TaskId> {
  const { rows } = await money.query<{ id: TaskId }>(
    {
      text: `INSERT INTO tasks (id, team_id, conversation_id, platform, type, because, request_text, status, rate_version, estimate_low, estimate_high, deadline_at, created_at)
             SELECT uuidv7(), team_id, id, platform, 'general', '', '', 'pending', 1, 1, 1, now(), now() FROM conversations WHERE id = $1 RETURNING id`,
    },
    [conversationId],
  );
  return rows[0]!.id;
}

async function eventsOf(taskId: TaskId): Promise<string[]> {
  const { rows } = await money.query<{ kind: string }>({ text: 'SELECT kind FROM task_events WHERE task_id = $1' }, [taskId]);
  return rows.map(({ kind }) => kind);
}

let platforms = 0;
function newPlatform() {
  return `board${++platforms}`;
}

let channels = 0;
async function conversation(platform: string, where: { thread?: string; channel?: string } = {}): Promise<ConversationId> {
  const { thread = null, channel = `c${++channels}` } = where;
  const id = newId<ConversationId>();
  const team = newId();
  await money.query({ text: `INSERT INTO teams (id, name, created_at) VALUES ($1, 'Ada', now())` }, [team]);
  await money.query(
    { text: 'INSERT INTO conversations (id, team_id, platform, thread_ref, address, created_at) VALUES ($1, $2, $3, $4, $5, now())' },
    [id, team, platform, thread, thread ?? `${platform}:${channel}:`],
  );
  return id;
}

async function write(conversationId: ConversationId, ...texts: string[]) {
  for (const text of texts) {
    const saying = { kind: 'refused', code: 'type.unknown', facts: { given: text } } as const;
    await letters.write({ id: newId<LetterId>(), conversationId, taskId: null, saying, readHere: false }, start);
  }
}

function claim(platform: string, ms = 0) {
  return letters.claim(platform, after(ms), LEASE_MS, 16);
}

async function claimedAgain(platform: string, text: string) {
  return (await claim(platform, LEASE_MS + 1)).find((letter) => words([letter])[0] === text);
}

function words(claimed: Awaited<ReturnType<typeof claim>>) {
  return claimed.map(({ saying }) => (saying.kind === 'refused' ? (saying.facts as { given: string }).given : saying.kind)).toSorted();
}

async function states(conversationId: ConversationId) {
  const { rows } = await money.query<{ state: string }>({ text: 'SELECT state FROM letters WHERE conversation_id = $1 ORDER BY seq' }, [
    conversationId,
  ]);
  return rows.map(({ state }) => state);
}
