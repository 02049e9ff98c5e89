// Credits as the people see them who answer for them: what is there, what it was used for, every line of the journal, and
// who may spend what. Credits move elsewhere, through the ledger.

import type { Readable } from 'node:stream';
import type { AgentType } from '#core/domain/agent-type.ts';
import type { Amount } from '#core/domain/credits.ts';
import type { TaskId } from '#core/domain/ids.ts';
import type { LimitKind, LimitPeriod, LimitSubject, LimitView } from '#core/domain/limit.ts';
import type { StatementView } from '#core/domain/statement.ts';
import type { TaskStatus } from '#core/domain/task.ts';
import type { TransactionType, TransactionView } from '#core/domain/transaction.ts';
import type { UsageBy, UsageDays, UsageView } from '#core/domain/usage.ts';
import type { Actor, WalletView } from './app.ts';
import type { Core } from './core.ts';
import { limits, limitSubjects, removeLimit, setLimit } from './credits/limits.ts';
import { creditsOverview } from './credits/overview.ts';
import { statement, statementFile, statementMonths } from './credits/statement.ts';
import { transactions, transactionsCsv } from './credits/transactions.ts';
import { usage } from './credits/usage.ts';

export interface CreditVerbs {
  creditsOverview(actor: Actor): Promise<CreditsOverview>;
  /** Days are those of the time zone. */
  usage(actor: Actor, of: { days: UsageDays; by: UsageBy; timeZone: string }): Promise<UsageView>;
  /** Newest first. `before` is the last line of the page before. */
  transactions(actor: Actor, page: TransactionQuery & { before?: number; limit: number }): Promise<TransactionView[]>;
  /** All lines as a table, newest first. `bom` is for spreadsheets, which else take UTF-8 for something older. */
  transactionsCsv(actor: Actor, of: TransactionQuery & { bom: boolean }): Promise<Readable>;
  /** Months that have a statement, newest first: `2026-11`. */
  statementMonths(actor: Actor): Promise<string[]>;
  statement(actor: Actor, month: string): Promise<StatementView>;
  /** What the fingerprint of a statement is made of, byte by byte. */
  statementFile(actor: Actor, month: string): Promise<Readable>;

  limits(actor: Actor): Promise<LimitView[]>;
  /** People and channels to choose from. */
  limitSubjects(actor: Actor): Promise<LimitSubject[]>;
  /** Sets a limit, or another amount for the one there is; that one keeps its time zone. Use counts from then on. */
  setLimit(actor: Actor, limit: LimitWanted): Promise<LimitView>;
  /** Rejects with `limit.not-found` for somebody else's. */
  removeLimit(actor: Actor, limitId: string): Promise<void>;
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
  /** A user, an identity, or a channel as the platform names it; empty for the team. */
  readonly subject: string;
  readonly credits: Amount;
  readonly period: LimitPeriod;
  readonly timeZone: string;
}

export function creditVerbs(core: Core): CreditVerbs {
  return {
    creditsOverview: (actor) => creditsOverview(core, actor),
    usage: (actor, of) => usage(core, actor, of),
    transactions: (actor, page) => transactions(core, actor, page),
    transactionsCsv: (actor, of) => transactionsCsv(core, actor, of),
    statementMonths: (actor) => statementMonths(core, actor),
    statement: (actor, month) => statement(core, actor, month),
    statementFile: (actor, month) => statementFile(core, actor, month),
    limits: (actor) => limits(core, actor),
    limitSubjects: (actor) => limitSubjects(core, actor),
    setLimit: (actor, limit) => setLimit(core, actor, limit),
    removeLimit: (actor, limitId) => removeLimit(core, actor, limitId),
  };
}
