import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

// Waits for the end of our standard input, which comes at our death, whatever its cause. A PostgreSQL that was started in
// the folder is made to outlive us, so it is stopped here.
const guard = `
  cat > /dev/null
  pidFile="$1/postgres/data/postmaster.pid"
  if [ -f "$pidFile" ]; then kill -QUIT "$(head -n 1 "$pidFile")"; while [ -f "$pidFile" ] && [ -d "/proc/$(head -n 1 "$pidFile")" ]; do sleep 0.1; done; fi
  rm -rf "$1"
`;

/** A folder that does not outlive this process, even a killed one, and neither does a PostgreSQL in it. */
export async function temporaryFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `impacter-${name}-`));
  const watcher = spawn('sh', ['-c', guard, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.unref();
  return {
    path: folder,
    async remove() {
      const gone = new Promise((resolve) => watcher.once('exit', resolve));
      watcher.ref();
      watcher.stdin.end();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
