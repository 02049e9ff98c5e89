// The product as a quiet child of this command.

import { spawn } from 'node:child_process';
import path from 'node:path';

export interface Background {
  /** What it printed last, once it has ended; null while it runs. */
  output(): string | null;
  stop(): Promise<void>;
}

const linesKept = 15;
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
  for (const signal of endings) process.on(signal, leave);

  return {
    output: () => (ended ? printed.join('\n') : null),
    async stop() {
      process.off('exit', stopNow);
      for (const signal of endings) process.off(signal, leave);
      if (!ended) stopNow();
      await end;
    },
  };
}

/** A signal ends this command in good order, so that the product does not stay behind; unless somebody else looks after it. */
function leave(signal: NodeJS.Signals) {
  if (process.listenerCount(signal) === 1) process.exit(1);
}
