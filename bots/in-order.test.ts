import { expect, test } from 'vitest';
import { inOrder } from './in-order.ts';

test('what is said in a thread waits for what was said there before, whatever became of that; other threads do not wait', async () => {
  const order = inOrder();
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const say = (thread: string, words: string, until?: Promise<void>) =>
    order.run(thread, async () => {
      seen.push(`${words} begins`);
      await until;
      seen.push(`${words} ends`);
    });
  const all = Promise.allSettled([say('a', 'one', first.promise), say('a', 'two'), say('b', 'three'), say('a', 'four')]);
  await expect.poll(() => seen).toEqual(['one begins', 'three begins', 'three ends']);
  first.reject(new Error('the database is away'));
  await all;
  expect(seen.slice(3)).toEqual(['two begins', 'two ends', 'four begins', 'four ends']);
});
