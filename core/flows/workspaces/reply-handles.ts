// What answers somebody later and only to them works for minutes; afterwards it is nothing but a secret to lose.

import type { Core } from '../runtime/core.ts';

const AT_ONCE = 1_000;

/** For upkeep. */
export async function forgetReplyHandles(core: Core): Promise<void> {
  while ((await core.store.replyHandles.forgetExpired(core.clock.now(), AT_ONCE)) === AT_ONCE);
}
