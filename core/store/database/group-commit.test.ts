import { expect, test } from 'vitest';
import { groupCommit } from './group-commit.ts';
import type { Lane } from './money.ts';
import { DatabaseUnavailable, LockedOut } from './outage.ts';

test('whoever asks while a statement is on its way goes along in the next, and each gets the own answer', async () => {
  const { batches, ask, answerNext } = slowly();
  const first = ask(1);
  await turn();
  const rest = [2, 3, 4].map((n) => ask(n));
  await answerNext();
  await answerNext();
  expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('who asks in the same turn shares one statement, up to its size', async () => {
  const { batches, ask, answerNext } = slowly();
  const all = [1, 2, 3, 4, 5].map((n) => ask(n));
  await answerNext();
  await answerNext();
  expect(await Promise.all(all)).toEqual([10, 20, 30, 40, 50]);
  expect(batches).toEqual([[1, 2, 3, 4], [5]]);
});

test('one bad request fails alone', async () => {
  const tried: number[][] = [];
  const ask = groupCommit<number, number>({
    most: 10,
    async run(batch) {
      tried.push(batch);
      if (batch.includes(2)) throw new Error('two is bad');
      return batch.map((n) => n * 10);
    },
  });
  expect(await Promise.allSettled([1, 2, 3].map((n) => ask(n)))).toMatchObject([
    { value: 10 },
    { reason: { message: 'two is bad' } },
    { value: 30 },
  ]);
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
  expect(await ask(4)).toBe(40);
});

test('while the database is away nobody stands in line for the same answer', async () => {
  const { batches, ask, failNext } = slowly();
  const first = ask(1);
  await turn();
  const rest = [2, 3, 4, 5, 6, 7].map((n) => ask(n));
  const answers = Promise.allSettled([first, ...rest]);
  await failNext(new DatabaseUnavailable(new Error('connection lost')));
  expect((await answers).map(({ status }) => status)).toEqual(Array(7).fill('rejected'));
  expect(batches).toEqual([[1]]);
});

test('when the database goes away while a batch is tried one by one, the rest of it is told at once', async () => {
  const { batches, ask, failNext } = slowly();
  const answers = Promise.allSettled([1, 2, 3, 4].map((n) => ask(n)));
  await turn();
  await failNext(new Error('one of them is bad'));
  await failNext(new DatabaseUnavailable(new Error('connection lost'), { mayBeDone: true }));
  expect(await answers).toMatchObject([
    { reason: { mayBeDone: true } },
    ...Array.from({ length: 3 }, () => ({ reason: { code: 'database.unavailable', mayBeDone: false } })),
  ]);
  expect(batches).toEqual([[1, 2, 3, 4], [1]]);
});

test('an answer too few is an error, and never somebody else’s answer', async () => {
  const ask = groupCommit<number, number>({ most: 10, run: async (batch) => batch.slice(1) });
  expect(await Promise.allSettled([1, 2].map((n) => ask(n)))).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

test('who runs into a lock is set aside with all of the same key, and nobody else waits for them', async () => {
  const { tried, ask, locked } = lockable();
  locked.add('a');
  const first = ask('a1');
  const neighbours = [ask('b1'), ask('c1')];
  expect(await Promise.all(neighbours)).toEqual(['b1 done', 'c1 done']);
  const second = ask('a2');
  expect(await ask('d1')).toBe('d1 done');
  expect(tried.filter(([lane]) => lane === 'shared')).toEqual([
    ['shared', 'a1', 'b1', 'c1'],
    ['shared', 'd1'],
  ]);
  locked.clear();
  expect(await Promise.all([first, second])).toEqual(['a1 done', 'a2 done']);
  expect(await ask('a3')).toBe('a3 done');
  expect(tried.at(-1)).toEqual(['shared', 'a3']);
});

test('of two locks each is waited for by itself, and one that comes free is not kept by the other', async () => {
  const { ask, locked } = lockable();
  locked.add('a').add('b');
  const [one, two, three] = [ask('a1'), ask('b1'), ask('c1')];
  expect(await three).toBe('c1 done');
  locked.delete('b');
  expect(await two).toBe('b1 done');
  locked.clear();
  expect(await one).toBe('a1 done');
});

test('a request whose time is over before it was sent never is', async () => {
  const { batches, ask, answerNext } = slowly();
  const over = new AbortController();
  const first = ask(1);
  await turn();
  const second = ask(2, over.signal);
  const third = ask(3);
  over.abort();
  await expect(second).rejects.toMatchObject({ code: 'database.unavailable', mayBeDone: false });
  await answerNext();
  await answerNext();
  expect(await Promise.all([first, third])).toEqual([10, 30]);
  expect(batches).toEqual([[1], [3]]);
  await expect(ask(4, over.signal)).rejects.toMatchObject({ mayBeDone: false });
});

test('a request whose time is over while it is on its way may have been done, unless its answer still comes', async () => {
  const { ask, answerNext } = slowly();
  const over = new AbortController();
  const late = ask(1, over.signal);
  await turn();
  over.abort();
  await expect(late).rejects.toMatchObject({ code: 'database.unavailable', mayBeDone: true });
  const inTime = ask(2, AbortSignal.timeout(1));
  await answerNext();
  await answerNext();
  expect(await inTime).toBe(20);
});

test('a request that is set aside when its time is over was not done', async () => {
  const { ask, locked } = lockable();
  locked.add('a');
  const over = new AbortController();
  const [one, two] = [ask('a1', over.signal), ask('b1')];
  expect(await two).toBe('b1 done');
  over.abort();
  await expect(one).rejects.toMatchObject({ mayBeDone: false });
});

/** Requests are named by their key and a number; as long as a key is locked, whatever has it fails. */
function lockable() {
  const locked = new Set<string>();
  const tried: [Lane, ...string[]][] = [];
  const ask = groupCommit<string, string>({
    most: 10,
    keyOf: (request) => request[0]!,
    async run(batch, lane) {
      tried.push([lane, ...batch]);
      await turn();
      if (batch.some((request) => locked.has(request[0]!))) throw new LockedOut(new Error('locked'));
      return batch.map((request) => `${request} done`);
    },
  });
  return { ask, tried, locked };
}

/** Answers a batch only when it is told to. */
function slowly() {
  const batches: number[][] = [];
  const waiting: { answer(): void; fail(error: Error): void }[] = [];
  const ask = groupCommit<number, number>({
    most: 4,
    run: (batch) =>
      new Promise((resolve, reject) => {
        batches.push(batch);
        waiting.push({ answer: () => resolve(batch.map((n) => n * 10)), fail: reject });
      }),
  });
  return {
    batches,
    ask,
    async answerNext() {
      await turn();
      waiting.shift()!.answer();
      await turn();
    },
    async failNext(error: Error) {
      waiting.shift()!.fail(error);
      await turn();
    },
  };
}

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}
