// Random lives of a few wallets, told to the database and to a model of the rules. They have to agree on every answer and
// on every line, and afterwards nothing may be missing.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { never } from '#core/domain/never.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';
import type { Batch, ClawbackAsked, CloseAsked, CreditAsked, HoldAsked } from '#core/testing/ledger/ledger-requests.ts';
import { ask, compare, HOUR_MS, keepUp, makeWorld, timedJournalOf, type Answer, type World } from '#core/testing/ledger/ledger-world.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openMoney, type Money } from '../database/money.ts';

const CONNECTIONS = 8;

let bank: Bank;
let eight: Money;
beforeAll(async () => {
  bank = await openBank();
  eight = openMoney(bank.url, quietLog, CONNECTIONS);
});
afterAll(async () => {
  await eight.close();
  await bank.close();
});

test('whatever is asked, in whatever batches, every answer and every line is as the rules say', async () => {
  const step = fc.oneof({ weight: 5, arbitrary: batch(['none', 'amount', 'wallet', 'other']) }, { weight: 2, arbitrary: between });
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
    const world = await makeWorld(bank, { tasks: 8, holdsEach: 2 });
    for (const each of steps) await happen(world, each);
    await compare(bank, world);
  });
  await fc.assert(property, { numRuns: 40 });
});

test('batches on eight connections at once never block each other, and come to an order that the rules allow', async () => {
  const step = fc.oneof({ weight: 5, arbitrary: batch(['none', 'amount']) }, { weight: 1, arbitrary: upkeep });
  const property = fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(4)), { minLength: 24, maxLength: 72 }), async (steps) => {
    const world = await makeWorld(bank, { tasks: 24, holdsEach: 2 });
    const answers: Answer[] = [];
    const connection = async (first: number) => {
      for (let i = first; i < steps.length; i += CONNECTIONS) {
        const [each, hours] = steps[i]!;
        const at = world.at + hours * HOUR_MS;
        answers.push(...(each.kind === 'upkeep' ? await keepUp(eight, world, each.of, at) : await ask(eight, batchOf(world, each), at)));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connection(i)));
    const lines = await replay(world);
    await compare(bank, world);
    const moved = answers.filter(({ kind, outcome }) => moving.has(`${kind} ${outcome}`));
    expect(moved.map(({ kind, outcome, about }) => `${kind} ${outcome} ${about}`).toSorted()).toEqual(lines.toSorted());
  });
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
});

// What may happen ------------------------------------------------------------------------------------------------

type Step = BatchStep | Between;
type Between =
  | { readonly kind: 'upkeep'; readonly of: 'lots' | 'holds' }
  | { readonly kind: 'minutes pass' | 'a task ends'; readonly of: number };

interface BatchStep {
  readonly kind: Batch['kind'];
  readonly picks: readonly Pick[];
}

/** One of the few requests of its kind, so that many are repeats; a twist makes it another request under the same id. */
interface Pick {
  readonly of: number;
  readonly twist: Twist;
}
type Twist = 'none' | 'amount' | 'wallet' | 'other';

function batch(twists: Twist[]): fc.Arbitrary<BatchStep> {
  const twist = fc.oneof({ weight: 8, arbitrary: fc.constant<Twist>('none') }, { weight: 1, arbitrary: fc.constantFrom(...twists) });
  const picks = fc.array(fc.record({ of: fc.nat(1_000), twist }), { minLength: 1, maxLength: 7 });
  return fc.record({
    kind: fc.constantFrom<Batch['kind'][]>('hold', 'hold', 'hold', 'close', 'close', 'credit', 'credit', 'clawback'),
    picks,
  });
}

const upkeep = fc.record({ kind: fc.constant('upkeep' as const), of: fc.constantFrom('lots' as const, 'holds' as const) });
const between: fc.Arbitrary<Between> = fc.oneof(
  upkeep,
  fc.record({ kind: fc.constantFrom('minutes pass' as const, 'a task ends' as const), of: fc.integer({ min: 1, max: 300 }) }),
);

function batchOf(world: World, { kind, picks }: BatchStep): Batch {
  switch (kind) {
    case 'hold':
      return { kind, requests: numbered(picks.map((pick) => holdOf(world, pick))) };
    case 'close':
      return { kind, requests: numbered(picks.map((pick) => closeOf(world, pick))) };
    case 'credit':
      return { kind, requests: numbered(picks.map((pick) => creditOf(world, pick))) };
    case 'clawback':
      return { kind, requests: numbered(picks.map((pick) => clawbackOf(world, pick))) };
    default:
      return never(kind);
  }
}

function holdOf({ requests, wallets, tasks }: World, { of, twist }: Pick): Omit<HoldAsked, 'n'> {
  const request = requests.hold[of % requests.hold.length]!;
  const twists = {
    none: {},
    amount: { credits: request.credits + 1 },
    wallet: { wallet: wallets[of % 2]! },
    other: { task: tasks[of % 5]! },
  };
  return { ...request, ...twists[twist] };
}

function closeOf({ requests }: World, { of, twist }: Pick): Omit<CloseAsked, 'n'> {
  const request = requests.close[of % requests.close.length]!;
  return twist === 'none' ? request : { ...request, charge: request.charge + 1 };
}

function creditOf({ requests, wallets }: World, { of, twist }: Pick): Omit<CreditAsked, 'n'> {
  const request = requests.credit[of % requests.credit.length]!;
  const payment = request.payment === null ? null : requests.clawback[(of + 1) % 3]!.payment;
  return {
    ...request,
    ...{ none: {}, amount: { credits: request.credits + 1 }, wallet: { wallet: wallets[of % 2]! }, other: { payment } }[twist],
  };
}

function clawbackOf({ requests, wallets }: World, { of, twist }: Pick): Omit<ClawbackAsked, 'n'> {
  const request = requests.clawback[of % requests.clawback.length]!;
  const twists = { none: {}, amount: { credits: request.credits + 1 }, wallet: { wallet: wallets[of % 2]! }, other: { payment: null } };
  return { ...request, ...twists[twist] };
}

/** Not in the order of the array. */
function numbered<Request>(requests: Request[]): ({ n: number } & Request)[] {
  return requests.map((request, i) => ({ n: (i * 7) % 11, ...request }));
}

// One after the other ---------------------------------------------------------------------------------------------

async function happen(world: World, step: Step) {
  const { model, wallets, tasks, at } = world;
  switch (step.kind) {
    case 'minutes pass':
      world.at += step.of * 60_000;
      return;
    case 'a task ends': {
      const task = tasks[step.of % tasks.length]!;
      await bank.query("UPDATE tasks SET status = 'failed' WHERE id = $1", [task]);
      world.live.delete(task);
      return;
    }
    case 'upkeep': {
      const done = await keepUp(bank.money, world, step.of, at);
      const due =
        step.of === 'lots' ? wallets.flatMap((wallet) => model.due(wallet, at)) : model.openTasks().filter((task) => !world.live.has(task));
      expect(done.map(({ about }) => about).toSorted()).toEqual(due.toSorted());
      // Which of several tasks is closed first is left to the database.
      if (step.of === 'holds') for (const { about } of done) model.close({ n: 0, task: String(about), charge: 0 }, 'hold_expiry');
      for (const { wallet_id } of done) model.expire(String(wallet_id), at);
      return;
    }
    default: {
      const asked = batchOf(world, step);
      const answers = await ask(bank.money, asked, at);
      expect(answers).toEqual(model.answer(asked, at).map((answer) => expect.objectContaining(answer)));
    }
  }
}

// At once -----------------------------------------------------------------------------------------------------------

/** What an answer says that wrote a line of this type. */
const moves: Record<string, string> = {
  hold: 'hold held',
  settle: 'close closed',
  release: 'close closed',
  hold_expiry: 'upkeep holds',
  grant: 'credit credited',
  purchase: 'credit credited',
  restore: 'credit credited',
  clawback: 'clawback clawed',
};
const moving = new Set(Object.values(moves));

/** Tells the model the journal, line by line, as if nothing had ever been asked at once. Gives what the lines are about. */
async function replay({ wallets, model, requests }: World): Promise<string[]> {
  const told: string[] = [];
  for (const wallet of wallets) {
    for (const { type, about, at, held_change, credits, debt_change, overrun, lots, facts } of await timedJournalOf(bank, wallet)) {
      const n = 0;
      const charge = debt_change - credits + overrun;
      const by = { key: about ?? '' };
      if (type === 'hold') {
        expect(model.due(wallet, at.getTime()), 'nothing is held of an expired lot').toEqual([]);
        model.hold({ ...requests.hold.find(({ hold }) => hold === about)!, n, credits: held_change }, at.getTime());
      } else if (type === 'lot_expiry') model.expireLot(wallet, Object.keys(lots)[0]!);
      else if (type === 'clawback') model.clawback({ ...requests.clawback.find(({ key }) => key === by.key)!, n, credits: facts!.asked });
      else if (type === 'grant' || type === 'purchase' || type === 'restore') {
        const request = requests.credit.find(({ key }) => key === by.key)!;
        model.credit({ ...request, n, credits: credits - debt_change });
      } else model.close({ n, task: about!, charge }, type);
      if (about !== null) told.push(`${moves[type]} ${about}`);
    }
  }
  return told;
}
