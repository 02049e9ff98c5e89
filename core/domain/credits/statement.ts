// What a month did to a wallet, so that somebody else can check it: opening balance, movements, closing balance, and a
// fingerprint of all its lines. Who keeps the fingerprint, or the file it is made of, notices any later change.

import { plainCredits, type Amount, type Credits } from './credits.ts';
import { transactionTypes, type TransactionType } from './transaction.ts';

export interface StatementView {
  /** `2026-11`, in UTC. */
  readonly month: string;
  /** The month is over: nothing will be added, so the fingerprint stays. */
  readonly closed: boolean;
  readonly opening: Standing;
  readonly closing: Standing;
  readonly movements: readonly Movement[];
  /** What was paid for credits in the month, in words, one for each currency. */
  readonly paid: readonly string[];
  readonly lines: { readonly first: number | null; readonly last: number | null; readonly count: number };
  /** SHA-256, in hexadecimal, of the statement's file. */
  readonly fingerprint: string;
  /** The first line that does not follow from the one before; null when all do, as they must. */
  readonly brokenAt: number | null;
}

export interface Standing {
  readonly balance: Amount;
  readonly inUse: Amount;
  readonly debt: Amount;
}

export interface Movement {
  readonly type: TransactionType;
  readonly count: number;
  /** How these lines together changed balance, what is set aside, and debt. */
  readonly balance: Amount;
  readonly inUse: Amount;
  readonly debt: Amount;
}

interface Line {
  readonly line: number;
  readonly at: Date;
  readonly type: TransactionType;
  readonly taskId: string | null;
  readonly credits: Credits;
  readonly heldChange: Credits;
  readonly debtChange: Credits;
  readonly balance: Credits;
  readonly held: Credits;
  readonly debt: Credits;
}

// The file has what never changes, and nothing else: no titles or names, which people may have erased. Its form is part
// of the fingerprint, so it stays as it is.
export const STATEMENT_HEADER = 'line,at,type,task,credits,set aside,debt,balance after,set aside after,debt after\n';

export function statementLine({ line, at, type, taskId, credits, heldChange, debtChange, balance, held, debt }: Line): string {
  const amounts = [credits, heldChange, debtChange, balance, held, debt].map(plainCredits);
  return `${[line, at.toISOString(), type, taskId ?? '', ...amounts].join(',')}\n`;
}

/** Adds up what comes behind `before` (null where the journal begins), and looks whether each line follows from the one before. */
export function addUp(before: Line | null): { add(line: Line): void; sum(): Sum } {
  const opening: Exact = before ?? { balance: 0n, held: 0n, debt: 0n };
  let now = opening;
  let last = before?.line ?? -1;
  let count = 0;
  let brokenAt: number | null = null;
  const movements = new Map<TransactionType, Exact & { readonly count: number }>();

  return {
    add({ line, type, credits, heldChange, debtChange, balance, held, debt }) {
      const follows =
        line === last + 1 && now.balance + credits === balance && now.held + heldChange === held && now.debt + debtChange === debt;
      if (!follows) brokenAt ??= line;
      now = { balance, held, debt };
      last = line;
      count++;
      const sum = movements.get(type) ?? { balance: 0n, held: 0n, debt: 0n, count: 0 };
      movements.set(type, {
        balance: sum.balance + credits,
        held: sum.held + heldChange,
        debt: sum.debt + debtChange,
        count: sum.count + 1,
      });
    },
    sum: () => ({
      opening: standing(opening),
      closing: standing(now),
      movements: transactionTypes.flatMap((type) => {
        const sum = movements.get(type);
        return sum === undefined ? [] : [{ type, count: sum.count, ...standing(sum) }];
      }),
      count,
      brokenAt,
    }),
  };
}

interface Sum extends Pick<StatementView, 'opening' | 'closing' | 'movements' | 'brokenAt'> {
  readonly count: number;
}

interface Exact {
  readonly balance: bigint;
  readonly held: bigint;
  readonly debt: bigint;
}

function standing({ balance, held, debt }: Exact): Standing {
  return { balance: balance.toString(), inUse: held.toString(), debt: debt.toString() };
}
