// What adapters share with other processes, for one that is alone: in memory, and without limits.

import type { Context } from '#bots/adapter.ts';

export function alone(): Pick<Context<unknown>, 'budgets' | 'hints' | 'inbox' | 'leases' | 'replyHandles'> {
  const calls = new Set<(about: string) => void>();
  const handles = new Map<string, string>();
  return {
    budgets: { take: async () => null },
    hints: {
      tell: (about) => {
        for (const call of calls) call(about);
      },
      on(call) {
        calls.add(call);
        return () => calls.delete(call);
      },
    },
    inbox: ({ handle }) => ({
      take: (event, wait) => handle(event, wait),
      waits: () => false,
      unhandled: async () => null,
      withdraw: async () => undefined,
      size: () => 0,
      stop: async () => undefined,
    }),
    leases: {
      take: async (name, forMs) => ({ name, holder: 'alone', until: new Date(Date.now() + forMs), fence: 1, state: {} }),
      renew: async () => true,
      write: async () => true,
      release: async () => undefined,
    },
    replyHandles: {
      keep: async (key, handle) => void handles.set(key, handle),
      find: async (key) => handles.get(key) ?? null,
      drop: async (key) => void handles.delete(key),
    },
  };
}
