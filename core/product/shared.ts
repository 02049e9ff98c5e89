// What adapters share with the other processes: calls that are rare, hints, leases, and handles for late replies. Time and holder are ours.

import type { Context } from '#bots/adapter.ts';
import type { Core } from '#core/flows/runtime/core.ts';

export function sharedBy({
  store,
  clock,
  settings,
}: Pick<Core, 'store' | 'clock' | 'settings'>): Pick<Context<unknown>, 'budgets' | 'hints' | 'leases' | 'replyHandles'> {
  const { routes, hints, leases, replyHandles } = store;
  return {
    hints,
    budgets: { take: (key, everyMs) => routes.take(key, everyMs, clock.now()) },
    leases: {
      take: (name, forMs) => leases.take(name, settings.worker, forMs, clock.now()),
      renew: (lease, forMs) => leases.renew(lease, forMs, clock.now()),
      write: (lease, state) => leases.write(lease, state),
      release: (lease) => leases.release(lease, clock.now()),
    },
    replyHandles: {
      keep: (key, handle, until) => replyHandles.put(key, handle, until, clock.now()),
      find: (key) => replyHandles.take(key, clock.now()),
      drop: (key) => replyHandles.drop(key),
    },
  };
}
