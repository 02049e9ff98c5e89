// One deadline for all that a request needs of the database before it has an answer: who asks, who pays, and writing it down.
// While the database is away all of it is tried again with the same ids, so that a commit whose answer got lost is found
// rather than repeated. Nothing is sent to the database once the deadline has passed.

import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import { GRACE_MS } from '#core/store/database/group-commit.ts';
import { DatabaseUnavailable, isUnavailable } from '#core/store/database/outage.ts';
import type { Core, CoreSettings } from './core.ts';

export interface Patience {
  /** Rejects with `database.unavailable` when the deadline passes. Whatever `work` writes, it gives the signal to. */
  during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** What a door says of a request; a number is `waitedMs` alone. All in milliseconds. */
export type Wait =
  | number
  | {
      /** How long the request has waited already, for instance while it was found out who asks. */
      readonly waitedMs?: number;
      /** When the door must have its answer, counted from when the request came; between 0.5 s and 20 s, else `answerWithinMs`. */
      readonly withinMs?: number;
    };

/** What a door has that says nothing: Slack and Discord want an answer within three seconds. */
export const USUAL_ANSWER_WITHIN_MS = 2_500;
/** Less would refuse what a healthy database takes a moment for. */
const LEAST_MS = 500;
/** A process that is to stop has 25 s (core/main.ts), and what waits here must end by then. */
const MOST_MS = 20_000;
const AGAIN_AFTER_MS = 200;

const SETTLED = 'settled';

interface Doors {
  readonly clock: Core['clock'];
  readonly settings: Pick<CoreSettings, 'answerWithinMs'>;
}

export function patienceFor({ clock, settings }: Doors, wait: Wait = 0): Patience {
  const { waitedMs = 0, withinMs = settings.answerWithinMs } = typeof wait === 'number' ? { waitedMs: wait } : wait;
  const answerWithinMs = Math.min(Math.max(withinMs, LEAST_MS), MOST_MS);
  // What is on its way by the end is given a moment more, and that is part of the door's time.
  const untilMs = clock.now().getTime() + answerWithinMs - GRACE_MS - waitedMs;
  return {
    async during(work) {
      const [over, settled] = [new AbortController(), new AbortController()];
      void clock.sleep(Math.max(0, untilMs - clock.now().getTime()), settled.signal).then(() => {
        if (!settled.signal.aborted) over.abort(new Error(`no answer within ${answerWithinMs} ms`));
      });
      let mayBeDone = false;
      try {
        for (;;) {
          try {
            return await work(over.signal);
          } catch (error) {
            if (!isUnavailable(error)) throw error;
            mayBeDone ||= isMaybeDone(error);
            await clock.sleep(AGAIN_AFTER_MS, over.signal);
            if (over.signal.aborted) throw refusal(error, mayBeDone);
          }
        }
      } finally {
        // Without a reason an error would be made for it, which nobody reads.
        settled.abort(SETTLED);
      }
    },
  };
}

/**
 * What is only read can be left to itself when the signal aborts; so can work that may be done again without a further effect, which
 * then says through `mayBeDone` whether it had begun.
 */
export async function unless<T>(signal: AbortSignal, read: Promise<T>, mayBeDone: () => boolean = () => false): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new DatabaseUnavailable(signal.reason, { mayBeDone: mayBeDone() }));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([read, late]);
  } catch (error) {
    // The connection went while something was asked, and what was asked has no effect.
    if (error instanceof DatabaseUnavailable && error.mayBeDone && !mayBeDone()) throw new DatabaseUnavailable(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Also where a refusal of the same deadline says so. */
function isMaybeDone(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return error.mayBeDone;
  return isRefusal(error) && 'outcome' in error.facts;
}

function refusal(cause: unknown, mayBeDone: boolean): Error {
  return Object.assign(mayBeDone ? refuse('database.unavailable', { outcome: 'unknown' }) : refuse('database.unavailable'), { cause });
}
