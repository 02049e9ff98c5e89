import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { Core } from '../runtime/core.ts';

/**
 * For an adapter: whether anybody asked in this thread, so that what is said there without a mention may be for us. Where nobody
 * did, it need not be found out who speaks.
 */
export function follows(core: Core, threadRef: string): Promise<boolean> {
  return core.store.chats.isKnown(threadRef as ThreadRef);
}
