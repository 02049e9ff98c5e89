import type { Reply } from '#core/domain/messages/reply.ts';

/**
 * Edits a post of ours while work goes on, on one platform. What it shows is decoration: the answer is always a post of its
 * own, so nothing waits for an edit, and a lost one costs nobody anything.
 */
export interface Shower {
  readonly platform: string;
  /** Two edits in one channel begin at least this far apart, in ms, whichever posts they are of. */
  readonly everyMs: number;
  /** Posts that asked for approval are edited once that is decided, wherever it was. */
  readonly showsDecisions?: true;
  /**
   * How long it leaves such a post alone, in ms: where a press decides, its own edit says by whom, and `messages.decisionShown` ends
   * the wait. None when left out.
   */
  readonly decisionsAfterMs?: number;
  /**
   * Makes the post look like this, and nothing like before. Resolves only when the platform confirmed it; every other end is a
   * PostError (poster.ts): `later` was not done, and the channel wants to be left alone for `retryAfterMs`; `never` means that
   * the post was deleted or may not be edited any more; after `unknown` it may look like this, or come to look like this yet.
   * Where an old post takes no more edits, it may put another one in its place and give that one's ref: views are of it from then on.
   */
  show(view: View, signal: AbortSignal): Promise<Shown | void>;
}

export interface Shown {
  /** Of the other post that took its place, as a poster would have named it. */
  readonly messageRef?: string;
  /** Comes back with the next view. */
  readonly streamRef?: string;
  /** It is shown again by then, although nothing happened. */
  readonly againAt?: Date;
}

/** How a post is to look. */
export interface View {
  readonly platform: string;
  readonly threadRef: string;
  /** As the poster gave it when it posted the first words, or the shower when it moved to another post. */
  readonly messageRef: string;
  /** One post: what does not fit in one is left out. */
  readonly reply: Reply;
  /** Of one post, a later state has a larger number; the same number shows the same. */
  readonly version: number;
  /** Nothing happens any more: it stays like this. */
  readonly closed: boolean;
  /** For a platform that shows work as a stream. */
  readonly stream?: WorkStream;
  /** It asked for approval, and says what was decided. */
  readonly decision?: true;
}

export interface WorkStream {
  /** What the shower gave with the view before; null at first. */
  readonly ref: string | null;
  /** The latest of each step, in the order in which they began. */
  readonly steps: readonly { readonly id: string; readonly title: string; readonly state: 'running' | 'done' | 'failed' }[];
  /** The account of the platform that asked; null where it was asked elsewhere. */
  readonly asker: { readonly externalId: string; readonly space: string } | null;
}
