import { expect, test } from 'vitest';
import { pacing } from './pacing.ts';

test('in a burst events are stored before any more are handled, until it is over or one has waited a second', () => {
  let nowMs = 0;
  const pace = pacing(() => nowMs);
  const may = (held: number, sinceMs = nowMs, running = 0) => pace.mayBegin({ held, running, sinceMs });
  expect(may(5_000)).toBe(true);
  pace.storing();
  // A few at the same time are no burst.
  expect([may(8), may(500)]).toEqual([true, false]);
  pace.stored();
  expect(may(500)).toBe(false);
  nowMs = pace.calmMs;
  expect(may(500)).toBe(true);
  pace.storing();
  expect([may(500, nowMs - 999), may(500, nowMs - 1_000)]).toEqual([false, true]);
});

test('no more than 32 events are handled at the same time', () => {
  const pace = pacing(() => 0);
  const may = (running: number) => pace.mayBegin({ held: 100, running, sinceMs: 0 });
  expect([may(31), may(32)]).toEqual([true, false]);
});
