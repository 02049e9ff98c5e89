// Looking for a post whose call ended without an answer: the messages around the time of its last try, by its key. Slack lets apps
// that other companies install read once a minute, and 15 messages.

import { z } from 'zod';
import { PostError, type LetterPart, type Posted } from '#core/ports/poster.ts';
import type { SlackAddress } from '../refs.ts';
import { refs } from '../refs.ts';
import type { OutDeps } from './deps.ts';
import { notInstalled } from './troubles.ts';

/** Slack's clock and ours may differ by this much. */
const SKEW_MS = 15_000;
/** Slack may do it this long after it was begun, whatever became of the caller. */
const LATE_MS = 60_000;
const distributed = { everyMs: 60_000, page: 15, pages: 1 } as const;
/** An app of one company may read fifty times a minute. */
const internal = { everyMs: 1_200, page: 200, pages: 5 } as const;

export async function lookFor(
  { call, tokens, budgets, settings }: OutDeps,
  { team, channel, thread }: SlackAddress,
  part: LetterPart,
  signal: AbortSignal,
): Promise<{ found: Posted } | 'absent' | 'cannot'> {
  const since = part.lastTriedAt ?? part.attemptedAt;
  if (since === null) return 'cannot';
  const installation = await tokens.of(team);
  if (installation === null) throw notInstalled();
  const kind = settings.install === null ? internal : distributed;
  const waitMs = await budgets.take(`slack:${team}/history`, settings.historyEveryMs ?? kind.everyMs);
  if (waitMs !== null) throw new PostError('later', 'Slack lets us look later', { retryAfterMs: waitMs });

  const window = {
    channel,
    oldest: secondsAt(since, -SKEW_MS),
    // Where nobody knows when the last try was, it may have been at any time since.
    ...(part.lastTriedAt !== null && { latest: secondsAt(part.lastTriedAt, SKEW_MS + LATE_MS) }),
    inclusive: true,
    limit: kind.page,
  };
  let cursor: string | undefined;
  for (let pages = 0; pages < kind.pages; pages++) {
    const args = { ...window, ...(cursor !== undefined && { cursor }) };
    const answer = await (thread === ''
      ? call('conversations.history', installation.tokens.bot, args, signal)
      : call('conversations.replies', installation.tokens.bot, { ...args, ts: thread }, signal));
    const { messages, has_more: hasMore, response_metadata: next } = pageSchema.parse(answer);
    const found = messages.find(({ blocks, user }) => blocks?.[0]?.block_id === part.key && user === (installation.botUserId ?? user));
    if (found !== undefined)
      return { found: { messageRef: found.ts, ...(thread === '' && { threadRef: refs.format({ team, channel, thread: found.ts }) }) } };
    cursor = next?.next_cursor;
    if (hasMore !== true || !cursor) return hasMore === true || part.lastTriedAt === null ? 'cannot' : 'absent';
  }
  return 'cannot';
}

/** As Slack writes times. */
function secondsAt(date: Date, ms: number): string {
  return ((date.getTime() + ms) / 1000).toFixed(6);
}

const pageSchema = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      user: z.string().optional(),
      blocks: z.array(z.object({ block_id: z.string().optional() })).optional(),
    }),
  ),
  has_more: z.boolean().optional(),
  response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
});
