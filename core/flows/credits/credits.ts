// Credits as the people see them who answer for them: what is there, what it was used for, every line of the journal, and
// who may spend what. Credits move elsewhere, through the ledger.

import type { Readable } from 'node:stream';
import type { LimitSubject, LimitView } from '#core/domain/credits/limit.ts';
import type { StatementView } from '#core/domain/credits/statement.ts';
import type { TransactionView } from '#core/domain/credits/transaction.ts';
import type { UsageBy, UsageDays, UsageView } from '#core/domain/credits/usage.ts';
import type { Core } from '../runtime/core.ts';
import { limits, limitSubjects, removeLimit, setLimit } from './limits.ts';
import { creditsOverview } from './overview.ts';
import { statement, statementFile, statementMonths } from './statement.ts';
import { transactions, transactionsCsv } from './transactions.ts';
import { usage } from './usage.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { CreditsOverview, TransactionQuery, LimitWanted } from './views.ts';

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
