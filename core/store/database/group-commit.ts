// One statement in flight; everything that queues meanwhile goes in the next. A hot wallet then commits many requests
// with one flush, and nobody waits for a timer. Whoever waits for a lock is set aside, so that nobody else waits for them.

import type { Lane } from './money.ts';
import { DatabaseUnavailable, LockedOut } from './outage.ts';

/** What is in flight when its time is over may get its answer yet. */
export const GRACE_MS = 400;
/** As long as the server works at a statement. */
const ASIDE_MOST_MS = 15_000;

interface Batches<Request, Answer> {
  run(batch: Request[], lane: Lane): Promise<Answer[]>;
  readonly most: number;
  /** Requests with the same key wait for the same locks: those of a team, or of a task. Without it each has its own. */
  keyOf?(request: Request): string;
}

/** Rejects when the signal aborts: with `mayBeDone` when the request was on its way to the server by then, else it never goes there. */
export type Committed<Request, Answer> = (request: Request, signal?: AbortSignal) => Promise<Answer>;

/**
 * Makes a batch function into one for single requests. `run` answers in the order of its batch. A batch that fails is
 * tried again one by one, so that one bad request fails alone. When the database is away, everything that waits fails
 * with the batch: it would only stand in line for the same answer.
 *
 * A batch that ran into a lock did nothing. Its requests leave the line and are tried by themselves, one key after another,
 * until their lock is free; whoever asks with one of their keys meanwhile joins them. So the line meets a lock once.
 */
export function groupCommit<Request, Answer>({ run, most, keyOf }: Batches<Request, Answer>): Committed<Request, Answer> {
  const line: Waiting<Request, Answer>[] = [];
  const aside = new Map<unknown, Waiting<Request, Answer>[]>();
  let inFlight = false;
  let isAttended = false;

  async function flush() {
    inFlight = true;
    try {
      while (line.length > 0) setAside(await settle(next(), 'shared'));
    } finally {
      inFlight = false;
    }
  }

  function next(): Waiting<Request, Answer>[] {
    const batch = open(line.splice(0, most));
    if (aside.size === 0) return batch;
    const isKept = ({ key }: Waiting<Request, Answer>) => aside.has(key);
    setAside(batch.filter(isKept));
    return batch.filter((one) => !isKept(one));
  }

  /** Gives back those that a lock keeps. `rest` fails too when the database is away. */
  async function settle(
    batch: Waiting<Request, Answer>[],
    lane: Lane,
    rest: Waiting<Request, Answer>[] = [],
  ): Promise<Waiting<Request, Answer>[]> {
    if (batch.length === 0) return [];
    try {
      for (const one of batch) one.inFlight = true;
      const answers = await run(
        batch.map(({ request }) => request),
        lane,
      );
      if (answers.length !== batch.length) throw new Error(`${batch.length} requests got ${answers.length} answers`);
      batch.forEach((one, i) => one.resolve(answers[i]!));
      return [];
    } catch (error) {
      for (const one of batch) one.inFlight = false;
      if (error instanceof DatabaseUnavailable && !(error instanceof LockedOut)) return outage(error, batch, lane, rest);
      // It was undone, so whoever was only waiting to hear that needs no second try.
      for (const { signal, reject } of batch) if (signal?.aborted) reject(new DatabaseUnavailable(signal.reason));
      if (error instanceof LockedOut) return open(batch);
      if (batch.length > 1) return oneByOne(open(batch), lane);
      batch[0]!.reject(error);
      return [];
    }
  }

  async function oneByOne(batch: Waiting<Request, Answer>[], lane: Lane): Promise<Waiting<Request, Answer>[]> {
    const locked: Waiting<Request, Answer>[] = [];
    for (const [n, one] of batch.entries()) {
      if (locked.some(({ key }) => key === one.key)) locked.push(one);
      else locked.push(...(await settle(open([one]), lane, batch.slice(n + 1))));
    }
    return open(locked);
  }

  function outage(error: DatabaseUnavailable, batch: Waiting<Request, Answer>[], lane: Lane, rest: Waiting<Request, Answer>[]): [] {
    for (const one of batch) one.reject(error);
    for (const one of open(rest)) one.reject(new DatabaseUnavailable(error.cause));
    if (lane === 'shared') for (const one of line.splice(0)) one.reject(new DatabaseUnavailable(error.cause));
    return [];
  }

  function setAside(locked: Waiting<Request, Answer>[]) {
    for (const one of locked) queueOf(one.key).push(one);
    if (aside.size > 0 && !isAttended) void attend();
  }

  function queueOf(key: unknown) {
    const known = aside.get(key);
    if (known !== undefined) return known;
    const queue: Waiting<Request, Answer>[] = [];
    aside.set(key, queue);
    return queue;
  }

  /** Who was not tried alone yet goes first: most of them only had a neighbour with a lock. */
  async function attend() {
    isAttended = true;
    const tried = new Set<unknown>();
    try {
      while (aside.size > 0) {
        const key = [...aside.keys()].find((each) => !tried.has(each)) ?? aside.keys().next().value;
        const queue = aside.get(key)!;
        const locked = await settle(open(queue.splice(0, most)), 'aside');
        for (const one of locked) if (performance.now() - one.sinceMs > ASIDE_MOST_MS) one.reject(new DatabaseUnavailable(lockedFor));
        queue.unshift(...open(locked));
        aside.delete(key);
        tried.delete(key);
        if (queue.length === 0) continue;
        aside.set(key, queue); // behind the others
        if (locked.length > 0) tried.add(key);
      }
    } finally {
      isAttended = false;
    }
  }

  return (request, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const one = newWaiting<Request, Answer>({ request, key: keyOf === undefined ? {} : keyOf(request), signal, resolve, reject });
    heed(one);
    if (one.isOver) return promise;
    const queue = aside.get(one.key);
    if (queue !== undefined) queue.push(one);
    else {
      line.push(one);
      // Whoever asks in the same turn goes along.
      if (!inFlight) queueMicrotask(() => inFlight || void flush());
    }
    return promise;
  };
}

const lockedFor = new Error(`a lock was not free within ${ASIDE_MOST_MS / 1000} s`);

/** One statement has one time: that of its newest request. */
export function latest(times: readonly Date[]): Date {
  return new Date(Math.max(...times.map((time) => time.getTime())));
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly key: unknown;
  readonly signal: AbortSignal | undefined;
  readonly sinceMs: number;
  inFlight: boolean;
  /** It has its answer, or waits for none any more. */
  isOver: boolean;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

function newWaiting<Request, Answer>({
  resolve,
  reject,
  ...asked
}: Pick<Waiting<Request, Answer>, 'request' | 'key' | 'signal' | 'resolve' | 'reject'>): Waiting<Request, Answer> {
  const waiting: Waiting<Request, Answer> = {
    ...asked,
    sinceMs: performance.now(),
    inFlight: false,
    isOver: false,
    resolve(answer) {
      waiting.isOver = true;
      resolve(answer);
    },
    reject(error) {
      waiting.isOver = true;
      reject(error);
    },
  };
  return waiting;
}

function open<Request, Answer>(batch: Waiting<Request, Answer>[]): Waiting<Request, Answer>[] {
  return batch.filter(({ isOver }) => !isOver);
}

function heed(one: Waiting<unknown, never>) {
  const { signal } = one;
  if (signal === undefined) return;
  const giveUp = () => one.isOver || one.reject(new DatabaseUnavailable(signal.reason, { mayBeDone: one.inFlight }));
  const onAbort = () => void (one.inFlight ? setTimeout(giveUp, GRACE_MS) : giveUp());
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', onAbort, { once: true });
}
