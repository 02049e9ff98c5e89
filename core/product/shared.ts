// What adapters share with the other processes: calls that are rare, hints, events that wait, leases, and handles for late replies. Time and holder are ours.

import type { Context } from '#bots/adapter.ts';
import { openInbox } from '#core/flows/inbox/inbox.ts';
import type { Core } from '#core/flows/runtime/core.ts';

export function sharedBy(
  core: Pick<Core, 'store' | 'clock' | 'log' | 'settings'>,
): Pick<Context<unknown>, 'budgets' | 'hints' | 'inbox' | 'leases' | 'replyHandles'> {
  const { store, clock, settings } = core;
  const { routes, hints, leases, replyHandles } = store;
  return {
    hints,
    inbox: (needs) => openInbox(core, needs),
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
