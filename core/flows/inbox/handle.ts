// Handles one event until that has come to an end. What fails is tried again as long as the event is stored; else the platform is to
// tell it again.

import { isRefusal } from '#core/domain/refusals/refusal.ts';
import type { InboxNeeds } from '#core/ports/inbox.ts';
import { isUnavailable } from '#core/store/database/outage.ts';
import type { Core } from '../runtime/core.ts';
import { refuse, tell, type Held } from './held.ts';

/** What is stored waits for nobody. */
export const PATIENT_MS = 20_000;
const AGAIN_MS = 250;
const AGAIN_MOST_MS = 15_000;
/** An event that fails this often while others succeed is at fault itself: about 13 minutes, longer than a platform holds back an app. */
const TRIES_MOST = 60;

export interface HandleDeps extends Pick<Core, 'log'>, Pick<InboxNeeds, 'handle'> {
  readonly stopping: AbortSignal;
  /** Never rejects: it is stored, where that is possible. */
  store(one: Held): Promise<void>;
  /** Its turn goes on, but it does nothing for so long, unless it is woken. */
  pause(one: Held, ms: number): Promise<void>;
}

/** `left`: to another process, or to the platform, or it was withdrawn. Never rejects. */
export type Ended = 'handled' | 'refused' | 'given-up' | 'left';

/** One for each inbox: whether others succeed says whose fault a failure is. */
export function handler({ handle, log, stopping, store, pause }: HandleDeps): (one: Held) => Promise<Ended> {
  let successes = 0;

  return async (one) => {
    let [before, atLastTry] = [successes, successes];
    for (let tries = 1; ; tries++) {
      // Since the last try, because in quiet times nothing else ends during one; and not since the first, or an outage would be its fault.
      [before, atLastTry] = [atLastTry, successes];
      try {
        await handle(one.event, () => (one.stored === 'no' ? one.wait() : { waitedMs: 0, withinMs: PATIENT_MS }));
        successes++;
        tell(one);
        return 'handled';
      } catch (error) {
        if (isFinal(error)) {
          if (one.isTold) log.warn({ error }, 'event of a chat that is never taken');
          refuse(one, error);
          return 'refused';
        }
        if (!(await isKept(one, error))) {
          refuse(one, error);
          return 'left';
        }
        // Whoever has its row goes on.
        if (one.stored === 'elsewhere' || one.isWithdrawn) return 'left';
        if (tries >= TRIES_MOST && successes > before) {
          log.error({ workspace: one.event.workspace, tries, error }, 'event of a chat given up');
          return 'given-up';
        }
        log.warn({ tries, error }, 'event of a chat not handled; it is tried again');
        await pause(one, Math.min(AGAIN_MS * 2 ** (tries - 1), AGAIN_MOST_MS));
        if (stopping.aborted || one.isWithdrawn) return 'left';
      }
    }
  };

  /** What has its row, as all that was taken over, needs no second one. While the database is away, nothing can be stored. */
  async function isKept(one: Held, error: unknown): Promise<boolean> {
    if (one.stored !== 'no') return true;
    if (one.storing === null && (isUnavailable(error) || stopping.aborted)) return false;
    await store(one);
    return one.stored !== 'no';
  }
}

/** It is no use to try it again. */
function isFinal(error: unknown): boolean {
  return isRefusal(error) && error.code !== 'database.unavailable';
}
