// A run's folder on a disk that we share with the gateway. All runs of an agent write into one workspace, so each name in it is
// untrusted: a path may climb out, and a link may point into the folder of another team's run. A file counts only where its
// real path is the very path it was asked for, inside the run's own folder, and where it has no second name elsewhere.

import { constants } from 'node:fs';
import { lstat, mkdir, open, opendir, readlink, realpath, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inputFolder, runFolder, type RunName } from '#core/domain/tasks/agent-brief.ts';
import { AgentFileError } from '#core/ports/agents.ts';

export interface FoundFile {
  /** Relative to the workspace, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface Listing {
  readonly files: readonly FoundFile[];
  /** Paths of links, pipes, devices and files with a second name. */
  readonly refused: readonly string[];
}

export interface RunFolder {
  /** At most `most` files. Hidden ones and what the person attached are left out. A folder that is not there is empty. */
  list(most: number): Promise<Listing>;
  find(file: string): Promise<{ sizeBytes: number; open(): Promise<Readable> } | 'missing' | 'refused'>;
  /** Keeps a file where the agent finds it; gives its path in the workspace. */
  put(name: string, content: Readable): Promise<string>;
}

/** A folder that is fuller than this is not searched to its end. */
const ENTRIES_MOST = 2_000;

export function openRunFolder(workspace: string, run: RunName): RunFolder {
  const own = runFolder(run);
  const inputs = inputFolder(run);
  return { list, find, put };

  async function list(most: number): Promise<Listing> {
    const files: FoundFile[] = [];
    const refused: string[] = [];
    const folders = [own];
    let seen = 0;
    for (const each of folders) {
      const real = await realPlace(each);
      const entries = real === null ? [] : await opendir(real).catch(whenMissing([]));
      for await (const entry of entries) {
        if (files.length === most || ++seen > ENTRIES_MOST) return { files, refused };
        const inside = `${each}/${entry.name}`;
        if (entry.name.startsWith('.') || inside === inputs) continue;
        if (entry.isDirectory()) {
          folders.push(inside);
          continue;
        }
        const file = await find(inside);
        if (file === 'refused') refused.push(inside);
        else if (file !== 'missing') files.push({ path: inside, sizeBytes: file.sizeBytes });
      }
    }
    return { files, refused };
  }

  async function find(file: string): ReturnType<RunFolder['find']> {
    const handle = await openOwn(file);
    if (typeof handle === 'string') return handle;
    const { size } = await handle.stat();
    await handle.close();
    return { sizeBytes: size, open: () => read(file, size) };
  }

  // Whoever stores it was told its size, so it is read to exactly that, even when the agent goes on writing.
  async function read(file: string, size: number): Promise<Readable> {
    if (size === 0) return Readable.from([]);
    const handle = await openOwn(file);
    if (typeof handle === 'string') throw new AgentFileError('file.broken', 'a result file of the agent is gone');
    return handle.createReadStream({ start: 0, end: size - 1 });
  }

  async function put(name: string, content: Readable): Promise<string> {
    const parts = inputs.split('/');
    for (const [at] of parts.entries()) {
      const level = parts.slice(0, at + 1).join('/');
      await mkdir(path.join(workspace, level), { recursive: at === 0 }).catch(whenThere);
      if ((await realPlace(level)) === null) throw new Error('a folder for the agent is a link');
    }
    const file = path.join(workspace, inputs, name);
    // Made anew: what stands there already may be a second name of somebody else's file.
    await rm(file, { force: true });
    const handle = await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW, 0o644);
    await pipeline(content, handle.createWriteStream());
    return `${inputs}/${name}`;
  }

  /** The real path of a place in the workspace, or null where it is not there, or a link is on the way to it. */
  async function realPlace(inside: string): Promise<string | null> {
    const root = await realpath(workspace).catch(whenMissing(null));
    if (root === null) return null;
    const wanted = path.join(root, inside);
    return (await realpath(wanted).catch(whenMissing(null))) === wanted ? wanted : null;
  }

  async function openOwn(file: string): Promise<FileHandle | 'missing' | 'refused'> {
    if (!file.startsWith(`${own}/`)) return 'refused';
    const real = await realPlace(file);
    const facts = await lstat(path.join(workspace, file)).catch(whenMissing(null));
    if (facts === null) return 'missing';
    // Looked at before it is opened, because opening a pipe or a device may hang or do something.
    if (real === null || !facts.isFile()) return 'refused';
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(whenMissing(null));
    if (handle === null) return 'refused';
    if (await isStill(handle, file, real)) return handle;
    await handle.close();
    return 'refused';
  }

  // And looked at once more, because it may have been swapped for a link in between.
  async function isStill(handle: FileHandle, file: string, real: string): Promise<boolean> {
    const opened = await handle.stat();
    if (!opened.isFile() || opened.nlink !== 1) return false;
    const place = process.platform === 'linux' ? await readlink(`/proc/self/fd/${handle.fd}`).catch(() => null) : null;
    if (place !== null && place !== real) return false;
    const there = (await realPlace(file)) === real ? await lstat(real).catch(whenMissing(null)) : null;
    return there?.ino === opened.ino && there.dev === opened.dev;
  }
}

const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

function whenMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (missing.has((error as NodeJS.ErrnoException).code ?? '')) return otherwise;
    throw error;
  };
}

function whenThere(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
