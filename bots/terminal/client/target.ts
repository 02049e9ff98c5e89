// Which product to ask: the one that the environment names, else the one of this folder, which is started when it is not
// running, and stopped again when we were the ones who started it.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createClient, Refused, Unreachable, type Client } from './client.ts';
import { startInBackground, type Background } from './background.ts';

export interface Target {
  readonly url: string;
  readonly client: Client;
  /** Set when we started it: then it ends with us, and a task that is left waits until it runs again. */
  readonly startedByUs: boolean;
  stop(): Promise<void>;
}

/** Words for somebody who can do something about it. */
export class NoProduct extends Error {
  override readonly name = 'NoProduct';
}

const root = path.resolve(import.meta.dirname, '../../..');
/** A first start installs a database. */
const startMs = 180_000;

export async function findProduct(env: NodeJS.ProcessEnv, say: (words: string) => void): Promise<Target> {
  const given = env['IMPACTER_URL'];
  if (given !== undefined && given !== '') {
    const apiKey = env['IMPACTER_API_KEY'] ?? '';
    if (apiKey === '')
      throw new NoProduct('IMPACTER_URL is set; set IMPACTER_API_KEY too. You find a key of yours in the settings of the portal.');
    const url = given.replace(/\/+$/, '');
    const client = createClient({ url, apiKey });
    await client.balance().catch((error: unknown) => Promise.reject(notThere(url, error)));
    return { url, client, startedByUs: false, async stop() {} };
  }

  const dataDir = path.resolve(root, env['DATA_DIR'] || '.data');
  const running = await answering(dataDir);
  if (running) return { ...running, startedByUs: false, async stop() {} };

  say('Starting the product …');
  const background = startInBackground(root);
  try {
    return { ...(await whenAnswering(dataDir, background)), startedByUs: true, stop: () => background.stop() };
  } catch (error) {
    await background.stop();
    throw error;
  }
}

function notThere(url: string, error: unknown): Error {
  if (error instanceof Unreachable) return new NoProduct(`Nothing answers at ${url} (IMPACTER_URL).`);
  return error instanceof Refused ? new NoProduct(`${error.message} ${error.wayForward}`) : (error as Error);
}

async function whenAnswering(dataDir: string, background: Background): Promise<Pick<Target, 'url' | 'client'>> {
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    const gone = background.output();
    const product = await answering(dataDir);
    if (product) return product;
    if (gone !== null) throw new NoProduct(`The product did not start.\n${gone}`);
    await sleep(150);
  }
  throw new NoProduct(`The product did not start within ${startMs / 1000} seconds. See what it says with: npm start`);
}

/** Something else may listen at that address by now, so only an answer to our key counts. */
async function answering(dataDir: string): Promise<Pick<Target, 'url' | 'client'> | null> {
  const known = sandboxSchema.safeParse(
    await readFile(path.join(dataDir, 'sandbox.json'), 'utf8')
      .then(JSON.parse)
      .catch(() => null),
  );
  if (!known.success) return null;
  const client = createClient(known.data);
  return client.balance().then(
    () => ({ url: known.data.url, client }),
    () => null,
  );
}

const sandboxSchema = z.object({ url: z.string(), apiKey: z.string() });
