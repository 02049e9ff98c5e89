import { expect, test } from 'vitest';
import { isOver, mayMove, taskStatuses } from './task.ts';

test('a task that is over stays as it is', () => {
  expect(taskStatuses.filter(isOver)).toEqual(['completed', 'failed', 'canceled']);
  for (const from of taskStatuses.filter(isOver)) for (const to of taskStatuses) expect(mayMove(from, to)).toBe(false);
});

test('from everywhere else it can still be cancelled or fail, and nothing is completed without being worked on', () => {
  for (const from of taskStatuses.filter((status) => !isOver(status)))
    expect([mayMove(from, 'canceled'), mayMove(from, 'failed')]).toEqual([true, true]);
  expect(taskStatuses.filter((from) => mayMove(from, 'completed'))).toEqual(['processing']);
});
