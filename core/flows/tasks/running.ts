// The tasks this process works on now: the leases of their attempts are renewed together, a cancel reaches the one it
// means, and an attempt that no agent takes is given up while its person still cares.

import type { TaskId } from '#core/domain/ids.ts';
import type { Attempt } from '#core/store/tasks/attempts.ts';
import type { Core } from '../runtime/core.ts';

export interface Running {
  /** False when this process already works on the task. */
  take(taskId: TaskId): boolean;
  give(taskId: TaskId): void;
  /** The queue brings it again in a while; `goOn` is called when its person wants it stopped before that. */
  awaits(taskId: TaskId, goOn: (leave: AbortSignal) => Promise<void>): void;
  /** Does the work of an attempt at a task that was taken. */
  during<T>(attempt: Attempt, cancelWanted: boolean, leave: AbortSignal, work: (signals: Signals) => Promise<T>): Promise<T>;
  close(): void;
}

/** What reaches an attempt while it goes on. */
export interface Signals {
  /** This process is to end: what takes longer is left to another one. */
  readonly leave: AbortSignal;
  /** The person wants it stopped. */
  readonly canceled: AbortSignal;
  /** That, or no agent took it within the time a person should wait to hear that. */
  readonly stop: AbortSignal;
  readonly stoppedBy: () => StoppedBy | null;
  /** An agent took it. */
  readonly accepted: () => void;
}

const WAITING_MOST = 1_000;

export type StoppedBy = 'cancel' | 'unreachable';

/** A task in hand. A cancel may arrive before we know its attempt. */
interface InHand {
  cancelWanted: boolean;
  attempt: { readonly runId: string; stop(by: StoppedBy): void } | null;
}

export function watchRunning(core: Core): Running {
  const inHand = new Map<TaskId, InHand>();
  const waiting = new Map<TaskId, (leave: AbortSignal) => Promise<void>>();
  const closing = new AbortController();

  const cancel = (taskId: TaskId) => {
    const task = inHand.get(taskId);
    if (task === undefined) {
      waiting
        .get(taskId)?.(closing.signal)
        .catch((error: unknown) => core.log.warn({ taskId, error }, 'waiting task not stopped yet'));
      return;
    }
    task.cancelWanted = true;
    task.attempt?.stop('cancel');
  };
  const stopListening = core.store.wakeups.on('cancel', (taskId) => cancel(taskId as TaskId));
  void keepLeases(core, closing.signal, async () => {
    if (inHand.size > 0)
      await core.store.attempts.renew(
        [...inHand.values()].flatMap(({ attempt }) => attempt?.runId ?? []),
        core.clock.now(),
      );
    // A notification may have been lost while the connection was away.
    const known = [...inHand.keys(), ...waiting.keys()];
    if (known.length > 0) for (const taskId of await core.store.tasks.cancelRequested(known)) cancel(taskId);
  });

  return {
    take(taskId) {
      if (inHand.has(taskId)) return false;
      inHand.set(taskId, { cancelWanted: false, attempt: null });
      waiting.delete(taskId);
      return true;
    },
    awaits(taskId, goOn) {
      // Another process may have taken it meanwhile, and nobody tells.
      if (waiting.size === WAITING_MOST) waiting.delete(waiting.keys().next().value!);
      waiting.set(taskId, goOn);
    },
    give: (taskId) => void inHand.delete(taskId),
    async during({ taskId, runId }, cancelWanted, leave, work) {
      const task = inHand.get(taskId)!;
      const controller = new AbortController();
      const canceled = new AbortController();
      const settled = new AbortController();
      let by: StoppedBy | null = null;
      const stop = (why: StoppedBy) => {
        by ??= why;
        controller.abort();
        if (why === 'cancel') canceled.abort();
      };
      task.attempt = { runId, stop };
      if (cancelWanted || task.cancelWanted) stop('cancel');
      void core.clock.sleep(core.settings.agentsWaitMs, AbortSignal.any([settled.signal, leave])).then(() => {
        if (!settled.signal.aborted && !leave.aborted) stop('unreachable');
      });
      try {
        return await work({
          leave,
          canceled: canceled.signal,
          stop: controller.signal,
          stoppedBy: () => by,
          accepted: () => settled.abort(),
        });
      } finally {
        settled.abort();
        task.attempt = null;
      }
    },
    close() {
      closing.abort();
      stopListening();
    },
  };
}

/** After a failed beat the next one comes soon: the leases may be about to run out. */
const BEAT_AGAIN_MS = 1_000;

async function keepLeases(core: Core, signal: AbortSignal, beat: () => Promise<void>): Promise<void> {
  const everyMs = core.settings.leaseMs / 3;
  let nextMs = everyMs;
  while (true) {
    await core.clock.sleep(nextMs, signal);
    if (signal.aborted) return;
    try {
      await beat();
      nextMs = everyMs;
    } catch (error) {
      core.log.warn({ error }, 'leases not renewed');
      nextMs = Math.min(everyMs, BEAT_AGAIN_MS);
    }
  }
}
