// Which messages are for us. Whoever mentions us, writes to us directly or uses a command speaks to us. In a thread without a
// mention only a follow-up does: of whoever asked there last, and only while nobody else has spoken since. Otherwise every
// sentence between two people would reserve credits.

import type { IdentityId } from '../ids.ts';

export const hows = ['mention', 'direct', 'thread', 'command'] as const;
/** How a message came to us; `thread` is one that does not mention us. */
export type How = (typeof hows)[number];

export const listenRules = ['follow-up', 'thread', 'always'] as const;
/** What a channel lets us take without a mention: follow-ups, every message of a thread where we were asked, or every message. */
export type ListenRule = (typeof listenRules)[number];

/** What we know of a thread where we were asked. Times are the platform's. */
export interface ThreadState {
  readonly askedBy: IdentityId | null;
  readonly askedAt: Date | null;
  /** When somebody else spoke there. */
  readonly spokenAt: Date | null;
}

/** `thread` is null where we were never asked. */
export function isForUs(
  message: { readonly how: How; readonly at: Date; readonly identityId: IdentityId | null },
  thread: ThreadState | null,
  rule: ListenRule = 'follow-up',
): boolean {
  if (message.how !== 'thread' || rule === 'always') return true;
  if (thread === null) return false;
  const { askedBy, askedAt, spokenAt } = thread;
  // What was said before the request is none of its follow-ups, however late it arrives.
  if (askedAt !== null && message.at < askedAt) return false;
  if (rule === 'thread') return true;
  if (askedAt === null || askedBy === null || message.identityId !== askedBy) return false;
  return spokenAt === null || spokenAt < askedAt;
}
