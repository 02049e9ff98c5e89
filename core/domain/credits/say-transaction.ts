// The words for a line of the journal, and nowhere else.

import { micro, NO_CREDITS, sayCredits, type Credits } from './credits.ts';
import { sayMoney } from '../billing/money.ts';
import { never } from '../never.ts';
import type { TaskStatus } from '../tasks/task.ts';
import type { TransactionType } from './transaction.ts';

export interface TransactionFacts {
  readonly type: TransactionType;
  readonly credits: Credits;
  readonly heldChange: Credits;
  readonly debtChange: Credits;
  readonly overrun: Credits;
  /** Of the lot that came or expired. */
  readonly source: string | null;
  /** Some are about a payment; a clawback without one is a correction. */
  readonly paid: boolean;
  readonly note: string | null;
  /** What was paid for them. */
  readonly money: { readonly amount: string; readonly currency: string } | null;
  /** How the task stands now; null when there is none, or no longer. */
  readonly taskStatus: TaskStatus | null;
}

export function sayTransaction(line: TransactionFacts): { readonly words: string; readonly detail: string | null } {
  const repaid = micro(line.debtChange < 0n ? -line.debtChange : 0n);
  const paidDebt = repaid > NO_CREDITS ? `${sayCredits(repaid)} paid what was owed` : null;
  switch (line.type) {
    case 'open':
      return say('Wallet opened');
    case 'grant':
      return say(saySource(line.source), line.note, paidDebt);
    case 'purchase':
      return say('Bought', line.money && `Paid ${sayMoney(BigInt(line.money.amount), line.money.currency)}`, line.note, paidDebt);
    case 'restore':
      return say('Restored', 'A refund or dispute was reversed', line.note, paidDebt);
    case 'hold':
      return say('Reserved', 'Nothing is charged until the task is done');
    case 'settle': {
      const charged = micro(line.debtChange - line.credits);
      const returned = micro(-line.heldChange - charged - repaid);
      return say(
        'Used',
        line.taskStatus === 'canceled' ? 'Up to when the task was canceled' : null,
        returned > NO_CREDITS ? `${sayCredits(returned)} returned` : null,
        line.overrun > NO_CREDITS ? `${sayCredits(line.overrun)} above the reserved amount were not charged` : null,
        paidDebt,
        line.note,
      );
    }
    case 'release':
      return say('Returned', sayRelease(line.taskStatus), paidDebt, line.note);
    case 'hold_expiry':
      return say('Returned', 'The task was removed, so nothing was charged', paidDebt);
    case 'lot_expiry':
      return say('Expired', line.source === null ? null : saySource(line.source));
    case 'clawback':
      return say(
        'Removed',
        line.paid ? 'After a refund or dispute' : null,
        line.note,
        line.debtChange > 0n ? `${sayCredits(micro(line.debtChange))} already used, now owed` : null,
      );
    default:
      return never(line.type);
  }
}

/** Where credits come from. Sources are stored words that may grow; one we do not know is a grant like others. */
export function saySource(source: string | null): string {
  return (source !== null && Object.hasOwn(sources, source) && sources[source]) || 'Granted';
}

const sources: Readonly<Record<string, string>> = {
  welcome: 'Welcome credits',
  starting: 'Welcome credits',
  sandbox: 'Trial credits',
  operator: 'Granted by the operator',
  goodwill: 'Returned for a result that was not useful',
  stripe: 'Bought',
};

/** Short names of the types, for a choice of them. */
export const transactionWords = {
  open: 'Opened',
  grant: 'Granted',
  purchase: 'Bought',
  restore: 'Restored',
  hold: 'Reserved',
  settle: 'Used',
  release: 'Returned',
  hold_expiry: 'Task removed',
  lot_expiry: 'Expired',
  clawback: 'Removed',
} as const satisfies Record<TransactionType, string>;

function sayRelease(status: TaskStatus | null): string {
  if (status === 'failed') return 'The task failed, so nothing was charged';
  if (status === 'canceled') return 'The task was canceled before it used anything';
  return 'The task cost nothing';
}

function say(words: string, ...details: (string | null)[]) {
  // Somebody's note may be a sentence already.
  const said = details.flatMap((detail) => (detail === null || detail.trim() === '' ? [] : [detail.trim().replace(/\.$/, '')]));
  return { words, detail: said.length === 0 ? null : said.join('. ') };
}
