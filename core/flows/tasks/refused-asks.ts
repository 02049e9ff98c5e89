// A refused request keeps its outcome, so that a repeat is refused alike, for a month: by then nobody repeats it. So does what
// made no task in a chat.

import type { Core } from '../runtime/core.ts';

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const AT_ONCE = 1_000;

export async function forgetRefusedAsks(core: Core): Promise<void> {
  const before = new Date(core.clock.now().getTime() - KEPT_MS);
  while ((await core.store.asks.forgetRefused(before, AT_ONCE)) === AT_ONCE);
}
