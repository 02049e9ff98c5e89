// A month of a wallet's journal, read so that it can be checked by somebody else: what stood there before, each line as it
// was written, and what stood there afterwards. A line never changes, so a month that is over reads the same for ever.

import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { TaskId, TeamId, WalletId } from '#core/domain/ids.ts';
import type { TransactionType } from '#core/domain/credits/transaction.ts';
import type { Money } from '../database/money.ts';
import { firstLineSince } from './transactions.ts';

export interface JournalLine {
  readonly line: number;
  readonly at: Date;
  readonly type: TransactionType;
  readonly taskId: TaskId | null;
  readonly credits: Credits;
  readonly heldChange: Credits;
  readonly debtChange: Credits;
  readonly balance: Credits;
  readonly held: Credits;
  readonly debt: Credits;
}

/** Places in the journal. Without a line in the month `first` is one more than `last`. */
export interface MonthOfJournal {
  readonly walletId: WalletId;
  readonly first: number;
  readonly last: number;
}

export interface Statements {
  /** `month` is `2026-11`, in UTC: a statement is the same for everybody who looks at it. */
  month(teamId: TeamId, month: string): Promise<MonthOfJournal>;
  /** The lines from `first` to `last`, in their order, a batch at a time. */
  lines(walletId: WalletId, first: number, last: number): AsyncIterable<readonly JournalLine[]>;
  /** What was paid for credits in these lines, in the smallest unit of each currency. */
  paid(walletId: WalletId, first: number, last: number): Promise<{ amount: bigint; currency: string }[]>;
  /** When the wallet was opened. */
  openedAt(teamId: TeamId): Promise<Date>;
}

const LINES_AT_ONCE = 5_000;

export function statementsOver(money: Money): Statements {
  return {
    async month(teamId, month) {
      const start = `($2 || '-01')::date::timestamp`;
      const { rows } = await money.query<{ wallet_id: WalletId; first: string | null; next: string | null; seq: string }>(
        {
          name: 'month of journal',
          text: `SELECT w.id AS wallet_id, w.seq, ${firstLineSince('w.id', `(${start} AT TIME ZONE 'UTC')`)} AS first,
              ${firstLineSince('w.id', `((${start} + interval '1 month') AT TIME ZONE 'UTC')`)} AS next
            FROM wallets w WHERE w.team_id = $1`,
        },
        [teamId, month],
      );
      const { wallet_id, first, next, seq } = rows[0]!;
      const end = Number(seq) + 1;
      return { walletId: wallet_id, first: first === null ? end : Number(first), last: (next === null ? end : Number(next)) - 1 };
    },

    async *lines(walletId, first, last) {
      for (let from = first; from <= last; from += LINES_AT_ONCE) {
        const { rows } = await money.query<SqlRow>(
          {
            name: 'journal lines',
            text: `SELECT seq, at, type, task_id, credits, held_change, debt_change, balance, held, debt
              FROM transactions WHERE wallet_id = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq`,
          },
          [walletId, from, Math.min(last, from + LINES_AT_ONCE - 1)],
        );
        yield rows.map(fromSql);
      }
    },

    async paid(walletId, first, last) {
      const { rows } = await money.query<{ amount: string; currency: string }>(
        {
          text: `SELECT sum(amount)::text AS amount, currency FROM transactions
                 WHERE wallet_id = $1 AND seq BETWEEN $2 AND $3 AND type = 'purchase' AND amount IS NOT NULL AND currency IS NOT NULL
                 GROUP BY currency ORDER BY currency`,
        },
        [walletId, first, last],
      );
      return rows.map(({ amount, currency }) => ({ amount: BigInt(amount), currency }));
    },

    async openedAt(teamId) {
      const { rows } = await money.query<{ at: Date }>(
        { text: 'SELECT t.at FROM wallets w JOIN transactions t ON t.wallet_id = w.id AND t.seq = 0 WHERE w.team_id = $1' },
        [teamId],
      );
      return rows[0]!.at;
    },
  };
}

interface SqlRow {
  seq: string;
  at: Date;
  type: TransactionType;
  task_id: TaskId | null;
  credits: string;
  held_change: string;
  debt_change: string;
  balance: string;
  held: string;
  debt: string;
}

function fromSql(row: SqlRow): JournalLine {
  return {
    line: Number(row.seq),
    at: row.at,
    type: row.type,
    taskId: row.task_id,
    credits: micro(row.credits),
    heldChange: micro(row.held_change),
    debtChange: micro(row.debt_change),
    balance: micro(row.balance),
    held: micro(row.held),
    debt: micro(row.debt),
  };
}
