import type { Reply } from '#core/domain/messages/reply.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';

/** Puts what we say in front of people, on one platform. */
export interface Poster {
  readonly platform: string;
  /** How many posts this reply needs there; each becomes a letter part of its own. */
  parts(reply: Reply): number;
  /** Posts one part. Resolves only when the platform confirmed it; every other end is a PostError. */
  post(part: LetterPart, signal: AbortSignal): Promise<Posted>;
  /** Looks for a part whose post ended without an answer. `cannot` when the platform gives no way to know. */
  look(part: LetterPart, signal: AbortSignal): Promise<{ found: Posted } | 'absent' | 'cannot'>;
}

export interface LetterPart {
  /** The same at every try: the platform's key against doubles. */
  readonly key: string;
  /** Where to answer. A ref with an empty thread (`slack:T1:C9:`) asks for a new root there; `Posted.threadRef` then tells it. */
  readonly threadRef: string;
  readonly reply: Reply;
  /** From 0. */
  readonly part: number;
  /** When it was first tried. It may have been posted at any time since then: somebody may have wanted it sent again days later. */
  readonly attemptedAt: Date | null;
}

export interface Posted {
  readonly messageRef: string;
  /** Set when this post became the root of its thread. */
  readonly threadRef?: string;
}

/** How a post ended when it was not confirmed. */
export class PostError extends Error {
  readonly kind: 'unknown' | 'later' | 'never';
  readonly retryAfterMs: number | null;
  /** Why it will never be posted, in our words; null where the platform does not say. */
  readonly why: Trouble | null;

  /**
   * `unknown`: it may have been posted. `later`: it was not; try again, not before `retryAfterMs`.
   * `never`: it was not and will not be (no such channel, no permission).
   */
  constructor(
    kind: 'unknown' | 'later' | 'never',
    message: string,
    options: { retryAfterMs?: number; why?: Trouble; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'PostError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.why = options.why ?? null;
  }
}
