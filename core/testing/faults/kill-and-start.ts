// Starts the product as `npm start` does, kills it and everything below it with -9 once it is ready, and starts it again at
// once: `node core/testing/faults/kill-and-start.ts <rounds>`. Prints a line of JSON for each round. Linux only.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSandboxFile } from '#core/product/first-user.ts';

export interface Round {
  readonly ready: boolean;
  /** Whether the address and the key in sandbox.json were good as soon as the product was ready. */
  readonly known: boolean;
  /** What it printed, when it did not get ready. */
  readonly said?: string;
}

if (import.meta.main) {
  const { DATA_DIR = '', PORT = '' } = process.env;
  for (let round = 0; round < Number(process.argv[2]); round++)
    process.stdout.write(`${JSON.stringify(await startAndKill(DATA_DIR, `http://127.0.0.1:${PORT}`))}\n`);
}

async function startAndKill(dataDir: string, url: string): Promise<Round> {
  const product = spawn(process.execPath, ['core/launch.mjs', 'start'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [product.stdout, product.stderr]) stream.on('data', (data) => (said += data));
  const ended = once(product, 'exit').then(() => 'ended' as const);
  const ready = (await Promise.race([untilReady(url), ended])) === 'ready';
  const known = ready && (await isKnown(dataDir, url));
  // In flight when it is killed.
  if (known) await ask(dataDir).catch(() => undefined);
  for (const pid of below(product.pid!, serverOf(dataDir))) kill(pid);
  await ended;
  return { ready, known, ...(!ready && { said }) };
}

async function untilReady(url: string): Promise<'ready'> {
  while (true) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.status === 200) return 'ready';
    await sleep(10);
  }
}

async function isKnown(dataDir: string, url: string): Promise<boolean> {
  const file = await readSandboxFile(dataDir);
  if (file?.url !== url) return false;
  return (await fetch(`${url}/api/balance`, { headers: { Authorization: `Bearer ${file.apiKey}` } })).ok;
}

async function ask(dataDir: string): Promise<void> {
  const { url, apiKey } = (await readSandboxFile(dataDir))!;
  await fetch(`${url}/api/tasks/create`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ requestText: 'find me 1 lead in Miami' }),
  });
}

/** A server that was adopted has another parent. */
function serverOf(dataDir: string): number {
  return Number(readFileSync(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
}

/** These processes and all below them, parents first. */
function below(...pids: number[]): number[] {
  const parents = new Map(processes());
  const found = [...new Set(pids)];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid && !found.includes(child)) found.push(child);
  return found;
}

function processes(): [pid: number, parent: number][] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
      return [[Number(name), Number(parent)]];
    } catch {
      return []; // no process, or one that ended
    }
  });
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself, with its parent.
  }
}
