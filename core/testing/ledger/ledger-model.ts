// The ledger once more, as its rules read: one request after the other, in plain loops, without a database. What the
// database does to many requests at once has to come to the same.

import { never } from '#core/domain/never.ts';
import type { Batch, ClawbackAsked, CloseAsked, CreditAsked, HoldAsked } from './ledger-requests.ts';

export interface ModelLimit {
  readonly id: string;
  readonly wallet: string;
  readonly kind: 'team' | 'member' | 'workspace' | 'workspace-person';
  readonly subject: string;
  readonly credits: number;
  readonly period: 'day' | 'total';
}

/** What one line of the journal says, with the credits of each lot that moved. */
export interface ModelLine {
  readonly type: string;
  readonly credits: number;
  readonly held_change: number;
  readonly debt_change: number;
  readonly balance: number;
  readonly held: number;
  readonly debt: number;
  readonly overrun: number;
  readonly about: string | null;
  readonly lots: Readonly<Record<string, number>>;
}

interface Lot {
  readonly id: string;
  readonly priority: number;
  readonly expiresAt: number;
  readonly payment: string | null;
  free: number;
  pinned: number;
}

interface Wallet {
  readonly lots: Lot[];
  readonly lines: ModelLine[];
  debt: number;
}

interface Hold extends HoldAsked {
  readonly pins: readonly (readonly [Lot, number])[];
  readonly uses: readonly Use[];
}

interface Use {
  held: number;
  used: number;
}

interface Close {
  readonly wallet: string;
  readonly asked: number;
  readonly charged: number;
  readonly returned: number;
  readonly overrun: number;
}

export class LedgerModel {
  readonly #wallets = new Map<string, Wallet>();
  readonly #limits: ModelLimit[] = [];
  readonly #uses = new Map<string, Use>();
  readonly #holds = new Map<string, Hold>();
  /** By task: the holds that are open, in their order. */
  readonly #open = new Map<string, Hold[]>();
  readonly #closes = new Map<string, Close>();
  readonly #walletOfTask = new Map<string, string>();
  readonly #keys = new Map<string, { asked: CreditAsked | ClawbackAsked; type: string; moved: number; debt: number; lot: string | null }>();
  readonly #payments = new Map<string, { wallet: string; bought: number; left: number }>();

  open(wallet: string) {
    this.#wallets.set(wallet, { lots: [], lines: [], debt: 0 });
  }

  limit(limit: ModelLimit) {
    this.#limits.push(limit);
  }

  /** Answers a batch in the order of n. */
  answer({ kind, requests }: Batch, at: number) {
    const answers = [];
    switch (kind) {
      case 'hold':
        this.#expireIn(requests, at);
        // A hold that is asked for in two wallets goes to the first of them.
        for (const asked of requests.toSorted((a, b) => (a.wallet === b.wallet ? a.n - b.n : a.wallet < b.wallet ? -1 : 1))) {
          answers.push(this.hold(asked, at));
        }
        break;
      case 'close': {
        const closed = requests.toSorted(byN).map((asked) => this.close(asked));
        // What came back to an expired lot expires at the end; the answers have what is there then.
        for (const { outcome, wallet } of closed) if (outcome === 'closed') this.expire(wallet!, at);
        answers.push(...closed.map(({ wallet, ...answer }) => ({ ...answer, ...this.state(wallet) })));
        break;
      }
      case 'credit':
        this.#expireIn(requests, at);
        answers.push(...requests.toSorted(byN).map((asked) => this.credit(asked)));
        break;
      case 'clawback':
        this.#expireIn(requests, at);
        answers.push(...requests.toSorted(byN).map((asked) => this.clawback(asked)));
        break;
      default:
        return never(kind);
    }
    return answers.toSorted(byN);
  }

  hold(asked: HoldAsked, at: number) {
    const wallet = this.#wallets.get(asked.wallet);
    if (wallet === undefined) return { n: asked.n, outcome: 'unknown', refused: null, ...nothing };
    const limits = this.#limitsOf(asked, at);
    const tightest = limits[0];
    const available = sum(wallet.lots, 'free');
    let outcome = 'held';
    let refused: object | null = null;
    const before = this.#holds.get(asked.hold);
    if (before !== undefined) {
      outcome = before.wallet === asked.wallet && before.task === asked.task && before.credits === asked.credits ? 'repeated' : 'conflict';
    } else if ((this.#walletOfTask.get(asked.task) ?? asked.wallet) !== asked.wallet) outcome = 'conflict';
    else if (this.#closes.has(asked.task)) outcome = 'closed';
    else if (tightest !== undefined && tightest.room < asked.credits) {
      outcome = 'limit';
      refused = { code: 'limit.reached', facts: factsOf(tightest, asked.credits, at) };
    } else if (available < asked.credits) {
      outcome = 'short';
      refused = { code: 'credits.short', facts: { need: String(asked.credits), have: String(available) } };
    } else
      this.#take(
        wallet,
        asked,
        limits.map(({ use }) => use),
      );
    return { n: asked.n, outcome, refused, ...stateOf(wallet) };
  }

  close({ n, task, charge }: CloseAsked, type = charge === 0 ? 'release' : 'settle') {
    const holds = this.#open.get(task);
    let outcome = 'closed';
    if (holds !== undefined) this.#give(task, holds, charge, type);
    else if (!this.#closes.has(task)) return { n, outcome: 'unknown', charged: 0, returned: 0, overrun: 0, wallet: null };
    else outcome = this.#closes.get(task)!.asked === charge ? 'repeated' : 'conflict';
    const { charged, returned, overrun, wallet } = this.#closes.get(task)!;
    return { n, outcome, charged, returned, overrun, wallet };
  }

  credit(asked: CreditAsked) {
    const wallet = this.#wallets.get(asked.wallet);
    const payment = this.#payments.get(asked.payment ?? '');
    const before = this.#keys.get(asked.key);
    let outcome = 'credited';
    if (before !== undefined) {
      const { asked: first, type } = before;
      const same = type === asked.type && first.wallet === asked.wallet && first.payment === asked.payment;
      outcome = same && (first.credits === asked.credits || type === 'restore') ? 'repeated' : 'conflict';
    } else if (wallet === undefined || (asked.type === 'restore' && payment?.wallet !== asked.wallet)) outcome = 'unknown';
    else if (asked.type === 'purchase' && payment !== undefined) outcome = 'conflict';
    else {
      const gross = asked.type === 'restore' ? Math.min(asked.credits, payment!.bought - payment!.left) : asked.credits;
      const repaid = Math.min(gross, wallet.debt);
      const lot = {
        id: asked.lot,
        priority: asked.type === 'grant' ? 10 : 100,
        expiresAt: timeOf(asked.expires_at),
        payment: asked.payment,
      };
      wallet.lots.push({ ...lot, free: gross - repaid, pinned: 0 });
      wallet.debt -= repaid;
      if (asked.type === 'purchase') this.#payments.set(asked.payment!, { wallet: asked.wallet, bought: gross, left: gross });
      if (asked.type === 'restore') payment!.left += gross;
      this.#keys.set(asked.key, { asked, type: asked.type, moved: gross - repaid, debt: repaid, lot: asked.lot });
      write(wallet, asked.type, asked.key, { [asked.lot]: gross - repaid });
    }
    const told = outcome === 'credited' || outcome === 'repeated' ? this.#keys.get(asked.key)! : { lot: null, moved: 0, debt: 0 };
    return { n: asked.n, outcome, lot_id: told.lot, credited: told.moved, debt_paid: told.debt, ...this.state(asked.wallet) };
  }

  clawback(asked: ClawbackAsked) {
    const wallet = this.#wallets.get(asked.wallet);
    const payment = this.#payments.get(asked.payment ?? '');
    const before = this.#keys.get(asked.key);
    let outcome = 'clawed';
    if (before !== undefined) {
      const { asked: first, type } = before;
      const same =
        type === 'clawback' && first.wallet === asked.wallet && first.payment === asked.payment && first.credits === asked.credits;
      outcome = same ? 'repeated' : 'conflict';
    } else if (wallet === undefined || (asked.payment !== null && payment?.wallet !== asked.wallet)) outcome = 'unknown';
    else {
      const gross = payment === undefined ? asked.credits : Math.min(asked.credits, payment.left);
      const own = (lot: Lot) => asked.payment !== null && lot.payment === asked.payment;
      const order = wallet.lots.toSorted((a, b) => Number(own(b)) - Number(own(a)) || inOrderOfSpending(a, b));
      const lots: Record<string, number> = {};
      let left = gross;
      for (const lot of order) {
        const take = Math.min(left, lot.free);
        lot.free -= take;
        left -= take;
        lots[lot.id] = -take;
      }
      wallet.debt += left;
      if (payment !== undefined) payment.left -= gross;
      this.#keys.set(asked.key, { asked, type: 'clawback', moved: gross - left, debt: left, lot: null });
      write(wallet, 'clawback', asked.key, lots);
    }
    const told = outcome === 'clawed' || outcome === 'repeated' ? this.#keys.get(asked.key)! : { moved: 0, debt: 0 };
    return { n: asked.n, outcome, taken: told.moved, owed: told.debt, ...this.state(asked.wallet) };
  }

  /** The lots that are due and free, in the order they expire in. */
  due(wallet: string, at: number): string[] {
    const lots = (this.#wallets.get(wallet)?.lots ?? []).filter(({ free, expiresAt }) => free > 0 && expiresAt <= at);
    return lots.toSorted((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
  }

  #expireIn(requests: readonly { wallet: string }[], at: number) {
    for (const { wallet } of requests) this.expire(wallet, at);
  }

  expire(wallet: string, at: number) {
    for (const id of this.due(wallet, at)) this.expireLot(wallet, id);
  }

  expireLot(wallet: string, id: string) {
    const { lots } = this.#wallets.get(wallet)!;
    const lot = lots.find((each) => each.id === id)!;
    const gone = lot.free;
    lot.free = 0;
    write(this.#wallets.get(wallet)!, 'lot_expiry', null, { [id]: -gone });
  }

  openTasks(): string[] {
    return [...this.#open.keys()];
  }

  state(wallet: string | null) {
    const known = wallet === null ? undefined : this.#wallets.get(wallet);
    return known === undefined ? nothing : stateOf(known);
  }

  lines(wallet: string): readonly ModelLine[] {
    return this.#wallets.get(wallet)!.lines;
  }

  /** What is left in each lot, and how much of that is pinned. */
  lots(wallet: string): Record<string, string> {
    const lots = this.#wallets.get(wallet)!.lots.filter(({ free, pinned }) => free + pinned > 0);
    return Object.fromEntries(lots.map(({ id, free, pinned }) => [id, `${free + pinned}, ${pinned} pinned`]));
  }

  #take(wallet: Wallet, asked: HoldAsked, uses: Use[]) {
    const pins: [Lot, number][] = [];
    let need = asked.credits;
    for (const lot of wallet.lots.toSorted(inOrderOfSpending)) {
      const take = Math.min(need, lot.free);
      if (take === 0) continue;
      lot.free -= take;
      lot.pinned += take;
      need -= take;
      pins.push([lot, take]);
    }
    for (const use of uses) use.held += asked.credits;
    const hold = { ...asked, pins, uses };
    this.#holds.set(asked.hold, hold);
    this.#open.set(asked.task, [...(this.#open.get(asked.task) ?? []), hold]);
    this.#walletOfTask.set(asked.task, asked.wallet);
    write(wallet, 'hold', asked.hold, {});
  }

  #give(task: string, holds: readonly Hold[], charge: number, type: string) {
    const wallet = this.#wallets.get(holds[0]!.wallet)!;
    const lots: Record<string, number> = {};
    const all = holds.reduce((total, { credits }) => total + credits, 0);
    let toCharge = Math.min(charge, all);
    for (const hold of holds) {
      const charged = Math.min(toCharge, hold.credits);
      const repaid = Math.min(wallet.debt, hold.credits - charged);
      toCharge -= charged;
      wallet.debt -= repaid;
      let gone = charged + repaid;
      for (const [lot, credits] of hold.pins) {
        const burnt = Math.min(gone, credits);
        lot.pinned -= credits;
        lot.free += credits - burnt;
        gone -= burnt;
        lots[lot.id] = (lots[lot.id] ?? 0) - burnt;
      }
      for (const use of hold.uses) {
        use.held -= hold.credits;
        use.used += charged;
      }
    }
    const charged = Math.min(charge, all);
    const overrun = charge - charged;
    this.#open.delete(task);
    this.#closes.set(task, { wallet: holds[0]!.wallet, asked: charge, charged, returned: all - charged, overrun });
    write(wallet, type, task, lots, overrun);
  }

  /** The one with the least room first. */
  #limitsOf({ wallet, member, channel }: HoldAsked, at: number) {
    const workspace = channel?.split(':').slice(0, 2).join(':');
    return this.#limits
      .filter(
        (limit) => limit.wallet === wallet && (limit.kind === 'team' || limit.subject === (limit.kind === 'member' ? member : workspace)),
      )
      .map((limit) => {
        const key = `${limit.id} ${limit.period === 'day' ? dayOf(at) : ''} ${limit.kind === 'workspace-person' ? member : ''}`;
        const use = this.#uses.get(key) ?? { held: 0, used: 0 };
        this.#uses.set(key, use);
        return { ...limit, use, room: limit.credits - use.held - use.used };
      })
      .toSorted((a, b) => a.room - b.room || (a.kind < b.kind ? -1 : 1));
  }
}

const nothing = { balance: null, held: null, available: null, debt: null };

function stateOf({ lots, debt }: Wallet) {
  const [free, pinned] = [sum(lots, 'free'), sum(lots, 'pinned')];
  return { balance: free + pinned, held: pinned, available: free, debt };
}

/** What changed is the difference to the line before. */
function write(wallet: Wallet, type: string, about: string | null, lots: Record<string, number>, overrun = 0) {
  const { available: _, ...now } = stateOf(wallet);
  const before = wallet.lines.at(-1) ?? { balance: 0, held: 0, debt: 0 };
  wallet.lines.push({
    type,
    about,
    credits: now.balance - before.balance,
    held_change: now.held - before.held,
    debt_change: now.debt - before.debt,
    ...now,
    overrun,
    lots: Object.fromEntries(Object.entries(lots).filter(([, credits]) => credits !== 0)),
  });
}

function factsOf({ kind, room, credits, id, period }: ModelLimit & { room: number }, need: number, at: number) {
  const resetsAt = period === 'day' ? new Date((dayOf(at) + 1) * DAY_MS).toISOString().replace('.000', '') : null;
  return { whose: kind, need: String(need), left: String(Math.max(room, 0)), limit: String(credits), limitId: id, period, resetsAt };
}

const DAY_MS = 24 * 3_600_000;

function dayOf(at: number) {
  return Math.floor(at / DAY_MS);
}

function byN(a: { n: number }, b: { n: number }) {
  return a.n - b.n;
}

function timeOf(text: string | null) {
  return text === null ? Infinity : Date.parse(text);
}

function inOrderOfSpending(a: Lot, b: Lot) {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.expiresAt !== b.expiresAt) return a.expiresAt < b.expiresAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function sum(lots: readonly Lot[], part: 'free' | 'pinned') {
  return lots.reduce((total, lot) => total + lot[part], 0);
}
