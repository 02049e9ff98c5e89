// Discord takes 50 calls a second of a bot, over all processes of it. A second is cut into five slices that processes take from each
// other: whoever has one may make eight calls in it. So all together make 40, and never more than 45 in any second: a network that holds
// some of them up for a moment brings others closer together.

import type { Clock } from '#core/ports/clock.ts';
import type { Budgets } from '#core/ports/poster.ts';
import { DiscordAway, DiscordNo } from './errors.ts';

export interface Ceiling {
  /** Resolves when one call may be made. Rejects with DiscordNo (429) when that would be too long. */
  pass(signal: AbortSignal): Promise<void>;
  /** Discord wants no calls of ours at all for so long. */
  pause(ms: number): void;
}

const SLICES = 5;
const SLICE_MS = 1_000;
/** A slice ends before it can be taken again, so that calls of two holders are not side by side. */
const USED_MS = 800;
const CALLS = 8;
/** Eight calls at the end of a slice and eight at the beginning of the next would be sixteen at once. */
const APART_MS = 110;
/** A burst is spread over this time; what does not fit in waits where everybody sees it. */
const PATIENCE_MS = 500;

interface Slice {
  readonly untilMs: number;
  left: number;
  nextMs: number;
}

export function openCeiling({ budgets, clock }: { readonly budgets: Budgets; readonly clock: Clock }): Ceiling {
  const held = new Map<number, Slice>();
  /** When a slice that somebody else has may be free again. */
  const free = Array.from({ length: SLICES }, () => 0);
  let pausedMs = 0;
  let taking: Promise<boolean> | null = null;
  const now = () => clock.now().getTime();

  return {
    async pass(signal) {
      const sinceMs = now();
      for (;;) {
        const atMs = now();
        if (pausedMs > atMs) throw limited(pausedMs - atMs);
        if (use(atMs)) return;
        // All that wait take a slice together.
        taking ??= takeOne(atMs).finally(() => (taking = null));
        if (await taking) continue;
        const waitMs = Math.max(1, nextMs() - now());
        if (now() + waitMs > sinceMs + PATIENCE_MS) throw limited(waitMs);
        await clock.sleep(waitMs, signal);
        if (signal.aborted) throw new DiscordAway('given up before it was called', true, { cause: signal.reason });
      }
    },
    pause(ms) {
      pausedMs = Math.max(pausedMs, now() + ms);
    },
  };

  function use(atMs: number): boolean {
    for (const [i, slice] of held) {
      if (slice.untilMs <= atMs || slice.left === 0) held.delete(i);
      else if (slice.nextMs <= atMs) {
        slice.left -= 1;
        slice.nextMs = atMs + APART_MS;
        return true;
      }
    }
    return false;
  }

  async function takeOne(atMs: number): Promise<boolean> {
    for (let i = 0; i < SLICES; i++) {
      if (free[i]! > atMs) continue;
      const waitMs = await take(i);
      free[i] = atMs + (waitMs ?? SLICE_MS);
      if (waitMs !== null) continue;
      held.set(i, { untilMs: atMs + USED_MS, left: CALLS, nextMs: atMs });
      return true;
    }
    return false;
  }

  /** While the database is away each process keeps the ceiling for itself: people are to be answered. */
  async function take(slice: number): Promise<number | null> {
    try {
      return await budgets.take(`discord:slice/${slice}`, SLICE_MS);
    } catch {
      return null;
    }
  }

  function nextMs(): number {
    return Math.min(...free, ...Array.from(held.values(), ({ nextMs: next }) => next));
  }
}

function limited(waitMs: number): DiscordNo {
  return new DiscordNo('our calls of this second are used up', { status: 429, code: 0, retryAfterMs: waitMs, scope: 'global' });
}
