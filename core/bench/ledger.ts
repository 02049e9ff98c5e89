// Holds and settlements against the smallest thing a ledger could do: one prepared UPDATE of one row, on the same server,
// through the same driver, for as many callers.

import { credits, micro } from '#core/domain/credits/credits.ts';
import { newId, type TaskId, type WalletId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { ledgerOver, type Ledger } from '#core/store/credits/ledger.ts';
import { openMoney, type Money } from '#core/store/database/money.ts';
import { median, perSecond, type BenchRow } from './row.ts';
import { openMinimum } from './world.ts';

const ROUNDS = 5;
const ROUND_MS = 1_000;
const WALLETS = 1_000;
/** With more, the minimum gets slower: they wait for the same disk and, on one row, for each other. */
const CONNECTIONS = 16;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

export async function benchLedger(databaseUrl: string): Promise<BenchRow[]> {
  const money = openMoney(databaseUrl, silent);
  try {
    const wallets = await makeWallets(money, WALLETS);
    const ledger = ledgerOver(money);
    return [
      ...(await compare('1,000 wallets, 16 callers', databaseUrl, ledger, wallets, 16, 0.6)),
      ...(await compare('one hot wallet, 16 callers', databaseUrl, ledger, wallets.slice(0, 1), 16, 4)),
      ...(await compare('1,000 wallets, 256 callers', databaseUrl, ledger, wallets, 256, 1)),
      ...(await compare('one hot wallet, 256 callers', databaseUrl, ledger, wallets.slice(0, 1), 256, 7)),
    ];
  } finally {
    await money.close();
  }
}

/** The three take turns, so that a slow moment of the machine slows all of them. */
async function compare(
  name: string,
  databaseUrl: string,
  ledger: Ledger,
  wallets: readonly WalletId[],
  callers: number,
  aim: number,
): Promise<BenchRow[]> {
  const minimum = await openMinimum(databaseUrl, wallets.length, CONNECTIONS);
  const rounds: { limit: number; hold: number; settle: number }[] = [];
  // The first round warms up.
  for (let i = 0; i <= ROUNDS; i++) {
    const limit = await perSecond(callers, ROUND_MS, minimum.update);
    const tasks: TaskId[] = [];
    const hold = await perSecond(callers, ROUND_MS, async () => {
      const task = newId<TaskId>();
      const wallet = wallets[Math.floor(Math.random() * wallets.length)]!;
      const { outcome } = await ledger.hold({ hold: newId(), task, wallet, credits: credits(1) }, new Date());
      if (outcome !== 'held') throw new Error(`a hold of the bench ended as ${outcome}`);
      tasks.push(task);
    });
    const settle = await allPerSecond(callers, tasks, (task) => ledger.close({ task, charge: micro(700_000) }, new Date()));
    if (i > 0) rounds.push({ limit, hold, settle });
  }
  await minimum.close();
  return (['hold', 'settle'] as const).map((kind) => ({
    name: `${kind}, ${name}`,
    unit: `${kind}s/s`,
    value: median(rounds.map((round) => round[kind])),
    limit: median(rounds.map(({ limit }) => limit)),
    ratio: median(rounds.map((round) => round[kind] / round.limit)),
    aim,
  }));
}

/** Like perSecond, until all are done. */
async function allPerSecond<T>(callers: number, all: readonly T[], call: (one: T) => Promise<unknown>): Promise<number> {
  const waiting = all.values();
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const one of waiting) await call(one);
    }),
  );
  return all.length / ((performance.now() - begun) / 1000);
}

async function makeWallets(money: Money, count: number): Promise<WalletId[]> {
  const at = new Date();
  const made = Array.from({ length: count }, () => ({ team: newId(), wallet: newId<WalletId>(), lot: newId() }));
  await money.query({ text: `INSERT INTO teams (id, name) SELECT t, 'Bench' FROM unnest($1::uuid[]) t` }, [made.map(({ team }) => team)]);
  await money.query({ text: 'SELECT ledger_open(w, t, $3) FROM unnest($1::uuid[], $2::uuid[]) x (w, t)' }, [
    made.map(({ wallet }) => wallet),
    made.map(({ team }) => team),
    at,
  ]);
  const grants = made.map(({ wallet, lot }, n) => ({
    n,
    key: `bench:${lot}`,
    wallet,
    lot,
    type: 'grant',
    credits: credits(1_000_000_000).toString(),
    source: 'bench',
  }));
  await money.query({ text: 'SELECT count(*) FROM ledger_credit($1, $2)' }, [JSON.stringify(grants), at]);
  return made.map(({ wallet }) => wallet);
}
