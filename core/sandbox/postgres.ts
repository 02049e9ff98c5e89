// PostgreSQL 18 on loopback, from the binaries that npm brought, with its data below `<dataDir>/postgres`.
// It runs in a process group of its own: Ctrl-C reaches us, and we stop it after everything that needs it has drained.
// When we are killed it stays up, and the next start adopts it. Who holds the folder is decided by an advisory lock inside
// the server, on a connection kept open for that: unlike a file with a process id, it cannot be left behind.
import { execFile, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Log } from '#core/ports/log.ts';
import { findPostgres } from './postgres-binaries.ts';
import { chooseRunAs, give, type RunAs } from './postgres-user.ts';

const run = promisify(execFile);
const major = '18';
const superuser = 'postgres';
/** The role and the database of the product: not a superuser, as with any hosted PostgreSQL. */
const product = 'impacter';
const holdLock = [0x696d7061, 1];

export interface PostgresOptions {
  readonly dataDir: string;
  /** A free one when left out. */
  readonly port?: number;
  readonly log: Log;
  /** Off only where losing everything at a power cut is fine: in tests. */
  readonly fsync?: boolean;
}

export interface Postgres {
  readonly url: string;
  /** Tells a second start in the same folder where we can be found. */
  announce(where: string): Promise<void>;
  stop(): Promise<void>;
}

/** Somebody else holds the folder. The message says who, and what to do. */
export class PostgresHeld extends Error {
  readonly code = 'postgres.held';
  readonly pid: number;
  readonly since: Date;
  readonly url: string;

  constructor(dataDir: string, holder: { pid: number; since: Date; url: string }) {
    const where = holder.url ? `, ${holder.url}` : '';
    super(
      `${dataDir} is in use by process ${holder.pid} (since ${holder.since.toISOString()}${where}). ` +
        'Use that one, stop it first, or set DATA_DIR to another folder.',
    );
    this.name = 'PostgresHeld';
    this.pid = holder.pid;
    this.since = holder.since;
    this.url = holder.url;
  }
}

export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  await mkdir(options.dataDir, { recursive: true });
  const place = await placeOf(options.dataDir);
  let hold = await takeHold(place, options);
  let about = '';
  let over = false;
  let reviving: Promise<void> | null = null;
  watch();
  await removeUnfinished(place);

  return {
    url: urlOf(product, hold.password, hold.port, product),
    async announce(where) {
      about = where;
      await nameHold(hold.keeper, about);
    },
    async stop() {
      if (over) return;
      over = true;
      await reviving;
      await stopServer(place, hold.keeper, options.log);
    },
  };

  // The connection also tells when the server went away under us (out of memory, a person's kill): bring it back on the same port.
  function watch() {
    hold.keeper.once('end', () => {
      if (!over) reviving = revive();
    });
  }

  async function revive() {
    options.log.error({ dataDir: options.dataDir, port: hold.port }, 'postgres went away, starting it again');
    for (let pauseMs = 100; !over; pauseMs = Math.min(pauseMs * 2, 5000)) {
      try {
        hold = await takeHold(place, { ...options, port: hold.port });
        await nameHold(hold.keeper, about);
        watch();
        return;
      } catch (error) {
        options.log.error({ dataDir: options.dataDir, reason: String(error) }, 'postgres did not come back yet');
        await sleep(pauseMs);
      }
    }
  }
}

/** The address of the server that runs in this folder now, whoever started it; null when none does. */
export async function runningPostgres(dataDir: string): Promise<string | null> {
  const place = await placeOf(dataDir).catch(() => null);
  const keeper = place && (await connectToRunning(place));
  if (!keeper) return null;
  await keeper.end();
  return urlOf(product, productPassword(await readPassword(place)), keeper.port, product);
}

interface Place {
  readonly dataDir: string;
  /** Everything of the server. Appears as a whole, once initdb is done. */
  readonly home: string;
  readonly data: string;
  readonly password: string;
  readonly serverLog: string;
}

// The real path: a server knows its folder by it, whichever links lead there.
async function placeOf(folder: string): Promise<Place> {
  const dataDir = await realpath(folder);
  const home = path.join(dataDir, 'postgres');
  return { dataDir, home, data: path.join(home, 'data'), password: path.join(home, 'password'), serverLog: path.join(home, 'server.log') };
}

interface Hold {
  readonly keeper: pg.Client;
  readonly port: number;
  readonly password: string;
}

// Two starts may run this side by side: the folder appears by one rename, PostgreSQL itself lets only one server in, and
// the advisory lock has one winner. Whoever loses one of these looks again at what is there now.
async function takeHold(place: Place, options: PostgresOptions): Promise<Hold> {
  let failure = new Error(`PostgreSQL in ${place.home} starts, but does not answer. Its log is ${place.serverLog}`);
  for (let round = 0; round < 3; round++) {
    const keeper = await connectToRunning(place);
    if (keeper) {
      await lockOrSayWho(place, keeper);
      const password = productPassword(await readPassword(place));
      await ensureProduct(keeper, password);
      return { keeper, port: keeper.port, password };
    }
    await startServer(place, options).catch((error: Error) => (failure = error));
  }
  throw failure;
}

async function connectToRunning(place: Place): Promise<pg.Client | null> {
  const running = await readPidFile(place);
  if (!running || !isAlive(running.pid)) return null;
  const keeper = new pg.Client({
    connectionString: urlOf(superuser, await readPassword(place), running.port, 'postgres'),
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  keeper.on('error', () => {}); // followed by `end`, which is where we act
  try {
    await keeper.connect();
  } catch (error) {
    await keeper.end().catch(() => {});
    if ((error as { code?: string }).code !== '57P03') return null;
    await sleep(50); // it recovers or shuts down, and either ends soon
    return connectToRunning(place);
  }
  const { rows } = await keeper.query<{ data_directory: string }>('SHOW data_directory');
  if (rows[0]?.data_directory === place.data) return keeper;
  await keeper.end();
  return null;
}

async function lockOrSayWho(place: Place, keeper: pg.Client) {
  const { rows } = await keeper.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS held', holdLock);
  if (rows[0]?.held) return nameHold(keeper, '');
  const holder = await keeper.query<{ application_name: string; backend_start: Date }>(
    `SELECT application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted`,
    holdLock,
  );
  await keeper.end();
  const [, pid, url] = holder.rows[0]?.application_name.split(' ') ?? [];
  throw new PostgresHeld(place.dataDir, { pid: Number(pid ?? 0), since: holder.rows[0]?.backend_start ?? new Date(), url: url ?? '' });
}

async function nameHold(keeper: pg.Client, about: string) {
  await keeper.query("SELECT set_config('application_name', $1, false)", [`${product} ${process.pid} ${about}`.trim()]);
}

async function ensureProduct(keeper: pg.Client, password: string) {
  const role = await keeper.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [product]);
  // CREATEDB: `prisma migrate dev` and the tests make databases of their own.
  const attributes = `LOGIN CREATEDB PASSWORD ${keeper.escapeLiteral(password)}`;
  await keeper.query(`${role.rows.length === 0 ? 'CREATE' : 'ALTER'} ROLE ${product} ${attributes}`);
  const { rows } = await keeper.query('SELECT 1 FROM pg_database WHERE datname = $1', [product]);
  if (rows.length === 0) await keeper.query(`CREATE DATABASE ${product} OWNER ${product}`);
}

async function startServer(place: Place, { port, log, fsync = true }: PostgresOptions) {
  const began = performance.now();
  const native = await findPostgres();
  const program = path.join(native, 'bin/postgres');
  const runAs = await chooseRunAs(place.dataDir, place.home, program);
  if (!(await exists(path.join(place.data, 'PG_VERSION')))) await createCluster(place, native, runAs, { log, fsync });
  await checkVersion(place);
  await give(place.home, runAs);
  await removeForeignPidFile(place);

  const chosen = port ?? (await freePort());
  const serverLog = await open(place.serverLog, 'a', 0o600);
  await give(place.serverLog, runAs);
  const logFrom = (await serverLog.stat()).size;
  const { file, args, options } = runAs.command(program, ['-D', place.data, '-p', String(chosen), ...settings(fsync)]);
  const child = spawn(file, args, {
    ...options,
    cwd: '/',
    env: environment(),
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

async function createCluster(place: Place, native: string, runAs: RunAs, { log, fsync }: { log: Log; fsync: boolean }) {
  log.info({ dataDir: place.dataDir }, 'creating the database, once');
  const fresh = `${place.home}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
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
  }
}

async function checkVersion(place: Place) {
  const version = (await readFile(path.join(place.data, 'PG_VERSION'), 'utf8')).trim();
  if (version === major) return;
  throw new Error(
    `${place.home} was made by PostgreSQL ${version}, and this is ${major}: dump it with the old one and restore it here, or set DATA_DIR to another folder.`,
  );
}

async function stopServer(place: Place, keeper: pg.Client, log: Log) {
  const running = await readPidFile(place);
  if (!running) return keeper.end();
  const began = performance.now();
  // Fast shutdown: sessions are ended, committed work is written. Sent while we still hold the lock, so nobody adopts a dying server.
  process.kill(running.pid, 'SIGINT');
  for (let waitedMs = 0; (await readPidFile(place))?.pid === running.pid && isAlive(running.pid); waitedMs += 10) {
    if (waitedMs === 30_000) process.kill(running.pid, 'SIGQUIT'); // recovers from its log at the next start
    await sleep(10);
  }
  await keeper.end().catch(() => {});
  log.info({ pid: running.pid, ms: Math.round(performance.now() - began) }, 'postgres stopped');
}

async function readPidFile(place: Place): Promise<{ pid: number; port: number; status: string } | null> {
  const text = await readFile(path.join(place.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  if (lines.length < 4) return null;
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
}

// In a container that was killed and started again, the old server's id may belong to somebody else now, and PostgreSQL
// would believe that its folder is still in use.
async function removeForeignPidFile(place: Place) {
  const stale = await readPidFile(place);
  if (!stale) return;
  const name = await readFile(`/proc/${stale.pid}/comm`, 'utf8').catch(() => null);
  if (name !== null && name.trim() !== 'postgres') await rm(path.join(place.data, 'postmaster.pid'), { force: true });
}

// What a start left that was killed before the database was whole. One that is still at it will see that it was not the first.
async function removeUnfinished(place: Place) {
  for (const name of await readdir(place.dataDir)) {
    const [, pid] = /^postgres\.new-(\d+)-/.exec(name) ?? [];
    if (pid && !isAlive(Number(pid))) await rm(path.join(place.dataDir, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, SystemRoot, LC_ALL: 'C', TZ: 'UTC' };
}

function urlOf(user: string, password: string, port: number, database: string) {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

async function readPassword(place: Place) {
  return (await readFile(place.password, 'utf8')).trim();
}

/** Made from the superuser's, which it does not tell: scripts get the product's address, and with it no right to more. */
function productPassword(superusers: string) {
  return createHmac('sha256', superusers).update(product).digest('base64url');
}

async function exists(file: string) {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
