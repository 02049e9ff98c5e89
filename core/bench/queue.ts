// What BullMQ itself can do here: jobs added and done at the same time, with our connections and nothing of ours around them.

import { Queue, Worker, type IQueueBackend } from 'bullmq';
import { newId } from '#core/domain/ids.ts';
import { backingInPostgres } from '#core/engines/bullmq/postgres.ts';
import type { Log } from '#core/ports/log.ts';

const JOBS = 3_000;
const CONCURRENCY = 50;
/** Adding is twenty times as quick as doing, and quickest about here; it is never what is waited for. */
const BULK = 100;

export async function benchQueue(databaseUrl: string, log: Log): Promise<{ jobsPerSecond: number }> {
  const trouble = (error: unknown) => log.warn({ error }, 'bare queue had trouble');
  const backing = await backingInPostgres(databaseUrl, { away: trouble, back: () => undefined });
  const newBackend = backing.backendFor('working');
  const name = `bench-${newId()}`;
  const queue = new Queue<object, void, string, object, void, string, IQueueBackend, object>(name, { connection: {} }, newBackend);
  const allDone = Promise.withResolvers<void>();
  let done = 0;
  const worker = new Worker<object, void, string, IQueueBackend, object, object>(
    name,
    async () => {
      if (++done === JOBS) allDone.resolve();
    },
    { connection: {}, concurrency: CONCURRENCY },
    newBackend,
  );
  queue.on('error', trouble);
  worker.on('error', trouble);
  try {
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
    const begun = performance.now();
    for (let added = 0; added < JOBS; added += BULK) {
      await queue.addBulk(
        Array.from({ length: BULK }, () => ({ name, data: {}, opts: { jobId: newId(), removeOnComplete: true, removeOnFail: true } })),
      );
    }
    await allDone.promise;
    return { jobsPerSecond: JOBS / ((performance.now() - begun) / 1000) };
  } finally {
    await worker.close();
    await queue.close();
    await backing.close();
  }
}
