// What a server that was killed leaves behind, and who has its process id by then. That Linux shows dead processes that nobody
// has reaped is what makes it hard, and what makes it testable.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isAlive } from '#core/launch/alive.mjs';
import type { Log } from '#core/ports/log.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { stateOf, zombie } from '#core/testing/faults/zombie.ts';
import { findPostgres } from './binaries.ts';
import { runningPostgres, startPostgres, type Postgres } from './postgres.ts';

describe.runIf(process.platform === 'linux')('after a kill -9', () => {
  let dataDir: string;
  beforeEach(async () => {
    const folder = await temporaryFolder('postgres-killed');
    dataDir = folder.path;
    onTestFinished(() => folder.remove()); // after everything that the test does so
  });

  test('a dead server that nobody has reaped does not stop the next start, and what was committed is there', async () => {
    const { url } = await killedAndNotReaped();
    const next = await start();
    expect(await query(next.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
    expect(next.url).not.toBe(url);
  });

  test('of two starts at once beside a dead server one gets the folder, and its server keeps its lock file', async () => {
    await killedAndNotReaped();
    const results = await Promise.allSettled([start(), start()]);
    expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))).toEqual(['postgres.held']);
    expect(isAlive(await serverPid())).toBe(true);
    expect(await runningPostgres(dataDir)).toBe(results.find(({ status }) => status === 'fulfilled')!['value' as never]['url']);
  });

  test('a server of which one process still ends is waited for', async () => {
    const { server } = await running();
    const [last] = await childrenOf(server);
    process.kill(last!, 'SIGSTOP'); // so it does not notice the end of the others
    process.kill(server, 'SIGKILL');
    const log = heardLog();
    const started = start(log);
    await vi.waitFor(() => expect(log.heard).toContain('postgres is still ending, trying again'));
    process.kill(last!, 'SIGKILL');
    expect(await query((await started).url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  });

  test('a server that lives and does not answer keeps its lock file, and is waited for until it ends', async () => {
    const { server } = await running();
    process.kill(server, 'SIGSTOP');
    const log = heardLog();
    const started = start(log);
    await vi.waitFor(() => expect(log.heard).toContain('postgres is still ending, trying again'));
    expect(await serverPid()).toBe(server);
    process.kill(server, 'SIGKILL');
    expect(await query((await started).url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  });

  test('a product that ended holds the folder no longer, although the server has not noticed yet', async () => {
    const { superuserUrl } = await running();
    const left = new pg.Client({ connectionString: superuserUrl, application_name: `impacter ${await zombie()} http://localhost:3000` });
    await left.connect();
    await left.query(`SELECT pg_advisory_lock(${0x696d7061}, 1)`);
    const log = heardLog();
    const started = start(log);
    await vi.waitFor(() => expect(log.heard).toContain('postgres is still ending, trying again'));
    await left.end();
    expect(await query((await started).url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
  });

  test.each([
    ['this very process', () => process.pid],
    ['the server of another folder', serverElsewhere],
    ['a dead server of another folder', async () => zombie(path.join(await findPostgres(), 'bin/postgres'), '--version')],
  ])('a lock file whose process id now belongs to %s does not stop the start', async (_, holder) => {
    await (await start()).stop();
    const pid = await holder();
    await writeFile(pidFile(), `${pid}\n${path.dirname(pidFile())}\n1700000000\n1\n\n127.0.0.1\n  1234567    123456\nready   \n`);
    expect(await query((await start()).url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
  });

  test('a lock file that was created and never written does not stop the start', async () => {
    await (await start()).stop();
    await writeFile(pidFile(), '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(pidFile(), longAgo, longAgo);
    expect(await query((await start()).url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
  });

  async function start(log: Log = quietLog): Promise<Postgres> {
    const postgres = await startPostgres({ dataDir, log, fsync: false });
    onTestFinished(() => postgres.stop());
    return postgres;
  }

  function pidFile() {
    return path.join(dataDir, 'postgres/data/postmaster.pid');
  }

  async function serverPid() {
    return Number((await readFile(pidFile(), 'utf8')).split('\n')[0]);
  }

  /** A server whose product was killed. It has one row. */
  async function running() {
    const { product, url } = await startInAnotherProcess();
    await query(url, 'CREATE TABLE kept (word text); INSERT INTO kept VALUES ($$here$$)');
    product.kill('SIGKILL');
    await once(product, 'exit');
    const password = await readFile(path.join(dataDir, 'postgres/password'), 'utf8');
    return {
      server: await serverPid(),
      superuserUrl: Object.assign(new URL(url), { username: 'postgres', password, pathname: '/postgres' }).href,
    };
  }

  /** A dead server that keeps its process id, because its parent has stopped and reaps nobody. It had one row. */
  async function killedAndNotReaped() {
    const { product, url } = await startInAnotherProcess();
    await query(url, 'CREATE TABLE kept (word text); INSERT INTO kept VALUES ($$here$$)');
    const server = await serverPid();
    product.kill('SIGSTOP');
    process.kill(server, 'SIGKILL');
    await vi.waitFor(async () => expect(await stateOf(server)).toBe('Z'));
    return { url };
  }

  async function startInAnotherProcess(): Promise<{ product: ChildProcess; url: string }> {
    const code = `
      import { startPostgres } from '#core/sandbox/postgres/postgres.ts';
      import { quietLog } from '#core/testing/runner/quiet-log.ts';
      const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: quietLog });
      console.log(url);
    `;
    const product = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: path.join(import.meta.dirname, '../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(async () => {
      if (product.exitCode !== null || product.signalCode !== null) return;
      product.kill('SIGKILL');
      await once(product, 'exit');
    });
    const [url] = (await once(createInterface({ input: product.stdout }), 'line')) as [string];
    return { product, url };
  }

  async function serverElsewhere() {
    const folder = await temporaryFolder('postgres-elsewhere');
    onTestFinished(() => folder.remove());
    const other = await startPostgres({ dataDir: folder.path, log: quietLog, fsync: false });
    onTestFinished(async () => {
      expect(await query(other.url, 'SELECT 1 AS unharmed')).toEqual([{ unharmed: 1 }]);
      await other.stop();
    });
    return Number((await readFile(path.join(folder.path, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
  }
});

async function childrenOf(pid: number) {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
}

async function query(url: string, sql: string) {
  const client = new pg.Client(url);
  client.on('error', () => {}); // the server may be killed under it
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
