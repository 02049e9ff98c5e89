import { afterAll, beforeAll, expect, test } from 'vitest';
import { micro } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';
import type { LotId } from './ledger.ts';

let bank: Bank;
beforeAll(async () => {
  bank = await openBank();
});
afterAll(() => bank.close());

const hour = 3_600_000;
const later = (hours: number) => new Date(bank.at.getTime() + hours * hour);

test('a team has one wallet, however often it is opened', async () => {
  const [first, second, team] = [newId<WalletId>(), newId<WalletId>(), newId<TeamId>()];
  await bank.query("INSERT INTO teams (id, name) VALUES ($1, 'A team')", [team]);
  expect(await Promise.all([bank.ledger.open(first, team, bank.at), bank.ledger.open(first, team, bank.at)])).toEqual([first, first]);
  expect(await bank.ledger.open(second, team, bank.at)).toBe(first);
});

// Work ---------------------------------------------------------------------------------------------------------

test('a task takes what it used, and the rest of its hold comes back', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  expect(await bank.hold(wallet, 40, { task })).toEqual({ outcome: 'held', balance: 100n, held: 40n, available: 60n, debt: 0n });
  expect(await bank.settle(task, 25)).toEqual({
    outcome: 'closed',
    charged: 25n,
    returned: 15n,
    overrun: 0n,
    balance: 75n,
    held: 0n,
    available: 75n,
    debt: 0n,
  });
  expect(await bank.journal(wallet)).toEqual(['grant 100', 'hold 40', 'settle 25']);
});

test('a task that failed costs nothing', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  expect(await bank.settle(task, 0)).toMatchObject({ outcome: 'closed', charged: 0n, returned: 40n, available: 100n });
  expect(await bank.journal(wallet)).toEqual(['grant 100', 'hold 40', 'release 40']);
});

test('nobody pays more than was held; what it would have cost is written down', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 80, { task });
  expect(await bank.settle(task, 500)).toMatchObject({ charged: 80n, returned: 0n, overrun: 420n, available: 20n });
});

test('a hold that does not fit is refused with what is needed and what is there', async () => {
  const wallet = await bank.wallet(30);
  expect(await bank.hold(wallet, 31)).toMatchObject({
    outcome: 'short',
    available: 30n,
    refused: { code: 'credits.short', facts: { need: '31', have: '30' } },
  });
  expect(await bank.hold(newId(), 1)).toEqual({ outcome: 'unknown' });
  expect(await bank.journal(wallet)).toEqual(['grant 30']);
});

test('a settlement closes the extension together with the first hold', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  await bank.hold(wallet, 30, { task });
  expect(await bank.settle(task, 55)).toMatchObject({ charged: 55n, returned: 15n, held: 0n, available: 45n });
  expect(await bank.journal(wallet)).toEqual(['grant 100', 'hold 40', 'hold 30', 'settle 55']);
  expect(await bank.query('SELECT credits, charged FROM holds WHERE task_id = $1 ORDER BY seq', [task])).toEqual([
    { credits: '40', charged: '40' },
    { credits: '30', charged: '15' },
  ]);
});

test('the same hold asked for again is the same hold, also after its task is over', async () => {
  const wallet = await bank.wallet(100);
  const again = { task: newId<TaskId>(), hold: newId<HoldId>() };
  const answers = await Promise.all([bank.hold(wallet, 40, again), bank.hold(wallet, 40, again)]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['held', 'repeated']);
  await bank.settle(again.task, 10);
  expect(await bank.hold(wallet, 40, again)).toMatchObject({ outcome: 'repeated', held: 0n });
  expect(await bank.hold(wallet, 41, again)).toMatchObject({ outcome: 'conflict', held: 0n });
});

test('a task that is over takes no further hold', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  await bank.settle(task, 10);
  expect(await bank.hold(wallet, 5, { task })).toMatchObject({ outcome: 'closed', available: 90n });
});

test('one task cannot hold credits of two wallets', async () => {
  const [mine, yours] = [await bank.wallet(100), await bank.wallet(100)];
  const [task, other] = [newId<TaskId>(), newId<TaskId>()];
  expect(
    (await Promise.all([mine, yours].map((wallet) => bank.hold(wallet, 5, { task })))).map(({ outcome }) => outcome).toSorted(),
  ).toEqual(['conflict', 'held']);
  await bank.hold(mine, 5, { task: other });
  expect(await bank.hold(yours, 5, { task: other })).toMatchObject({ outcome: 'conflict', held: expect.anything() });
});

test('a repeated settlement gives the first answer, and another one is told that it comes too late', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  const answers = await Promise.all([bank.settle(task, 25), bank.settle(task, 25), bank.settle(task, 30), bank.settle(task, 0)]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['closed', 'repeated', 'conflict', 'conflict']);
  expect(await bank.settle(task, 25)).toMatchObject({ outcome: 'repeated', charged: 25n, returned: 15n, available: 75n });
  expect(await bank.settle(newId(), 25)).toEqual({ outcome: 'unknown' });
  expect(await bank.journal(wallet)).toEqual(['grant 100', 'hold 40', 'settle 25']);
});

test('of 300 holds at once on credits for 100, exactly 100 are held', async () => {
  const wallet = await bank.wallet(1_000);
  const answers = await Promise.all(Array.from({ length: 300 }, () => bank.hold(wallet, 10)));
  expect(answers.filter(({ outcome }) => outcome === 'held')).toHaveLength(100);
  expect(answers.filter(({ outcome }) => outcome === 'short')).toHaveLength(200);
  expect(await bank.state(wallet)).toEqual({ balance: 1_000, held: 1_000, debt: 0 });
});

test('of 300 holds through as many statements at once, exactly 100 are held', async () => {
  const wallet = await bank.wallet(1_000);
  const holdAlone = async () => {
    const request = JSON.stringify([{ n: 0, hold: newId(), task: newId(), wallet, credits: 10 }]);
    return (await bank.query<{ outcome: string }>('SELECT outcome FROM ledger_hold($1, $2)', [request, bank.at]))[0]!.outcome;
  };
  const outcomes = await Promise.all(Array.from({ length: 300 }, holdAlone));
  expect(outcomes.filter((outcome) => outcome === 'held')).toHaveLength(100);
  expect(await bank.state(wallet)).toEqual({ balance: 1_000, held: 1_000, debt: 0 });
});

test('a small hold behind one that did not fit still fits', async () => {
  const wallet = await bank.wallet(50);
  const answers = await Promise.all([30, 40, 15, 10, 5].map((amount) => bank.hold(wallet, amount)));
  expect(answers.map(({ outcome }) => outcome)).toEqual(['held', 'short', 'held', 'short', 'held']);
});

test('one bad request fails alone, and the others of its batch are held', async () => {
  const wallet = await bank.wallet(100);
  const answers = await Promise.allSettled([
    bank.hold(wallet, 10),
    bank.hold(wallet, 0),
    bank.hold(wallet, -5),
    bank.hold(wallet, 20),
    bank.settle(newId(), -1),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled']);
  expect(await bank.state(wallet)).toEqual({ balance: 100, held: 30, debt: 0 });
});

test('a negative charge is refused and the hold stays', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  await expect(bank.settle(task, -5)).rejects.toThrow('a charge is zero or more');
  expect(await bank.state(wallet)).toEqual({ balance: 100, held: 40, debt: 0 });
});

test('text that PostgreSQL cannot keep does not fail the batch', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  await bank.ledger.close({ task, charge: micro(10), note: 'a\0b\ud800c', facts: { model: '\0', tokens: 12n } }, bank.at);
  expect(await bank.query('SELECT note, facts FROM transactions WHERE task_id = $1 AND hold_id IS NULL', [task])).toEqual([
    { note: 'ab\ufffdc', facts: { model: '', tokens: '12' } },
  ]);
});

// Lots ---------------------------------------------------------------------------------------------------------

test('what was granted is spent before what was bought, and what expires first before the rest', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, newId(), 50);
  await bank.grant(wallet, 20);
  await bank.grant(wallet, 10, { expiresAt: later(48) });
  await bank.grant(wallet, 10, { expiresAt: later(24) });
  const task = newId<TaskId>();
  await bank.hold(wallet, 45, { task });
  expect(await bank.lots(wallet)).toEqual(['10 of 10, 10 pinned', '10 of 10, 10 pinned', '20 of 20, 20 pinned', '50 of 50, 5 pinned']);
  await bank.settle(task, 25);
  expect(await bank.lots(wallet)).toEqual(['15 of 20', '50 of 50']);
});

test('credits that expire stay with the task they are held for, and expire when it gives them back', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, newId(), 100);
  await bank.grant(wallet, 50, { expiresAt: later(1) });
  const [long, failing] = [newId<TaskId>(), newId<TaskId>()];
  await bank.hold(wallet, 20, { task: long });
  await bank.hold(wallet, 20, { task: failing });
  const at = bank.at;
  bank.at = later(2);
  expect(await bank.hold(wallet, 101)).toMatchObject({ outcome: 'short', available: 100n });
  expect(await bank.settle(long, 15)).toMatchObject({ charged: 15n, available: 100n });
  expect(await bank.settle(failing, 0)).toMatchObject({ charged: 0n, available: 100n });
  bank.at = at;
  expect(await bank.journal(wallet)).toEqual([
    'purchase 100',
    'grant 50',
    'hold 20',
    'hold 20',
    'lot_expiry 10',
    'settle 15',
    'lot_expiry 5',
    'release 20',
    'lot_expiry 20',
  ]);
  expect(await bank.lots(wallet)).toEqual(['100 of 100']);
});

test('upkeep expires what is due in wallets that nobody uses, once', async () => {
  const wallet = await bank.wallet(5);
  const lot = await bank.grant(wallet, 50, { expiresAt: later(1) });
  expect(await bank.ledger.expireLots(later(0.5))).toEqual([]);
  expect(await bank.ledger.expireLots(later(1))).toEqual([{ walletId: wallet, lotId: lot, credits: 50n }]);
  expect(await bank.ledger.expireLots(later(1))).toEqual([]);
  expect(await bank.state(wallet)).toEqual({ balance: 5, held: 0, debt: 0 });
});

test('upkeep returns what is held for tasks that are over or gone, and never what a live task holds', async () => {
  const wallet = await bank.wallet(100);
  const [live, failed, gone] = [await bank.task(wallet, 'processing'), await bank.task(wallet, 'failed'), newId<TaskId>()];
  for (const task of [live, failed, gone]) await bank.hold(wallet, 10, { task });
  const returned = (await bank.ledger.expireHolds(later(24 * 365))).filter(({ walletId }) => walletId === wallet);
  expect(returned.map(({ taskId, returned }) => `${taskId} ${returned}`).toSorted()).toEqual([`${failed} 10`, `${gone} 10`].toSorted());
  expect(await bank.state(wallet)).toEqual({ balance: 100, held: 10, debt: 0 });
  expect(await bank.settle(failed, 10)).toMatchObject({ outcome: 'conflict', charged: 0n });
  expect(await bank.settle(live, 10)).toMatchObject({ outcome: 'closed', charged: 10n });
});

// Credits in and out -------------------------------------------------------------------------------------------

test('the same grant asked for again is given once', async () => {
  const wallet = await bank.wallet();
  const request = { key: newId(), wallet, lot: newId<LotId>(), type: 'grant', credits: micro(30), source: 'test' } as const;
  const answers = await Promise.all([bank.ledger.credit(request, bank.at), bank.ledger.credit({ ...request, lot: newId() }, bank.at)]);
  expect(answers.map(({ outcome, credited, lotId }) => ({ outcome, credited, first: lotId === request.lot }))).toEqual([
    { outcome: 'credited', credited: 30n, first: true },
    { outcome: 'repeated', credited: 30n, first: true },
  ]);
  await expect(bank.ledger.credit({ ...request, credits: micro(31) }, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  await expect(bank.ledger.credit({ ...request, key: newId(), wallet: newId() }, bank.at)).rejects.toMatchObject({
    code: 'ledger.conflict',
  });
  expect(await bank.journal(wallet)).toEqual(['grant 30']);
});

test('a payment is bought once, whatever key it comes with', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, 'pi_once', 100);
  const again = {
    key: 'another',
    wallet,
    lot: newId<LotId>(),
    type: 'purchase',
    credits: micro(100),
    source: 'stripe',
    payment: 'pi_once',
  } as const;
  await expect(bank.ledger.credit(again, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  await expect(bank.ledger.credit({ ...again, wallet: await bank.wallet() }, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  expect(await bank.state(wallet)).toEqual({ balance: 100, held: 0, debt: 0 });
});

test('a refund takes the credits of its own payment first', async () => {
  const wallet = await bank.wallet(40);
  await bank.buy(wallet, 'pi_old', 100);
  await bank.buy(wallet, 'pi_refunded', 100);
  const refund = { key: 'refund', wallet, credits: micro(120), payment: 'pi_refunded' };
  expect(await bank.ledger.clawback(refund, bank.at)).toMatchObject({ outcome: 'clawed', taken: 100n, owed: 0n, available: 140n });
  expect(await bank.ledger.clawback(refund, bank.at)).toMatchObject({ outcome: 'repeated', taken: 100n, available: 140n });
  expect(await bank.ledger.clawback({ ...refund, key: 'again' }, bank.at)).toMatchObject({ outcome: 'clawed', taken: 0n, owed: 0n });
  await expect(bank.ledger.clawback({ ...refund, credits: micro(7) }, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  await expect(bank.ledger.clawback({ ...refund, key: 'x', payment: 'pi_unknown' }, bank.at)).rejects.toMatchObject({
    code: 'ledger.conflict',
  });
  expect(await bank.lots(wallet)).toEqual(['40 of 40', '100 of 100']);
});

test('a refund of what was spent becomes a debt, never touches what is held, and the next credits pay it', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, 'pi_spent', 100);
  await bank.grant(wallet, 10);
  const [spent, running] = [newId<TaskId>(), newId<TaskId>()];
  await bank.hold(wallet, 60, { task: spent });
  await bank.settle(spent, 60);
  await bank.hold(wallet, 30, { task: running });
  expect(await bank.ledger.clawback({ key: 'dispute', wallet, credits: micro(100), payment: 'pi_spent' }, bank.at)).toMatchObject({
    taken: 20n,
    owed: 80n,
    held: 30n,
    available: 0n,
    debt: 80n,
  });
  expect(await bank.hold(wallet, 1)).toMatchObject({ outcome: 'short', available: 0n });

  // What a task gives back pays the debt before it can be spent again.
  expect(await bank.settle(running, 10)).toMatchObject({ charged: 10n, returned: 20n, available: 0n, debt: 60n });
  await bank.buy(wallet, 'pi_new', 100);
  expect(await bank.state(wallet)).toEqual({ balance: 40, held: 0, debt: 0 });
  expect(await bank.journal(wallet)).toEqual([
    'purchase 100',
    'grant 10',
    'hold 60',
    'settle 60',
    'hold 30',
    'clawback 100',
    'settle 10',
    'purchase 100',
  ]);
});

test('a refund that is taken back gives back what it took, once', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, 'pi_won', 100);
  await bank.ledger.clawback({ key: 'dispute:won', wallet, credits: micro(70), payment: 'pi_won' }, bank.at);
  const restore = {
    key: 'won',
    wallet,
    lot: newId<LotId>(),
    type: 'restore',
    credits: micro(100),
    source: 'stripe',
    payment: 'pi_won',
  } as const;
  expect(await bank.ledger.credit(restore, bank.at)).toMatchObject({ outcome: 'credited', credited: 70n, available: 100n });
  expect(await bank.ledger.credit(restore, bank.at)).toMatchObject({ outcome: 'repeated', credited: 70n, available: 100n });
  expect(await bank.ledger.credit({ ...restore, key: 'more', lot: newId() }, bank.at)).toMatchObject({ credited: 0n, available: 100n });
  // The restored lot belongs to the payment: a second dispute finds it.
  expect(await bank.ledger.clawback({ key: 'dispute:again', wallet, credits: micro(100), payment: 'pi_won' }, bank.at)).toMatchObject({
    taken: 100n,
    owed: 0n,
  });
});

test('after all of this the ledger adds up', async () => {
  expect(await bank.wrong()).toBeNull();
});

test('there is one function for each movement, and no second signature beside it', async () => {
  const functions = await bank.query<{ signature: string }>(
    `SELECT oid::regprocedure::text AS signature FROM pg_proc WHERE proname LIKE 'ledger\\_%' ORDER BY 1`,
  );
  expect(functions.map(({ signature }) => signature)).toEqual([
    'ledger_append(jsonb)',
    'ledger_bring_payment_to(jsonb,timestamp with time zone)',
    'ledger_clawback(jsonb,timestamp with time zone)',
    'ledger_close(jsonb,timestamp with time zone)',
    'ledger_credit(jsonb,timestamp with time zone)',
    'ledger_expire_due(uuid[],timestamp with time zone)',
    'ledger_expire_holds(timestamp with time zone)',
    'ledger_expire_lots(timestamp with time zone)',
    'ledger_hold(jsonb,timestamp with time zone)',
    'ledger_lock(uuid[],timestamp with time zone)',
    'ledger_open(uuid,uuid,timestamp with time zone)',
    'ledger_payment_left(text)',
    'ledger_room(uuid,text,text,timestamp with time zone,text[],bigint[])',
  ]);
});
