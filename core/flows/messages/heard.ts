// A platform tells us of our own posts too. That is the surest sign that a letter was posted, and costs no look.

import { isId, type LetterId } from '#core/domain/ids.ts';
import type { Heard } from '#core/store/messages/letters.ts';
import type { Core } from '../runtime/core.ts';

export interface Echo {
  /** The key that we gave the post: `LetterPart.key`. */
  readonly key: string;
  readonly messageRef: string;
  /** The thread that it began, if it began one. */
  readonly threadRef?: string;
}

/** What a platform may call one of its messages or threads. */
const REF_MOST = 300;

/**
 * For chat adapters, when the platform tells of a post that is ours. `confirmed`: its letter is posted, also where we had given
 * it up; the same echo says so again. `double`: the letter has another post, so this one is to be deleted. `unknown`: no
 * letter has this key.
 */
export async function heardOurs(core: Core, { key, messageRef, threadRef }: Echo): Promise<Heard> {
  if (!isId(key) || messageRef === '' || messageRef.length > REF_MOST || (threadRef?.length ?? 0) > REF_MOST) return 'unknown';
  const posted = { messageRef, ...(threadRef !== undefined && { threadRef }) };
  const heard = await core.store.letters.heard(key as LetterId, posted, core.clock.now());
  if (heard === 'double') core.log.warn({ letterId: key }, 'letter posted twice');
  return heard;
}
