// The guards hold for everybody, also for the owner of the tables and without our functions.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId, type HoldId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/bank.ts';

let bank: Bank;
let wallet: WalletId;
let open: { task: TaskId; hold: HoldId };
let closed: { task: TaskId; hold: HoldId };

beforeAll(async () => {
  bank = await openBank();
});
afterAll(() => bank.close());

beforeEach(async () => {
  wallet = await bank.wallet(100);
  await bank.limit(wallet, 90, { kind: 'team', period: 'total' });
  [open, closed] = [0, 1].map(() => ({ task: newId<TaskId>(), hold: newId<HoldId>() })) as [typeof open, typeof closed];
  await bank.hold(wallet, 30, closed);
  await bank.settle(closed.task, 10);
  await bank.hold(wallet, 20, open);
});

interface Ids {
  wallet: WalletId;
  /** Has no wallet. */
  team: string;
  openHold: HoldId;
  closedHold: HoldId;
}

const attempts: [what: string, sql: (ids: Ids) => string, refusedBy: string][] = [
  ['more credits', ({ wallet }) => `UPDATE wallets SET balance = balance + 5 WHERE id = '${wallet}'`, 'wallets_head'],
  [
    'more credits, and a line that is not there',
    ({ wallet }) => `UPDATE wallets SET balance = balance + 5, seq = seq + 1 WHERE id = '${wallet}'`,
    'wallets_head',
  ],
  ['less held', ({ wallet }) => `UPDATE wallets SET held = 0 WHERE id = '${wallet}'`, 'wallets_head'],
  ['more held than there is', ({ wallet }) => `UPDATE wallets SET held = balance + 1 WHERE id = '${wallet}'`, 'wallets_no_overdraft'],
  ['a debt', ({ wallet }) => `UPDATE wallets SET balance = held, debt = 7 WHERE id = '${wallet}'`, 'wallets_head'],
  ['free credits beside a debt', ({ wallet }) => `UPDATE wallets SET debt = 7 WHERE id = '${wallet}'`, 'wallets_debt_first'],
  ['back to an earlier line', ({ wallet }) => `UPDATE wallets SET seq = 1 WHERE id = '${wallet}'`, 'wallets_head'],
  ['no wallet', ({ wallet }) => `DELETE FROM wallets WHERE id = '${wallet}'`, 'wallets_stay'],
  [
    'a wallet out of nothing',
    ({ team }) => `INSERT INTO wallets (id, team_id, balance) VALUES (gen_random_uuid(), '${team}', 5)`,
    'wallets_head',
  ],

  [
    'another amount in the journal',
    ({ wallet }) => `UPDATE transactions SET credits = 1 WHERE wallet_id = '${wallet}'`,
    'transactions_append_only',
  ],
  ['no journal', ({ wallet }) => `DELETE FROM transactions WHERE wallet_id = '${wallet}'`, 'transactions_append_only'],
  ['no journal for anybody', () => 'TRUNCATE transactions', 'transactions_append_only'],
  ['a forged line at the end', ({ wallet }) => line(wallet, `seq + 1, 'grant', 5, 0, 0, balance + 5, held, debt`), 'transactions_chain'],
  ['a forged line far beyond', ({ wallet }) => line(wallet, `seq + 9, 'grant', 5, 0, 0, balance + 5, held, debt`), 'transactions_chain'],
  ['a forged line in the middle', ({ wallet }) => line(wallet, `2, 'grant', 5, 0, 0, balance, held, debt`), 'transactions_pkey'],
  [
    'a line of no wallet',
    ({ wallet, team }) => line(wallet, `0, 'open', 0, 0, 0, 0, 0, 0`).replace('SELECT id', `SELECT '${team}'::uuid`),
    'transactions_chain',
  ],
  [
    'credits that do not follow from the line before',
    ({ wallet }) => move(wallet, 'balance + 50, held, debt', `'grant', 5, 0, 0`),
    'transactions_chain',
  ],
  ['held credits that do not', ({ wallet }) => move(wallet, 'balance + 5, held - 1, debt', `'grant', 5, 0, 0`), 'transactions_chain'],
  ['a debt that does not', ({ wallet }) => move(wallet, 'held, held, 9', `'clawback', held - balance, 0, 0`), 'transactions_chain'],

  ['more left in a lot', ({ wallet }) => `UPDATE lots SET remaining = remaining + 5 WHERE wallet_id = '${wallet}'`, 'lots_add_up'],
  ['less pinned in a lot', ({ wallet }) => `UPDATE lots SET pinned = 0 WHERE wallet_id = '${wallet}'`, 'lots_add_up'],
  ['more left in a lot than it had', ({ wallet }) => `UPDATE lots SET remaining = 500 WHERE wallet_id = '${wallet}'`, 'lots_remaining'],
  [
    'a lot out of nothing',
    ({ wallet }) =>
      `INSERT INTO lots (id, wallet_id, source, priority, credits, remaining, spent, created_at) VALUES (gen_random_uuid(), '${wallet}', 'x', 1, 5, 5, false, now())`,
    'lots_add_up',
  ],
  [
    'a lot that expires later',
    ({ wallet }) => `UPDATE lots SET expires_at = '2099-01-01' WHERE wallet_id = '${wallet}'`,
    'lots_keep_their_terms',
  ],
  ['a larger lot', ({ wallet }) => `UPDATE lots SET credits = 500 WHERE wallet_id = '${wallet}'`, 'lots_keep_their_terms'],
  ['no lot', ({ wallet }) => `DELETE FROM lots WHERE wallet_id = '${wallet}'`, 'lots_stay'],

  [
    'a hold opened again',
    ({ closedHold }) => `UPDATE holds SET closed_seq = NULL, charged = NULL, closed_at = NULL WHERE id = '${closedHold}'`,
    'holds_close_once',
  ],
  ['a smaller charge', ({ closedHold }) => `UPDATE holds SET charged = 0 WHERE id = '${closedHold}'`, 'holds_close_once'],
  [
    'a hold closed without a line',
    ({ openHold }) => `UPDATE holds SET closed_seq = 3, charged = 0, closed_at = now() WHERE id = '${openHold}'`,
    'holds_follow_journal',
  ],
  [
    'a negative charge',
    ({ openHold }) => `UPDATE holds SET closed_seq = 3, charged = -5, closed_at = now() WHERE id = '${openHold}'`,
    'holds_charged',
  ],
  [
    'a charge above the hold',
    ({ openHold }) => `UPDATE holds SET closed_seq = 3, charged = 21, closed_at = now() WHERE id = '${openHold}'`,
    'holds_charged',
  ],
  ['a larger hold', ({ openHold }) => `UPDATE holds SET credits = credits + 5 WHERE id = '${openHold}'`, 'holds_keep_their_terms'],
  [
    'a hold out of nothing',
    ({ wallet }) =>
      `INSERT INTO holds (id, wallet_id, task_id, seq, credits, lots, lot_credits, limited, opened_at) VALUES (gen_random_uuid(), '${wallet}', gen_random_uuid(), 2, 5, '{}', '{}', false, now())`,
    'holds_follow_journal',
  ],
  ['no hold', ({ openHold }) => `DELETE FROM holds WHERE id = '${openHold}'`, 'holds_stay'],

  [
    'a limit that was used less',
    ({ wallet }) => `UPDATE limit_uses SET used = 0 WHERE limit_id IN (SELECT id FROM limits WHERE wallet_id = '${wallet}')`,
    'limit_uses_are_derived',
  ],
  [
    'a limit that was never used',
    ({ wallet }) => `DELETE FROM limit_uses WHERE limit_id IN (SELECT id FROM limits WHERE wallet_id = '${wallet}')`,
    'limit_uses_are_derived',
  ],
  [
    'a limit of another time',
    ({ wallet }) => `UPDATE limits SET time_zone = 'Asia/Tokyo' WHERE wallet_id = '${wallet}'`,
    'limits_keep_their_terms',
  ],
  ['no limit', ({ wallet }) => `DELETE FROM limits WHERE wallet_id = '${wallet}'`, 'limits_stay'],
  ['a hold that counts no longer', ({ openHold }) => `DELETE FROM hold_limits WHERE hold_id = '${openHold}'`, 'hold_limits_append_only'],
  [
    'a hold that goes beyond a limit',
    ({
      wallet,
      openHold,
    }) => `WITH l AS (INSERT INTO limits VALUES (gen_random_uuid(), '${wallet}', 'member', 'ada', 19, 'total', 'UTC', now()) RETURNING id)
      INSERT INTO hold_limits SELECT '${openHold}', id, 'epoch' FROM l`,
    'limits_keep',
  ],
];

/** A journal line alone. */
function line(wallet: WalletId, values: string) {
  return `INSERT INTO transactions (wallet_id, seq, type, credits, held_change, debt_change, balance, held, debt, key, at) SELECT id, ${values}, 'forged', now() FROM wallets WHERE id = '${wallet}'`;
}

/** A journal line and its wallet, together. */
function move(wallet: WalletId, state: string, values: string) {
  return `WITH forged AS (UPDATE wallets SET seq = seq + 1, (balance, held, debt) = (SELECT ${state}) WHERE id = '${wallet}')
    ${line(wallet, `seq + 1, ${values}, ${state}`)}`;
}

test.each(attempts)('%s: refused', async (_what, sql, refusedBy) => {
  const team = newId();
  await bank.query("INSERT INTO teams (id, name) VALUES ($1, 'Without a wallet')", [team]);
  await expect(bank.query(sql({ wallet, team, openHold: open.hold, closedHold: closed.hold }))).rejects.toMatchObject({
    constraint: refusedBy,
  });
  expect(await bank.wrong()).toBeNull();
});

test('these were attempts of the owner', async () => {
  expect(await bank.query("SELECT tableowner = current_user AS owner FROM pg_tables WHERE tablename = 'transactions'")).toEqual([
    { owner: true },
  ]);
});
