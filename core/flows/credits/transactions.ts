// The journal in words, on pages or as one table.

import type { Readable } from 'node:stream';
import type { Actor } from '#core/domain/actor.ts';
import { amountOf, micro, plainCredits, type Credits } from '#core/domain/credits/credits.ts';
import { sayTransaction } from '#core/domain/credits/say-transaction.ts';
import type { TransactionView, Who } from '#core/domain/credits/transaction.ts';
import { isId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { firstLine } from '#core/domain/text/text.ts';
import { isDay, UTC } from '#core/domain/text/time-zone.ts';
import type { CsvRow } from '#core/ports/tables.ts';
import type { StoredTransaction, TransactionFilter } from '#core/store/credits/transactions.ts';
import type { Core } from '../runtime/core.ts';
import { inZone } from './in-zone.ts';
import type { TransactionQuery } from './views.ts';

const PAGE_MOST = 100;

/** Newest first. `before` is the last line of the page before. */
export async function transactions(
  core: Core,
  actor: Actor,
  { before, limit, ...query }: TransactionQuery & { before?: number; limit: number },
): Promise<TransactionView[]> {
  mustBeAllowed(actor, 'credits.see');
  const filter = filterOf(query);
  const most = Math.min(Math.max(limit, 1), PAGE_MOST);
  const lines = await inZone(filter.timeZone, () => core.store.credits.transactions.page(actor.teamId, filter, before ?? null, most));
  return lines.map(viewTransaction);
}

const ROWS_AT_ONCE = 500;

/**
 * All lines as a table, newest first. `bom` is for spreadsheets, which else take UTF-8 for something older. The first rows are
 * read before the answer begins, so that a refusal can still be one.
 */
export async function transactionsCsv(core: Core, actor: Actor, { bom, ...query }: TransactionQuery & { bom: boolean }): Promise<Readable> {
  mustBeAllowed(actor, 'credits.see');
  const filter = filterOf(query);
  const page = (before: number | null) => core.store.credits.transactions.page(actor.teamId, filter, before, ROWS_AT_ONCE);
  const first = await inZone(filter.timeZone, () => page(null));

  async function* batches(): AsyncGenerator<readonly CsvRow[]> {
    yield [columns.map(([name]) => name)];
    let lines = first;
    while (lines.length > 0) {
      yield lines.map((line) => columns.map(([, cell]) => cell(line, viewTransaction(line), filter.timeZone)));
      lines = lines.length < ROWS_AT_ONCE ? [] : await page(lines.at(-1)!.line);
    }
  }
  return core.tables.writeCsv(batches(), { bom });
}

export function viewTransaction(line: StoredTransaction): TransactionView {
  const { credits, heldChange, debtChange } = line;
  return {
    line: line.line,
    at: line.at.toISOString(),
    type: line.type,
    ...sayTransaction({
      ...line,
      paid: line.paymentId !== null,
      taskStatus: line.task?.status ?? null,
    }),
    task: line.task && { id: line.task.id, title: firstLine(line.task.text), type: line.task.type, status: line.task.status },
    who: line.who,
    // What pays a debt comes and is gone at once: it changes what the team has all the same.
    amount: amountOf(micro(credits - debtChange)),
    setAside: amountOf(heldChange),
    balance: amountOf(line.balance),
    inUse: amountOf(line.held),
    debt: amountOf(line.debt),
    money: line.money,
  };
}

function filterOf({ types, from, to, timeZone = UTC, person }: TransactionQuery): TransactionFilter {
  const fields = [
    ...(from !== undefined && !isDay(from) ? [{ name: 'from', problem: 'must be a day such as 2026-11-25' }] : []),
    ...(to !== undefined && !isDay(to) ? [{ name: 'to', problem: 'must be a day such as 2026-11-25' }] : []),
    ...(person !== undefined && !isId(person) ? [{ name: 'person', problem: 'must be an id as we gave it' }] : []),
  ];
  if (fields.length > 0) throw refuse('request.invalid', { fields });
  return {
    timeZone,
    ...(types !== undefined && types.length > 0 && { types }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(person !== undefined && { person }),
  };
}

type Column = readonly [name: string, cell: (line: StoredTransaction, view: TransactionView, timeZone: string) => CsvRow[number]];

// Names of columns are read by programs: they are added to at the end, and stay.
const columns: readonly Column[] = [
  ['line', (line) => ({ number: String(line.line) })],
  ['time (UTC)', (line) => line.at.toISOString()],
  ['time', (line, _, timeZone) => localTime(line.at, timeZone)],
  ['time zone', (_, __, timeZone) => timeZone],
  ['type', (line) => line.type],
  ['what', (_, view) => (view.detail === null ? view.words : `${view.words}: ${view.detail}`)],
  ['task', (_, view) => view.task?.title ?? null],
  ['task type', (_, view) => view.task?.type ?? null],
  ['task id', (_, view) => view.task?.id ?? null],
  ['who', (_, view) => view.who && nameOf(view.who)],
  ['credits', (line) => number(micro(line.credits - line.debtChange))],
  ['set aside', (line) => number(line.heldChange)],
  ['balance after', (line) => number(line.balance)],
  ['set aside after', (line) => number(line.held)],
  ['debt after', (line) => number(line.debt)],
  ['money in minor units', (line) => line.money && { number: line.money.amount }],
  ['currency', (line) => line.money?.currency ?? null],
];

function nameOf({ kind, name }: Who): string {
  return kind === 'operator' ? 'Operator' : name;
}

function number(amount: Credits): CsvRow[number] {
  return { number: plainCredits(amount) };
}

/** "2026-11-25 14:03:07", as spreadsheets know a time. */
function localTime(at: Date, timeZone: string): string {
  return timeFormat(timeZone).format(at).replace(',', '');
}

const formats = new Map<string, Intl.DateTimeFormat>();

function timeFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format;
}
