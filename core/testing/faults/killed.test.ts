// The whole product is killed with -9, and started again at once.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '#core/sandbox/free-port.ts';
import type { Round } from './kill-and-start.ts';
import { temporaryFolder } from '../runner/temporary-folder.ts';

const round = { ready: true, known: true };

// The first process of this namespace is `sleep`, which never reaps: as in a container whose entry point was not made for it.
const namespace = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-current-user']),
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
];
const mayUnshare = spawnSync(namespace[0]!, [...namespace.slice(1), 'true']).status === 0;

test.runIf(process.platform === 'linux')(
  'the product starts at once after a kill -9 of all its processes, and whoever sees it ready finds its address and key',
  async () => expect(await rounds(3, [])).toEqual([round, round, round]),
);

test.runIf(mayUnshare)('it starts also where nobody reaps what was killed', async () => {
  // One start to be killed, and one after it.
  expect(await rounds(2, [...namespace, 'sh', '-c', '"$@" & exec sleep 1000', 'sh'])).toEqual([round, round]);
});

async function rounds(count: number, prefix: readonly string[]): Promise<Round[]> {
  const folder = await temporaryFolder('killed');
  onTestFinished(() => folder.remove());
  const [file, ...args] = [...prefix, process.execPath, 'core/testing/faults/kill-and-start.ts', String(count)];
  const driver = spawn(file!, args, {
    env: { ...process.env, DATA_DIR: folder.path, PORT: String(await freePort()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (driver.exitCode !== null || driver.signalCode !== null) return;
    driver.kill('SIGKILL');
    await once(driver, 'exit');
  });
  const told: Round[] = [];
  for await (const line of createInterface({ input: driver.stdout })) if (told.push(JSON.parse(line) as Round) === count) break;
  return told;
}
