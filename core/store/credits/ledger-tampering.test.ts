// The guards hold for everybody, without our functions, as long as nobody switches them off.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { micro } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';

let bank: Bank;
let owner: pg.Client;
let superuser: pg.Client;
/** What `:wallet` and the like stand for below. */
let ids: Record<string, string>;

beforeAll(async () => {
  bank = await openBank();
  [owner, superuser] = [new pg.Client(bank.url), new pg.Client(bank.superuserUrl)];
  await Promise.all([owner.connect(), superuser.connect()]);

  const [wallet, other, team] = [await bank.wallet(), await bank.wallet(50), newId()];
  const lot = await bank.buy(wallet, 'pi_1', 100);
  const limit = await bank.limit(wallet, 90, { kind: 'team', period: 'total' });
  const [open, closed] = [0, 1].map(() => ({ task: newId<TaskId>(), hold: newId<HoldId>() })) as [Held, Held];
  await bank.hold(wallet, 30, closed);
  await bank.settle(closed.task, 10);
  await bank.hold(wallet, 20, open);
  await bank.ledger.clawback({ key: 'refund', wallet, credits: micro(5), payment: 'pi_1' }, bank.at);
  await bank.query("INSERT INTO teams (id, name) VALUES ($1, 'Without a wallet')", [team]);
  ids = { wallet, other, team, lot, limit, open: open.hold, openTask: open.task, closed: closed.hold, closedTask: closed.task };
});
afterAll(async () => {
  await Promise.all([owner.end(), superuser.end()]);
  await bank.close();
});

interface Held {
  task: TaskId;
  hold: HoldId;
}

const grantOf5 = {
  wallet_id: 'id',
  seq: 'seq + 1',
  type: `'grant'`,
  credits: '5',
  balance: 'balance + 5',
  held: 'held',
  debt: 'debt',
  key: `'forged'`,
  at: 'now()',
};

/** `:wallet` has lines 0 to 5: open, purchase 100, hold 30, settle 10, hold 20, clawback 5. */
const attempts: Record<string, [what: string, sql: string, refusedBy: string][]> = {
  'the wallet': [
    ['more credits', 'UPDATE wallets SET balance = balance + 5 WHERE id = :wallet', 'wallets_head'],
    [
      'more credits, and a line that is not there',
      'UPDATE wallets SET balance = balance + 5, seq = seq + 1 WHERE id = :wallet',
      'wallets_head',
    ],
    [
      'more credits, by another statement',
      'MERGE INTO wallets w USING teams t ON t.id = w.team_id AND w.id = :wallet WHEN MATCHED THEN UPDATE SET balance = w.balance + 5',
      'wallets_head',
    ],
    [
      'more credits, as if it were new',
      'INSERT INTO wallets SELECT * FROM wallets WHERE id = :wallet ON CONFLICT (id) DO UPDATE SET balance = wallets.balance + 5',
      'wallets_head',
    ],
    ['the state of another line', 'UPDATE wallets SET (seq, balance, held, debt) = (1, 100, 0, 0) WHERE id = :wallet', 'wallets_head'],
    ['back to an earlier line', 'UPDATE wallets SET seq = 1 WHERE id = :wallet', 'wallets_head'],
    ['less held', 'UPDATE wallets SET held = 0 WHERE id = :wallet', 'wallets_head'],
    ['more held than there is', 'UPDATE wallets SET held = balance + 1 WHERE id = :wallet', 'wallets_no_overdraft'],
    ['less than nothing', 'UPDATE wallets SET balance = -1, held = -1 WHERE id = :wallet', 'wallets_no_overdraft'],
    ['a debt', 'UPDATE wallets SET balance = held, debt = 7 WHERE id = :wallet', 'wallets_head'],
    ['free credits beside a debt', 'UPDATE wallets SET debt = 7 WHERE id = :wallet', 'wallets_debt_first'],
    ['no wallet', 'DELETE FROM wallets WHERE id = :wallet', 'wallets_stay'],
    ['no wallets', 'TRUNCATE wallets CASCADE', 'wallets_stay'],
    ['no teams', 'TRUNCATE teams CASCADE', 'wallets_stay'],
    ['no team', 'DELETE FROM teams WHERE id = (SELECT team_id FROM wallets WHERE id = :wallet)', 'wallets_team_id_fkey'],
    ['a wallet out of nothing', 'INSERT INTO wallets (id, team_id, balance) VALUES (gen_random_uuid(), :team, 5)', 'wallets_head'],
    [
      'a second wallet',
      'INSERT INTO wallets (id, team_id) SELECT gen_random_uuid(), team_id FROM wallets WHERE id = :wallet',
      'wallets_team_id_key',
    ],
  ],
  'the journal': [
    ['another amount', 'UPDATE transactions SET credits = 1 WHERE wallet_id = :wallet AND seq = 1', 'transactions_append_only'],
    [
      'another time',
      "UPDATE transactions SET at = at - interval '1 day' WHERE wallet_id = :wallet AND seq = 1",
      'transactions_append_only',
    ],
    ['another payment', "UPDATE transactions SET payment_id = 'pi_2' WHERE wallet_id = :wallet AND seq = 1", 'transactions_append_only'],
    ['another order', 'UPDATE transactions SET seq = 5 - seq WHERE wallet_id = :wallet', 'transactions_append_only'],
    [
      'another amount, by another statement',
      'MERGE INTO transactions t USING wallets w ON w.id = t.wallet_id WHEN MATCHED THEN UPDATE SET credits = 1',
      'transactions_append_only',
    ],
    [
      'another amount, as if it were new',
      'INSERT INTO transactions SELECT * FROM transactions WHERE wallet_id = :wallet ON CONFLICT (wallet_id, seq) DO UPDATE SET credits = 1',
      'transactions_append_only',
    ],
    [
      'more credits on both sides',
      'WITH w AS (UPDATE wallets SET balance = balance + 5 WHERE id = :wallet) UPDATE transactions SET credits = credits + 5, balance = balance + 5 WHERE wallet_id = :wallet AND seq = 5',
      'transactions_append_only',
    ],
    [
      'one line undone on both sides',
      'WITH w AS (UPDATE wallets SET seq = 4, balance = balance + 5 WHERE id = :wallet) DELETE FROM transactions WHERE wallet_id = :wallet AND seq = 5',
      'transactions_append_only',
    ],
    ['no last line', 'DELETE FROM transactions WHERE wallet_id = :wallet AND seq = 5', 'transactions_append_only'],
    ['no first line', 'DELETE FROM transactions WHERE wallet_id = :wallet AND seq = 0', 'transactions_append_only'],
    ['no journal', 'TRUNCATE transactions', 'transactions_append_only'],
    ['a line at the end', line(), 'transactions_chain'],
    ['a line far beyond', line({ seq: 'seq + 9' }), 'transactions_chain'],
    ['a line before the first', line({ seq: '-1' }), 'transactions_chain'],
    ['a line in the middle', line({ seq: '2' }), 'transactions_pkey'],
    [
      'a line of no wallet',
      line({ wallet_id: ':team', seq: '0', type: `'open'`, credits: '0', balance: '0', held: '0' }),
      'transactions_chain',
    ],
    ['a line, and its wallet, that leave one out', moved({ seq: 'seq + 2' }), 'transactions_chain'],
    ['credits that do not follow from the line before', moved({ balance: 'balance + 50' }), 'transactions_chain'],
    ['held credits that do not', moved({ held: 'held - 1' }), 'transactions_chain'],
    ['a debt that does not', moved({ type: `'clawback'`, credits: 'held - balance', balance: 'held', debt: '9' }), 'transactions_chain'],
    [
      'more held than there is',
      moved({ type: `'hold'`, credits: '0', held_change: '500', balance: 'balance', held: 'held + 500' }),
      'wallets_no_overdraft',
    ],
    ['a key used twice', moved({ key: `'refund'` }), 'transactions_key'],
    ['a payment bought twice', moved({ type: `'purchase'`, payment_id: `'pi_1'` }), 'transactions_one_purchase_per_payment'],
    ['a task closed twice', moved({ type: `'release'`, task_id: ':closedTask', key: 'NULL' }), 'transactions_one_close_per_task'],
    ['credits that are in no lot', moved(), 'lots_add_up'],
    [
      'a hold that stands on no lot',
      moved({
        type: `'hold'`,
        credits: '0',
        balance: 'balance',
        held_change: '5',
        held: 'held + 5',
        task_id: 'gen_random_uuid()',
        hold_id: 'gen_random_uuid()',
      }),
      'lots_add_up',
    ],
  ],
  'the lots': [
    ['more left', 'UPDATE lots SET remaining = remaining + 5 WHERE id = :lot', 'lots_add_up'],
    ['more left than there was', 'UPDATE lots SET remaining = 500 WHERE id = :lot', 'lots_remaining'],
    ['less pinned', 'UPDATE lots SET pinned = 0 WHERE id = :lot', 'lots_add_up'],
    ['more pinned than is left', 'UPDATE lots SET pinned = remaining + 1 WHERE id = :lot', 'lots_pinned'],
    ['spent, with credits left', 'UPDATE lots SET spent = true WHERE id = :lot', 'lots_spent'],
    [
      'a lot out of nothing',
      "INSERT INTO lots SELECT gen_random_uuid(), id, 'x', 1, 5, 5, 0, NULL, NULL, now(), false FROM wallets WHERE id = :wallet",
      'lots_add_up',
    ],
    ['a lot of somebody else', 'UPDATE lots SET wallet_id = :wallet WHERE wallet_id = :other', 'lots_keep_their_terms'],
    ['a later expiry', "UPDATE lots SET expires_at = '2099-01-01' WHERE id = :lot", 'lots_keep_their_terms'],
    [
      'a later expiry, as if it were new',
      "INSERT INTO lots SELECT * FROM lots WHERE id = :lot ON CONFLICT (id) DO UPDATE SET expires_at = '2099-01-01'",
      'lots_keep_their_terms',
    ],
    ['another place in the order', 'UPDATE lots SET priority = 1 WHERE id = :lot', 'lots_keep_their_terms'],
    ['a larger lot', 'UPDATE lots SET credits = 500 WHERE id = :lot', 'lots_keep_their_terms'],
    ['another payment', "UPDATE lots SET payment_id = 'pi_2' WHERE id = :lot", 'lots_keep_their_terms'],
    ['no lot', 'DELETE FROM lots WHERE id = :lot', 'lots_stay'],
    ['no lots', 'TRUNCATE lots', 'lots_stay'],
  ],
  'the holds': [
    ['opened again', 'UPDATE holds SET closed_seq = NULL, charged = NULL, closed_at = NULL WHERE id = :closed', 'holds_close_once'],
    ['a smaller charge', 'UPDATE holds SET charged = 0 WHERE id = :closed', 'holds_close_once'],
    ['closed without a line', 'UPDATE holds SET closed_seq = 4, charged = 0, closed_at = now() WHERE id = :open', 'holds_follow_journal'],
    [
      'closed by the line of another task',
      'UPDATE holds SET closed_seq = 3, charged = 0, closed_at = now() WHERE id = :open',
      'holds_follow_journal',
    ],
    ['a negative charge', 'UPDATE holds SET closed_seq = 4, charged = -5, closed_at = now() WHERE id = :open', 'holds_charged'],
    ['a charge above the hold', 'UPDATE holds SET closed_seq = 4, charged = 21, closed_at = now() WHERE id = :open', 'holds_charged'],
    ['half closed', 'UPDATE holds SET charged = 0 WHERE id = :open', 'holds_closed'],
    ['a larger hold', 'UPDATE holds SET credits = credits + 5 WHERE id = :open', 'holds_keep_their_terms'],
    ['another task', 'UPDATE holds SET task_id = :closedTask WHERE id = :open', 'holds_keep_their_terms'],
    ['other lots', "UPDATE holds SET lots = '{}', lot_credits = '{}' WHERE id = :open", 'holds_keep_their_terms'],
    [
      'a hold out of nothing',
      "INSERT INTO holds SELECT gen_random_uuid(), id, gen_random_uuid(), 4, 5, '{}', '{}', false, now() FROM wallets WHERE id = :wallet",
      'holds_follow_journal',
    ],
    ['no hold', 'DELETE FROM holds WHERE id = :open', 'holds_stay'],
    ['no holds', 'TRUNCATE holds CASCADE', 'holds_stay'],
  ],
  'the limits': [
    ['used less', 'UPDATE limit_uses SET used = 0 WHERE limit_id = :limit', 'limit_uses_are_derived'],
    ['never used', 'DELETE FROM limit_uses WHERE limit_id = :limit', 'limit_uses_are_derived'],
    ['never used by anybody', 'TRUNCATE limit_uses', 'limit_uses_are_derived'],
    ['used beforehand', "INSERT INTO limit_uses VALUES (:limit, '2026-11-02', -50, 0)", 'limit_uses_are_derived'],
    ['of somebody else', 'UPDATE limits SET wallet_id = :other WHERE id = :limit', 'limits_keep_their_terms'],
    ['of another time', "UPDATE limits SET time_zone = 'Asia/Tokyo' WHERE id = :limit", 'limits_keep_their_terms'],
    ['less than nothing', 'UPDATE limits SET credits = -1 WHERE id = :limit', 'limits_credits'],
    ['no limit', 'DELETE FROM limits WHERE id = :limit', 'limits_stay'],
    ['a hold that counts no longer', 'DELETE FROM hold_limits WHERE hold_id = :open', 'hold_limits_append_only'],
    ['a hold that counts elsewhere', "UPDATE hold_limits SET starts_at = '2000-01-01' WHERE hold_id = :open", 'hold_limits_append_only'],
    [
      'a hold that goes beyond a limit',
      `WITH l AS (INSERT INTO limits VALUES (gen_random_uuid(), :wallet, 'member', 'ada', 19, 'total', 'UTC', now()) RETURNING id)
       INSERT INTO hold_limits SELECT :open, id, 'epoch' FROM l`,
      'limits_keep',
    ],
  ],
};

/** A journal line by hand: a grant of 5 where nothing else is said. */
function line(values: Record<string, string> = {}): string {
  const all = { ...grantOf5, ...values };
  return `INSERT INTO transactions (${Object.keys(all).join()}) SELECT ${Object.values(all).join()} FROM wallets WHERE id = :wallet`;
}

/** The same, and its wallet follows. */
function moved(values: Record<string, string> = {}): string {
  const { seq, balance, held, debt } = { ...grantOf5, ...values };
  return `WITH followed AS (UPDATE wallets SET (seq, balance, held, debt) = (SELECT ${[seq, balance, held, debt].join()}) WHERE id = :wallet) ${line(values)}`;
}

describe.each([
  ['the owner of the tables', () => owner],
  ['a superuser', () => superuser],
])('%s is refused', (_who, client) => {
  for (const [where, all] of Object.entries(attempts)) {
    test.each(all)(`in ${where}: %s`, async (_what, sql, refusedBy) => {
      await client().query('BEGIN');
      try {
        await expect(client().query(filled(sql))).rejects.toMatchObject({ constraint: refusedBy });
      } finally {
        await client().query('ROLLBACK');
      }
    });
  }
});

test('all of this was tried by the owner and a superuser, and changed nothing', async () => {
  const whoAmI =
    'SELECT tableowner = current_user AS owner, rolsuper AS superuser FROM pg_tables, pg_roles WHERE tablename = $1 AND rolname = current_user';
  expect((await owner.query(whoAmI, ['transactions'])).rows).toEqual([{ owner: true, superuser: false }]);
  expect((await superuser.query(whoAmI, ['transactions'])).rows).toEqual([{ owner: false, superuser: true }]);
  expect(await bank.journal(ids['wallet'] as never)).toEqual(['purchase 100', 'hold 30', 'settle 10', 'hold 20', 'clawback 5']);
  expect(await bank.wrong()).toBeNull();
});

function filled(sql: string): string {
  return sql.replace(/(?<!:):([a-zA-Z]+)/g, (_, name: string) => `'${ids[name]!}'`);
}
