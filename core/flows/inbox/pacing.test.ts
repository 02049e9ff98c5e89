import { expect, test } from 'vitest';
import { pacing } from './pacing.ts';

function paced() {
  const now = { ms: 10_000 };
  const pace = pacing(() => now.ms);
  return {
    pace,
    now,
    may: (waitedMs = 0, running = 0) => pace.mayBegin({ running, sinceMs: now.ms - waitedMs }),
    store(times: number) {
      for (let i = 0; i < times; i++) pace.storing();
    },
  };
}

test('in a burst events are stored before any more are handled, until it is over or one has waited a second', () => {
  const { now, may, store } = paced();
  expect(may()).toBe(true);
  store(63);
  expect(may()).toBe(true);
  store(1);
  expect([may(), may(999), may(1_000)]).toEqual([false, false, true]);
  now.ms += 150;
  expect(may()).toBe(false);
  now.ms += 100;
  expect(may()).toBe(true);
});

test('two hundred events a second wait for nothing, for however long they come', () => {
  const { now, may, store } = paced();
  // The process was held up for a moment.
  store(100);
  now.ms += 200;
  for (let ms = 0; ms < 5_000; ms += 5) {
    now.ms += 5;
    store(1);
    expect(may()).toBe(true);
  }
});

test('no more than 32 events are handled at the same time', () => {
  const { may } = paced();
  expect([may(0, 31), may(0, 32)]).toEqual([true, false]);
});
