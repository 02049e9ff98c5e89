import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { sharedBy } from './shared.ts';

const clock = clockByHand();
const stage = forAll(() => openStage({ clock, settings: { ROLES: 'web' } }));

/** What the adapters of two processes get. */
function processes() {
  const { core } = stage();
  return [core, { ...core, settings: { ...core.settings, worker: 'another process' } }].map(sharedBy);
}

test('of the adapters of two processes one holds a lease; the other goes on from what it left once it is over', async () => {
  const [one, two] = processes();
  const name = `chat:gateway/${newId()}`;
  const held = (await one!.leases.take(name, 15_000))!;
  expect(await two!.leases.take(name, 15_000)).toBeNull();
  expect(await one!.leases.write(held, { seen: 41 })).toBe(true);
  clock.forward(10_000);
  expect(await one!.leases.renew(held, 15_000)).toBe(true);
  clock.forward(14_000);
  expect(await two!.leases.take(name, 15_000)).toBeNull();
  clock.forward(2_000);
  const next = (await two!.leases.take(name, 15_000))!;
  expect(next).toMatchObject({ holder: 'another process', state: { seen: 41 } });
  expect(await one!.leases.write(held, { seen: 0 })).toBe(false);
  await two!.leases.release(next);
  expect(await one!.leases.take(name, 15_000)).toMatchObject({ state: { seen: 41 } });
});

test('what one process keeps for a late reply another one uses, until it is dropped or has expired', async () => {
  const [one, two] = processes();
  const [key, other] = [newId(), newId()];
  const until = { uses: 5, expiresAt: new Date(clock.now().getTime() + 15 * 60_000) };
  await one!.replyHandles.keep(key, 'a token', until);
  await one!.replyHandles.keep(other, 'another token', until);
  expect(await two!.replyHandles.find(key)).toBe('a token');
  await two!.replyHandles.drop(key);
  expect(await one!.replyHandles.find(key)).toBeNull();
  clock.forward(16 * 60_000);
  expect(await one!.replyHandles.find(other)).toBeNull();
});
