// The guards are switched off here, as an owner of the tables could do: what was changed then has to be found.
import { execFile } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, type HoldId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/bank.ts';
import type { LotId } from './ledger.ts';
import { addUp } from './ledger-verify.ts';

let bank: Bank;
let wallet: WalletId;
let lot: LotId;
const open = { task: newId<TaskId>(), hold: newId<HoldId>() };
const closed = { task: newId<TaskId>(), hold: newId<HoldId>() };

// Lines: 0 open, 1 grant 100, 2 hold 30, 3 settle 10, 4 hold 20, 5 purchase 50, 6 clawback 15.
beforeAll(async () => {
  bank = await openBank();
  await bank.wallet(7);
  wallet = await bank.wallet();
  lot = await bank.grant(wallet, 100);
  await bank.limit(wallet, 90, { kind: 'team', period: 'total' });
  await bank.hold(wallet, 30, closed);
  await bank.settle(closed.task, 10);
  await bank.hold(wallet, 20, open);
  await bank.buy(wallet, 'pi_1', 50);
  await bank.ledger.clawback({ key: 'refund', wallet, credits: 15n as never, payment: 'pi_1' }, bank.at);
});
afterAll(() => bank.close());

test('a ledger that nobody touched adds up', async () => {
  expect(await bank.wrong()).toBeNull();
});

const changes: [what: string, sql: string, wrong: string][] = [
  [
    'credits in a wallet',
    `UPDATE wallets SET balance = balance + 5 WHERE id = $wallet`,
    'line 6: the wallet is not where its journal ends',
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
  ['a line taken out', `DELETE FROM transactions WHERE wallet_id = $wallet AND seq = 2`, 'line 3: a line before this one is missing'],
  [
    'the last line taken out',
    `DELETE FROM transactions WHERE wallet_id = $wallet AND seq = 6`,
    'line 6: the wallet is not where its journal ends',
  ],
  ['a line too many', line(`7, 'grant', 5, 0, 0, 130, 20, 0, 'x', NULL`), 'line 6: the wallet is not where its journal ends'],
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
  ['a lot', `UPDATE lots SET remaining = remaining - 5 WHERE id = $lot`, `a lot has not what its journal gave it (lot $lot)`],
  [
    'credits from one lot to another',
    `UPDATE lots SET remaining = remaining + CASE WHEN id = $lot THEN -5 ELSE 5 END WHERE wallet_id = $wallet`,
    'a lot has not what its journal gave it',
  ],
  ['the pins of a lot', `UPDATE lots SET pinned = pinned - 5 WHERE id = $lot`, `a lot is not pinned as open holds say (lot $lot)`],
  ['a hold', `UPDATE holds SET credits = 25 WHERE id = $open`, 'line 4: there is no hold like this (hold $open)'],
  ['a hold that is gone', `DELETE FROM hold_limits; DELETE FROM holds WHERE id = $open`, 'line 4: there is no hold like this (hold $open)'],
  [
    'a hold that is open again',
    `UPDATE holds SET closed_seq = NULL, closed_at = NULL, charged = NULL WHERE id = $closed`,
    'line 3: it does not close the holds that say so',
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
  [
    'a refund of another payment',
    `UPDATE transactions SET payment_id = 'pi_2' WHERE type = 'clawback'`,
    'line 6: more was taken back of the payment than it bought, or given back than was taken (payment pi_2)',
  ],
  ['the use of a limit', `UPDATE limit_uses SET used = 0`, 'a limit counts other credits than its holds'],
];

function line(values: string, before = '') {
  return `${before}; INSERT INTO transactions (wallet_id, seq, type, credits, held_change, debt_change, balance, held, debt, key, task_id, at) SELECT $wallet, ${values}, now()`;
}

test.each(changes)('%s: found', async (_what, sql, expected) => {
  const wrong = await afterChange(fill(sql, (id) => `'${id}'::uuid`));
  expect(wrong?.walletId).toBe(wallet);
  expect(`${wrong!.seq === null ? '' : `line ${wrong!.seq}: `}${wrong!.what}`).toContain(fill(expected, (id) => id));
});

test('npm run ledger:verify says that all is well, or names the first wrong line and ends with 1', async () => {
  expect(await verify()).toEqual({ code: 0, said: 'The ledger adds up: 2 wallets, 9 journal lines, 3 lots, 2 holds.\n' });
  await bank.query('ALTER TABLE transactions DISABLE TRIGGER USER');
  await bank.query("UPDATE transactions SET credits = credits - 5 WHERE type = 'settle'");
  expect(await verify()).toEqual({ code: 1, said: `WRONG: wallet ${wallet}, line 3: it does not follow from the line before.\n` });
});

/** What is found after a change without guards, which is taken back again. */
async function afterChange(sql: string) {
  const client = new pg.Client({ connectionString: bank.url });
  await client.connect();
  try {
    const tables = ['wallets', 'lots', 'transactions', 'holds', 'limits', 'hold_limits', 'limit_uses'];
    await client.query(`BEGIN; ${tables.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`).join('; ')}; ${sql}`);
    return (await addUp(client)).wrong;
  } finally {
    await client.end();
  }
}

function fill(text: string, write: (id: string) => string) {
  const ids: Record<string, string> = { wallet, lot, open: open.hold, closed: closed.hold, task: closed.task };
  return text.replace(/\$(\w+)/g, (_, name: string) => write(ids[name]!));
}

function verify(): Promise<{ code: number; said: string }> {
  const command = path.join(import.meta.dirname, '../commands/ledger-verify.ts');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [command], { env: { ...process.env, DATABASE_URL: bank.url } }, (_error, said) =>
      resolve({ code: child.exitCode!, said }),
    );
  });
}
