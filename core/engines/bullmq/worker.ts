// One worker of the queue: takes jobs, keeps their locks, and gives back what it cannot finish.

import { WaitingError, Worker, type BackendFactory, type IQueueBackend, type Job as QueuedJob } from 'bullmq';
import type { Log } from '#core/ports/log.ts';
import type { Job, Queue, Working } from '#core/ports/queue.ts';
import { ALWAYS, keyPrefix } from './backing.ts';
import { endedWithin, within } from '../within.ts';

export interface WorkSettings {
  readonly name: string;
  readonly handler: Parameters<Queue['work']>[0];
  readonly concurrency: number;
  readonly log: Log;
  readonly trouble: (error: unknown) => void;
  readonly lockMs?: number;
  readonly retryMs?: number;
}

// A dead worker's job goes to another when its lock has run out and somebody has looked: after 31 s at most. A living one
// renews in time to sit out 20 s without its server.
const LOCK_MS = 27_000;
const RETRY_MS = 1_000;
const MOST_RETRY_MS = 30_000;
/** Workers are woken; they look by themselves this often for what a lost wake-up left lying. */
const LOOK_EVERY_SECONDS = 5;
const START_WITHIN_MS = 10_000;
/** A handler whose signal was aborted gets this long to let go. */
const LET_GO_MS = 3_000;
const CLOSE_WITHIN_MS = 2_000;

/** A job that a handler has in hand. */
interface Run {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** Ends our waiting for a handler that does not let go. */
  forsake(): void;
}

export async function startWorking(settings: WorkSettings, newBackend: BackendFactory<IQueueBackend, object>): Promise<Working> {
  const { name, handler, concurrency, log, trouble, lockMs = LOCK_MS, retryMs = RETRY_MS } = settings;
  const runs = new Set<Run>();
  let stopping = false;

  const process = async (queued: QueuedJob<Job, void>, token?: string) => {
    if (stopping) return giveBack(queued, token);
    const { taskId, generation } = queued.data;
    const stop = new AbortController();
    const { promise: done, resolve: forsake } = Promise.withResolvers<void>();
    const run: Run = { stop, done, forsake };
    runs.add(run);
    try {
      await Promise.race([handler({ taskId, generation }, stop.signal), done]);
    } catch (error) {
      if (!stop.signal.aborted) {
        log.warn({ taskId, generation, tries: queued.attemptsMade + 1, error }, 'job failed, will be tried again');
        // BullMQ stores what it is given, and the words of an error may be those of a person.
        throw new Error('the handler failed');
      }
    } finally {
      runs.delete(run);
      forsake();
    }
    // Whoever was told to let go may have left something to do, whichever way it ended.
    if (stop.signal.aborted) await giveBack(queued, token);
  };

  const worker = new AlertWorker(
    name,
    process,
    {
      connection: {},
      prefix: keyPrefix,
      concurrency,
      autorun: false,
      lockDuration: lockMs,
      // BullMQ renews a lock when it is between half this and this old.
      lockRenewTime: lockMs / 4,
      // A fraction of a millisecond would fail every look for stalled jobs.
      stalledInterval: Math.round(lockMs / 6),
      maxStalledCount: ALWAYS,
      drainDelay: LOOK_EVERY_SECONDS,
      runRetryDelay: 1_000,
      settings: { backoffStrategy: (tries) => Math.min(retryMs * 2 ** (tries - 1), MOST_RETRY_MS) },
    },
    newBackend,
  );
  worker.on('error', trouble);

  const stop = async (graceMs: number) => {
    stopping = true;
    const closed = worker.close();
    const allDone = () => Promise.all([...runs].map((run) => run.done));
    if (!(await endedWithin(graceMs, allDone()))) {
      for (const run of runs) run.stop.abort();
      if (!(await endedWithin(LET_GO_MS, allDone()))) for (const run of runs) run.forsake();
    }
    // When nobody answers on the other side, the locks run out there, and another worker takes over.
    await endedWithin(CLOSE_WITHIN_MS, closed);
  };

  try {
    await within(START_WITHIN_MS, worker.waitUntilReady());
  } catch (error) {
    await stop(0);
    throw new Error(`a worker of the queue ${name} could not start`, { cause: error });
  }
  worker.run().catch(trouble);
  return { stop };
}

/** After an error BullMQ's worker may sleep for an hour unless somebody wakes it. Ours looks up as often as when idle. */
class AlertWorker extends Worker<Job, void, string, IQueueBackend, object, object> {
  override get maximumBlockTimeout(): number {
    return LOOK_EVERY_SECONDS;
  }
}

async function giveBack(queued: QueuedJob<Job, void>, token: string | undefined): Promise<never> {
  await queued.moveToWait(token);
  throw new WaitingError();
}
