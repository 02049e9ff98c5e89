// What the verbs about credits answer and take.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Amount } from '#core/domain/credits/credits.ts';
import type { TaskId } from '#core/domain/ids.ts';
import type { LimitKind, LimitPeriod } from '#core/domain/credits/limit.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { TransactionType } from '#core/domain/credits/transaction.ts';
import type { BalanceColour } from '#core/domain/credits/balance-colour.ts';

export interface WalletView {
  readonly available: Amount;
  readonly inUse: Amount;
  readonly debt: Amount;
  /** Grows with each movement, so that who hears of two knows the newer one. */
  readonly version: number;
  readonly colour: BalanceColour['colour'];
  /** Says the same without colour. */
  readonly words: string;
}

export interface CreditsOverview extends WalletView {
  /** What a task of this team usually costs; a general measure where `ofTheTeam` is false. */
  readonly typicalTask: { readonly credits: Amount; readonly ofTheTeam: boolean };
  /** What is used in a day, as the last `days` days had it; null where there is no use yet. */
  readonly pace: { readonly perDay: Amount; readonly days: number } | null;
  /** At the present pace; null while that is not known. */
  readonly daysLeft: number | null;
  /** The newest tasks that credits are set aside for, and how many there are in all. */
  readonly holding: readonly HoldingTask[];
  readonly holdingTotal: number;
  /** What disputes of payments hold back until they are decided; null where no payment is disputed. */
  readonly heldBack: Amount | null;
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

/** Credits bought or granted together. */
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

/** What to see of the journal; everything when empty. */
export interface TransactionQuery {
  readonly types?: readonly TransactionType[];
  /** First and last day, `2026-11-25`, in the time zone (UTC without one). */
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  /** Whose tasks: the id of a user or an identity. */
  readonly person?: string;
}

export interface LimitWanted {
  readonly kind: LimitKind;
  /** A user, an identity, or a channel as the platform names it, or a workspace such as `slack:T1`; empty for the team. */
  readonly subject: string;
  readonly credits: Amount;
  readonly period: LimitPeriod;
  readonly timeZone: string;
}
