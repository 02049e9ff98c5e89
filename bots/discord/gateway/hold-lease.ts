// A lease that is kept: renewed well within its time, and over for us before it is over for others. A process that was stopped for a
// while, or cut off from the database, ends what it does before anybody else begins.

import type { Clock } from '#core/ports/clock.ts';
import type { Lease, Leases } from '#core/ports/leases.ts';
import type { Log } from '#core/ports/log.ts';

export interface Holding {
  /** Aborts when it is over, whatever the reason. */
  readonly lost: AbortSignal;
  /** By our own clock, at this moment: a process that was asleep knows it before its timers do. */
  isHeld(): boolean;
  /** Leaves something for the next holder. Rejects while the database is away. */
  write(state: unknown): Promise<void>;
  /** No longer renewed, and given up. */
  release(): Promise<void>;
}

export interface HoldNeeds {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  readonly forMs: number;
}

/** Of its time, this part is kept as a margin for ending what is done under it. */
const MARGIN = 2 / 15;
const AGAIN_MS = 1_000;

/** null while another process has it. Rejects while the database is away. */
export async function holdLease(
  name: string,
  { leases, clock, log, forMs }: HoldNeeds,
): Promise<{ lease: Lease; holding: Holding } | null> {
  const nowMs = () => clock.now().getTime();
  let untilMs = nowMs() + forMs * (1 - MARGIN);
  const lease = await leases.take(name, forMs);
  if (lease === null) return null;
  const over = new AbortController();
  const isHeld = () => !over.signal.aborted && nowMs() < untilMs;
  const loops = [renew(), watch()];
  return {
    lease,
    holding: {
      lost: over.signal,
      isHeld,
      async write(state) {
        if (!isHeld() || !(await leases.write(lease, state))) lose('its state was not taken');
      },
      async release() {
        const wasHeld = isHeld();
        over.abort();
        await Promise.all(loops);
        if (wasHeld) await leases.release(lease);
      },
    },
  };

  function lose(why: string): void {
    if (over.signal.aborted) return;
    log.warn({ lease: name, fence: lease!.fence, why }, 'lease lost');
    over.abort();
  }

  async function renew(): Promise<void> {
    let waitMs = forMs / 3;
    while (!over.signal.aborted) {
      await clock.sleep(waitMs, over.signal);
      if (over.signal.aborted) return;
      const beganMs = nowMs();
      try {
        // An answer that never comes is seen by the watch.
        if (!(await orOver(leases.renew(lease!, forMs)))) return lose('another process may have it');
        untilMs = beganMs + forMs * (1 - MARGIN);
        waitMs = forMs / 3;
      } catch (error) {
        log.warn({ lease: name, error }, 'lease not renewed; it is tried again');
        waitMs = Math.min(AGAIN_MS, forMs / 10);
      }
    }
  }

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      await clock.sleep(Math.max(untilMs - nowMs(), 1), over.signal);
      if (!isHeld()) lose('it was not renewed in time');
    }
  }

  async function orOver(renewing: Promise<boolean>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const end = () => resolve(true);
    over.signal.addEventListener('abort', end, { once: true });
    return Promise.race([renewing, promise]).finally(() => over.signal.removeEventListener('abort', end));
  }
}
