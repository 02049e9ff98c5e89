// How long a door waits for a database that is away.

import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Clock } from '#core/ports/clock.ts';
import { DatabaseUnavailable } from '#core/store/database/outage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { patienceFor, unless, USUAL_ANSWER_WITHIN_MS, type Wait } from './patience.ts';

// What is on its way at the end may have its answer within another 400 ms, so the last try is over by then.
test.each<[string, Wait | undefined, number]>([
  ['that says nothing', undefined, 2_100],
  ['that has waited for a second already', 1_000, 1_100],
  ['that needs its answer within a second', { withinMs: 1_000 }, 600],
  ['that needs it within three and has waited for one', { waitedMs: 1_000, withinMs: 3_000 }, 1_600],
  ['that answers later', { withinMs: 15_000 }, 14_600],
  ['that has no time left', { waitedMs: 5_000 }, 0],
  ['that asks for less than makes sense', { withinMs: 1 }, 100],
  ['that asks for more than a stop of the process leaves', { withinMs: 3_600_000 }, 19_600],
])('a door %s is told that the database is away in time', async (_, wait, lastTryMs) => {
  const clock = stillClock();
  let ended: unknown = null;
  void patienceFor({ clock, settings: { answerWithinMs: USUAL_ANSWER_WITHIN_MS } }, wait)
    .during(async () => Promise.reject(new DatabaseUnavailable(new Error('away'))))
    .catch((error: unknown) => (ended = error));
  if (lastTryMs > 0) {
    await clock.go(lastTryMs - 1);
    expect(ended).toBeNull();
    await clock.go(1);
  } else await clock.go(0);
  expect(ended).toMatchObject({ code: 'database.unavailable' });
});

test.each([
  ['a question that was cut off on its way leaves no doubt that nothing was done', false, undefined],
  ['work that was cut off after it had begun leaves it open', true, 'unknown'],
])('%s', async (_, hasBegun, outcome) => {
  const clock = stillClock();
  const cutOff = () => Promise.reject(new DatabaseUnavailable(new Error('cut off'), { mayBeDone: true }));
  const refused = patienceFor({ clock, settings: { answerWithinMs: USUAL_ANSWER_WITHIN_MS } })
    .during((signal) => unless(signal, cutOff(), () => hasBegun))
    .catch((error: unknown) => error);
  await clock.go(USUAL_ANSWER_WITHIN_MS);
  const { code, facts } = (await refused) as { code: string; facts: { outcome?: string } };
  expect([code, facts.outcome]).toEqual(['database.unavailable', outcome]);
});

test('while the database is away, a door in a hurry is refused first, and one that can wait has its request taken', async () => {
  const clock = clockByHand();
  const { app, person, wire } = await stage({ clock, wired: true });
  const { userId, teamId } = await person(500);
  wire.freeze();
  const ends: string[] = [];
  const ask = (door: string, wait?: Wait) =>
    app.tasks
      .ask(
        {
          key: `test:${door}`,
          threadRef: `web:${newId()}`,
          newConversation: true,
          from: { kind: 'user', userId, teamId },
          text: 'find me 3 leads',
          at: clock.now(),
        },
        wait,
      )
      .then(
        ({ kind }) => ends.push(`${door}: ${kind}`),
        (error: { code: string }) => ends.push(`${door}: ${error.code}`),
      );
  const [hurried, usual, patient] = [ask('in a hurry', { withinMs: 700 }), ask('usual'), ask('patient', { withinMs: 20_000 })];
  clock.forward(300);
  await hurried;
  expect(ends).toEqual(['in a hurry: database.unavailable']);
  clock.forward(1_800);
  await usual;
  wire.thaw();
  await patient;
  expect(ends).toEqual(['in a hurry: database.unavailable', 'usual: database.unavailable', 'patient: task']);
});

/** Time that only passes when it is told to, and then wakes all whose time has come. */
function stillClock(): Clock & { go(ms: number): Promise<void> } {
  let nowMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; wake(): void }>();
  // Everything that a wake-up sets going, and that waits for nothing but itself.
  const settled = () => new Promise((done) => setImmediate(done));
  return {
    now: () => new Date(nowMs),
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = {
        untilMs: nowMs + ms,
        wake() {
          sleepers.delete(sleeper);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
      if (signal?.aborted) sleeper.wake();
      return promise;
    },
    async go(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settled();
        const next = Array.from(sleepers).toSorted((one, other) => one.untilMs - other.untilMs)[0];
        if (next === undefined || next.untilMs > untilMs) break;
        nowMs = next.untilMs;
        next.wake();
      }
      nowMs = untilMs;
      await settled();
    },
  };
}
