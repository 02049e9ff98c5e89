// The guards are switched off here, as an owner of the tables could do: what was changed then has to be found.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, type HoldId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';
import type { LotId } from './ledger.ts';
import { addUp, verifyLedger } from './ledger-verify.ts';

let bank: Bank;
let wallet: WalletId;
let lot: LotId;
let bought: LotId;
let limit: string;
const open = { task: newId<TaskId>(), hold: newId<HoldId>() };
const closed = { task: newId<TaskId>(), hold: newId<HoldId>() };

// Lines: 0 open, 1 grant 100, 2 hold 30, 3 settle 10, 4 hold 20, 5 purchase 50, 6 clawback 15.
beforeAll(async () => {
  bank = await openBank();
  await bank.wallet(7);
  wallet = await bank.wallet();
  lot = await bank.grant(wallet, 100);
  limit = await bank.limit(wallet, 90, { kind: 'team', period: 'total' });
  await bank.hold(wallet, 30, closed);
  await bank.settle(closed.task, 10);
  await bank.hold(wallet, 20, open);
  bought = await bank.buy(wallet, 'pi_1', 50);
  await bank.ledger.clawback({ key: 'refund', wallet, credits: 15n as never, payment: 'pi_1' }, bank.at);
});
afterAll(() => bank.close());

test('a ledger that nobody touched adds up', async () => {
  expect(await bank.wrong()).toBeNull();
});

test('one wallet is added up by itself: nothing of another one is counted or found', async () => {
  const database = new pg.Client(bank.url);
  await database.connect();
  try {
    await database.query(`BEGIN; ${disableTriggers}`);
    expect(await addUp(database, { wallet })).toEqual({ wallets: 1, transactions: 7, lots: 2, holds: 2, wrong: null });
    await database.query('UPDATE wallets SET balance = balance + 5 WHERE id <> $1', [wallet]);
    expect(await addUp(database, { wallet })).toMatchObject({ wrong: null });
    expect((await addUp(database)).wrong?.walletId).not.toBe(wallet);
  } finally {
    await database.end();
  }
});

const disableTriggers = ['wallets', 'lots', 'transactions', 'holds', 'limits', 'hold_limits', 'limit_uses']
  .map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`)
  .join('; ');

const changes: [what: string, sql: string, wrong: string][] = [
  [
    'credits in a wallet',
    `UPDATE wallets SET balance = balance + 5 WHERE id = $wallet`,
    'line 6: the wallet is not where its journal ends',
  ],
  [
    'a debt of a wallet',
    `UPDATE wallets SET debt = 9, balance = held WHERE id = $wallet`,
    'line 6: the wallet is not where its journal ends',
  ],
  [
    'an earlier state of a wallet',
    `UPDATE wallets SET (seq, balance, held) = (1, 100, 0) WHERE id = $wallet`,
    'line 1: the wallet is not where its journal ends',
  ],
  [
    'a wallet that is gone',
    `ALTER TABLE lots DROP CONSTRAINT lots_wallet_id_fkey; ALTER TABLE limits DROP CONSTRAINT limits_wallet_id_fkey; DELETE FROM wallets WHERE id = $wallet`,
    'there is no wallet for this journal',
  ],

  [
    'an amount in the journal',
    `UPDATE transactions SET credits = credits - 5 WHERE type = 'settle'`,
    'line 3: it does not follow from the line before',
  ],
  [
    'an amount and all that follows',
    `UPDATE transactions SET credits = credits - (seq = 3)::int, balance = balance - 1 WHERE wallet_id = $wallet AND seq >= 3`,
    'line 3: its lots do not add up to its credits',
  ],
  [
    'a debt in the journal',
    `UPDATE transactions SET debt = 3 WHERE wallet_id = $wallet AND seq = 4`,
    'line 4: it does not follow from the line before',
  ],
  [
    'the order of two lines',
    `UPDATE transactions SET seq = CASE seq WHEN 4 THEN 105 ELSE 104 END WHERE wallet_id = $wallet AND seq IN (4, 5); UPDATE transactions SET seq = seq - 100 WHERE seq > 100`,
    'line 4: it does not follow from the line before',
  ],
  [
    'the first line taken out',
    `DELETE FROM transactions WHERE wallet_id = $wallet AND seq = 0`,
    'line 1: a line before this one is missing',
  ],
  ['a line taken out', `DELETE FROM transactions WHERE wallet_id = $wallet AND seq = 2`, 'line 3: a line before this one is missing'],
  [
    'the last line taken out',
    `DELETE FROM transactions WHERE wallet_id = $wallet AND seq = 6`,
    'line 6: the wallet is not where its journal ends',
  ],
  [
    'the last line taken out, and undone in its wallet',
    `DELETE FROM transactions WHERE wallet_id = $wallet AND seq = 6; UPDATE wallets SET seq = 5, balance = balance + 15 WHERE id = $wallet`,
    'a lot has not what its journal gave it (lot $bought)',
  ],
  [
    'all lines taken out',
    `DELETE FROM transactions WHERE wallet_id = $wallet`,
    'line 3: no line closed a hold that is closed (hold $closed)',
  ],
  ['a line too many', line(`7, 'grant', 5, 0, 0, 130, 20, 0, 'x', NULL`), 'line 6: the wallet is not where its journal ends'],
  [
    'a line too many, and its wallet',
    line(`7, 'grant', 5, 0, 0, 130, 20, 0, 'x', NULL`, 'UPDATE wallets SET seq = 7, balance = 130 WHERE id = $wallet'),
    'line 7: its lots do not add up to its credits',
  ],
  ['a line before the first', line(`-1, 'grant', 0, 0, 0, 0, 0, 0, 'x', NULL`), 'line -1: a line before this one is missing'],
  [
    'a line of no type',
    `UPDATE transactions SET type = 'gift' WHERE wallet_id = $wallet AND seq = 1`,
    'line 1: it moves what a line of its type may not (gift)',
  ],
  [
    'a grant that takes',
    `UPDATE transactions SET type = 'grant' WHERE wallet_id = $wallet AND seq = 6`,
    'line 6: it moves what a line of its type may not (grant)',
  ],
  [
    'a line that moves other lots',
    `UPDATE transactions SET lot_credits = '{99}' WHERE wallet_id = $wallet AND seq = 1`,
    'line 1: its lots do not add up to its credits',
  ],
  [
    'a refund of another payment',
    `UPDATE transactions SET payment_id = 'pi_2' WHERE type = 'clawback'`,
    'line 6: more was taken back of the payment than it bought, or given back than was taken (payment pi_2)',
  ],
  [
    'a payment bought again',
    `DROP INDEX transactions_one_purchase_per_payment; UPDATE transactions SET type = 'purchase', payment_id = 'pi_1' WHERE wallet_id = $wallet AND seq = 1; UPDATE lots SET payment_id = 'pi_1' WHERE id = $lot`,
    'line 5: the payment was bought before (payment pi_1)',
  ],

  ['a hold', `UPDATE holds SET credits = 25 WHERE id = $open`, 'line 4: there is no hold like this (hold $open)'],
  [
    'a hold for another task',
    `UPDATE holds SET task_id = gen_random_uuid() WHERE id = $open`,
    'line 4: there is no hold like this (hold $open)',
  ],
  [
    'a hold that is gone',
    `DELETE FROM hold_limits WHERE hold_id = $open; DELETE FROM holds WHERE id = $open`,
    'line 4: there is no hold like this (hold $open)',
  ],
  [
    'a hold that nothing opened',
    `INSERT INTO holds SELECT gen_random_uuid(), wallet_id, task_id, seq, 5, lots, '{5}', false, opened_at FROM holds WHERE id = $open`,
    'no line opened a hold',
  ],
  [
    'a hold on no lots',
    `UPDATE holds SET lots = '{}', lot_credits = '{}' WHERE id = $open`,
    'a hold does not stand on lots of its worth (hold $open)',
  ],
  [
    'a hold that is open again',
    `UPDATE holds SET closed_seq = NULL, closed_at = NULL, charged = NULL WHERE id = $closed`,
    'line 3: it does not close the holds that say so',
  ],
  [
    'a hold closed by nothing',
    `UPDATE holds SET closed_seq = 6, closed_at = opened_at, charged = 0 WHERE id = $open`,
    'line 6: no line closed a hold that is closed (hold $open)',
  ],
  ['a charge', `UPDATE holds SET charged = 9 WHERE id = $closed`, 'line 3: it does not close the holds that say so'],
  [
    'a second settlement',
    line(
      `7, 'release', 0, -20, 0, 125, 0, 0, NULL, $task`,
      'DROP INDEX transactions_one_close_per_task; UPDATE wallets SET seq = 7, held = 0 WHERE id = $wallet',
    ),
    `line 7: the task was closed before (task $task)`,
  ],

  ['a lot', `UPDATE lots SET remaining = remaining - 5 WHERE id = $lot`, `a lot has not what its journal gave it (lot $lot)`],
  [
    'a lot out of nothing',
    `INSERT INTO lots SELECT gen_random_uuid(), $wallet, 'x', 1, 5, 5, 0, NULL, NULL, now(), false`,
    `a lot has not what its journal gave it`,
  ],
  ['a lot that is gone', `DELETE FROM lots WHERE id = $lot`, `line 1: its lot is not as it was credited (lot $lot)`],
  ['what a lot brought', `UPDATE lots SET credits = credits + 5 WHERE id = $lot`, `line 1: its lot is not as it was credited (lot $lot)`],
  [
    'what paid for a lot',
    `UPDATE lots SET payment_id = 'pi_2' WHERE id = $bought`,
    `line 5: its lot is not as it was credited (lot $bought)`,
  ],
  [
    'what paid for a lot, in the journal',
    `UPDATE transactions SET payment_id = 'pi_2' WHERE payment_id = 'pi_1'`,
    `line 5: its lot is not as it was credited (lot $bought)`,
  ],
  [
    'credits from one lot to another',
    `UPDATE lots SET remaining = remaining + CASE WHEN id = $lot THEN -5 ELSE 5 END WHERE wallet_id = $wallet`,
    'a lot has not what its journal gave it',
  ],
  ['the pins of a lot', `UPDATE lots SET pinned = pinned - 5 WHERE id = $lot`, `a lot is not pinned as open holds say (lot $lot)`],

  [
    'the time of a purchase',
    `UPDATE transactions SET at = at - interval '1 day' WHERE seq = 5`,
    'line 5: its lot is not as it was credited (lot $bought)',
  ],
  [
    'the time of a hold',
    `UPDATE transactions SET at = at - interval '1 day' WHERE seq = 2`,
    'line 2: there is no hold like this (hold $closed)',
  ],
  [
    'the time of a settlement',
    `UPDATE transactions SET at = at - interval '1 day' WHERE seq = 3`,
    'line 3: no line closed a hold that is closed (hold $closed)',
  ],

  ['the use of a limit', `UPDATE limit_uses SET used = 0`, 'a limit counts other credits than its holds (limit $limit)'],
  ['a limit that nothing was counted for', `DELETE FROM limit_uses`, 'a limit counts other credits than its holds (limit $limit)'],
  [
    'a hold that no longer counts',
    `DELETE FROM hold_limits WHERE hold_id = $open`,
    'line 4: a hold does not count against limits as it says (hold $open)',
  ],
  [
    'holds that never counted',
    `DELETE FROM hold_limits; DELETE FROM limit_uses`,
    'line 2: a hold does not count against limits as it says (hold $closed)',
  ],
];

function line(values: string, before = '') {
  return `${before}; INSERT INTO transactions (wallet_id, seq, type, credits, held_change, debt_change, balance, held, debt, key, task_id, at) SELECT $wallet, ${values}, now()`;
}

test.each(changes)('%s: found', async (_what, sql, expected) => {
  const { wrong, inItsWallet } = await afterChange(filled(sql));
  expect(wrong?.walletId).toBe(wallet);
  expect(inItsWallet?.walletId).toBe(wallet);
  expect(`${wrong!.seq === null ? '' : `line ${wrong!.seq}: `}${wrong!.what}`).toContain(filled(expected, (id) => id));
});

test('what a superuser changes, in the name of replication, is found', async () => {
  const { wrong } = await afterChange(
    filled(`UPDATE wallets SET balance = balance + 5 WHERE id = $wallet`),
    bank.superuserUrl,
    'SET LOCAL session_replication_role = replica',
  );
  expect(wrong).toEqual({ walletId: wallet, seq: '6', what: 'the wallet is not where its journal ends' });
});

test('it waits for nobody, and sees one moment of a ledger that moves on', async () => {
  const moving = new pg.Client(bank.url);
  const reader = new pg.Client(bank.url);
  await Promise.all([moving.connect(), reader.connect()]);
  try {
    await moving.query('BEGIN');
    const request = { n: 0, hold: newId(), task: newId(), wallet, credits: 5 };
    await moving.query('SELECT ledger_hold($1, $2)', [JSON.stringify([request]), bank.at]);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    expect((await addUp(reader)).transactions).toBe(9);
    await moving.query('COMMIT');
    // In the midst of adding up, whatever is committed meanwhile belongs to later.
    expect(await addUp(reader)).toMatchObject({ transactions: 9, holds: 2, wrong: null });
    await reader.query('ROLLBACK');
    expect(await verifyLedger(reader)).toMatchObject({ transactions: 10, holds: 3, wrong: null });
  } finally {
    await Promise.all([moving.end(), reader.end()]);
  }
});

/** What is found after a change without guards, which is taken back again. */
async function afterChange(sql: string, url = bank.url, switchOff = disableTriggers) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`BEGIN; ${switchOff}; ${sql}`);
    return { wrong: (await addUp(client)).wrong, inItsWallet: (await addUp(client, { wallet })).wrong };
  } finally {
    await client.end();
  }
}

function filled(text: string, write = (id: string) => `'${id}'::uuid`) {
  const ids: Record<string, string> = { wallet, lot, bought, limit, open: open.hold, closed: closed.hold, task: closed.task };
  return text.replace(/\$(\w+)/g, (_, name: string) => write(ids[name]!));
}
