// The ledger where callers are wrong, late, or ask for amounts that nobody has.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { micro } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';
import type { CreditRequest, LotId } from './ledger.ts';

let bank: Bank;
beforeAll(async () => {
  bank = await openBank();
});
afterAll(() => bank.close());

const MOST = 2n ** 63n - 1n;

test('an extension is refused like any hold, and the first hold stays', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 80, { task });
  expect(await bank.hold(wallet, 30, { task })).toMatchObject({
    outcome: 'short',
    held: 80n,
    refused: { facts: { need: '30', have: '20' } },
  });
  expect(await bank.settle(task, 90)).toMatchObject({ charged: 80n, overrun: 10n, available: 20n });
});

test('a repeated settlement above the hold tells the same overrun, and is not confused with its charge', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 80, { task });
  await bank.settle(task, 500);
  expect(await bank.settle(task, 500)).toMatchObject({ outcome: 'repeated', charged: 80n, returned: 0n, overrun: 420n });
  expect(await bank.settle(task, 80)).toMatchObject({ outcome: 'conflict', charged: 80n, overrun: 420n });
  expect(await bank.journal(wallet)).toEqual(['grant 100', 'hold 80', 'settle 80']);
});

test('a settlement of everything leaves an empty wallet, and the next hold hears of it', async () => {
  const wallet = await bank.wallet(40);
  const task = newId<TaskId>();
  await bank.hold(wallet, 40, { task });
  expect(await bank.settle(task, 40)).toMatchObject({ charged: 40n, returned: 0n, balance: 0n });
  expect(await bank.lots(wallet)).toEqual([]);
  expect(await bank.hold(wallet, 1)).toMatchObject({ outcome: 'short', refused: { facts: { need: '1', have: '0' } } });
});

test('the largest amounts that fit are kept exactly; what would not fit is an error, and nothing moves', async () => {
  const wallet = await bank.wallet();
  const lot = newId<LotId>();
  await bank.ledger.credit({ key: newId(), wallet, lot, type: 'grant', credits: micro(MOST), source: 'test' }, bank.at);
  await expect(bank.grant(wallet, 1)).rejects.toThrow('bigint out of range');
  await expect(
    bank.ledger.credit({ key: newId(), wallet, lot: newId(), type: 'grant', credits: micro(MOST + 1n), source: 'test' }, bank.at),
  ).rejects.toThrow(/out of range/);

  const task = newId<TaskId>();
  expect(await bank.ledger.hold({ wallet, task, hold: newId<HoldId>(), credits: micro(MOST) }, bank.at)).toMatchObject({
    outcome: 'held',
    held: MOST,
    available: 0n,
  });
  expect(await bank.ledger.close({ task, charge: micro(MOST) }, bank.at)).toMatchObject({
    charged: MOST,
    returned: 0n,
    overrun: 0n,
    balance: 0n,
  });
  expect(await bank.wrong()).toBeNull();
});

test('a charge of everything that can be written down still costs only what was held', async () => {
  const wallet = await bank.wallet(100);
  const task = newId<TaskId>();
  await bank.hold(wallet, 1, { task });
  expect(await bank.ledger.close({ task, charge: micro(MOST) }, bank.at)).toMatchObject({
    charged: 1n,
    overrun: MOST - 1n,
    available: 99n,
  });
});

test('nobody holds more than there is, however much that would be', async () => {
  const wallet = await bank.wallet(100);
  expect(await bank.ledger.hold({ wallet, task: newId<TaskId>(), hold: newId<HoldId>(), credits: micro(MOST) }, bank.at)).toMatchObject({
    outcome: 'short',
    refused: { facts: { need: String(MOST), have: '100' } },
  });
});

test('a refund of more than anybody has becomes a debt that is as large', async () => {
  const wallet = await bank.wallet(100);
  const refund = { key: newId<LotId>(), wallet, credits: micro(MOST) };
  expect(await bank.ledger.clawback(refund, bank.at)).toMatchObject({ taken: 100n, owed: MOST - 100n, balance: 0n, debt: MOST - 100n });
  expect(await bank.ledger.clawback({ ...refund, key: newId(), credits: micro(100) }, bank.at)).toMatchObject({
    taken: 0n,
    owed: 100n,
    debt: MOST,
  });
  await expect(bank.ledger.clawback({ ...refund, key: newId(), credits: micro(1) }, bank.at)).rejects.toThrow('bigint out of range');
  expect(await bank.state(wallet)).toMatchObject({ balance: 0 });
});

test('what a grant pays of a debt is told, and the rest can be spent', async () => {
  const wallet = await bank.wallet();
  await bank.ledger.clawback({ key: newId(), wallet, credits: micro(30) }, bank.at);
  const grant = (amount: number): CreditRequest => ({
    key: newId(),
    wallet,
    lot: newId<LotId>(),
    type: 'grant',
    credits: micro(amount),
    source: 'test',
  });
  expect(await bank.ledger.credit(grant(10), bank.at)).toMatchObject({ credited: 0n, debtPaid: 10n, available: 0n, debt: 20n });
  const larger = grant(50);
  expect(await bank.ledger.credit(larger, bank.at)).toMatchObject({ credited: 30n, debtPaid: 20n, available: 30n, debt: 0n });
  expect(await bank.ledger.credit(larger, bank.at)).toMatchObject({ outcome: 'repeated', credited: 30n, debtPaid: 20n, available: 30n });
  expect(await bank.lots(wallet)).toEqual(['30 of 50']);
});

test('a refund leaves alone what is held of its own payment, and takes that when it comes back', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, 'pi_held', 100);
  const [running, failing] = [newId<TaskId>(), newId<TaskId>()];
  await bank.hold(wallet, 60, { task: running });
  await bank.hold(wallet, 30, { task: failing });
  expect(await bank.ledger.clawback({ key: 'refund:held', wallet, credits: micro(100), payment: 'pi_held' }, bank.at)).toMatchObject({
    taken: 10n,
    owed: 90n,
    held: 90n,
  });
  expect(await bank.settle(failing, 0)).toMatchObject({ charged: 0n, returned: 30n, available: 0n, debt: 60n });
  expect(await bank.settle(running, 60)).toMatchObject({ charged: 60n, available: 0n, debt: 60n });
});

const crossed: [what: string, first: Partial<CreditRequest>, second: Partial<CreditRequest>][] = [
  ['another amount', {}, { credits: micro(31) }],
  ['another payment', { type: 'purchase', payment: 'pi_a' }, { type: 'purchase', payment: 'pi_b' }],
  ['another type', {}, { type: 'purchase', payment: 'pi_c' }],
];
test.each(crossed)('a key that comes again with %s is a conflict, and nothing moves', async (_what, first, second) => {
  const wallet = await bank.wallet();
  const request: CreditRequest = { key: newId(), wallet, lot: newId<LotId>(), type: 'grant', credits: micro(30), source: 'test' };
  await bank.ledger.credit({ ...request, ...first }, bank.at);
  await expect(bank.ledger.credit({ ...request, ...second, lot: newId<LotId>() }, bank.at)).rejects.toMatchObject({
    code: 'ledger.conflict',
  });
  expect(await bank.state(wallet)).toEqual({ balance: 30, held: 0, debt: 0 });
});

test('a key of a grant is no key of a refund, in this wallet or another', async () => {
  const [wallet, other] = [await bank.wallet(), await bank.wallet(50)];
  const request: CreditRequest = { key: newId(), wallet, lot: newId<LotId>(), type: 'grant', credits: micro(30), source: 'test' };
  await bank.ledger.credit(request, bank.at);
  for (const where of [wallet, other]) {
    await expect(bank.ledger.clawback({ key: request.key, wallet: where, credits: micro(30) }, bank.at)).rejects.toMatchObject({
      code: 'ledger.conflict',
    });
  }
  await expect(bank.ledger.credit({ ...request, wallet: other }, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  expect([await bank.state(wallet), await bank.state(other)]).toMatchObject([{ balance: 30 }, { balance: 50 }]);
});

test('a payment bought by one wallet is neither bought nor given back by another', async () => {
  const [wallet, other] = [await bank.wallet(), await bank.wallet(50)];
  await bank.buy(wallet, 'pi_mine', 100);
  const again = {
    key: newId(),
    wallet: other,
    lot: newId<LotId>(),
    type: 'purchase',
    credits: micro(100),
    source: 'stripe',
    payment: 'pi_mine',
  } as const;
  await expect(bank.ledger.credit(again, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  await expect(bank.ledger.credit({ ...again, type: 'restore' }, bank.at)).rejects.toMatchObject({ code: 'ledger.conflict' });
  await expect(bank.ledger.clawback({ key: newId(), wallet: other, credits: micro(1), payment: 'pi_mine' }, bank.at)).rejects.toMatchObject(
    { code: 'ledger.conflict' },
  );
  expect([await bank.state(wallet), await bank.state(other)]).toMatchObject([{ balance: 100 }, { balance: 50 }]);
});

test('a wallet that is not there is said to be unknown, and the others of the batch go on', async () => {
  const wallet = await bank.wallet(100);
  const nowhere = newId<WalletId>();
  const answers = await Promise.all([bank.hold(nowhere, 5), bank.hold(wallet, 5), bank.settle(newId<TaskId>(), 5)]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['unknown', 'held', 'unknown']);
  await expect(bank.ledger.clawback({ key: newId(), wallet: nowhere, credits: micro(1) }, bank.at)).rejects.toMatchObject({
    code: 'ledger.conflict',
  });
});

// What the types keep our own code from, the functions refuse as well.
test.each([
  ['a grant without a key', 'credit', { type: 'grant', credits: 5 }, 'transactions_credit'],
  ['a grant of nothing', 'credit', { key: 'k', type: 'grant', credits: 0 }, 'transactions_credit'],
  ['a grant that takes', 'credit', { key: 'k', type: 'grant', credits: -5 }, 'transactions_credit'],
  ['a grant that was paid', 'credit', { key: 'k', type: 'grant', credits: 5, payment: 'pi' }, 'transactions_credit'],
  ['a purchase that was not', 'credit', { key: 'k', type: 'purchase', credits: 5 }, 'transactions_credit'],
  ['credits of another type', 'credit', { key: 'k', type: 'gift', credits: 5 }, 'transactions_credit'],
  ['a hold as a grant', 'credit', { key: 'k', type: 'hold', credits: 5 }, 'transactions_credit'],
  ['a refund without a key', 'clawback', { credits: 5 }, 'transactions_clawback'],
  ['a refund that gives', 'clawback', { key: 'k', credits: -5 }, 'transactions_clawback'],
  ['a hold of less than nothing', 'hold', { hold: newId(), task: newId(), credits: -5 }, 'holds_credits'],
  ['a hold without an amount', 'hold', { hold: newId(), task: newId() }, 'holds_credits'],
])('%s is refused', async (_what, name, request, constraint) => {
  const wallet = await bank.wallet(100);
  const asked = JSON.stringify([{ n: 0, wallet, lot: newId(), source: 'test', ...request }]);
  await expect(bank.query(`SELECT * FROM ledger_${name}($1, $2)`, [asked, bank.at])).rejects.toMatchObject({ constraint });
  expect(await bank.journal(wallet)).toEqual(['grant 100']);
});

test('text that PostgreSQL cannot keep is kept without what it cannot, wherever it stands', async () => {
  const wallet = await bank.wallet(100);
  const odd = (text: string) => `${text}\0\ud800\udc00\udc00`;
  const kept = (text: string) => `${text}\u{10000}\ufffd`;
  await bank.ledger.credit(
    {
      key: odd('key'),
      wallet,
      lot: newId<LotId>(),
      type: 'purchase',
      credits: micro(5),
      source: odd('source'),
      payment: odd('pi'),
      actor: odd('ada'),
      note: odd('note'),
      money: { amount: 1999n, currency: odd('usd') },
    },
    bank.at,
  );
  const rows = await bank.query(
    'SELECT key, payment_id, actor, note, currency, amount FROM transactions WHERE wallet_id = $1 AND seq = 2',
    [wallet],
  );
  expect(rows).toEqual([
    { key: kept('key'), payment_id: kept('pi'), actor: kept('ada'), note: kept('note'), currency: kept('usd'), amount: '1999' },
  ]);

  await bank.limit(wallet, 3, { kind: 'member', subject: kept('ada'), period: 'total' });
  expect(await bank.hold(wallet, 5, { member: odd('ada'), channel: odd('slack') })).toMatchObject({
    outcome: 'limit',
    refused: { facts: { whose: 'member' } },
  });
});

test('an empty batch has no answers', async () => {
  for (const name of ['hold', 'close', 'credit', 'clawback'])
    expect(await bank.query(`SELECT * FROM ledger_${name}('[]', $1)`, [bank.at])).toEqual([]);
});

test('after all of this the ledger adds up', async () => {
  expect(await bank.wrong()).toBeNull();
});
