// One line of a wallet's journal, as people see it.

import type { AgentType } from '../tasks/agent-type.ts';
import type { Amount } from './credits.ts';
import type { TaskId } from '../ids.ts';
import type { TaskStatus } from '../tasks/task.ts';

export const transactionTypes = [
  'open',
  'grant',
  'purchase',
  'restore',
  'hold',
  'settle',
  'release',
  'hold_expiry',
  'lot_expiry',
  'clawback',
] as const;
export type TransactionType = (typeof transactionTypes)[number];

export function isTransactionType(text: string): text is TransactionType {
  return (transactionTypes as readonly string[]).includes(text);
}

export interface TransactionView {
  /** Its place in the journal. */
  readonly line: number;
  /** ISO 8601. */
  readonly at: string;
  readonly type: TransactionType;
  /** "Used", "Bought". */
  readonly words: string;
  /** What else there is to say, as one line. */
  readonly detail: string | null;
  readonly task: TransactionTask | null;
  readonly who: Who | null;
  /** What came or went, with its sign. Setting aside is neither. */
  readonly amount: Amount;
  /** What was set aside (+) or given back (-). */
  readonly setAside: Amount;
  /** Right after it, what is set aside included. */
  readonly balance: Amount;
  readonly inUse: Amount;
  readonly debt: Amount;
  /** Money that moved outside, in minor units. */
  readonly money: { readonly amount: string; readonly currency: string } | null;
}

export interface TransactionTask {
  readonly id: TaskId;
  /** The request's first line; empty once it was erased. */
  readonly title: string;
  readonly type: AgentType;
  readonly status: TaskStatus;
}

/** Somebody behind a line or behind use: a user, a chat account that is linked to none, or who runs the product. */
export interface Who {
  readonly kind: 'user' | 'identity' | 'operator';
  /** null for the operator. */
  readonly id: string | null;
  readonly name: string;
}
