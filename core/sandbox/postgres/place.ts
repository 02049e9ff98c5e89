// Where an embedded PostgreSQL keeps its data, and whether a server runs there.
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '#core/launch/alive.mjs';

export interface Place {
  readonly dataDir: string;
  /** Everything of the server. Appears as a whole, once initdb is done. */
  readonly home: string;
  readonly data: string;
  readonly pidFile: string;
  readonly password: string;
  readonly serverLog: string;
}

// The real path: a server knows its folder by it, whichever links lead there.
export async function placeOf(folder: string): Promise<Place> {
  const dataDir = await realpath(folder);
  const home = path.join(dataDir, 'postgres');
  const data = path.join(home, 'data');
  return {
    dataDir,
    home,
    data,
    pidFile: path.join(data, 'postmaster.pid'),
    password: path.join(home, 'password'),
    serverLog: path.join(home, 'server.log'),
  };
}

/** What a server wrote into its lock file when it started, and leaves there when it is killed; null when there is none. */
export async function readPidFile(place: Place): Promise<{ pid: number; port: number; status: string } | null> {
  const text = await readFile(place.pidFile, 'utf8').catch(() => '');
  const lines = text.split('\n');
  if (lines.length < 4) return null;
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
}

/**
 * Whether the process with this id is the server of this folder: it runs, and its working directory is the data. The id in a
 * lock file may belong to a dead process, or by now to any other one, also to the server of another folder.
 */
export async function runsHere(place: Place, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  // The folder itself is compared, because a container may know it by another path.
  const [its, ours] = await Promise.all([stat(`/proc/${pid}/cwd`).catch(() => null), stat(place.data).catch(() => null)]);
  if (its && ours) return its.dev === ours.dev && its.ino === ours.ino;
  // Another user's process does not show its folder, but its name.
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null);
  return name === null || name.trim() === 'postgres';
}

export async function readPassword(place: Place) {
  return (await readFile(place.password, 'utf8')).trim();
}

export async function exists(file: string) {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
