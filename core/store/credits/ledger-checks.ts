// Adding the ledger up within a time that a page can wait for, and what came of it. `npm run ledger:verify` has no such limit.

import { newId, type Id, type WalletId } from '#core/domain/ids.ts';
import { addUp, type LedgerReport } from './ledger-verify.ts';
import type { Money } from '../database/money.ts';

export type LedgerCheckId = Id<'ledger-check'>;

export interface LedgerCheck {
  readonly id: LedgerCheckId;
  /** null: all wallets. */
  readonly walletId: WalletId | null;
  /** `too-long`: not everything was looked at in time, and what was is right. */
  readonly outcome: 'right' | 'wrong' | 'too-long';
  /** null when it took too long. */
  readonly report: LedgerReport | null;
  readonly tookMs: number;
  readonly at: Date;
}

export interface LedgerChecks {
  check(walletId: WalletId | null, withinMs: number, at: Date): Promise<LedgerCheck>;
  /** Newest first. */
  list(most: number): Promise<LedgerCheck[]>;
  lastWhole(): Promise<LedgerCheck | null>;
}

const OUT_OF_TIME = '57014';

export function ledgerChecksOver(money: Money): LedgerChecks {
  async function list(where: string, most: number): Promise<LedgerCheck[]> {
    const { rows } = await money.query<CheckRow>(
      { text: `SELECT id, wallet_id, outcome, report, took_ms, at FROM ledger_checks WHERE ${where} ORDER BY at DESC, id DESC LIMIT $1` },
      [most],
    );
    return rows.map((row) => ({
      id: row.id,
      walletId: row.wallet_id,
      outcome: row.outcome,
      report: row.outcome === 'too-long' ? null : row.report,
      tookMs: row.took_ms,
      at: row.at,
    }));
  }

  return {
    async check(walletId, withinMs, at) {
      const begunMs = performance.now();
      const report = await addUpWithin(money, walletId, withinMs);
      const tookMs = Math.round(performance.now() - begunMs);
      const outcome = report === null ? 'too-long' : report.wrong === null ? 'right' : 'wrong';
      const check: LedgerCheck = { id: newId(at.getTime()), walletId, outcome, report, tookMs, at };
      await money.query(
        { text: 'INSERT INTO ledger_checks (id, wallet_id, outcome, report, took_ms, at) VALUES ($1, $2, $3, $4, $5, $6)' },
        [check.id, walletId, outcome, JSON.stringify(report ?? {}), tookMs, at],
      );
      return check;
    },

    list: (most) => list('true', most),

    async lastWhole() {
      const [last] = await list('wallet_id IS NULL', 1);
      return last ?? null;
    },
  };
}

/** null when there was no time for all of it. */
async function addUpWithin(money: Money, walletId: WalletId | null, withinMs: number): Promise<LedgerReport | null> {
  const untilMs = performance.now() + withinMs;
  return money.transaction(async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    try {
      return await addUp(client, {
        ...(walletId !== null && { wallet: walletId }),
        before: async () => {
          const leftMs = Math.max(1, Math.floor(untilMs - performance.now()));
          await client.query(`SET LOCAL statement_timeout = ${leftMs}`);
        },
      });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === OUT_OF_TIME) return null;
      throw error;
    }
  });
}

interface CheckRow {
  id: LedgerCheckId;
  wallet_id: WalletId | null;
  outcome: LedgerCheck['outcome'];
  report: LedgerReport;
  took_ms: number;
  at: Date;
}
