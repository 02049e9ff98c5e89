import type { Core } from '../runtime/core.ts';

/**
 * For an adapter that reads old messages: those of these keys that were judged before, and whose repetition shows nobody anything, so
 * that it need not be found out who said them. Others are heard as usual, whether they are known or not.
 */
export function settled(core: Core, keys: readonly string[]): Promise<ReadonlySet<string>> {
  return core.store.chats.settled(keys);
}
