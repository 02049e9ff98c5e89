import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { openBank } from '#core/testing/ledger/bank.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { leasesOver, type Lease } from './leases.ts';

const bank = forAll(async () => {
  const opened = await openBank();
  return { leases: leasesOver(opened.money), stop: () => opened.close() };
});
const START = new Date('2026-11-30T12:00:00Z');
const at = (seconds: number) => new Date(START.getTime() + seconds * 1_000);
const QUARTER_MS = 15_000;

test('of two processes one gets a lease, and the other one once it is over; the first cannot write any more', async () => {
  const { leases } = bank();
  const name = newId();
  const first = (await leases.take(name, 'one', QUARTER_MS, at(0)))!;
  expect(first).toMatchObject({ holder: 'one', until: at(15), fence: 1, state: {} });
  expect(await leases.take(name, 'two', QUARTER_MS, at(14))).toBeNull();
  expect(await leases.write(first, { mark: 41 })).toBe(true);
  // It is stopped, and does not renew.
  const second = (await leases.take(name, 'two', QUARTER_MS, at(15)))!;
  expect(second).toMatchObject({ holder: 'two', until: at(30), fence: 2, state: { mark: 41 } });
  expect(await leases.write(first, { mark: 0 })).toBe(false);
  expect(await leases.renew(first, QUARTER_MS, at(16))).toBe(false);
  await leases.release(first, at(16));
  expect(await leases.write(second, { mark: 42 })).toBe(true);
  expect(await leases.read(name)).toMatchObject({ holder: 'two', until: at(30), fence: 2, state: { mark: 42 } });
});

test('whoever renews a lease in time keeps it and its fence', async () => {
  const { leases } = bank();
  const name = newId();
  const lease = (await leases.take(name, 'one', QUARTER_MS, at(0)))!;
  for (const second of [10, 20, 30]) expect(await leases.renew(lease, QUARTER_MS, at(second))).toBe(true);
  expect(await leases.take(name, 'two', QUARTER_MS, at(44))).toBeNull();
  expect(await leases.take(name, 'one', QUARTER_MS, at(44))).toMatchObject({ fence: 1, until: at(59) });
  expect(await leases.renew(lease, QUARTER_MS, at(59))).toBe(false);
});

test('a lease that is given up is there for the next one at once, and taking it again gives a new fence', async () => {
  const { leases } = bank();
  const name = newId();
  const lease = (await leases.take(name, 'one', QUARTER_MS, at(0)))!;
  await leases.release(lease, at(1));
  expect(await leases.take(name, 'two', QUARTER_MS, at(1))).toMatchObject({ fence: 2 });
  expect(await leases.take(name, 'one', QUARTER_MS, at(16))).toMatchObject({ fence: 3 });
});

test('of many who want a lease at the same moment one gets it', async () => {
  const { leases } = bank();
  const name = newId();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => leases.take(name, `${i}`, QUARTER_MS, at(0))));
  expect(answers.filter((lease): lease is Lease => lease !== null)).toMatchObject([{ fence: 1 }]);
});

test('a state that is too large and a name that is none are refused, and nobody had a lease that was never taken', async () => {
  const { leases } = bank();
  const lease = (await leases.take(newId(), 'one', QUARTER_MS, at(0)))!;
  await expect(leases.write(lease, 'x'.repeat(65_536))).rejects.toThrow('at most 65536 bytes');
  await expect(leases.take('', 'one', QUARTER_MS, at(0))).rejects.toThrow('1 to 200 characters');
  expect(await leases.read(newId())).toBeNull();
});
