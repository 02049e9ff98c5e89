import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { zombie } from '#core/testing/faults/zombie.ts';
import { isAlive } from './alive.mjs';
// @ts-expect-error The launcher is plain JavaScript.
import { alone } from './alone.mjs';

const onLinux = process.platform === 'linux';

test.runIf(onLinux)('a dead process that nobody has reaped counts as dead', async () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
  expect(isAlive(await zombie())).toBe(false);
  expect([0, -1, Number.NaN].map(isAlive)).toEqual([false, false, false]);
});

test.runIf(onLinux)('a lock of a process that was killed and not reaped is taken at once', async () => {
  const lock = await lockOf(await zombie());
  expect(await alone(lock, () => readFile(lock, 'utf8'))).toBe(String(process.pid));
});

test('a lock that an earlier process with our own id left, in a container that was restarted, is taken at once', async () => {
  const lock = await lockOf(process.pid);
  expect(await alone(lock, () => 'done')).toBe('done');
});

test('a lock of a running process is waited for', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => told.mockRestore());
  const lock = await lockOf(process.ppid);
  const act = vi.fn(() => 'done');
  const done = alone(lock, act);
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith(expect.stringContaining(`Waiting for process ${process.ppid}`)));
  expect(act).not.toHaveBeenCalled();
  await writeFile(lock, String(await gone()));
  expect(await done).toBe('done');
});

async function lockOf(pid: number): Promise<string> {
  const folder = await temporaryFolder('alone');
  onTestFinished(() => folder.remove());
  const lock = path.join(folder.path, '.launching');
  await writeFile(lock, String(pid));
  return lock;
}

/** The id of a process that has ended and was reaped. */
async function gone(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}
