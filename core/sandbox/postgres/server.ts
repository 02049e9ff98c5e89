// The server process of an embedded PostgreSQL: its first start creates the database, and a stop lets it write everything.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from '#core/launch/alive.mjs';
import type { Log } from '#core/ports/log.ts';
import { freePort } from '../free-port.ts';
import { findPostgres } from './binaries.ts';
import { exists, readPidFile, runsHere, type Place } from './place.ts';
import { chooseRunAs, give, type RunAs } from './user.ts';

const run = promisify(execFile);
const major = '18';
export const superuser = 'postgres';

export interface ServerOptions {
  /** A free one when left out. */
  readonly port?: number;
  readonly log: Log;
  readonly fsync?: boolean;
}

export async function startServer(place: Place, { port, log, fsync = true }: ServerOptions): Promise<void> {
  const began = performance.now();
  const native = await findPostgres();
  const program = path.join(native, 'bin/postgres');
  const runAs = await chooseRunAs(place.dataDir, place.home, program);
  if (!(await exists(path.join(place.data, 'PG_VERSION')))) await createCluster(place, native, runAs, { log, fsync });
  await checkVersion(place);
  await give(place.home, runAs);
  const stale = await staleId(place);

  const chosen = port ?? (await freePort());
  const serverLog = await open(place.serverLog, 'a', 0o600);
  await give(place.serverLog, runAs);
  const logFrom = (await serverLog.stat()).size;
  const { file, args, options } = runAs.command(program, ['-D', place.data, '-p', String(chosen), ...settings(fsync)]);
  const child = spawn(file, args, {
    ...options,
    cwd: '/',
    env: environment(stale),
    detached: true,
    stdio: ['ignore', serverLog.fd, serverLog.fd],
  });
  const end = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  let ended: string | undefined;
  void end.then((how) => (ended = how));
  await serverLog.close();
  while ((await readPidFile(place))?.status !== 'ready' || (await readPidFile(place))?.pid !== child.pid) {
    if (ended !== undefined) {
      const said = (await readFile(place.serverLog, 'utf8')).slice(logFrom).trim();
      throw new Error(`PostgreSQL in ${place.home} did not start: ${ended}\n${said}`);
    }
    await sleep(10);
  }
  child.unref();
  log.info({ port: chosen, pid: child.pid, runAs: runAs.name, ms: Math.round(performance.now() - began) }, 'postgres started');
}

/** The previous server of the folder is still ending, or another start is ahead of this one: the same start may soon succeed. */
export function isStillInUse(error: unknown): boolean {
  return error instanceof Error && /lock file "[^"]*" (already exists|is empty)|pre-existing shared memory block/.test(error.message);
}

const REMNANT_MS = 10_000;

// PostgreSQL takes any process with the id in its lock file for the server, even one that has ended but was not reaped, or a
// program that got the id since, and would refuse to start for as long as that lasts. An id that is named to it in
// PG_GRANDPARENT_PID cannot be the server; then it looks for processes that still use the memory of the old server, and
// replaces the file itself. So the file of a server that runs is never touched from here.
async function staleId(place: Place): Promise<number | null> {
  const left = await readPidFile(place);
  if (left) return (await runsHere(place, left.pid)) ? null : left.pid;
  // A server writes the file right after creating it. One that was killed in between left it empty, which PostgreSQL refuses.
  const file = await stat(place.pidFile).catch(() => null);
  if (file?.size === 0 && Date.now() - file.mtimeMs > REMNANT_MS) await rm(place.pidFile, { force: true });
  return null;
}

function settings(fsync: boolean) {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors go to whoever asked; here they would write what people said into a file.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Folders that this process is making a database in. An earlier process with the same id may have left others. */
const inTheMaking = new Set<string>();

async function createCluster(place: Place, native: string, runAs: RunAs, { log, fsync }: { log: Log; fsync: boolean }) {
  log.info({ dataDir: place.dataDir }, 'creating the database, once');
  const fresh = `${place.home}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  inTheMaking.add(path.basename(fresh));
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(path.join(fresh, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600 });
  await give(fresh, runAs);
  const access = ['--username', superuser, '--pwfile', path.join(fresh, 'password'), '--auth=scram-sha-256'];
  const sameOrderOfWordsEverywhere = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const { file, args, options } = runAs.command(path.join(native, 'bin/initdb'), [
    '--pgdata',
    path.join(fresh, 'data'),
    ...access,
    ...sameOrderOfWordsEverywhere,
    ...(fsync ? [] : ['--no-sync']),
  ]);
  try {
    await run(file, args, { ...options, cwd: '/', env: environment() });
    await rename(fresh, place.home);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    if (await exists(path.join(place.data, 'PG_VERSION'))) return; // another start was quicker
    throw new Error(`cannot create the database in ${place.home}: ${(cause as { stderr?: string }).stderr ?? String(cause)}`, { cause });
  } finally {
    inTheMaking.delete(path.basename(fresh));
  }
}

async function checkVersion(place: Place) {
  const version = (await readFile(path.join(place.data, 'PG_VERSION'), 'utf8')).trim();
  if (version === major) return;
  throw new Error(
    `${place.home} was made by PostgreSQL ${version}, and this is ${major}: dump it with the old one and restore it here, or set DATA_DIR to another folder.`,
  );
}

/** `Fast`: sessions are ended, committed work is written. Resolves at once when no server runs here. */
export async function stopServer(place: Place, log: Log): Promise<void> {
  const running = await readPidFile(place);
  if (!running || !(await runsHere(place, running.pid))) return;
  const began = performance.now();
  signal(running.pid, 'SIGINT');
  for (let waitedMs = 0; (await readPidFile(place))?.pid === running.pid && isAlive(running.pid); waitedMs += 10) {
    if (waitedMs === 30_000) signal(running.pid, 'SIGQUIT'); // recovers from its log at the next start
    await sleep(10);
  }
  log.info({ pid: running.pid, ms: Math.round(performance.now() - began) }, 'postgres stopped');
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
  }
}

// What a start left that was killed before the database was whole. One that is still at it will see that it was not the first.
export async function removeUnfinished(place: Place): Promise<void> {
  for (const name of await readdir(place.dataDir)) {
    const [, pid] = /^postgres\.new-(\d+)-/.exec(name) ?? [];
    const isTheirs = Number(pid) === process.pid ? inTheMaking.has(name) : isAlive(Number(pid));
    if (pid && !isTheirs) await rm(path.join(place.dataDir, name), { recursive: true, force: true });
  }
}

function environment(stale: number | null = null): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, SystemRoot, LC_ALL: 'C', TZ: 'UTC', ...(stale !== null && { PG_GRANDPARENT_PID: String(stale) }) };
}
