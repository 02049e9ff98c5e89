import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

// Waits for the end of our standard input, which comes at our death, whatever its cause. A PostgreSQL that was started
// below the folder is made to outlive us, so it is stopped here.
const guard = `
  cat > /dev/null
  find "$1" -name postmaster.pid | while read -r file; do
    pid=$(head -n 1 "$file")
    case "$(ps -o comm= -p "$pid" || cat "/proc/$pid/comm")" in *postgres) ;; *) continue ;; esac
    kill -QUIT "$pid"
    # A process that nobody reaps keeps its id, but has ended.
    while kill -0 "$pid" && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$pid/status"; do sleep 0.1; done
  done
  rm -rf "$1"
`;

/** A folder that does not outlive this process, even a killed one, and neither does a PostgreSQL in it. */
export async function temporaryFolder(name: string, where = os.tmpdir()): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(where, `impacter-${name}-`));
  await chmod(folder, 0o755); // as root, the server in it runs as somebody else; its data is closed to others anyway
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
