import { expect, test } from 'vitest';
import { stillInTime, waitOf } from './wait.ts';

test('what Slack no longer waits for is not begun: it is told again', () => {
  expect(() => stillInTime(waitOf({ cameMs: performance.now() - 1_000 }))).not.toThrow();
  expect(() => stillInTime(waitOf({ cameMs: performance.now() - 2_700 }))).toThrow('Slack has stopped waiting');
});
