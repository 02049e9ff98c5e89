// One PostgreSQL for the whole run, in a folder that goes away with it, and with all temporary files of the run.
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
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
  const folder = await temporaryFolder('run', await inMemory());
  await useForTemporaryFiles(path.join(folder.path, 'tmp'));
  const postgres = await startPostgres({ dataDir: folder.path, log: quietLog, fsync: false });
  project.provide('serverUrl', postgres.url);
  const password = (await readFile(path.join(folder.path, 'postgres/password'), 'utf8')).trim();
  const superuserUrl = Object.assign(new URL(postgres.url), { username: 'postgres', password }).href;
  await makeConnectingCheap(superuserUrl, new URL(postgres.url));
  project.provide('superuserUrl', superuserUrl);
  return async () => {
    await postgres.stop();
    await folder.remove();
    if (!redisIsHere) console.log('\nThe tests on Redis were NOT run: install redis-server, or set REDIS_URL.');
    if (chromium === null) console.log('\nThe tests in a browser were NOT run: install chromium, or say in CHROMIUM where one is.');
  };
}

/** Of the workers, and of all that they start: data of databases, profiles of browsers, folders of sandboxes. */
async function useForTemporaryFiles(folder: string): Promise<void> {
  await mkdir(folder);
  process.env['TMPDIR'] = folder;
}

/** Thousands of connections are made; what each costs on purpose, so that nobody guesses the password, is left out. */
async function makeConnectingCheap(superuserUrl: string, { username, password }: URL): Promise<void> {
  const server = new pg.Client({ connectionString: superuserUrl });
  await server.connect();
  await server.query('SET scram_iterations = 1');
  await server.query(`ALTER ROLE ${server.escapeIdentifier(username)} PASSWORD ${server.escapeLiteral(password)}`);
  await server.end();
}

/** A run needs less than 3 GB. */
const ROOM_BYTES = 6e9;

/**
 * Where files are kept in memory, if there is such a place and room in it. A database is a copy of 600 files, which takes half a
 * second on some disks, and there are hundreds of them.
 */
async function inMemory(): Promise<string | undefined> {
  const place = '/dev/shm';
  try {
    await access(place, constants.W_OK);
    const { bavail, bsize } = await statfs(place);
    const hasRoom = Math.min(bavail * bsize, process.availableMemory()) > ROOM_BYTES;
    return hasRoom && (await programsRunIn(place)) ? place : undefined;
  } catch {
    return undefined;
  }
}

/** Tests start programs from their temporary folders, which a container does not allow there by itself. */
async function programsRunIn(place: string): Promise<boolean> {
  const folder = await mkdtemp(path.join(place, 'impacter-probe-'));
  try {
    const probe = path.join(folder, 'probe');
    await writeFile(probe, '#!/bin/sh\n', { mode: 0o700 });
    await promisify(execFile)(probe);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
