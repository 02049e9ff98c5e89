// The attempts this process works on now: their leases are renewed together, a cancel reaches the one it means, and an
// attempt that no agent takes is given up while its person still cares.

import type { TaskId } from '#core/domain/ids.ts';
import type { Attempt } from '#core/store/attempts.ts';
import type { Core } from './core.ts';

export interface Running {
  /** False when this process already works on the task. */
  take(taskId: TaskId): boolean;
  give(taskId: TaskId): void;
  during<T>(attempt: Attempt, leave: AbortSignal, work: (signals: Signals) => Promise<T>): Promise<T>;
  count(): number;
  close(): void;
}

/** What reaches an attempt while it goes on. */
export interface Signals {
  /** This process is to end: what takes longer is left to another one. */
  readonly leave: AbortSignal;
  /** The person wants it stopped, or no agent took it within the time a person should wait to hear that. */
  readonly stop: AbortSignal;
  readonly stoppedBy: () => 'cancel' | 'unreachable' | null;
  /** An agent took it. */
  readonly accepted: () => void;
}

export function watchRunning(core: Core): Running {
  const attempts = new Map<string, { attempt: Attempt; stop(by: 'cancel' | 'unreachable'): void }>();
  const taken = new Set<TaskId>();
  const closing = new AbortController();

  const stopListening = core.store.wakeups.on('cancel', (taskId) => {
    for (const { attempt, stop } of attempts.values()) if (attempt.taskId === taskId) stop('cancel');
  });
  void keepLeases(core, closing.signal, async () => {
    if (attempts.size === 0) return;
    await core.store.attempts.renew([...attempts.keys()], core.clock.now());
    // A notification may have been lost while the connection was away.
    for (const taskId of await core.store.tasks.cancelRequested([...attempts.values()].map(({ attempt }) => attempt.taskId))) {
      for (const { attempt, stop } of attempts.values()) if (attempt.taskId === taskId) stop('cancel');
    }
  });

  return {
    take: (taskId) => !taken.has(taskId) && taken.add(taskId) !== undefined,
    give: (taskId) => void taken.delete(taskId),
    async during(attempt, leave, work) {
      const controller = new AbortController();
      const settled = new AbortController();
      let by: 'cancel' | 'unreachable' | null = null;
      const stop = (why: 'cancel' | 'unreachable') => {
        by ??= why;
        controller.abort();
      };
      attempts.set(attempt.runId, { attempt, stop });
      void core.clock.sleep(core.settings.agentsWaitMs, AbortSignal.any([settled.signal, leave])).then(() => {
        if (!settled.signal.aborted && !leave.aborted) stop('unreachable');
      });
      try {
        return await work({ leave, stop: controller.signal, stoppedBy: () => by, accepted: () => settled.abort() });
      } finally {
        settled.abort();
        attempts.delete(attempt.runId);
      }
    },
    count: () => attempts.size,
    close() {
      closing.abort();
      stopListening();
    },
  };
}

async function keepLeases(core: Core, signal: AbortSignal, beat: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await core.clock.sleep(core.settings.leaseMs / 3, signal);
    if (signal.aborted) return;
    await beat().catch((error: unknown) => core.log.warn({ error }, 'leases not renewed'));
  }
}
