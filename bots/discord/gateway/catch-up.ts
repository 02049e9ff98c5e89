// What was said while nobody listened and no session can tell any more: read from the history of each channel that has something newer
// than the mark, and taken like any other event. What is known already has the same key, and leads to nothing: most of it is found
// together, because a mark lies minutes back.

import { z } from 'zod';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Budgets } from '#core/ports/poster.ts';
import { DiscordNo, type Call } from '../api/call.ts';
import type { Pulse } from '../health.ts';
import { historyKey } from '../keys.ts';
import { idAt, isOlder } from '../snowflake.ts';
import type { GatewayParts, Told } from './dispatch.ts';
import type { Guilds, IsOf } from './guilds.ts';
import type { Taker } from './take.ts';

export interface CatchUpNeeds extends Pick<GatewayParts, 'settled'> {
  readonly call: Call;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly log: Log;
  readonly pulse: Pick<Pulse, 'caughtUp'>;
  readonly guilds: Pick<Guilds, 'channelsAfter' | 'whereIs'>;
  /** The servers that this connection tells of. */
  readonly isOf: IsOf;
  readonly taker: Pick<Taker, 'inTurn' | 'takeNow'>;
  /** Ms between two reads of a channel. */
  readonly historyEveryMs: number;
}

/** Nobody waits any more for an answer to what they said a day ago. */
const OLDEST_MS = 24 * 60 * 60_000;
const AT_ONCE = 5;
/** Reads of all channels by all processes: most of Discord's 50 calls a second are for answers, and a large server has thousands of channels. */
const ALL_HISTORY = 'discord:history';
const ALL_EVERY_MS = 50;
const PAGE = 100;
const CALL_MS = 10_000;
const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 60_000;
/** A channel whose history can't be read this often, while that of others can, holds up everything that is said in it now: some ten minutes. */
const FAILURES_MOST = 15;

/** Resolves true when everything after the mark has been taken, false where it had to be left. Never rejects. */
export async function catchUp(mark: string, dms: readonly string[], needs: CatchUpNeeds, signal: AbortSignal): Promise<boolean> {
  const { clock, log, guilds, isOf } = needs;
  const oldest = idAt(new Date(clock.now().getTime() - OLDEST_MS));
  const isCut = isOlder(mark, oldest);
  const from = isCut ? oldest : mark;
  const channels = new Set([...guilds.channelsAfter(from, isOf).map(({ id }) => id), ...dms]);
  if (isCut) log.warn({ since: mark, channels: channels.size }, 'messages of Discord older than a day are not caught up with');
  const waiting = [...channels];
  const [found, reads] = [{ messages: 0 }, { done: 0 }];
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (!signal.aborted) log.info({ channels: channels.size, ...found }, 'caught up with Discord');
  return !signal.aborted;

  async function work(): Promise<void> {
    for (let channel = waiting.shift(); channel !== undefined && !signal.aborted; channel = waiting.shift()) {
      const id = channel;
      await needs.taker.inTurn(id, () => catchUpChannel(id));
    }
  }

  async function catchUpChannel(channel: string): Promise<void> {
    for (let after = from; !signal.aborted;) {
      const page = await readPatiently(channel, after, needs, reads, signal);
      const settled = await settledIn(page);
      for (const message of page) {
        if (settled.has(message.id)) continue;
        const told: Told = { seq: null, isReplay: true, cameMs: performance.now() };
        if (!(await needs.taker.takeNow('MESSAGE_CREATE', message, told))) return;
      }
      found.messages += page.length;
      needs.pulse.caughtUp(page.length);
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  /** None where the database is away: each is then taken, and waits for it. */
  async function settledIn(page: Page): Promise<ReadonlySet<string>> {
    try {
      return page.length === 0 ? none : ((await needs.settled?.(page)) ?? none);
    } catch (error) {
      log.warn({ error }, 'messages that are known already not found; all are taken');
      return none;
    }
  }
}

/** null: now. Ms to wait otherwise. */
async function mayRead(budgets: Budgets, channel: string, everyMs: number): Promise<number | null> {
  return (await budgets.take(historyKey(channel), everyMs)) ?? (await budgets.take(ALL_HISTORY, ALL_EVERY_MS));
}

const none: ReadonlySet<string> = new Set();

const pageSchema = z.array(z.looseObject({ id: z.string().regex(/^\d{1,20}$/) })).max(PAGE);
type Page = z.output<typeof pageSchema>;

/** Oldest first. Empty where the channel is closed to us. */
async function readPatiently(
  channel: string,
  after: string,
  needs: CatchUpNeeds,
  reads: { done: number },
  signal: AbortSignal,
): Promise<Page> {
  const { call, budgets, clock, log, guilds, historyEveryMs } = needs;
  const doneBefore = reads.done;
  for (let failures = 0; !signal.aborted;) {
    try {
      const waitMs = historyEveryMs > 0 ? await mayRead(budgets, channel, historyEveryMs) : null;
      if (waitMs !== null) {
        await clock.sleep(waitMs, signal);
        continue;
      }
      const until = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
      const path = `/channels/${channel}/messages?after=${after}&limit=${PAGE}`;
      const page = pageSchema.parse(await call({ method: 'GET', path }, until)).sort((a, b) => (isOlder(a.id, b.id) ? -1 : 1));
      reads.done++;
      // REST does not say in which server a message is; events do.
      const guild = page.length === 0 ? null : ((await guilds.whereIs(channel, until))?.guild ?? null);
      return guild === null ? page : page.map((message) => ({ guild_id: guild, ...message }));
    } catch (error) {
      if (signal.aborted) break;
      const no = error instanceof DiscordNo ? error : null;
      if (no !== null && no.status !== 429 && no.status < 500 && no.status !== 401) {
        log.info({ channel, code: no.code }, 'channel of Discord not caught up with: it is closed to us');
        return [];
      }
      if (error instanceof z.ZodError) {
        log.warn({ channel, error }, 'history of Discord of a shape that we do not know');
        return [];
      }
      if (no?.status !== 429) failures++;
      if (failures >= FAILURES_MOST && reads.done > doneBefore) {
        log.error({ channel, failures, error }, 'history of Discord given up: it cannot be read');
        return [];
      }
      if (no?.status !== 429) log.warn({ channel, failures, error }, 'history of Discord not read; it is tried again');
      await clock.sleep(no?.retryAfterMs ?? Math.min(AGAIN_MS * 2 ** Math.max(0, failures - 1), AGAIN_MOST_MS), signal);
    }
  }
  return [];
}
