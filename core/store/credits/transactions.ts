// Reading the journal of a team's wallet, a page at a time. Nothing here changes it: only the ledger's functions do.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { TaskId, TeamId } from '#core/domain/ids.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { TransactionType, Who } from '#core/domain/credits/transaction.ts';
import type { Money } from '../database/money.ts';
import { WHO_ID, WHO_JOINS, WHO_KIND, WHO_NAME } from './who.ts';

export interface TransactionFilter {
  readonly types?: readonly TransactionType[];
  /** First and last day, `2026-11-25`, as days are in the time zone. */
  readonly from?: string;
  readonly to?: string;
  readonly timeZone: string;
  /** Whose tasks: a user or an identity. */
  readonly person?: string;
}

export interface StoredTransaction {
  readonly line: number;
  readonly at: Date;
  readonly type: TransactionType;
  readonly credits: Credits;
  readonly heldChange: Credits;
  readonly debtChange: Credits;
  readonly balance: Credits;
  readonly held: Credits;
  readonly debt: Credits;
  readonly overrun: Credits;
  /** The text may be long; the beginning of it is here. */
  readonly task: { readonly id: TaskId; readonly text: string; readonly type: AgentType; readonly status: TaskStatus } | null;
  readonly who: Who | null;
  readonly source: string | null;
  readonly paymentId: string | null;
  readonly money: { readonly amount: string; readonly currency: string } | null;
  readonly note: string | null;
}

export interface Transactions {
  /** Newest first, behind line `before`. */
  page(teamId: TeamId, filter: TransactionFilter, before: number | null, limit: number): Promise<StoredTransaction[]>;
}

export function transactionsOver(money: Money): Transactions {
  return {
    async page(teamId, { types, from, to, timeZone, person }, before, limit) {
      const values: unknown[] = [teamId, limit];
      const value = (given: unknown) => `$${values.push(given)}`;
      const startOf = (day: string, daysLater: number) =>
        firstLineSince(WALLET, `((${value(day)}::date + ${daysLater})::timestamp AT TIME ZONE ${value(timeZone)})`);
      const where = [
        `x.wallet_id = ${WALLET}`,
        ...(before === null ? [] : [`x.seq < ${value(before)}`]),
        ...(types === undefined ? [] : [`x.type = ANY (${value(types)})`]),
        // From the first line of that day on; with nothing after it there are none.
        ...(from === undefined ? [] : [`x.seq >= ${startOf(from, 0)}`]),
        ...(to === undefined ? [] : [`x.seq < coalesce(${startOf(to, 1)}, ${AFTER_ALL})`]),
        ...(person === undefined
          ? []
          : [
              `EXISTS (SELECT FROM tasks t LEFT JOIN identities i ON i.id = t.identity_id
                WHERE t.id = x.task_id AND t.team_id = $1 AND coalesce(t.user_id, i.user_id, i.id) = ${value(person)})`,
            ]),
      ];
      const { rows } = await money.query<SqlRow>(
        {
          text: `WITH page AS MATERIALIZED (SELECT x.* FROM transactions x WHERE ${where.join(' AND ')} ORDER BY x.seq DESC LIMIT $2)
            SELECT p.seq, p.at, p.type, p.credits, p.held_change, p.debt_change, p.balance, p.held, p.debt, p.overrun, p.payment_id, p.amount,
              p.currency, p.note, p.actor, l.source, t.id AS task_id, left(t.request_text, ${TITLE_CHARACTERS}) AS text, t.type AS task_type, t.status,
              ${WHO_ID} AS who_id, ${WHO_KIND} AS who_kind, ${WHO_NAME} AS who_name, a.id AS actor_id, a.name AS actor_name
            FROM page p
            LEFT JOIN lots l ON p.type IN ('grant', 'lot_expiry') AND l.id = p.lots[1]
            LEFT JOIN tasks t ON t.id = p.task_id AND t.team_id = $1 ${WHO_JOINS}
            LEFT JOIN users a ON a.id = CASE WHEN p.actor ~ '^user:[0-9a-f-]{36}$' THEN substr(p.actor, 6)::uuid END
            ORDER BY p.seq DESC`,
        },
        values,
      );
      return rows.map(fromSql);
    },
  };
}

/** In a sub-select rather than joined, so that its lines are read in their order. */
const WALLET = '(SELECT w.id FROM wallets w WHERE w.team_id = $1)';
const AFTER_ALL = '9223372036854775807';

/** A title is the first line that says something; who begins with that many empty ones has none. */
const TITLE_CHARACTERS = 400;

/** Clocks of several servers differ: a line may bear an earlier time than one before it, but not by more than this. */
const CLOCKS_DIFFER = `interval '10 minutes'`;

/**
 * Where a time is in a journal: the first line that bears it or a later one; null when there is none yet. A day or month
 * is all lines from its own place to the next one's, so that each line is in exactly one of them and balances follow one
 * another. Once there is such a line its place stays: later lines come behind it, whatever their times. (Without OFFSET
 * the first line is looked for in the order of lines, from the very first one. And whoever wants the journal's index by
 * time says `seq >= 0`.)
 */
export function firstLineSince(wallet: string, time: string): string {
  return `(SELECT min(y.seq) FROM (
      SELECT y.seq FROM transactions y WHERE y.wallet_id = ${wallet} AND y.seq >= 0 AND y.at >= ${time} AND y.at <= ${CLOCKS_DIFFER} +
        (SELECT z.at FROM transactions z WHERE z.wallet_id = ${wallet} AND z.seq >= 0 AND z.at >= ${time} ORDER BY z.at LIMIT 1)
      OFFSET 0
    ) y)`;
}

interface SqlRow {
  seq: string;
  at: Date;
  type: TransactionType;
  credits: string;
  held_change: string;
  debt_change: string;
  balance: string;
  held: string;
  debt: string;
  overrun: string;
  payment_id: string | null;
  amount: string | null;
  currency: string | null;
  note: string | null;
  actor: string | null;
  source: string | null;
  task_id: TaskId | null;
  text: string;
  task_type: AgentType;
  status: TaskStatus;
  who_id: string | null;
  who_kind: 'user' | 'identity';
  who_name: string;
  actor_id: string | null;
  actor_name: string;
}

function fromSql(row: SqlRow): StoredTransaction {
  return {
    line: Number(row.seq),
    at: row.at,
    type: row.type,
    credits: micro(row.credits),
    heldChange: micro(row.held_change),
    debtChange: micro(row.debt_change),
    balance: micro(row.balance),
    held: micro(row.held),
    debt: micro(row.debt),
    overrun: micro(row.overrun),
    task: row.task_id === null ? null : { id: row.task_id, text: row.text, type: row.task_type, status: row.status },
    who: whoOf(row),
    source: row.source,
    paymentId: row.payment_id,
    money: row.amount === null || row.currency === null ? null : { amount: row.amount, currency: row.currency },
    note: row.note,
  };
}

function whoOf({ who_id, who_kind, who_name, actor, actor_id, actor_name }: SqlRow): Who | null {
  if (who_id !== null) return { kind: who_kind, id: who_id, name: who_name };
  if (actor_id !== null) return { kind: 'user', id: actor_id, name: actor_name };
  // Which of them it was stands in the audit log, and is no business of a team.
  return actor?.startsWith('operator:') ? { kind: 'operator', id: null, name: '' } : null;
}
