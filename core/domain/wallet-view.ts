// A wallet as people see it: what can be spent, what is set aside, where it comes from and how long it lasts.

import type { AgentType } from './agent-type.ts';
import type { BalanceColour } from './balance-colour.ts';
import type { Amount } from './credits.ts';
import type { TaskId } from './ids.ts';
import type { TaskStatus } from './task.ts';

export interface CreditsBadge extends BalanceColour {
  readonly available: Amount;
  /** Set aside for tasks. */
  readonly inUse: Amount;
  readonly debt: Amount;
}

export interface CreditsOverview extends CreditsBadge {
  /** What a task of this team usually costs; a general measure where `ofTheTeam` is false. */
  readonly typicalTask: { readonly credits: Amount; readonly ofTheTeam: boolean };
  /** What is used in a day, as the last `days` days had it; null where there is no use yet. */
  readonly pace: { readonly perDay: Amount; readonly days: number } | null;
  /** At the present pace; null while that is not known. */
  readonly daysLeft: number | null;
  /** The newest tasks that credits are set aside for, and how many there are in all. */
  readonly holding: readonly HoldingTask[];
  readonly holdingTotal: number;
  /** In the order in which they are spent. */
  readonly lots: readonly LotView[];
  readonly lotsTotal: number;
  /** What expires first of what is there; null when nothing does. */
  readonly expiresNext: { readonly at: string; readonly credits: Amount } | null;
}

export interface HoldingTask {
  readonly id: TaskId;
  readonly title: string;
  readonly type: AgentType | null;
  readonly status: TaskStatus | null;
  readonly credits: Amount;
  readonly since: string;
}

export interface LotView {
  readonly id: string;
  /** "Bought", "Welcome credits". */
  readonly words: string;
  readonly credits: Amount;
  readonly remaining: Amount;
  /** The part of what remains that is set aside for tasks. */
  readonly inUse: Amount;
  readonly at: string;
  readonly expiresAt: string | null;
}
