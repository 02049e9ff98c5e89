// A few wallets with limits, tasks, and requests about them, in a database and in a model of it.

import { expect } from 'vitest';
import { newId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import type { Money } from '#core/store/database/money.ts';
import type { Bank } from './bank.ts';
import { LedgerModel, type ModelLine } from './ledger-model.ts';
import type { Batch, ClawbackAsked, CloseAsked, CreditAsked, HoldAsked } from './ledger-requests.ts';

export interface World {
  readonly model: LedgerModel;
  readonly wallets: readonly WalletId[];
  readonly tasks: readonly TaskId[];
  /** Tasks that upkeep may not touch. */
  readonly live: Set<string>;
  readonly requests: Requests;
  at: number;
}

/** All requests that are ever made, so that they are often made again. */
export interface Requests {
  readonly hold: readonly Omit<HoldAsked, 'n'>[];
  readonly close: readonly Omit<CloseAsked, 'n'>[];
  readonly credit: readonly Omit<CreditAsked, 'n'>[];
  readonly clawback: readonly Omit<ClawbackAsked, 'n'>[];
}

export const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-02T12:00:00Z');
const AMOUNTS = [5, 12, 30, 44, 60, 7, 21, 90, 1, 33, 16];

export async function makeWorld(bank: Bank, { tasks: howMany, holdsEach }: { tasks: number; holdsEach: number }): Promise<World> {
  const model = new LedgerModel();
  bank.at = new Date(START);
  const wallets = await Promise.all([bank.wallet(), bank.wallet(), bank.wallet()]);
  for (const wallet of wallets) model.open(wallet);
  const limits = [
    { wallet: wallets[0]!, kind: 'team', subject: '', credits: 170, period: 'total' },
    { wallet: wallets[0]!, kind: 'member', subject: 'ada', credits: 100, period: 'day' },
    { wallet: wallets[1]!, kind: 'member', subject: 'ada', credits: 100, period: 'total' },
    { wallet: wallets[1]!, kind: 'workspace-person', subject: 'slack:T1', credits: 60, period: 'day' },
    { wallet: wallets[2]!, kind: 'workspace', subject: 'slack:T1', credits: 120, period: 'day' },
    { wallet: wallets[2]!, kind: 'workspace-person', subject: 'slack:T1', credits: 90, period: 'total' },
  ] as const;
  for (const limit of limits) model.limit({ ...limit, id: await bank.limit(limit.wallet, limit.credits, limit) });

  // Each second task is in the database; the others were never written down, or are gone.
  const tasks = await Promise.all(
    Array.from({ length: howMany }, (_, i) => (i % 2 === 0 ? bank.task(wallets[i % 3]!) : Promise.resolve(newId<TaskId>()))),
  );
  const live = new Set<string>(tasks.filter((_, i) => i % 2 === 0));
  return { model, wallets, tasks, live, requests: requestsAbout(wallets, tasks, holdsEach), at: START };
}

function requestsAbout(wallets: readonly string[], tasks: readonly string[], holdsEach: number): Requests {
  const amount = (i: number) => AMOUNTS[i % AMOUNTS.length]!;
  const walletOf = (i: number) => wallets[i % wallets.length]!;
  const payments = [newId(), newId(), newId()];
  const credit = (type: CreditAsked['type'], i: number, more: Partial<CreditAsked>) => ({
    key: newId<never>() as string,
    wallet: walletOf(i),
    lot: newId<never>() as string,
    type,
    credits: amount(i) * 3,
    source: 'test',
    expires_at: null,
    payment: null,
    ...more,
  });
  return {
    hold: Array.from({ length: tasks.length * holdsEach }, (_, i) => ({
      hold: newId<never>(),
      task: tasks[i % tasks.length]!,
      wallet: walletOf(i % tasks.length),
      credits: amount(i),
      member: i % 2 === 0 ? 'ada' : i % 4 === 1 ? 'bob' : null,
      channel: i % 5 === 0 ? null : i % 5 === 1 ? 'slack:T2:C1' : `slack:T1:C${i % 2}`,
    })),
    close: [...tasks, newId<never>() as string].flatMap((task) => [0, 3, 20, 500].map((charge) => ({ task, charge }))),
    credit: [
      ...[1, 2, 3, 4, 5, 6].map((i) => credit('grant', i, { expires_at: i < 5 ? new Date(START + i * HOUR_MS).toISOString() : null })),
      ...payments.map((payment, i) => credit('purchase', i, { payment, credits: 100 })),
      ...payments.map((payment, i) => credit('restore', i, { payment })),
    ],
    clawback: [...payments, ...payments, ...payments, null].map((payment, i) => ({
      key: newId<never>(),
      wallet: walletOf(i),
      credits: amount(i) * 2,
      payment,
    })),
  };
}

export interface Answer extends Readonly<Record<string, unknown>> {
  readonly n: number;
  readonly kind: Batch['kind'] | 'upkeep';
  readonly outcome: string;
  /** The hold, task, key or lot. */
  readonly about: string;
}

const columns: Record<Batch['kind'], string> = {
  hold: 'n, outcome, refused',
  close: 'n, outcome, charged, returned, overrun',
  credit: 'n, outcome, lot_id, credited, debt_paid',
  clawback: 'n, outcome, taken, owed',
};

/** One statement, and its answers in the order of n. */
export async function ask(money: Money, { kind, requests }: Batch, at: number): Promise<Answer[]> {
  const text = `SELECT ${columns[kind]}, balance, held, available, debt FROM ledger_${kind}($1, $2) ORDER BY n`;
  const { rows } = await money.query<Answer>({ text }, [JSON.stringify(requests), new Date(at)]);
  const about = new Map(
    requests.map((request) => [request.n, 'key' in request ? request.key : 'hold' in request ? request.hold : request.task]),
  );
  return rows.map((row) => ({ ...asNumbers(row), kind, about: about.get(row.n)! }));
}

/** What upkeep expired, in its order. */
export async function keepUp(money: Money, { wallets }: World, what: 'lots' | 'holds', at: number): Promise<Answer[]> {
  const about = what === 'lots' ? 'lot_id' : 'task_id';
  const { rows } = await money.query<Answer>(
    { text: `SELECT 'upkeep' AS kind, '${what}' AS outcome, ${about} AS about, wallet_id FROM ledger_expire_${what}($1)` },
    [new Date(at)],
  );
  return rows.filter(({ wallet_id }) => wallets.some((wallet) => wallet === wallet_id));
}

/** Everything that can be read afterwards is as the model has it, and nothing is missing anywhere. */
export async function compare(bank: Bank, { model, wallets }: World) {
  for (const wallet of wallets) {
    expect(await journalOf(bank, wallet)).toEqual(model.lines(wallet));
    const lots = await bank.query<{ id: string; left: string }>(
      `SELECT id, remaining || ', ' || pinned || ' pinned' AS left FROM lots WHERE wallet_id = $1 AND NOT spent`,
      [wallet],
    );
    expect(Object.fromEntries(lots.map(({ id, left }) => [id, left]))).toEqual(model.lots(wallet));
  }
  const differences = await bank.query('SELECT * FROM ledger_reconcile WHERE wallet_id = ANY ($1)', [wallets]);
  expect(differences.map(asNumbers)).toEqual(differences.map(({ wallet_id }) => ({ wallet_id, ...noDifference })));
  expect(await bank.wrong()).toBeNull();
}

const noDifference = {
  balance_and_journal: 0,
  balance_and_lots: 0,
  held_and_journal: 0,
  held_and_pins: 0,
  held_and_holds: 0,
  debt_and_journal: 0,
  seq_and_journal: 0,
};

export type TimedLine = ModelLine & { readonly at: Date; readonly facts: { readonly asked: number } | null };

/** As the model writes it, without the line that opened the wallet. */
export async function journalOf(bank: Bank, wallet: string): Promise<ModelLine[]> {
  return (await timedJournalOf(bank, wallet)).map(({ at: _at, facts: _facts, ...line }) => line);
}

export async function timedJournalOf(bank: Bank, wallet: string): Promise<TimedLine[]> {
  const rows = await bank.query<{ lots: string[]; lot_credits: string[]; at: Date } & Record<string, unknown>>(
    `SELECT type, credits, held_change, debt_change, balance, held, debt, overrun, coalesce(key, hold_id::text, task_id::text) AS about, lots, lot_credits, at, facts
     FROM transactions WHERE wallet_id = $1 AND seq > 0 ORDER BY seq`,
    [wallet],
  );
  return rows.map(({ lots, lot_credits, ...line }) => {
    const moved: Record<string, number> = {};
    lots.forEach((lot, i) => (moved[lot] = (moved[lot] ?? 0) + Number(lot_credits[i])));
    for (const lot of lots) if (moved[lot] === 0) delete moved[lot];
    return { ...asNumbers(line), lots: moved } as unknown as TimedLine;
  });
}

function asNumbers<Row extends object>(row: Row): Row {
  const number = (value: unknown) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, number(value)])) as Row;
}
