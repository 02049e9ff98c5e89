import { expect, test } from 'vitest';
import { turns } from './turns.ts';

const one = (came: number) => ({ came });

test('events of one place have their turns one by one, in the order in which they came; other places do not wait for them', () => {
  const line = turns<{ came: number }>();
  for (const came of [1, 2]) line.add('a', one(came));
  line.add('b', one(3));
  expect([line.begin(), line.begin(), line.begin()]).toEqual([one(1), one(3), undefined]);
  line.end('a');
  expect(line.begin()).toEqual(one(2));
  line.end('a');
  line.end('b');
  expect([line.has('a'), line.has('b')]).toEqual([false, false]);
});

test('what another process left has its turn before what came later, and not before what has begun', () => {
  const line = turns<{ came: number }>();
  line.add('a', one(5));
  line.begin();
  for (const came of [7, 3, 6]) line.add('a', one(came));
  const order = [3, 6, 7].map(() => {
    line.end('a');
    return line.begin()!.came;
  });
  expect(order).toEqual([3, 6, 7]);
});

test('what leaves the line has no turn, and what has begun does not leave', () => {
  const line = turns<{ came: number }>();
  const [first, second, other] = [one(1), one(2), one(3)];
  line.add('a', first);
  line.add('a', second);
  line.add('b', other);
  expect(line.leave('b', other)).toBe(true);
  expect(line.begin()).toBe(first);
  expect([line.leave('a', first), line.leave('a', second), line.leave('a', second)]).toEqual([false, true, false]);
  line.end('a');
  expect([line.first(), line.has('a'), line.has('b')]).toEqual([undefined, false, false]);
});
