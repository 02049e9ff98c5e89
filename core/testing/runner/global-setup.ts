// One PostgreSQL for the whole run, in a folder that goes away with it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startPostgres } from '#core/sandbox/postgres/postgres.ts';
import { chromium } from '#web/testing/browsers/chromium.ts';
import { quietLog } from './quiet-log.ts';
import { redisIsHere } from './redis.ts';
import { temporaryFolder } from './temporary-folder.ts';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string;
    superuserUrl: string;
  }
}

export async function setup(project: TestProject) {
  const folder = await temporaryFolder('run');
  const postgres = await startPostgres({ dataDir: folder.path, log: quietLog, fsync: false });
  project.provide('serverUrl', postgres.url);
  const password = (await readFile(path.join(folder.path, 'postgres/password'), 'utf8')).trim();
  project.provide('superuserUrl', Object.assign(new URL(postgres.url), { username: 'postgres', password }).href);
  return async () => {
    await postgres.stop();
    await folder.remove();
    if (!redisIsHere) console.log('\nThe tests on Redis were NOT run: install redis-server, or set REDIS_URL.');
    if (chromium === null) console.log('\nThe tests in a browser were NOT run: install chromium, or say in CHROMIUM where one is.');
  };
}
