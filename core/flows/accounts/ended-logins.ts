// Sessions hold the network address and browser of their person, so they are removed a month after they ended: until then,
// they help to find out what somebody did. One-time links and codes are removed a day after they ended.

import type { Core } from '../runtime/core.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const keptMs = { sessions: 30 * DAY_MS, verifications: DAY_MS } as const;
const AT_ONCE = 500;

export async function forgetEndedLogins({ store, clock }: Pick<Core, 'store' | 'clock'>): Promise<void> {
  for (const what of ['sessions', 'verifications'] as const) {
    const before = new Date(clock.now().getTime() - keptMs[what]);
    while ((await store.logins.forgetEnded(what, before, AT_ONCE)) === AT_ONCE);
  }
}
