// Pages are somebody else's, and a megabyte of nested tags takes minutes and more memory than there is. So each is read in a
// thread of its own, which can be stopped; everybody else goes on meanwhile.

import { Worker } from 'node:worker_threads';
import type { Found } from './findings.ts';
import { PageRefused, type Page } from './page.ts';

const READ_WITHIN_MS = 15_000;
const MEGABYTES_MOST = 512;

/** Rejects with a PageRefused when it cannot be read in time. */
export async function readPage(page: Page, signal: AbortSignal, withinMs = READ_WITHIN_MS): Promise<Found[]> {
  const worker = new Worker(new URL('./page-reader.ts', import.meta.url), {
    workerData: page,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES_MOST },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Found[]>();
  worker.once('message', resolve);
  worker.once('error', (error) => reject(new PageRefused('It is built in a way that cannot be read.', { cause: error })));
  const late = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  late.addEventListener('abort', () => reject(new PageRefused('It takes too long to read.')), { once: true });
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}
