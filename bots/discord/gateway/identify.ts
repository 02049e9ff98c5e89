// When a session may be begun. Discord allows a thousand in a day and resets the bot's token when there are more, so the last ones are
// kept, by all processes and over restarts: Discord itself counts them.

import { z } from 'zod';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Budgets } from '#core/ports/poster.ts';
import { DiscordNo, type Call } from '../api/call.ts';
import { TOKEN_REFUSED } from './close-codes.ts';

export interface IdentifyNeeds {
  readonly call: Call;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly log: Log;
  /** There are too few left, and until when. */
  waiting(why: string): void;
}

export type WayIn = { readonly address: string } | { readonly refused: string };

/** Left for an operator who has to find out what went wrong. */
const KEPT = 50;
const CALL_MS = 10_000;
/** One may begin in five seconds (docs, Gateway, Session Start Limit). */
const EVERY_MS = 5_000;
/** An operator may have had the count reset. */
const ASK_AGAIN_MS = 10 * 60_000;

/** null once the signal aborts. Rejects where Discord or the database is away, or refuses for a moment. */
export async function wayIn(shard: number, needs: IdentifyNeeds, signal: AbortSignal): Promise<WayIn | null> {
  const { call, budgets, clock, log, waiting } = needs;
  while (!signal.aborted) {
    const until = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
    const answer = await call({ method: 'GET', path: '/gateway/bot' }, until).catch((error: unknown) => {
      if (error instanceof DiscordNo && error.status === 401) return null;
      throw error;
    });
    if (answer === null) return { refused: TOKEN_REFUSED };
    const { url, session_start_limit: limit } = botSchema.parse(answer);
    if (limit.remaining < KEPT) {
      log.error({ remaining: limit.remaining, resetAfterMs: limit.reset_after }, 'too few new sessions left today; waiting for more');
      waiting(
        `Discord allows ${limit.remaining} more new connections today, and the last ${KEPT} are not used. The bot connects again in ${hours(limit.reset_after)}.`,
      );
      await clock.sleep(Math.min(limit.reset_after, ASK_AGAIN_MS), signal);
      continue;
    }
    const waitMs = await budgets.take(`discord:identify/${shard % limit.max_concurrency}`, EVERY_MS);
    if (waitMs === null) return { address: url };
    await clock.sleep(waitMs, signal);
  }
  return null;
}

function hours(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return `${Math.ceil(minutes / 60)} h`;
}

const botSchema = z.object({
  url: z.url({ protocol: /^wss?$/ }).max(500),
  session_start_limit: z.object({
    remaining: z.number().int(),
    reset_after: z.number().nonnegative(),
    max_concurrency: z.number().int().positive().default(1),
  }),
});
