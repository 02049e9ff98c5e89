// How each end of a call looks to the core, in one table. What is not in it was refused for good.

import type { Trouble } from '#core/domain/messages/trouble.ts';
import { PostError } from '#core/ports/poster.ts';
import { codes, DiscordAway, DiscordNo } from '../api/errors.ts';

interface Never {
  readonly why: Trouble;
  readonly wholeChannel: boolean;
}

const gone: Never = { why: 'gone', wholeChannel: false };
const closed: Never = { why: 'closed', wholeChannel: false };
const closedWhole: Never = { why: 'closed', wholeChannel: true };
const disconnected: Never = { why: 'disconnected', wholeChannel: true };

const nevers: Readonly<Record<number, Never>> = {
  [codes.unknownChannel]: { why: 'gone', wholeChannel: true },
  // Also for a nonce whose post was deleted again.
  [codes.unknownMessage]: gone,
  [codes.noAccess]: closedWhole,
  [codes.noPermission]: closedWhole,
  [codes.cannotMessageUser]: closedWhole,
  [codes.notOnThisChannel]: closedWhole,
  [codes.threadArchived]: closed,
  [codes.threadLocked]: closed,
  [codes.tooManyThreads]: closed,
};

/** Slow mode and the ceiling of a channel's writes, where Discord does not say how long. */
const SLOW_MS = 5_000;
const slow: ReadonlySet<number> = new Set([codes.slowMode, codes.channelWrites]);

export function postErrorFrom(cause: unknown): PostError {
  if (cause instanceof PostError) return cause;
  if (cause instanceof DiscordAway) return new PostError(cause.surelyNotDone ? 'later' : 'unknown', cause.message, { cause });
  if (!(cause instanceof DiscordNo)) return new PostError('unknown', 'the call ended without an answer', { cause });
  const { status, code, message, retryAfterMs } = cause;
  if (slow.has(code)) return new PostError('later', message, { retryAfterMs: retryAfterMs ?? SLOW_MS, cause });
  if (status === 429) return new PostError('later', message, { retryAfterMs: retryAfterMs ?? 1_000, cause });
  if (code === codes.overloaded) return new PostError('unknown', message, { cause });
  if (status === 401) return new PostError('never', message, { ...disconnected, cause });
  return new PostError('never', message, { ...(nevers[code] ?? { why: 'refused' }), cause });
}

/** The thread, or the message that it would be of, was deleted. */
export function threadIsGone(cause: unknown): PostError {
  return new PostError('never', 'the thread is gone', { ...gone, cause });
}

/** The interaction's token works no more: what is to be said goes another way. */
export function isTokenOver(error: unknown): boolean {
  return error instanceof DiscordNo && (error.status === 401 || tokenOver.has(error.code));
}

const tokenOver: ReadonlySet<number> = new Set([codes.unknownInteraction, codes.unknownWebhook, codes.tokenOver, codes.followUpsOver]);
