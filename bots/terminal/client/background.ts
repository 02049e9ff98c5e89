// The product as a quiet child of this command.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Background {
  /** What it printed last, once it has ended; null while it runs. */
  output(): string | null;
  stop(): Promise<void>;
}

const linesKept = 15;
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function startInBackground(root: string): Background {
  let printed: string[] = [];
  let ended = false;
  const keep = (text: string) => {
    printed = [...printed, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-linesKept);
  };
  // In a process group of its own, so that Ctrl-C reaches this command alone.
  const child = spawn(process.execPath, [path.join(root, 'core/main.ts')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
  const end = once(child, 'close')
    .catch((error: unknown) => keep(String(error)))
    .then(() => {
      ended = true;
    });

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
