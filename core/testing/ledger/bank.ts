// A ledger to try things on: a database of its own, wallets and tasks, and short ways to say what stands in them.
// Credits here are whole micro-credits, so that small numbers can be read.

import pg from 'pg';
import { micro } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import { ledgerOver, type CloseAnswer, type HoldAnswer, type Ledger, type LotId } from '#core/store/credits/ledger.ts';
import { verifyLedger, type Wrong } from '#core/store/credits/ledger-verify.ts';
import { openMoney, type Money } from '#core/store/database/money.ts';
import { createTestDatabase } from '../runner/database.ts';
import { quietLog } from '../runner/quiet-log.ts';

export interface Bank {
  readonly url: string;
  readonly superuserUrl: string;
  readonly money: Money;
  readonly ledger: Ledger;
  /** The time, which a test may move. */
  at: Date;
  query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A wallet with one lot of so many credits that never expires. */
  wallet(amount?: number): Promise<WalletId>;
  grant(wallet: WalletId, amount: number, more?: { priority?: number; expiresAt?: Date }): Promise<LotId>;
  buy(wallet: WalletId, payment: string, amount: number): Promise<LotId>;
  hold(wallet: WalletId, amount: number, more?: { task?: TaskId; hold?: HoldId; member?: string; channel?: string }): Promise<HoldAnswer>;
  settle(task: TaskId, charge: number): Promise<CloseAnswer>;
  task(wallet: WalletId, status?: string): Promise<TaskId>;
  limit(wallet: WalletId, amount: number, more: { kind: string; subject?: string; period: string; timeZone?: string }): Promise<string>;
  /** `grant 50`, `hold 12`, `release 12`, in the order of the journal. */
  journal(wallet: WalletId): Promise<string[]>;
  /** `10 of 50, 12 pinned`, in the order of spending; what is spent is left out. */
  lots(wallet: WalletId): Promise<string[]>;
  state(wallet: WalletId): Promise<{ balance: number; held: number; debt: number }>;
  wrong(): Promise<Wrong | null>;
  close(): Promise<void>;
}

export async function openBank(): Promise<Bank> {
  const database = await createTestDatabase();
  const money = openMoney(database.url, quietLog);
  const ledger = ledgerOver(money);
  const teams = new Map<WalletId, TeamId>();

  const bank: Bank = {
    url: database.url,
    superuserUrl: database.superuserUrl,
    money,
    ledger,
    at: new Date('2026-11-02T12:00:00Z'),
    async query<Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) {
      return (await money.query<Row>({ text }, values)).rows;
    },
    async wallet(amount = 0) {
      const [wallet, team] = [newId<WalletId>(), newId<TeamId>()];
      teams.set(wallet, team);
      await bank.query('INSERT INTO teams (id, name) VALUES ($1, $2)', [team, 'A team']);
      await ledger.open(wallet, team, bank.at);
      if (amount > 0) await bank.grant(wallet, amount);
      return wallet;
    },
    async grant(wallet, amount, more = {}) {
      const lot = newId<LotId>();
      await ledger.credit({ key: `grant:${lot}`, wallet, lot, type: 'grant', credits: micro(amount), source: 'test', ...more }, bank.at);
      return lot;
    },
    async buy(wallet, payment, amount) {
      const lot = newId<LotId>();
      await ledger.credit(
        { key: `buy:${payment}`, wallet, lot, type: 'purchase', credits: micro(amount), source: 'stripe', payment },
        bank.at,
      );
      return lot;
    },
    hold: (wallet, amount, { task = newId<TaskId>(), hold = newId<HoldId>(), ...more } = {}) =>
      ledger.hold({ wallet, task, hold, credits: micro(amount), ...more }, bank.at),
    settle: (task, charge) => ledger.close({ task, charge: micro(charge) }, bank.at),
    async task(wallet, status = 'processing') {
      const [task, conversation, team] = [newId<TaskId>(), newId(), teams.get(wallet)];
      await bank.query("INSERT INTO conversations (id, team_id, platform, address, created_at) VALUES ($1, $2, 'web', 'web:1', $3)", [
        conversation,
        team,
        bank.at,
      ]);
      await bank.query(
        `INSERT INTO tasks (id, team_id, conversation_id, platform, type, because, request_text, status, rate_version, estimate_low, estimate_high, deadline_at, created_at)
         VALUES ($1, $2, $3, 'web', 'general', '', '', $4, 1, 0, 0, $5, $5)`,
        [task, team, conversation, status, bank.at],
      );
      return task;
    },
    async limit(wallet, amount, { kind, subject = '', period, timeZone = 'UTC' }) {
      const id = newId();
      await bank.query(
        'INSERT INTO limits (id, wallet_id, kind, subject, credits, period, time_zone, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
        [id, wallet, kind, subject, amount, period, timeZone, bank.at],
      );
      return id;
    },
    async journal(wallet) {
      const rows = await bank.query<{ type: string; moved: string }>(
        `SELECT type, CASE WHEN type IN ('hold', 'release', 'hold_expiry') THEN abs(held_change) ELSE abs(credits - debt_change) END AS moved
         FROM transactions WHERE wallet_id = $1 AND seq > 0 ORDER BY seq`,
        [wallet],
      );
      return rows.map(({ type, moved }) => `${type} ${moved}`);
    },
    async lots(wallet) {
      const rows = await bank.query<{ remaining: string; credits: string; pinned: string }>(
        'SELECT remaining, credits, pinned FROM lots WHERE wallet_id = $1 AND NOT spent ORDER BY priority, expires_at NULLS LAST, id',
        [wallet],
      );
      return rows.map(({ remaining, credits, pinned }) => `${remaining} of ${credits}${pinned === '0' ? '' : `, ${pinned} pinned`}`);
    },
    async state(wallet) {
      const [row] = await bank.query<{ balance: string; held: string; debt: string }>(
        'SELECT balance, held, debt FROM wallets WHERE id = $1',
        [wallet],
      );
      return { balance: Number(row!.balance), held: Number(row!.held), debt: Number(row!.debt) };
    },
    async wrong() {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        return (await verifyLedger(client)).wrong;
      } finally {
        await client.end();
      }
    },
    async close() {
      await money.close();
      await database.drop();
    },
  };
  return bank;
}
