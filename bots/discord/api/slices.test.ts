import { expect, test } from 'vitest';
import type { Clock } from '#core/ports/clock.ts';
import type { Budgets } from '#core/ports/poster.ts';
import { DiscordNo } from './errors.ts';
import { openCeiling } from './slices.ts';

test('two processes that call as fast as they can make at most forty-five calls in any second, and about forty', async () => {
  const time = steppedTime();
  const budgets = sharedBudgets(time.clock);
  const calls: number[] = [];
  const untilMs = time.nowMs() + 10_000;
  const caller = async (ceiling: ReturnType<typeof openCeiling>) => {
    while (time.nowMs() < untilMs) {
      try {
        await ceiling.pass(new AbortController().signal);
        calls.push(time.nowMs());
      } catch (error) {
        await time.clock.sleep((error as DiscordNo).retryAfterMs!);
      }
    }
  };
  const ceilings = [openCeiling({ budgets, clock: time.clock }), openCeiling({ budgets, clock: time.clock })];
  await time.runWith(ceilings.flatMap((ceiling) => Array.from({ length: 20 }, () => caller(ceiling))));

  expect(busiestOf(calls)).toBeLessThanOrEqual(45);
  expect(calls.length / 10).toBeGreaterThan(36);
});

test('calls that come at the end of a second are not at once with those of the next', async () => {
  const time = steppedTime();
  const budgets = sharedBudgets(time.clock);
  const calls: number[] = [];
  const ceilings = Array.from({ length: 5 }, () => openCeiling({ budgets, clock: time.clock }));
  const callAll = () =>
    ceilings.map((ceiling) =>
      ceiling.pass(new AbortController().signal).then(
        () => calls.push(time.nowMs()),
        () => undefined,
      ),
    );
  const first = callAll();
  const late = time.clock.sleep(780).then(() => Promise.all(Array.from({ length: 20 }, callAll).flat()));
  await time.runWith([...first, late]);
  expect(busiestOf(calls)).toBeLessThanOrEqual(45);
});

test('a burst of sixteen calls goes out within half a second, and what does not fit is told how long to wait', async () => {
  const time = steppedTime();
  const ceiling = openCeiling({ budgets: sharedBudgets(time.clock), clock: time.clock });
  const ends = Array.from({ length: 60 }, () =>
    ceiling.pass(new AbortController().signal).then(
      () => time.nowMs(),
      (no: unknown) => no,
    ),
  );
  const [sinceMs] = [time.nowMs()];
  await time.runWith(ends);
  const outcomes = await Promise.all(ends);
  const passed = outcomes.filter((each) => typeof each === 'number');
  expect(passed.slice(0, 16).every((at) => at - sinceMs <= 500)).toBe(true);
  const refused = outcomes.filter((each) => each instanceof DiscordNo);
  expect(refused.length).toBe(60 - passed.length);
  expect(refused[0]).toMatchObject({ status: 429, retryAfterMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= 1000) });
});

test('a limit of everything stops all calls for as long as Discord says, and a database that is away stops none', async () => {
  const time = steppedTime();
  const ceiling = openCeiling({ budgets: { take: () => Promise.reject(new Error('away')) }, clock: time.clock });
  await ceiling.pass(new AbortController().signal);
  ceiling.pause(3_000);
  await expect(ceiling.pass(new AbortController().signal)).rejects.toMatchObject({ retryAfterMs: 3_000, scope: 'global' });
});

function busiestOf(calls: readonly number[]): number {
  return Math.max(...calls.map((from) => calls.filter((at) => at >= from && at < from + 1000).length));
}

/** As `routes` keeps them. */
function sharedBudgets(clock: Clock): Budgets {
  const until = new Map<string, number>();
  return {
    async take(key, everyMs) {
      const at = clock.now().getTime();
      const waitMs = (until.get(key) ?? 0) - at;
      if (waitMs > 0) return waitMs;
      until.set(key, at + everyMs);
      return null;
    },
  };
}

/** Goes on to the next moment for which somebody waits, whenever nothing else happens. */
function steppedTime() {
  let atMs = 1_000_000;
  const sleepers: { untilMs: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(atMs),
    sleep: (ms) => new Promise((wake) => sleepers.push({ untilMs: atMs + ms, wake })),
  };
  return {
    clock,
    nowMs: () => atMs,
    async runWith(all: readonly Promise<unknown>[]) {
      let over = false;
      void Promise.all(all).then(() => (over = true));
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        sleepers.sort((a, b) => a.untilMs - b.untilMs);
        const next = sleepers.shift();
        if (next === undefined) continue;
        atMs = Math.max(atMs, next.untilMs);
        next.wake();
      }
    },
  };
}
