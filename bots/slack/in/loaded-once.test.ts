import { expect, test } from 'vitest';
import { loadedOnce } from './loaded-once.ts';

test('what could not be loaded is loaded again by the next request, and what was loaded is kept', async () => {
  let tries = 0;
  const load = loadedOnce(async () => (++tries === 1 ? Promise.reject(new Error('no memory')) : tries));
  await expect(load()).rejects.toThrow('no memory');
  expect(await Promise.all([load(), load()])).toEqual([2, 2]);
  expect(await load()).toBe(2);
});
