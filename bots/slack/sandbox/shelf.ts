// Bytes of files, and where they are fetched: with the app's token, else there is a login page as a browser would be shown.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import type { FileInfo, Team } from './shapes.ts';

export const fileFaults = ['gone', 'login-page', 'larger', 'cut', 'broken', 'busy'] as const;
export type FileFault = (typeof fileFaults)[number];

export interface Shelf {
  keep(id: string, bytes: Buffer): void;
  /** null where nothing was kept. */
  read(id: string): Buffer | null;
  addressOf(file: FileInfo): string;
  /** Answers a download. */
  send(response: ServerResponse, file: FileInfo | undefined, mayRead: boolean): void;
  order(fault: FileFault): void;
  waiting(): readonly FileFault[];
  /** What the next call about a file meets, where it is one of these. */
  next(...faults: readonly FileFault[]): FileFault | undefined;
}

const busySeconds = 2;
const loginPage = '<!doctype html><title>Sign in | Slack</title><h1>Sign in to your workspace</h1>';

/** `folder` null: in memory. */
export function openShelf(folder: string | null, origin: () => string): Shelf {
  const inMemory = new Map<string, Buffer>();
  const faults: FileFault[] = [];
  const next: Shelf['next'] = (...wanted) => (faults[0] !== undefined && wanted.includes(faults[0]) ? faults.shift() : undefined);
  const shelf: Shelf = {
    keep(id, bytes) {
      if (folder === null) return void inMemory.set(id, bytes);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path.join(folder, id), bytes, { mode: 0o600 });
    },
    read(id) {
      if (folder === null || !/^F[A-Z0-9]+$/.test(id)) return inMemory.get(id) ?? null;
      try {
        return readFileSync(path.join(folder, id));
      } catch {
        return null;
      }
    },
    addressOf: ({ id, team, name }) =>
      `${origin()}/files-pri/${team}-${id}/download/${encodeURIComponent(name.slice(0, 100).toWellFormed())}`,
    send(response, file, mayRead) {
      const fault = next(...fileFaults);
      if (fault === 'gone') return void response.writeHead(404).end();
      if (fault === 'cut') return void response.destroy();
      if (fault === 'broken') return void response.writeHead(500).end();
      if (fault === 'busy') return void response.writeHead(429, { 'Retry-After': String(busySeconds) }).end();
      if (!mayRead || fault === 'login-page')
        return void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(loginPage);
      const bytes = file?.state === 'here' ? shelf.read(file.id) : null;
      if (file === undefined || bytes === null) return void response.writeHead(404).end();
      const sent = fault === 'larger' ? Buffer.concat([bytes, Buffer.alloc(bytes.length + 1, 120)]) : bytes;
      response.writeHead(200, { 'Content-Type': file.mime, 'Content-Length': sent.length }).end(sent);
    },
    order: (fault) => void faults.push(fault),
    waiting: () => faults,
    next,
  };
  return shelf;
}

export function mayDownload(teams: Iterable<Team>, authorization: string | undefined, file: FileInfo | undefined): boolean {
  const team = [...teams].find(({ token, tokenState }) => tokenState === 'live' && authorization === `Bearer ${token}`);
  return team !== undefined && team.scopes.includes('files:read') && (file === undefined || file.team === team.id);
}
