// Statements: a month of the journal, added up and checked line by line while it is read.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Actor } from '#core/domain/actor.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { addUp, STATEMENT_HEADER, statementLine, type StatementView } from '#core/domain/credits/statement.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { isMonth } from '#core/domain/text/time-zone.ts';
import type { JournalLine, MonthOfJournal } from '#core/store/credits/statement.ts';
import type { Core } from '../runtime/core.ts';

/** Months that have a statement, newest first: `2026-11`. */
export async function statementMonths(core: Core, actor: Actor): Promise<string[]> {
  mustBeAllowed(actor, 'credits.see');
  const first = monthOf(await core.store.credits.statements.openedAt(actor.teamId));
  const months: string[] = [];
  for (let month = monthOf(core.clock.now()); month >= first; month = monthBefore(month)) months.push(month);
  return months;
}

export async function statement(core: Core, actor: Actor, month: string): Promise<StatementView> {
  const journal = await journalOf(core, actor, month);
  const sums = addUp(await lineBefore(core, journal));
  const fingerprint = createHash('sha256').update(STATEMENT_HEADER);
  for await (const lines of core.store.credits.statements.lines(journal.walletId, journal.first, journal.last)) {
    for (const line of lines) sums.add(line);
    fingerprint.update(lines.map(statementLine).join(''));
  }
  const { count, ...sum } = sums.sum();
  return {
    month,
    closed: month < monthOf(core.clock.now()),
    ...sum,
    paid: (await core.store.credits.statements.paid(journal.walletId, journal.first, journal.last)).map(({ amount, currency }) =>
      sayMoney(amount, currency),
    ),
    lines: count === 0 ? { first: null, last: null, count } : { first: journal.first, last: journal.last, count },
    fingerprint: fingerprint.digest('hex'),
  };
}

/** What the fingerprint of a statement is made of, byte by byte. */
export async function statementFile(core: Core, actor: Actor, month: string): Promise<Readable> {
  const journal = await journalOf(core, actor, month);
  async function* texts() {
    yield STATEMENT_HEADER;
    for await (const lines of core.store.credits.statements.lines(journal.walletId, journal.first, journal.last)) {
      yield lines.map(statementLine).join('');
    }
  }
  return Readable.from(texts(), { objectMode: false });
}

async function journalOf(core: Core, actor: Actor, month: string): Promise<MonthOfJournal> {
  mustBeAllowed(actor, 'credits.see');
  if (!isMonth(month)) throw refuse('statement.not-found');
  const opened = await core.store.credits.statements.openedAt(actor.teamId);
  if (month < monthOf(opened) || month > monthOf(core.clock.now())) throw refuse('statement.not-found');
  return core.store.credits.statements.month(actor.teamId, month);
}

/** What the month begins with; null where the journal begins in it. */
async function lineBefore(core: Core, { walletId, first }: MonthOfJournal): Promise<JournalLine | null> {
  for await (const lines of core.store.credits.statements.lines(walletId, first - 1, first - 1)) return lines[0] ?? null;
  return null;
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7);
}

function monthBefore(month: string): string {
  return monthOf(new Date(Date.parse(`${month}-01T00:00:00Z`) - 1));
}
