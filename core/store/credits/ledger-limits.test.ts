import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';

let bank: Bank;
beforeAll(async () => {
  bank = await openBank();
});
afterAll(() => bank.close());

test('a limit that refuses is named, with what is left and when there is more', async () => {
  bank.at = new Date('2026-11-02T12:00:00Z');
  const wallet = await bank.wallet(1_000);
  const limitId = await bank.limit(wallet, 50, { kind: 'member', subject: 'ada', period: 'day', timeZone: 'America/New_York' });
  await bank.hold(wallet, 30, { member: 'ada' });
  expect(await bank.hold(wallet, 21, { member: 'ada' })).toEqual({
    outcome: 'limit',
    refused: {
      code: 'limit.reached',
      facts: { whose: 'member', need: '21', left: '20', limit: '50', limitId, period: 'day', resetsAt: '2026-11-03T05:00:00Z' },
    },
    balance: 1_000n,
    held: 30n,
    available: 970n,
    debt: 0n,
  });
  expect(await bank.hold(wallet, 20, { member: 'ada' })).toMatchObject({ outcome: 'held' });
  expect(await bank.hold(wallet, 500, { member: 'bob' })).toMatchObject({ outcome: 'held' });
});

test('a person hears of the limit first when credits are short as well, since buying would not help', async () => {
  const wallet = await bank.wallet(10);
  await bank.limit(wallet, 5, { kind: 'channel', subject: 'slack:T1:C1', period: 'total' });
  expect(await bank.hold(wallet, 20, { channel: 'slack:T1:C1' })).toMatchObject({
    outcome: 'limit',
    refused: { facts: { whose: 'channel', resetsAt: null } },
    available: 10n,
  });
});

test('of several limits the one with the least left is named', async () => {
  const wallet = await bank.wallet(1_000);
  await bank.limit(wallet, 300, { kind: 'team', period: 'month' });
  await bank.limit(wallet, 100, { kind: 'member', subject: 'ada', period: 'week' });
  await bank.limit(wallet, 200, { kind: 'channel', subject: 'slack:T1:C1', period: 'day' });
  const where = { member: 'ada', channel: 'slack:T1:C1' };
  expect(await bank.hold(wallet, 400, where)).toMatchObject({ refused: { facts: { whose: 'member', left: '100' } } });
  expect(await bank.hold(wallet, 400, { channel: where.channel })).toMatchObject({ refused: { facts: { whose: 'channel', left: '200' } } });
  expect(await bank.hold(wallet, 400)).toMatchObject({ refused: { facts: { whose: 'team', left: '300' } } });
});

test('a limit never lets more through than it says, from whichever side requests come', async () => {
  const wallet = await bank.wallet(10_000);
  const limit = await bank.limit(wallet, 100, { kind: 'channel', subject: 'discord:G1:C7', period: 'day' });
  const inOneBatch = Array.from({ length: 50 }, () => bank.hold(wallet, 7, { channel: 'discord:G1:C7' }));
  const alone = Array.from({ length: 50 }, () =>
    bank.query('SELECT outcome FROM ledger_hold($1, $2)', [
      JSON.stringify([{ n: 0, hold: newId(), task: newId(), wallet, credits: 7, channel: 'discord:G1:C7' }]),
      bank.at,
    ]),
  );
  const outcomes = [...(await Promise.all(inOneBatch)), ...(await Promise.all(alone)).map(([row]) => row!)].map(
    (answer) => answer['outcome' as never],
  );
  expect(outcomes.filter((outcome) => outcome === 'held')).toHaveLength(14);
  expect(outcomes.filter((outcome) => outcome === 'limit')).toHaveLength(86);
  expect(await used(limit)).toEqual(['98 held, 0 used']);
});

test('a limit for each person in a workspace lets none of them have more than it says, from whichever side requests come', async () => {
  const wallet = await bank.wallet(10_000);
  const limit = await bank.limit(wallet, 100, { kind: 'workspace-person', subject: 'slack:T1', period: 'day' });
  await bank.limit(wallet, 250, { kind: 'workspace', subject: 'slack:T1', period: 'day' });
  const channel = (i: number) => `slack:T1:C${i % 3}`;
  const requests = ['ada', 'bob'].flatMap((member) => Array.from({ length: 25 }, (_, i) => ({ member, channel: channel(i) })));
  const inOneBatch = requests.map((who) => bank.hold(wallet, 7, who));
  const alone = requests.map((who) =>
    bank.query('SELECT outcome FROM ledger_hold($1, $2)', [
      JSON.stringify([{ n: 0, hold: newId(), task: newId(), wallet, credits: 7, ...who }]),
      bank.at,
    ]),
  );
  await Promise.all([...inOneBatch, ...alone]);
  expect((await used(limit)).toSorted()).toEqual(['98 held, 0 used', '98 held, 0 used']);
  // The workspace's own limit has 54 left.
  expect(await bank.hold(wallet, 55, { member: 'cyd', channel: channel(0) })).toMatchObject({
    outcome: 'limit',
    refused: { facts: { whose: 'workspace', left: '54' } },
  });
  expect(await bank.hold(wallet, 54, { member: 'cyd', channel: channel(0) })).toMatchObject({ outcome: 'held' });
  expect(await bank.hold(wallet, 500, { member: 'ada', channel: 'slack:T11:C1' })).toMatchObject({ outcome: 'held' });
  expect(await bank.hold(wallet, 500, { member: 'ada', channel: 'slack:T1' })).toMatchObject({ outcome: 'limit' });
});

test('what a person’s task gives back in a workspace is theirs to spend again, and nobody else’s', async () => {
  const wallet = await bank.wallet(1_000);
  const limit = await bank.limit(wallet, 100, { kind: 'workspace-person', subject: 'discord:G1', period: 'total' });
  const [hers, his] = [newId<TaskId>(), newId<TaskId>()];
  await bank.hold(wallet, 100, { task: hers, member: 'ada', channel: 'discord:G1:C7' });
  await bank.hold(wallet, 60, { task: his, member: 'bob', channel: 'discord:G1:C7' });
  await bank.settle(hers, 30);
  expect((await used(limit)).toSorted()).toEqual(['0 held, 30 used', '60 held, 0 used']);
  expect(await bank.hold(wallet, 71, { member: 'ada', channel: 'discord:G1:C8' })).toMatchObject({
    outcome: 'limit',
    refused: { facts: { left: '70' } },
  });
  expect(await bank.hold(wallet, 41, { member: 'bob', channel: 'discord:G1:C8' })).toMatchObject({
    outcome: 'limit',
    refused: { facts: { left: '40' } },
  });
  await bank.settle(his, 0);
  expect(await bank.hold(wallet, 100, { member: 'bob', channel: 'discord:G1:C8' })).toMatchObject({ outcome: 'held' });
});

test('what a task gives back can be spent again within the limit, and what it used cannot', async () => {
  const wallet = await bank.wallet(1_000);
  const limit = await bank.limit(wallet, 100, { kind: 'team', period: 'total' });
  const [task, failed] = [newId<TaskId>(), newId<TaskId>()];
  await bank.hold(wallet, 60, { task });
  await bank.hold(wallet, 40, { task: failed });
  await bank.settle(task, 25);
  await bank.settle(failed, 0);
  expect(await used(limit)).toEqual(['0 held, 25 used']);
  expect(await bank.hold(wallet, 76)).toMatchObject({ outcome: 'limit', refused: { facts: { left: '75' } } });
  expect(await bank.hold(wallet, 75)).toMatchObject({ outcome: 'held' });
});

test('a settlement after midnight counts for the day of its hold, and its extension for the day after', async () => {
  bank.at = new Date('2026-11-02T22:30:00Z'); // 23:30 in Berlin
  const wallet = await bank.wallet(1_000);
  const limit = await bank.limit(wallet, 100, { kind: 'team', period: 'day', timeZone: 'Europe/Berlin' });
  const task = newId<TaskId>();
  await bank.hold(wallet, 90, { task });
  bank.at = new Date('2026-11-02T23:30:00Z');
  await bank.hold(wallet, 50, { task });
  expect(await used(limit)).toEqual(['90 held, 0 used', '50 held, 0 used']);
  await bank.settle(task, 100);
  expect(await used(limit)).toEqual(['0 held, 90 used', '0 held, 10 used']);
});

test.each([
  ['day', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T23:00:00Z'], // 25 hours long
  ['week', 'UTC', '2026-11-08T23:59:59Z', '2026-11-09T00:00:00Z'], // weeks begin on Monday
  ['month', 'Asia/Tokyo', '2026-02-28T15:00:00Z', '2026-03-31T15:00:00Z'],
])('a limit by the %s in %s at %s has more at %s', async (period, timeZone, at, resetsAt) => {
  bank.at = new Date(at);
  const wallet = await bank.wallet(100);
  await bank.limit(wallet, 1, { kind: 'team', period, timeZone });
  expect(await bank.hold(wallet, 2)).toMatchObject({ refused: { facts: { resetsAt } } });
  await bank.hold(wallet, 1);
  bank.at = new Date(Date.parse(resetsAt) - 1);
  expect(await bank.hold(wallet, 1)).toMatchObject({ outcome: 'limit' });
  bank.at = new Date(resetsAt);
  expect(await bank.hold(wallet, 1)).toMatchObject({ outcome: 'held' });
});

test('a limit may be raised, lowered below its use, or removed; its period stays', async () => {
  const wallet = await bank.wallet(1_000);
  const limit = await bank.limit(wallet, 50, { kind: 'team', period: 'total' });
  await bank.hold(wallet, 50);
  await bank.query('UPDATE limits SET credits = 20 WHERE id = $1', [limit]);
  expect(await bank.hold(wallet, 1)).toMatchObject({ outcome: 'limit', refused: { facts: { left: '0', limit: '20' } } });
  await bank.query('UPDATE limits SET credits = 60 WHERE id = $1', [limit]);
  expect(await bank.hold(wallet, 10)).toMatchObject({ outcome: 'held' });
  await expect(bank.query("UPDATE limits SET period = 'day' WHERE id = $1", [limit])).rejects.toMatchObject({
    constraint: 'limits_keep_their_terms',
  });
  await bank.query('UPDATE limits SET removed_at = $2 WHERE id = $1', [limit, bank.at]);
  expect(await bank.hold(wallet, 500)).toMatchObject({ outcome: 'held' });
});

test.each([
  ['limits_kind', { kind: 'person', subject: 'ada', period: 'day' }],
  ['limits_kind', { kind: 'team', subject: 'ada', period: 'day' }],
  ['limits_kind', { kind: 'member', period: 'day' }],
  ['limits_kind', { kind: 'workspace-person', period: 'day' }],
  ['limits_period', { kind: 'team', period: 'year' }],
])('a limit that nobody could keep is refused (%s %o)', async (constraint, limit) => {
  const wallet: WalletId = await bank.wallet(1);
  await expect(bank.limit(wallet, 1, limit)).rejects.toMatchObject({ constraint });
});

test('a time zone that does not exist is refused when the limit is set', async () => {
  await expect(bank.limit(await bank.wallet(1), 1, { kind: 'team', period: 'day', timeZone: 'Miami' })).rejects.toThrow(
    'time zone "Miami" not recognized',
  );
});

test('after all of this the ledger adds up', async () => {
  expect(await bank.wrong()).toBeNull();
});

async function used(limit: string) {
  const rows = await bank.query<{ held: string; used: string }>(
    'SELECT held, used FROM limit_uses WHERE limit_id = $1 ORDER BY starts_at',
    [limit],
  );
  return rows.map(({ held, used }) => `${held} held, ${used} used`);
}
