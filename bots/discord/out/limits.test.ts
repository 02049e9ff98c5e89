// What Discord lets through is shared by all processes, and a channel that is limited holds up no other.

import { expect, onTestFinished, test } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { at, openProduct } from '../testing/open-product.ts';

const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 2)]));
const persons = Array.from({ length: 10 }, (_, i) => `12000000000000002${i}`);
/** What counting in steps may add, however little is waited for. */
const STEPS_MS = 1_000;
const channels = Array.from({ length: 20 }, (_, i) => `1300000000000002${String(i).padStart(2, '0')}`);

test('two processes that answer sixty requests at once stay below Discord’s fifty calls a second, and meet no limit', async () => {
  const clock = clockByHand();
  const { people, say, answers, goingOn, stop } = await openProduct({
    clock,
    agents,
    limitFactor: 1,
    bots: 2,
    settings: { ROLES: 'web,worker' },
  });
  onTestFinished(stop);
  for (const id of persons) await people.member(at.acme, { id, name: 'Somebody' });
  for (const id of channels) await people.channel(at.acme, id, { name: 'busy' });
  const threads = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      say('find me 2 leads in Miami', { channel: channels[i % channels.length]!, from: persons[i % persons.length]! }),
    ),
  );
  await goingOn(
    async () => {
      for (const thread of threads) expect((await answers(thread)).at(-1)).toContain('✓ Done: 2 leads');
    },
    0,
    60_000,
  );
  const calls = (await people.calls()).filter(({ route }) => !/^\S+ \/(webhooks|interactions)/.test(route));
  const times = calls.map(({ at: made }) => Date.parse(made));
  const busiest = Math.max(...times.map((from) => times.filter((each) => each >= from && each < from + 1000).length));
  expect(busiest).toBeLessThanOrEqual(50);
  expect(calls.filter(({ status }) => status === 429)).toEqual([]);
}, 120_000);

test('a channel that Discord limits for five minutes is left alone for that long, and others take no longer than without it', async () => {
  const clock = clockByHand();
  const { people, say, answers, answer, goingOn, stop } = await openProduct({ clock, agents });
  onTestFinished(stop);
  // Time passes in steps while answers are awaited; whatever waits for the limited channel would wait for minutes.
  const taking = async (from: string) => {
    const beganMs = clock.now().getTime();
    const threads = await Promise.all(Array.from({ length: 10 }, () => say('find me 2 leads in Miami', { channel: at.sales, from })));
    for (const thread of threads) await answer(thread, /✓ Done: 2 leads/);
    return clock.now().getTime() - beganMs;
  };
  const without = await taking(at.ann);
  await people.limit(at.general, 5 * 60_000);
  const limited = await Promise.all(Array.from({ length: 3 }, () => say('find me 2 leads in Boston')));
  expect(await taking(at.bo)).toBeLessThanOrEqual(1.2 * without + STEPS_MS);
  const refused = (await people.calls()).filter(({ status }) => status === 429);
  // One post met the limit, and perhaps one edit.
  expect(refused.length).toBeLessThanOrEqual(2);
  for (const thread of limited) expect(await answers(thread)).toEqual([]);
  clock.forward(5 * 60_000);
  // In small steps: a call that is under way has ten seconds.
  await goingOn(
    async () => {
      for (const thread of limited) expect((await answers(thread)).at(-1)).toContain('✓ Done: 2 leads');
    },
    100,
    60_000,
  );
});
