// PostgreSQL 18 on loopback, from the binaries that npm brought, with its data below `<dataDir>/postgres`.
// It runs in a process group of its own: Ctrl-C reaches us, and we stop it after everything that needs it has drained.
// When we are killed it stays up, and the next start adopts it. Who holds the folder is decided by an advisory lock inside
// the server, on a connection kept open for that: unlike a file with a process id, it cannot be left behind.
import { createHmac } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isAlive } from '#core/launch/alive.mjs';
import type { Log } from '#core/ports/log.ts';
import { placeOf, readPassword, readPidFile, runsHere, type Place } from './place.ts';
import { isStillInUse, removeUnfinished, startServer, stopServer, superuser } from './server.ts';
import { takeTurn } from './turn.ts';

/** The role and the database of the product: not a superuser, as with any hosted PostgreSQL. */
const product = 'impacter';
const holdLock = [0x696d7061, 1];
/** After a kill -9 of everything the old server's processes end within moments, but not all at once. */
const STILL_ENDING_MS = 10_000;
const RETRY_MS = 100;
/** Failures that another start in the same folder may have caused, such as a port that was free a moment ago. */
const ROUNDS = 3;
const TURN_WITHIN_MS = 60_000;

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
      // While we still hold the lock, so that nobody adopts a dying server.
      await stopServer(place, options.log);
      await hold.keeper.end().catch(() => {});
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

interface Hold {
  readonly keeper: pg.Client;
  readonly port: number;
  readonly password: string;
}

// Two starts may run this side by side: the folder appears by one rename, one of them at a time starts a server, PostgreSQL
// itself lets only one in, and the advisory lock has one winner. Whoever loses one of these looks again at what is there now.
async function takeHold(place: Place, options: PostgresOptions): Promise<Hold> {
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  let starts = 0;
  let failures = 0;
  let endingSince: number | null = null;
  while (true) {
    try {
      const hold = await holdRunning(place);
      if (hold) return hold;
      if (starts === ROUNDS) throw new Error(`PostgreSQL in ${place.home} starts, but does not answer. Its log is ${place.serverLog}`);
      if (await startInTurn()) starts++;
      else await sleep(RETRY_MS);
    } catch (error) {
      const mayPass = isStillInUse(error) || isCutOff(error) || (error instanceof PostgresHeld && !isAlive(error.pid));
      if (!mayPass && (error instanceof PostgresHeld || ++failures === ROUNDS)) throw error;
      if (mayPass && endingSince === null) options.log.warn({ dataDir: place.dataDir, error }, 'postgres is still ending, trying again');
      endingSince ??= mayPass ? elapsedMs() : null;
      if (mayPass && elapsedMs() - endingSince! > STILL_ENDING_MS) throw error;
      await sleep(RETRY_MS);
    }
  }

  /** false while another start is at it. */
  async function startInTurn(): Promise<boolean> {
    const turn = await takeTurn(place.home);
    if (!turn && elapsedMs() < TURN_WITHIN_MS) return false;
    try {
      await startServer(place, options);
      return true;
    } finally {
      turn?.end();
    }
  }
}

async function holdRunning(place: Place): Promise<Hold | null> {
  const keeper = await connectToRunning(place);
  if (!keeper) return null;
  try {
    await lockOrSayWho(place, keeper);
    const password = productPassword(await readPassword(place));
    await ensureProduct(keeper, password);
    return { keeper, port: keeper.port, password };
  } catch (error) {
    await keeper.end().catch(() => {});
    throw error;
  }
}

/** The server went away while we spoke to it: class 57P, or the connection just ended. */
function isCutOff(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return code.startsWith('57P') || /^(ECONN|EPIPE)/.test(code) || message.startsWith('Connection terminated');
}

async function connectToRunning(place: Place): Promise<pg.Client | null> {
  const running = await readPidFile(place);
  if (!running || !(await runsHere(place, running.pid))) return null;
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

/** Made from the superuser's, which it does not tell: scripts get the product's address, and with it no right to more. */
function productPassword(superusers: string) {
  return createHmac('sha256', superusers).update(product).digest('base64url');
}

function urlOf(user: string, password: string, port: number, database: string) {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}
