// What comes of a command, long after the platform takes an answer to it.

import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { openBoardStage } from '#core/testing/stages/board-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const MINUTE_MS = 60_000;
const clock = clockByHand();
let hasBegun = false;
const held = Promise.withResolvers<void>();
const stage = forAll(() =>
  openBoardStage({
    clock,
    // Twenty minutes pass at once.
    timings: { leaseMs: 60 * MINUTE_MS },
    agents: agentsThat(async ({ quantity }) => {
      hasBegun = true;
      if (quantity === 7) await held.promise;
      return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
    }),
  }),
);

/** What one person reads in the channel that others do not. */
async function told(): Promise<string[]> {
  const { messages } = await stage().people.seen('general', 'ann');
  return messages.filter(({ only }) => only === 'ann').map(({ text }) => text);
}

/** How often each kept handle can still be used. */
async function usesLeft(interaction: string): Promise<number[]> {
  const { rows } = await stage().core.store.money.query<{ uses: number }>({ text: 'SELECT uses FROM reply_handles WHERE key = $1' }, [
    `board:general:${interaction}`,
  ]);
  return rows.map(({ uses }) => uses);
}

test('a command whose work takes twenty minutes is answered in the thread of its own, when its interaction has long died', async () => {
  const { people, answers, goingOn } = stage();
  await people.command('general', 'ask', 'find me 7 leads in Miami');
  const root = () =>
    vi.waitFor(async () => (await people.messages()).find(({ from, text }) => from === null && text.includes('On it'))!.thread);
  const thread = await root();
  await vi.waitFor(() => expect(hasBegun).toBe(true));
  clock.forward(20 * MINUTE_MS);
  held.resolve();
  await goingOn(async () => expect((await answers(thread)).at(-1)).toMatch(/Done: 7 leads$/));
  expect(await told()).toEqual([]);
});

test('what concerns one person answers their command while its interaction lives, and comes as a post for them alone afterwards', async () => {
  const { people, url } = stage();
  const before = (await told()).length;
  const hold = () => people.hook({ url: null });
  const tell = () => people.hook({ url: `${url}/board/events` });
  await hold();
  const soon = await people.command('general', 'balance', '');
  clock.forward(14 * MINUTE_MS);
  await tell();
  await vi.waitFor(async () => expect(await told()).toHaveLength(before + 1));
  expect(await usesLeft(soon.interaction)).toEqual([4]);
  await hold();
  const late = await people.command('general', 'balance', '');
  clock.forward(16 * MINUTE_MS);
  await tell();
  await vi.waitFor(async () => expect(await told()).toHaveLength(before + 2));
  expect(await usesLeft(late.interaction)).toEqual([5]);
  expect((await told()).at(-1)).toMatch(/credits to spend/);
});
