import type { TransactionView } from '#core/domain/credits/transaction.ts';
import { nameOfWho, shown } from './shown.ts';

/** A line of the journal, for a table. */
export interface TransactionRow {
  readonly line: number;
  readonly at: string;
  readonly words: string;
  readonly detail: string | null;
  readonly task: { readonly id: string; readonly title: string } | null;
  readonly who: string | null;
  readonly amount: number;
  readonly setAside: number;
  readonly balance: number;
  readonly debt: number;
}

export function forTable({ line, at, words, detail, task, who, amount, setAside, balance, debt }: TransactionView): TransactionRow {
  return {
    line,
    at,
    words,
    detail,
    task: task && { id: task.id, title: task.title },
    who: who && nameOfWho(who),
    amount: shown(amount),
    setAside: shown(setAside),
    balance: shown(balance),
    debt: shown(debt),
  };
}
