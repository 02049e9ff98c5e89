// Everything at the same instant, through three products that share nothing but the database.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { micro } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { ledgerOver, type Ledger, type LotId } from './ledger.ts';
import { openMoney } from '../database/money.ts';

let bank: Bank;
let ledgers: Ledger[];
let closeAll: () => Promise<unknown>;
beforeAll(async () => {
  bank = await openBank();
  const products = [1, 2, 3].map(() => openMoney(bank.url, quietLog));
  ledgers = products.map(ledgerOver);
  closeAll = () => Promise.all(products.map((money) => money.close()));
});
afterAll(async () => {
  await closeAll();
  await bank.close();
});

test('of 300 holds at once on credits for 100, exactly 100 are held, and closing them at once closes each once', async () => {
  const wallet = await bank.wallet();
  await bank.buy(wallet, 'pi_first', 1_000);
  const tasks = Array.from({ length: 300 }, () => newId<TaskId>());
  const asked = await atOnce(
    tasks.map((task) => (ledger) => ledger.hold({ wallet, task, hold: newId<HoldId>(), credits: micro(10) }, bank.at)),
  );
  expect(countOf(asked)).toEqual({ held: 100, short: 200 });
  expect(await bank.state(wallet)).toEqual({ balance: 1_000, held: 1_000, debt: 0 });

  const held = tasks.filter((_, i) => asked[i]!.outcome === 'held');
  const purchase = { key: 'second', wallet, type: 'purchase', credits: micro(400), source: 'stripe', payment: 'pi_second' } as const;
  const answers = await atOnce<{ outcome: string }>([
    // Each is settled (7 of 10) or released three times over.
    ...held.flatMap((task, i) => again(3, (ledger) => ledger.close({ task, charge: micro(i < 60 ? 7 : 0) }, bank.at))),
    ...again(5, (ledger) => ledger.clawback({ key: 'refund', wallet, credits: micro(1_000), payment: 'pi_first' }, bank.at)),
    ...again(5, (ledger) => ledger.credit({ ...purchase, lot: newId<LotId>() }, bank.at)),
  ]);
  expect(countOf(answers)).toEqual({ closed: 100, clawed: 1, credited: 1, repeated: 200 + 4 + 4 });
  // 1,000 bought and taken back, 400 bought, 60 tasks charged 7.
  const { balance, held: stillHeld, debt } = await bank.state(wallet);
  expect({ left: balance - debt, stillHeld }).toEqual({ left: 400 - 60 * 7, stillHeld: 0 });
  expect(typesOf(await bank.journal(wallet))).toEqual({ purchase: 2, hold: 100, settle: 60, release: 40, clawback: 1 });
  expect(await bank.wrong()).toBeNull();
});

test('a task is settled or released, never both, whoever is first', async () => {
  const wallet = await bank.wallet(1_000);
  const tasks = Array.from({ length: 50 }, () => newId<TaskId>());
  await Promise.all(tasks.map((task) => bank.hold(wallet, 10, { task })));
  const answers = await atOnce(
    tasks.flatMap((task) => [10, 4, 0].map((charge) => (ledger: Ledger) => ledger.close({ task, charge: micro(charge) }, bank.at))),
  );
  expect(countOf(answers)).toEqual({ closed: 50, conflict: 100 });
  const charged = answers.map((answer) => (answer.outcome === 'closed' ? Number(answer.charged) : 0)).reduce((a, b) => a + b, 0);
  expect(await bank.state(wallet)).toEqual({ balance: 1_000 - charged, held: 0, debt: 0 });
});

test('a hold and the end of its task come one after the other: nothing stays held', async () => {
  const wallet = await bank.wallet(10_000);
  const tasks = Array.from({ length: 40 }, () => newId<TaskId>());
  await Promise.all(tasks.map((task) => bank.hold(wallet, 10, { task })));
  await atOnce<unknown>(
    tasks.flatMap((task) => [
      (ledger) => ledger.hold({ wallet, task, hold: newId<HoldId>(), credits: micro(5) }, bank.at),
      (ledger) => ledger.close({ task, charge: micro(12) }, bank.at),
    ]),
  );
  expect(await bank.state(wallet)).toMatchObject({ held: 0, debt: 0 });
  expect(await bank.wrong()).toBeNull();
});

test('wallets are never waited for in a circle: batches over the same wallets, each in an order of its own', async () => {
  const wallets = await Promise.all(Array.from({ length: 8 }, () => bank.wallet(100_000)));
  const rounds = Array.from(
    { length: 60 },
    (_, i) => (ledger: Ledger) =>
      Promise.all(
        shuffled(wallets).map(async (wallet) => {
          const task = newId<TaskId>();
          await ledger.hold({ wallet, task, hold: newId<HoldId>(), credits: micro(5) }, bank.at);
          return ledger.close({ task, charge: micro(i % 6) }, bank.at);
        }),
      ),
  );
  expect(countOf((await atOnce(rounds)).flat())).toEqual({ closed: 480 });
  expect(await bank.wrong()).toBeNull();
});

test('a team that is opened by many at once has one wallet', async () => {
  const team = newId<TeamId>();
  await bank.query("INSERT INTO teams (id, name) VALUES ($1, 'A team')", [team]);
  const opened = await atOnce(again(30, (ledger) => ledger.open(newId<WalletId>(), team, bank.at)));
  expect(new Set(opened).size).toBe(1);
});

/** In a random order, each through one of the products. Answers in the order given. */
async function atOnce<Answer>(asks: ((ledger: Ledger) => Promise<Answer>)[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  await Promise.all(shuffled([...asks.keys()]).map(async (i, turn) => (answers[i] = await asks[i]!(ledgers[turn % ledgers.length]!))));
  return answers;
}

function shuffled<T>(things: readonly T[]): T[] {
  const order = things.map((thing) => ({ thing, at: Math.random() }));
  return order.toSorted((a, b) => a.at - b.at).map(({ thing }) => thing);
}

function again<Answer>(times: number, act: (ledger: Ledger) => Promise<Answer>) {
  return Array.from({ length: times }, () => act);
}

function countOf(answers: readonly { outcome: string }[]): Record<string, number> {
  return count(answers.map(({ outcome }) => outcome));
}

function typesOf(journal: readonly string[]): Record<string, number> {
  return count(journal.map((line) => line.split(' ')[0]!));
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
