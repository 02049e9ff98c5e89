// An agent's folder on a disk that we share with the gateway. Agents write there, so every name in it is untrusted: a path may
// climb out, and a link may point anywhere.

import { constants } from 'node:fs';
import { mkdir, open, opendir, realpath, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface FoundFile {
  /** Relative to the workspace, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface Workspace {
  /** Regular files below a folder, at most `most` of them. A folder that is not there is empty. */
  list(below: string, most: number): Promise<FoundFile[]>;
  /** Null when there is no such regular file inside the workspace. */
  find(file: string): Promise<{ sizeBytes: number; open(): Promise<Readable> } | null>;
  /** Keeps a file where the agent finds it; gives its path in the workspace. */
  put(below: string, name: string, content: Readable): Promise<string>;
}

/** A folder that is fuller than this is not searched to its end. */
const ENTRIES_MOST = 2_000;

export function openWorkspace(folder: string): Workspace {
  return { list, find, put };

  async function list(below: string, most: number): Promise<FoundFile[]> {
    const found: FoundFile[] = [];
    const folders = [below];
    let seen = 0;
    for (const each of folders) {
      const entries = (await insideOf(folder, each)) === null ? [] : await opendir(path.join(folder, each)).catch(whenMissing([]));
      for await (const entry of entries) {
        if (found.length === most || ++seen > ENTRIES_MOST) return found;
        const inside = `${each}/${entry.name}`;
        // A link is neither, and so is left out.
        if (entry.isDirectory()) folders.push(inside);
        const file = entry.isFile() ? await find(inside) : null;
        if (file !== null) found.push({ path: inside, sizeBytes: file.sizeBytes });
      }
    }
    return found;
  }

  async function find(file: string) {
    const handle = await openInside(folder, file);
    if (handle === null) return null;
    const { size } = await handle.stat();
    await handle.close();
    return { sizeBytes: size, open: () => read(file, size) };
  }

  // Whoever stores it was told its size, so it is read to exactly that, even when the agent goes on writing.
  async function read(file: string, size: number): Promise<Readable> {
    if (size === 0) return Readable.from([]);
    const handle = await openInside(folder, file);
    if (handle === null) throw new Error('a result file of the agent is gone');
    return handle.createReadStream({ start: 0, end: size - 1 });
  }

  async function put(below: string, name: string, content: Readable): Promise<string> {
    await mkdir(path.join(folder, below), { recursive: true });
    if ((await insideOf(folder, below)) === null) throw new Error('a folder for the agent leads out of its workspace');
    const flags = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_NOFOLLOW;
    const handle = await open(path.join(folder, below, name), flags, 0o644);
    await pipeline(content, handle.createWriteStream());
    return `${below}/${name}`;
  }
}

// Looked at before it is opened, because a pipe would hang us, and after, because a link may be swapped in between.
async function openInside(folder: string, file: string): Promise<FileHandle | null> {
  if ((await insideOf(folder, file)) === null) return null;
  const handle = await open(path.resolve(folder, file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    whenMissing(null),
  );
  if (handle === null) return null;
  const [opened, real] = await Promise.all([handle.stat(), insideOf(folder, file)]);
  const there = real === null ? null : await stat(real).catch(whenMissing(null));
  if (opened.isFile() && there?.ino === opened.ino && there.dev === opened.dev) return handle;
  await handle.close();
  return null;
}

/** Where it really is, when that is inside. */
async function insideOf(folder: string, wanted: string): Promise<string | null> {
  const [root, real] = await Promise.all([
    realpath(folder).catch(whenMissing(null)),
    realpath(path.resolve(folder, wanted)).catch(whenMissing(null)),
  ]);
  return root !== null && real !== null && real.startsWith(root + path.sep) ? real : null;
}

const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

function whenMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (missing.has((error as NodeJS.ErrnoException).code ?? '')) return otherwise;
    throw error;
  };
}
