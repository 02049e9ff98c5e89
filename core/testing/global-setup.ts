// One PostgreSQL for the whole run, in a folder that goes away with it.
import { startPostgres } from '#core/sandbox/postgres.ts';
import { quietLog } from './quiet-log.ts';
import { redisIsHere } from './redis.ts';
import { temporaryFolder } from './temporary-folder.ts';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string;
  }
}

export async function setup(project: TestProject) {
  const folder = await temporaryFolder('run');
  const postgres = await startPostgres({ dataDir: folder.path, log: quietLog, fsync: false });
  project.provide('serverUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await folder.remove();
    if (!redisIsHere) console.log('\nThe tests on Redis were NOT run: install redis-server, or set REDIS_URL.');
  };
}
