// One statement in flight; everything that queues meanwhile goes in the next. A hot wallet then commits many requests
// with one flush, and nobody waits for a timer.

import { DatabaseUnavailable } from './money.ts';

/**
 * Makes a batch function into one for single requests. `run` answers in the order of its batch. A batch that fails is
 * tried again one by one, so that one bad request fails alone. When the database is away, everything that waits fails
 * with the batch: it would only stand in line for the same answer.
 */
export function groupCommit<Request, Answer>({
  run,
  most,
}: {
  run: (batch: Request[]) => Promise<Answer[]>;
  most: number;
}): (request: Request) => Promise<Answer> {
  const waiting: Waiting<Request, Answer>[] = [];
  let inFlight = false;

  async function flush() {
    inFlight = true;
    try {
      for (let batch = waiting.splice(0, most); batch.length > 0; batch = waiting.splice(0, most)) await settle(batch);
    } finally {
      inFlight = false;
    }
  }

  async function settle(batch: Waiting<Request, Answer>[]) {
    try {
      const answers = await run(batch.map(({ request }) => request));
      if (answers.length !== batch.length) throw new Error(`${batch.length} requests got ${answers.length} answers`);
      batch.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      if (error instanceof DatabaseUnavailable) for (const { reject } of [...batch, ...waiting.splice(0)]) reject(error);
      else if (batch.length === 1) batch[0]!.reject(error);
      else for (const one of batch) await settle([one]);
    }
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      // Whoever asks in the same turn goes along.
      if (!inFlight) queueMicrotask(() => inFlight || void flush());
    });
}

/** One statement has one time: that of its newest request. */
export function latest(times: readonly Date[]): Date {
  return new Date(Math.max(...times.map((time) => time.getTime())));
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
