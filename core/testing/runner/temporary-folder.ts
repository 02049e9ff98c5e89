import { execFile, spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

// A PostgreSQL that was started below a folder is made to outlive us, so it is stopped before the folder goes.
const endServers = `
  find "$1" -name postmaster.pid | while read -r file; do
    pid=$(head -n 1 "$file")
    case "$(ps -o comm= -p "$pid" || cat "/proc/$pid/comm")" in *postgres) ;; *) continue ;; esac
    kill -QUIT "$pid"
    # A process that nobody reaps keeps its id, but has ended.
    while kill -0 "$pid" && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$pid/status"; do sleep 0.1; done
  done
  rm -rf "$1"
`;
/** Waits for the end of our standard input, which comes at our death, whatever its cause. */
const guard = `cat > /dev/null; ${endServers}`;

/** A folder that does not outlive this process, even a killed one, and neither does a PostgreSQL in it. */
export async function temporaryFolder(name: string, where = os.tmpdir()): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(await guarded(where), `${name}-`));
  await chmod(folder, 0o755); // as root, the server in it runs as somebody else; its data is closed to others anyway
  return {
    path: folder,
    async remove() {
      if (mayHaveServer(folder)) await promisify(execFile)('sh', ['-c', endServers, 'sh', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// All folders of a process have one guard: starting a process from one as large as a worker of the tests takes long.
const guards = new Map<string, Promise<string>>();

function guarded(where: string): Promise<string> {
  const made = guards.get(where) ?? guardedFolder(where);
  guards.set(where, made);
  return made;
}

async function guardedFolder(where: string): Promise<string> {
  const folder = await mkdtemp(path.join(where, 'impacter-'));
  await chmod(folder, 0o755);
  const watcher = spawn('sh', ['-c', guard, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.unref();
  // It is a socket, which keeps nobody waiting either.
  (watcher.stdin as unknown as { unref(): void }).unref();
  return folder;
}

function mayHaveServer(folder: string): boolean {
  return entriesOf(folder).some((entry) =>
    entry.isDirectory() ? mayHaveServer(path.join(folder, entry.name)) : entry.name === 'postmaster.pid',
  );
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // it went away by itself
  }
}
