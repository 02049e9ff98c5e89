import { expect, test } from 'vitest';
import { groupCommit } from './group-commit.ts';
import { DatabaseUnavailable } from './money.ts';

test('whoever asks while a statement is on its way goes along in the next, and each gets the own answer', async () => {
  const { batches, ask, answerNext } = slowly();
  const first = ask(1);
  await turn();
  const rest = [2, 3, 4].map(ask);
  await answerNext();
  await answerNext();
  expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('who asks in the same turn shares one statement, up to its size', async () => {
  const { batches, ask, answerNext } = slowly();
  const all = [1, 2, 3, 4, 5].map(ask);
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
  expect(await Promise.allSettled([1, 2, 3].map(ask))).toMatchObject([{ value: 10 }, { reason: { message: 'two is bad' } }, { value: 30 }]);
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
  expect(await ask(4)).toBe(40);
});

test('while the database is away nobody stands in line for the same answer', async () => {
  const { batches, ask, failNext } = slowly();
  const first = ask(1);
  await turn();
  const rest = [2, 3, 4, 5, 6, 7].map(ask);
  const answers = Promise.allSettled([first, ...rest]);
  await failNext(new DatabaseUnavailable(new Error('connection lost')));
  expect((await answers).map(({ status }) => status)).toEqual(Array(7).fill('rejected'));
  expect(batches).toEqual([[1]]);
});

test('an answer too few is an error, and never somebody else’s answer', async () => {
  const ask = groupCommit<number, number>({ most: 10, run: async (batch) => batch.slice(1) });
  expect(await Promise.allSettled([1, 2].map(ask))).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

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
