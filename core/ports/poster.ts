import type { Reply } from '#core/domain/messages/reply.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';

/** Puts what we say in front of people, on one platform. */
export interface Poster {
  readonly platform: string;
  /** How many posts this reply needs there; each becomes a letter part of its own. */
  parts(reply: Reply): number;
  /** Posts one part. Resolves only when the platform confirmed it; every other end is a PostError. */
  post(part: LetterPart, signal: AbortSignal): Promise<Posted>;
  /**
   * Looks for a part whose post ended without an answer. `cannot` when the platform gives no way to know. A look that must wait
   * (see Budgets) throws `later`: nothing else in the channel waits for it.
   */
  look(part: LetterPart, signal: AbortSignal): Promise<{ found: Posted } | 'absent' | 'cannot'>;
  /**
   * Where somebody is written to directly: the ref of a conversation that only they and we read (`slack:T1:D1:`). Left out where there
   * is none. Rejects with a PostError.
   */
  direct?(to: DirectTo, signal: AbortSignal): Promise<string>;
}

export interface DirectTo {
  /** The platform's id of the person. */
  readonly externalId: string;
  /** Where they asked: it tells the workspace. */
  readonly threadRef: string;
}

export interface LetterPart {
  /** The same at every try: the platform's key against doubles. */
  readonly key: string;
  /** Where to answer. A ref with an empty thread (`slack:T1:C9:`) asks for a new root there; `Posted.threadRef` then tells it. */
  readonly threadRef: string;
  readonly reply: Reply;
  /** From 0. */
  readonly part: number;
  /** When it was first tried, perhaps days ago. */
  readonly attemptedAt: Date | null;
  /**
   * When its last post was begun, which is what to look around: every look before that found nothing. null where that is not
   * known; then it may have been posted at any time since `attemptedAt`.
   */
  readonly lastTriedAt: Date | null;
}

export interface Posted {
  readonly messageRef: string;
  /** Set when this post became the root of its thread. */
  readonly threadRef?: string;
}

/** Calls that a platform allows so rarely that all processes share them: reading history, for one. */
export interface Budgets {
  /**
   * Takes the one call that `key` (`slack:T1/history`) allows in `everyMs`. null: it may be made now. Else how many ms it is
   * until the next one, which is not kept for whoever asked.
   */
  take(key: string, everyMs: number): Promise<number | null>;
}

/** How a post ended when it was not confirmed. */
export class PostError extends Error {
  readonly kind: 'unknown' | 'later' | 'never';
  readonly retryAfterMs: number | null;
  /** Why it will never be posted, in our words; null where the platform does not say. */
  readonly why: Trouble | null;
  /** `never` holds for everything in this channel. */
  readonly wholeChannel: boolean;

  /**
   * `unknown`: it may have been posted. `later`: it was not; try again. With `retryAfterMs` the platform limits the channel:
   * nothing is posted there until then, by any process, and it counts as no failure. `never`: it was not and will not be (no
   * such channel, no permission); `wholeChannel`: nor will anything else in this channel, whatever its thread.
   */
  constructor(
    kind: 'unknown' | 'later' | 'never',
    message: string,
    options: { retryAfterMs?: number; why?: Trouble; wholeChannel?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'PostError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.why = options.why ?? null;
    this.wholeChannel = options.wholeChannel ?? false;
  }
}
