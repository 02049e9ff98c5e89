// Which messages are for us. Whoever mentions us, writes to us directly or uses a command speaks to us. In a thread without a
// mention only a follow-up does: of whoever asked there last, and only while nobody else has spoken since. Otherwise every
// sentence between two people would reserve credits. A place may let us take more without a mention; one that is muted, or where
// nobody may ask, lets us take nothing, and whoever speaks to us there is still heard.

import type { IdentityId } from '../ids.ts';
import type { PlaceRules } from '../workspaces/place.ts';

export const hows = ['mention', 'direct', 'thread', 'command'] as const;
/** How a message came to us; `thread` is one that does not mention us. */
export type How = (typeof hows)[number];

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
  { answers, muted, onlyListed, open }: Pick<PlaceRules, 'answers' | 'muted' | 'onlyListed' | 'open'>,
): boolean {
  if (message.how !== 'thread') return true;
  if (muted || (onlyListed && !open)) return false;
  if (answers === 'always') return true;
  if (thread === null) return false;
  const { askedBy, askedAt, spokenAt } = thread;
  // What was said before the request is none of its follow-ups, however late it arrives.
  if (askedAt !== null && message.at < askedAt) return false;
  if (answers === 'thread') return true;
  if (askedAt === null || askedBy === null || message.identityId !== askedBy) return false;
  return spokenAt === null || spokenAt < askedAt;
}
