// One deadline for all that a request needs of the database before it has an answer: who asks, who pays, and writing it down.
// While the database is away all of it is tried again with the same ids, so that a commit whose answer got lost is found
// rather than repeated. Nothing is sent to the database once the deadline has passed.

import { refuse } from '#core/domain/refusals/refusal.ts';
import { DatabaseUnavailable, isUnavailable } from '#core/store/database/outage.ts';
import type { Core } from './core.ts';

export interface Patience {
  /** Rejects with `database.unavailable` when the deadline passes. Whatever `work` writes, it gives the signal to. */
  during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Slack wants an answer within three seconds; what is on its way by then is given a moment more (core/store/database/group-commit.ts). */
const WITHIN_MS = 2_100;
const AGAIN_AFTER_MS = 200;

/** `waitedMs`: how long the request has waited already. */
export function patienceFor({ clock }: Pick<Core, 'clock'>, waitedMs = 0): Patience {
  const untilMs = clock.now().getTime() + WITHIN_MS - waitedMs;
  return {
    async during(work) {
      const [over, settled] = [new AbortController(), new AbortController()];
      void clock.sleep(Math.max(0, untilMs - clock.now().getTime()), settled.signal).then(() => {
        if (!settled.signal.aborted) over.abort(new Error(`no answer within ${WITHIN_MS} ms`));
      });
      let mayBeDone = false;
      try {
        for (;;) {
          try {
            return await work(over.signal);
          } catch (error) {
            if (!isUnavailable(error)) throw error;
            mayBeDone ||= error instanceof DatabaseUnavailable && error.mayBeDone;
            await clock.sleep(AGAIN_AFTER_MS, over.signal);
            if (over.signal.aborted) throw refusal(error, mayBeDone);
          }
        }
      } finally {
        settled.abort();
      }
    },
  };
}

/** What is only read can be left to itself when the signal aborts. */
export async function unless<T>(signal: AbortSignal, read: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new DatabaseUnavailable(signal.reason));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([read, late]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function refusal(cause: unknown, mayBeDone: boolean): Error {
  return Object.assign(mayBeDone ? refuse('database.unavailable', { outcome: 'unknown' }) : refuse('database.unavailable'), { cause });
}
