// The product as a quiet child of this command.

import { spawn } from 'node:child_process';
import path from 'node:path';

export interface Background {
  /** What it printed last, once it has ended; null while it runs. */
  output(): string | null;
  stop(): Promise<void>;
}

const linesKept = 15;

export function startInBackground(root: string): Background {
  const printed: string[] = [];
  let ended = false;
  // In a process group of its own, so that Ctrl-C reaches this command alone.
  const child = spawn(process.execPath, [path.join(root, 'core/main.ts')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      printed.push(error.message);
      ended = true;
      resolve();
    });
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text: string) =>
        printed.splice(0, printed.length, ...[...printed, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-linesKept)),
      );
  }
  const stopNow = () => child.kill('SIGTERM');
  process.once('exit', stopNow);

  return {
    output: () => (ended ? printed.join('\n') : null),
    async stop() {
      process.off('exit', stopNow);
      if (!ended) stopNow();
      await end;
    },
  };
}
