// Posting on the board. The board takes a key with a post and finds posts by it, but does not refuse the same key twice:
// whether something is posted again is decided by looking, as on the real platforms.

import { z } from 'zod';
import { PostError, type Budgets, type LetterPart, type Posted, type Poster } from '#core/ports/poster.ts';
import { refs } from './refs.ts';
import { renderBoard } from './render.ts';

export interface BoardSettings {
  readonly url: string;
  readonly token: string;
  /** All processes together look this often at the most; left out where they may always. */
  readonly lookEveryMs?: number;
  /** The least time between two edits in a channel; one second where it is left out. */
  readonly editEveryMs?: number;
}

/** The board's clock and ours may differ by this much. */
const clockSkewMs = 5 * 60_000;
/** A post may appear this long after it was begun, whatever became of its caller. */
const lateMs = 10 * 60_000;

export function boardPoster(settings: BoardSettings, budgets?: Budgets): Poster {
  const { lookEveryMs } = settings;
  const call = boardCalls(settings);
  return {
    platform: 'board',
    parts: (reply) => renderBoard(reply).length,
    async post(part, signal) {
      const { channel, thread } = addressOf(part);
      const text = renderBoard(part.reply)[part.part];
      if (text === undefined) throw new PostError('never', `there is no part ${part.part}`);
      const path = thread === '' ? `channels/${channel}/threads` : `channels/${channel}/threads/${thread}/messages`;
      return postedAs(await call('POST', path, signal, { key: part.key, text }), thread === '');
    },
    async look(part, signal) {
      const { channel, thread } = addressOf(part);
      const waitMs = lookEveryMs === undefined ? null : ((await budgets?.take('board/history', lookEveryMs)) ?? null);
      if (waitMs !== null) throw new PostError('later', 'the board lets us look later', { retryAfterMs: waitMs });
      const window = new URLSearchParams({ key: part.key, ...windowOf(part) });
      try {
        const found = foundSchema.parse(await call('GET', `channels/${channel}/messages?${window.toString()}`, signal)).messages[0];
        return found === undefined ? 'absent' : { found: postedAs(found, thread === '') };
      } catch (error) {
        if (error instanceof PostError && error.kind === 'never') return 'cannot';
        throw error;
      }
    },
  };
}

/** Calls of the board as a bot: what it answers, or a PostError. */
export function boardCalls({ url, token }: BoardSettings) {
  return async (method: string, path: string, signal: AbortSignal, body?: object): Promise<unknown> => {
    try {
      const response = await fetch(`${url}/${path}`, {
        method,
        signal,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (response.ok) return await response.json();
      throw refusalOf(response, await response.text());
    } catch (error) {
      throw error instanceof PostError ? error : cutOff(error);
    }
  };
}

function refusalOf({ status, headers }: Response, text: string): PostError {
  const words = `the board answered ${status}: ${text.slice(0, 200)}`;
  if (status === 429) return new PostError('later', words, { retryAfterMs: Number(headers.get('Retry-After') ?? 1) * 1000 });
  // A token is a thing that an operator mends, and what was to be said then still matters.
  if (status === 401) return new PostError('later', words, { retryAfterMs: 60_000 });
  if (status >= 500) return new PostError('unknown', words);
  if (status === 403) return new PostError('never', words, { why: 'closed', wholeChannel: true });
  return new PostError('never', words, status === 404 ? { why: 'gone', wholeChannel: text.includes('no such channel') } : {});
}

/** The board refuses to look through more than an hour, and then we do not know. */
function windowOf({ attemptedAt, lastTriedAt }: LetterPart): { after: string; before?: string } {
  const at = (date: Date | null, ms: number) => new Date((date?.getTime() ?? 0) + ms).toISOString();
  if (lastTriedAt === null) return { after: at(attemptedAt, -clockSkewMs) };
  return { after: at(lastTriedAt, -clockSkewMs), before: at(lastTriedAt, lateMs + clockSkewMs) };
}

// Where nobody listened nothing was posted; after any other end something may have been.
function cutOff(error: unknown): PostError {
  const cause = error instanceof Error ? error.cause : undefined;
  const refused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
  return new PostError(refused ? 'later' : 'unknown', 'the board did not answer', { cause: error });
}

export function addressOf({ threadRef }: Pick<LetterPart, 'threadRef'>) {
  const address = refs.parse(threadRef);
  if (address === null) throw new PostError('never', 'not an address of the board', { why: 'gone' });
  return address;
}

function postedAs(message: unknown, isRoot: boolean): Posted {
  const { id, channel, thread } = messageSchema.parse(message);
  return { messageRef: id, ...(isRoot && { threadRef: refs.format({ channel, thread }) }) };
}

const messageSchema = z.object({ id: z.string(), channel: z.string(), thread: z.string() });
const foundSchema = z.object({ messages: z.array(messageSchema) });
