// Slack's own Stop, by a clock that is set by hand.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
// Nobody works yet: what is accepted waits to be dispatched.
const world = forAll(() => openProduct({ clock, agents, settings: { ROLES: 'web,bots' } }), 60_000);

test('a request that is stopped before anybody works on it costs nothing and its status ends within two seconds; a later one runs', async () => {
  const { people, say, tasks, owner, another, answer } = world();
  const thread = await say('find me 9 leads in Miami');
  const status = async () => (await people.status('C1', thread))?.status;
  await vi.waitFor(async () => expect([await status(), await tasks(thread)]).toEqual(['processing', ['pending']]));
  const before = (await owner.ledger()).length;
  const pressedMs = clock.now().getTime();
  await people.stop('C1', thread, 'U1');
  await vi.waitFor(async () => expect([await status(), await tasks(thread)]).toEqual(['active', ['canceled']]));
  expect(clock.now().getTime() - pressedMs).toBeLessThan(2_000);
  expect((await owner.ledger()).slice(before)).toEqual(['release 9']);

  // Asked after the press.
  await say('@impacter find me 2 leads in Boston', { thread });
  await another({ ROLES: 'worker' });
  await answer(thread, /Done: 2 leads/);
  expect(await tasks(thread)).toEqual(['canceled', 'completed']);
  expect((await owner.ledger()).slice(before)).toEqual(['release 9', 'hold 2', 'settle 2']);
});
