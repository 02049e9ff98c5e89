import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, vi } from 'vitest';

// The shell becomes `sleep`, which never reaps its children. Only then the child may end.
const script = 'exec 3<&0; (read -r go <&3; exec "$@" > /dev/null) & echo $!; exec sleep 1000';

/** The id of a process of this program that has ended and is not reaped before the test is over. Linux only. */
export async function zombie(program = 'true', ...args: string[]): Promise<number> {
  const parent = spawn('sh', ['-c', script, 'sh', program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const gone = once(parent, 'exit');
    parent.kill('SIGKILL');
    await gone;
  });
  const [pid] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  await vi.waitFor(async () => expect(await readFile(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n'));
  parent.stdin.end('\n');
  await vi.waitFor(async () => expect(await stateOf(Number(pid))).toBe('Z'));
  return Number(pid);
}

/** As in `ps`: R, S, T, Z … */
export async function stateOf(pid: number): Promise<string | undefined> {
  return (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ').at(-1)?.[0];
}
