import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { findPostgres, linkLibraries } from './binaries.ts';
import { chooseRunAs, give } from './user.ts';
import { runningPostgres, startPostgres, type Postgres } from './postgres.ts';

const run = promisify(execFile);

// Most tests go on in one folder, one start after the other, as a person's `.data` does.
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('postgres');
});
afterAll(() => folder.remove());

test('what was written is there after a stop and a start', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept (word text); INSERT INTO kept VALUES ($$here$$)');
  await first.stop();
  expect(await runningPostgres(folder.path)).toBeNull();

  const second = await start();
  expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  expect(await runningPostgres(folder.path)).toBe(second.url);
});

test('it is PostgreSQL 18 on loopback, sorted the same everywhere, and the product is no superuser in it', async () => {
  const { url } = await start();
  const settings = ['server_version', 'listen_addresses', 'max_connections', 'timezone', 'is_superuser', 'fsync'];
  const shown = await query(url, `SELECT name, current_setting(name) AS value FROM unnest($1::text[]) name`, [settings]);
  expect(Object.fromEntries(shown.map(({ name, value }) => [name, value]))).toEqual({
    server_version: expect.stringMatching(/^18\./),
    listen_addresses: '127.0.0.1',
    max_connections: '200',
    timezone: 'UTC',
    is_superuser: 'off',
    fsync: 'on',
  });
  expect(await query(url, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'impacter'")).toEqual([
    { datlocprovider: 'b', datlocale: 'C.UTF-8' },
  ]);
});

test('another user of the machine cannot read the data and does not get in without the password', async () => {
  const { url } = await start();
  expect((await stat(path.join(folder.path, 'postgres'))).mode & 0o777).toBe(0o700);
  for (const [user, password] of [
    ['impacter', ''],
    ['postgres', ''],
    ['impacter', 'guess'],
    ['postgres', 'guess'],
    // What the product itself is given opens nothing more.
    ['postgres', new URL(url).password],
  ] as const) {
    const guess = Object.assign(new URL(url), { username: user, password });
    await expect(query(guess.href, 'SELECT 1')).rejects.toThrow(/password/);
  }
});

test('a second start in the same folder says who holds it, and breaks nothing', async () => {
  const first = await start();
  const before = new Date();
  await first.announce('http://localhost:3000');

  const anotherWayThere = `${folder.path}-link`;
  await symlink(folder.path, anotherWayThere);
  onTestFinished(() => rm(anotherWayThere));

  const refusal = await startPostgres({ dataDir: anotherWayThere, log: quietLog }).catch((error: unknown) => error);

  expect(refusal).toMatchObject({ code: 'postgres.held', pid: process.pid, url: 'http://localhost:3000' });
  expect((refusal as { since: Date }).since.getTime()).toBeLessThanOrEqual(before.getTime());
  expect(String(refusal)).toMatch(
    /is in use by process \d+ \(since 20.*, http:\/\/localhost:3000\)\. Use that one, stop it first, or set DATA_DIR/,
  );
  expect(await query(first.url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
});

test('of two starts at the same instant in an empty folder one gets it and the other says so', async () => {
  const dataDir = path.join(folder.path, 'both');
  const results = await Promise.allSettled([0, 1].map(() => startPostgres({ dataDir, log: quietLog, fsync: false })));

  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  for (const postgres of started) onTestFinished(() => postgres.stop());
  expect(results.filter((result) => result.status === 'rejected').map((result) => (result.reason as { code: string }).code)).toEqual([
    'postgres.held',
  ]);
  expect(await query(started[0]!.url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
});

test('the server outlives a killed product, and the next start takes it over as it is', async () => {
  const product = await startInAnotherProcess(folder.path);
  const server = await serverPid();
  await product.kill('SIGKILL');

  const adopted = await start();
  expect(adopted.url).toBe(product.url);
  expect(await serverPid()).toBe(server);
  await adopted.stop();
  expect(await runningPostgres(folder.path)).toBeNull();
});

test('Ctrl-C in the terminal does not reach the server', async () => {
  const product = await startInAnotherProcess(folder.path, { ignoresInterrupt: true });
  process.kill(-product.pid, 'SIGINT'); // what a terminal does: the whole group gets it
  expect(await product.nextLine()).toBe('interrupted');
  expect(await query(product.url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
  await product.kill('SIGKILL');
});

test('a server that dies comes back at the same address, with all that was committed', async () => {
  const { url } = await start();
  await query(url, 'CREATE TABLE committed (n int); INSERT INTO committed VALUES (1)');
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');

  await vi.waitFor(async () => expect(await query(url, 'SELECT n FROM committed')).toEqual([{ n: 1 }]));
  expect(await serverPid()).not.toBe(pid);
});

test('a lock file whose process id belongs to somebody else by now does not stop the start', async () => {
  await (await start()).stop();
  const pidFile = path.join(folder.path, 'postgres/data/postmaster.pid');
  await writeFile(pidFile, `${process.ppid}\n${path.dirname(pidFile)}\n1700000000\n1\n\n127.0.0.1\n  1234567    123456\nready   \n`);
  const { url } = await start();
  expect(await query(url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
});

test('data of another PostgreSQL version is left alone, and the message says what to do', async () => {
  await (await start()).stop();
  const version = path.join(folder.path, 'postgres/data/PG_VERSION');
  await writeFile(version, '17\n');
  onTestFinished(() => writeFile(version, '18\n'));
  await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, and this is 18: dump it/);
});

describe.runIf(process.getuid?.() === 0)('root, as whom PostgreSQL refuses to run,', () => {
  test('can start it below a home folder that is closed to others', async () => {
    const home = path.join(folder.path, 'home');
    await mkdir(home, { mode: 0o700 });
    expect(await startsIn(path.join(home, 'checkout/.data'))).toBe(true);
  });

  test('can start it in the closed folder of somebody else, who can start it too afterwards', async () => {
    const theirs = await closedFolderOf(nobody, 'theirs');
    expect(await startsIn(theirs)).toBe(true);
    expect((await stat(path.join(theirs, 'postgres/data'))).uid).toBe(nobody);
  });

  test('can use the program from a closed folder of somebody else', async () => {
    const theirs = await closedFolderOf(nobody, 'programs');
    await run('cp', ['-a', await findPostgres(), theirs]);
    await run('chown', ['-R', String(nobody), theirs]);
    const ours = path.join(folder.path, 'ours');
    await mkdir(ours);

    const bin = path.join(theirs, 'native/bin');
    const runAs = await chooseRunAs(ours, path.join(ours, 'postgres'), path.join(bin, 'postgres'));
    await give(ours, runAs);
    const { file, args, options } = runAs.command(path.join(bin, 'initdb'), ['--no-sync', '--pgdata', path.join(ours, 'data')]);
    expect((await run(file, args, { ...options, cwd: '/' })).stdout).toContain('Success');
  });

  const nobody = 65534;

  async function closedFolderOf(uid: number, name: string) {
    const made = path.join(folder.path, name);
    await mkdir(made, { mode: 0o700 });
    await chown(made, uid, uid);
    return made;
  }

  async function startsIn(dataDir: string) {
    const postgres = await startPostgres({ dataDir, log: quietLog, fsync: false });
    onTestFinished(() => postgres.stop());
    return (await query(postgres.url, 'SELECT 1 AS fine'))[0]?.['fine'] === 1;
  }
});

test('the library links are made when the install script was not allowed to', async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'impacter-links-'));
  onTestFinished(() => rm(home, { recursive: true }));
  await mkdir(path.join(home, 'native/lib'), { recursive: true });
  await writeFile(path.join(home, 'native/lib/libicu.so.60.2'), 'library');
  await writeFile(
    path.join(home, 'native/pg-symlinks.json'),
    '[{"source":"native/lib/libicu.so.60.2","target":"native/lib/libicu.so.60"}]',
  );

  await Promise.all([linkLibraries(home), linkLibraries(home)]);
  await linkLibraries(home);

  expect(await readlink(path.join(home, 'native/lib/libicu.so.60'))).toBe('libicu.so.60.2');
  expect(await readFile(path.join(home, 'native/lib/libicu.so.60'), 'utf8')).toBe('library');
});

async function start(): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir: folder.path, log: quietLog });
  onTestFinished(() => postgres.stop());
  return postgres;
}

async function query(url: string, sql: string, values?: unknown[]) {
  const client = new pg.Client(url);
  client.on('error', () => {}); // the server may be killed under it
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid() {
  return Number((await readFile(path.join(folder.path, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function startInAnotherProcess(dataDir: string, { ignoresInterrupt = false } = {}) {
  const code = `
    import { startPostgres } from '#core/sandbox/postgres/postgres.ts';
    import { quietLog } from '#core/testing/runner/quiet-log.ts';
    if (${ignoresInterrupt}) process.on('SIGINT', () => console.log('interrupted'));
    const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: quietLog });
    console.log(url);
  `;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: path.join(import.meta.dirname, '../../..'),
    detached: true, // a group of its own, so that a test can interrupt all of it
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  onTestFinished(() => kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value as string;
  return { url: await nextLine(), pid: child.pid!, nextLine, kill };
}
