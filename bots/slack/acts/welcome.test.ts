// Whoever begins to use the app is welcomed once: it is said again where it could not be said, and never because time has passed.

import { expect, test, vi } from 'vitest';
import { forgetRefusedAsks } from '#core/flows/tasks/refused-asks.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';

const clock = clockByHand();
const world = forAll(() => openProduct({ clock }), 60_000);
let people = 0;

/** Somebody of T1, their direct messages, and how they invite us to a channel. */
async function newcomer() {
  const { people: slack, tell, envelope, url, core } = world();
  const n = ++people;
  const [id, direct] = [`U5${n}`, `D5${n}`];
  await slack.user('T1', { id, name: 'Eve' });
  await slack.channel('T1', direct, { name: 'Eve', user: id });
  const { botUser } = await slack.team('T1');
  return {
    id,
    isSaid: () => core.store.prisma.chatWelcome.count({ where: { author: id, said: true } }),
    welcomes: async () => (await slack.messages(direct)).length,
    invites: async (who = botUser) =>
      expect(await tell(url, envelope({ type: 'member_joined_channel', user: who, channel: 'C1', inviter: id }))).toBe(200),
  };
}

/** Somebody who came later was welcomed. */
async function inTime() {
  const { invites, isSaid } = await newcomer();
  await invites();
  await vi.waitFor(async () => expect(await isSaid()).toBe(1));
}

test('whoever invites the app to a channel is welcomed, and not when somebody else joins', async () => {
  const { welcomes, invites } = await newcomer();
  await invites('U2');
  await invites();
  await vi.waitFor(async () => expect(await welcomes()).toBe(1));
  await invites();
  await inTime();
  expect(await welcomes()).toBe(1);
});

test('a welcome that Slack does not take now is said when they come the next time, once', async () => {
  const { people: slack, goingOn } = world();
  const { welcomes, invites } = await newcomer();
  for (let i = 0; i < 3; i++) await slack.next('chat.postMessage', 'busy');
  await invites();
  // It is tried three times.
  const sinceMs = clock.now().getTime();
  await goingOn(() => Promise.resolve(expect(clock.now().getTime() - sinceMs).toBeGreaterThan(30_000)));
  expect(await welcomes()).toBe(0);
  clock.forward(61_000);
  await invites();
  await vi.waitFor(async () => expect(await welcomes()).toBe(1));
  await invites();
  await inTime();
  expect(await welcomes()).toBe(1);
});

test('a welcome of which nobody knows whether it was posted is not said twice', async () => {
  const { people: slack } = world();
  const { welcomes, invites, isSaid } = await newcomer();
  await slack.next('chat.postMessage', 'answer-lost');
  await invites();
  await vi.waitFor(async () => expect(await isSaid()).toBe(1));
  clock.forward(61_000);
  await invites();
  await inTime();
  expect(await welcomes()).toBe(1);
});

test('nobody is welcomed again after months', async () => {
  const { core } = world();
  const { welcomes, invites } = await newcomer();
  await invites();
  await vi.waitFor(async () => expect(await welcomes()).toBe(1));
  clock.forward(100 * 24 * 60 * 60_000);
  await forgetRefusedAsks(core);
  await invites();
  await inTime();
  expect(await welcomes()).toBe(1);
});
