// What concerns one person, as a post that nobody else sees. It is shown after the event was confirmed, as well as it goes: nothing
// that matters is only said this way.

import type { Reply } from '#core/domain/messages/reply.ts';
import type { Show } from '#core/flows/chats/answer.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';

export interface ForOne<To> {
  /** At once. `key` is the gesture's: however often it is told, it is shown once by this process. */
  show(key: string, to: To, show: Show): void;
  tell(key: string, to: To, reply: Reply): void;
  /** Waited for before everything stops. Must not reject. */
  attempt(work: Promise<unknown>): void;
  /** For what is attempted. Nothing is tried again once everything stops. */
  readonly patiently: Patiently;
  /** Resolves when all that was begun has ended; nothing is tried again then. */
  ended(): Promise<void>;
}

/** A call that is tried again where that helps. */
export type Patiently = <T>(work: () => Promise<T>) => Promise<T>;

interface Needs<To> {
  /** Posts a reply for one person, each call of it patiently. */
  post(to: To, reply: Reply, patiently: Patiently): Promise<void>;
  /** Ms to wait before a call that ended like this is tried again; null where that is no use. */
  againAfterMs(error: unknown): number | null;
  /** What the log says of where it was to be shown: ids only. */
  about(to: To): Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What most calls wait before they are tried again. */
export const AGAIN_MS = 1_000;
const TRIES = 3;
const KEPT_MOST = 2_000;

export function forOne<To>({ post, againAfterMs, about, clock, log }: Needs<To>): ForOne<To> {
  const shown = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  const stopping = new AbortController();

  function tell(key: string, to: To, reply: Reply): void {
    if (shown.has(key)) return;
    shown.add(key);
    if (shown.size > KEPT_MOST) shown.delete(shown.keys().next().value!);
    attempt(
      post(to, reply, patiently).catch((error: unknown) => {
        // Told again, it is tried again.
        shown.delete(key);
        log.warn({ ...about(to), error }, 'private answer not shown');
      }),
    );
  }

  function attempt(work: Promise<unknown>): void {
    const ending = work.finally(() => underWay.delete(ending));
    underWay.add(ending);
  }

  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const waitMs = againAfterMs(error);
        if (waitMs === null || tries === TRIES || stopping.signal.aborted) throw error;
        await clock.sleep(waitMs, stopping.signal);
        if (stopping.signal.aborted) throw error;
      }
    }
  }

  return {
    tell,
    attempt,
    patiently,
    show(key, to, show) {
      if (show.kind === 'private') tell(key, to, show.reply);
    },
    async ended() {
      stopping.abort();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
