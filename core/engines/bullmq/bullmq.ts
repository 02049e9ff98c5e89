// BullMQ behind the queue port: one code path, on PostgreSQL or on Redis. The queue only wakes workers, so every setting here
// prefers "done again" over "never done": the task row knows what is really left to do.

import { Queue as Producer, type IQueueBackend, type JobsOptions } from 'bullmq';
import type { Log } from '#core/ports/log.ts';
import type { Job, Queue, Working } from '#core/ports/queue.ts';
import { ALWAYS, keyPrefix, type Reach } from './backing.ts';
import { backingInPostgres } from './postgres.ts';
import { backingInRedis } from './redis.ts';
import { startWorking } from './worker.ts';
import { endedWithin, within } from '../within.ts';

export interface QueueSettings {
  readonly name: string;
  readonly databaseUrl: string;
  /** Given: the queue lives in Redis. */
  readonly redisUrl?: string | null;
  readonly log: Log;
  /** How long a silent worker keeps its jobs. An outage shorter than three quarters of it takes no job from anyone. */
  readonly lockMs?: number;
  /** After its first failure a job waits this long, and twice as long after each further one, up to half a minute. */
  readonly retryMs?: number;
}

const START_WITHIN_MS = 10_000;
const CHECK_WITHIN_MS = 3_000;
const CLOSE_WITHIN_MS = 2_000;
/** In PostgreSQL a bulk add makes two temporary tables (6 ms, and litter in the catalogue); below this, single adds are quicker. */
const WORTH_A_BULK = 20;

export async function createQueue(settings: QueueSettings): Promise<Queue> {
  const { name, databaseUrl, redisUrl = null } = settings;
  const log = settings.log.child({ queue: name });
  const reach = reachTold(log);
  const backing = redisUrl === null ? await backingInPostgres(databaseUrl, reach) : backingInRedis(redisUrl, reach);
  const trouble = (error: unknown) => (backing.isOutage(error) ? reach.away(error) : log.warn({ error }, 'queue had trouble'));

  const producer = new Producer<Job, void, string, Job, void, string, IQueueBackend, object>(
    name,
    // Nobody reads the stream of events, so it is kept short.
    { connection: {}, prefix: keyPrefix, streams: { events: { maxLen: 100 } } },
    backing.backendFor('adding'),
  );
  producer.on('error', trouble);
  const workings = new Set<Working>();

  let closed = false;

  const close = async () => {
    closed = true;
    await Promise.all([...workings].map((working) => working.stop(0)));
    await endedWithin(CLOSE_WITHIN_MS, producer.close());
    await endedWithin(CLOSE_WITHIN_MS, backing.close());
  };

  try {
    // Redis would be tried for ever; at the start nobody is helped by that.
    const refused = new Promise<never>((_, reject) => producer.once('error', reject));
    await within(START_WITHIN_MS, Promise.race([producer.waitUntilReady(), refused]));
  } catch (error) {
    await close();
    throw new Error(`the queue ${name} cannot reach its ${redisUrl === null ? 'database' : 'Redis'}`, { cause: error });
  }

  return {
    async add(jobs) {
      // BullMQ would never answer.
      if (closed) throw new Error(`the queue ${name} is closed`);
      if (jobs.length < WORTH_A_BULK) await Promise.all(jobs.map((job) => producer.add(name, job, optionsOf(job))));
      else await producer.addBulk(jobs.map((job) => ({ name, data: job, opts: optionsOf(job) })));
    },

    async work(handler, { concurrency }) {
      const working = await startWorking({ ...settings, log, handler, concurrency, trouble }, backing.backendFor('working'));
      workings.add(working);
      return {
        async stop(graceMs) {
          await working.stop(graceMs);
          workings.delete(working);
        },
      };
    },

    async missing(jobs) {
      const known = await Promise.all(jobs.map((job) => producer.getJob(idOf(job))));
      return jobs.filter((_, i) => !known[i]);
    },

    async counts() {
      const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await producer.getJobCounts('waiting', 'active', 'delayed', 'failed');
      return { waiting, active, delayed, failed };
    },

    async workers() {
      try {
        return await within(CHECK_WITHIN_MS, producer.getWorkersCount());
      } catch (error) {
        // Redis may forbid this user to list connections.
        if (error instanceof Error && error.message.startsWith('NOPERM')) return null;
        throw error;
      }
    },

    async check() {
      await within(CHECK_WITHIN_MS, producer.getJobCounts('waiting'));
    },

    close,
  };
}

/** BullMQ allows no colon in it. */
function idOf({ taskId, generation }: Job): string {
  return `${taskId}-${generation}`;
}

function optionsOf(job: Job): JobsOptions {
  return {
    // A kept id would swallow the next add without a word, so nothing that ended is kept.
    jobId: idOf(job),
    removeOnComplete: true,
    removeOnFail: true,
    attempts: ALWAYS,
    backoff: { type: 'doubling' },
    stackTraceLimit: 0,
  };
}

/** One line when it goes away and one when it is back, however often that is noticed. */
function reachTold(log: Log): Reach {
  let away = false;
  return {
    away(error) {
      if (!away) log.warn({ error }, 'queue cannot be reached');
      away = true;
    },
    back() {
      if (away) log.info({}, 'queue can be reached again');
      away = false;
    },
  };
}
