// The agents' workspaces, as the gateway's file methods show them. A path may not lead out of its workspace.

import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { FILE_BYTES_MOST, invalid, type Json } from './wire.ts';

export interface Shelf {
  folderOf(agentId: string): string;
  write(agentId: string, file: string, content: string | Buffer): Promise<void>;
  list(agentId: string, below: string, offset: number, limit: number): Promise<Json>;
  /** Of any size, for its own web address. */
  open(agentId: string, file: string): Promise<Readable | null>;
  /** Size and time, or null when there is no such file. */
  look(agentId: string, file: string): Promise<{ size: number; updatedAtMs: number } | null>;
  /** Refused when it is not there, leads outside, or is larger than the gateway gives. */
  read(agentId: string, file: string): Promise<{ size: number; updatedAtMs: number; encoding: 'utf8' | 'base64'; content: string }>;
}

export function openShelf(root: string): Shelf {
  const folderOf = (agentId: string) => path.join(root, agentId);

  return {
    folderOf,
    async write(agentId, file, content) {
      const to = path.join(folderOf(agentId), file);
      await mkdir(path.dirname(to), { recursive: true });
      await writeFile(to, content);
    },

    async list(agentId, below, offset, limit) {
      const inside = cleanPath(below);
      const folder = await realInside(agentId, inside);
      if (folder === null || !(await stat(folder)).isDirectory())
        throw invalid('workspace path not found', { type: 'workspace_path_not_found' });
      const names = (await readdir(folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const entries = names.slice(offset, offset + limit).map(async (entry) => {
        const { size, mtimeMs } = await stat(path.join(folder, entry.name));
        const facts = { path: path.posix.join(inside, entry.name), name: entry.name, updatedAtMs: Math.floor(mtimeMs) };
        return entry.isDirectory() ? { ...facts, kind: 'directory' } : { ...facts, kind: 'file', size };
      });
      return { agentId, path: inside, entries: await Promise.all(entries), totalEntries: names.length, offset };
    },

    async look(agentId, file) {
      const real = await realInside(agentId, cleanPath(file));
      if (real === null) return null;
      const facts = await stat(real);
      return facts.isFile() ? { size: facts.size, updatedAtMs: Math.floor(facts.mtimeMs) } : null;
    },

    async open(agentId, file) {
      const real = await realInside(agentId, cleanPath(file));
      return real !== null && (await stat(real)).isFile() ? createReadStream(real) : null;
    },

    async read(agentId, file) {
      const real = await realInside(agentId, cleanPath(file));
      if (real === null) throw invalid('workspace file not found', { type: 'workspace_file_not_found' });
      const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const facts = await handle.stat();
        if (!facts.isFile()) throw invalid('workspace file not found', { type: 'workspace_file_not_found' });
        if (facts.size > FILE_BYTES_MOST)
          throw invalid(`workspace file exceeds ${FILE_BYTES_MOST} bytes`, { type: 'workspace_file_too_large' });
        return { size: facts.size, updatedAtMs: Math.floor(facts.mtimeMs), ...encoded(await handle.readFile(), mimeOf(file)) };
      } finally {
        await handle.close();
      }
    },
  };

  async function realInside(agentId: string, inside: string): Promise<string | null> {
    try {
      const [workspace, real] = await Promise.all([realpath(folderOf(agentId)), realpath(path.join(folderOf(agentId), inside))]);
      return real === workspace || real.startsWith(workspace + path.sep) ? real : null;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes((error as NodeJS.ErrnoException).code ?? ''))
        return null;
      throw error;
    }
  }
}

function cleanPath(given: string): string {
  const inside = path.posix.normalize(given.replace(/^\.\//, ''));
  if (path.posix.isAbsolute(inside) || inside === '..' || inside.startsWith('../') || inside.includes('\\'))
    throw invalid('invalid workspace path');
  return inside === '.' ? '' : inside;
}

// The real one gives out what it can show: text and pictures. A PDF does not leave it this way.
function encoded(bytes: Buffer, mime: string): { encoding: 'utf8' | 'base64'; content: string } {
  if (mime.startsWith('image/')) return { encoding: 'base64', content: bytes.toString('base64') };
  const content = bytes.toString('utf8');
  if (!Buffer.from(content, 'utf8').equals(bytes)) throw invalid('workspace file is not UTF-8 text or a supported image');
  return { encoding: 'utf8', content };
}

export function mimeOf(file: string): string {
  return mimes[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
}

const mimes: Record<string, string> = {
  '.csv': 'text/csv',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};
