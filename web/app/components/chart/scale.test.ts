import { expect, test } from 'vitest';
import { topOf } from './scale.ts';

test.each([
  [0, 1],
  [0.07, 0.08],
  [0.55, 0.6],
  [1, 1],
  [3, 4],
  [42, 50],
  [57, 60],
  [100, 100],
  [101, 200],
  [9_500, 10_000],
])('an axis for %s ends at %s', (most, top) => {
  expect(topOf(most)).toBe(top);
});
