// Bytes of files, and how a download of one ends.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

/**
 * `gone`: it is not there any more. `expired`: its address is too old. `login-page`: a page instead of the file, as a browser without a
 * login is shown. `larger`: more bytes than was said. `cut`: the connection is cut. `broken`: 500. `busy`: 429.
 */
export const fileFaults = ['gone', 'expired', 'login-page', 'larger', 'cut', 'broken', 'busy'] as const;
export type FileFault = (typeof fileFaults)[number];

/** Why whoever comes may have it, or not: `stranger` is shown the login page. */
export type Access = 'granted' | 'stranger' | 'expired';

export interface Shelf {
  keep(id: string, bytes: Buffer): void;
  /** null where nothing was kept. */
  read(id: string): Buffer | null;
  /** Answers a download. */
  send(response: ServerResponse, file: ShelvedFile | undefined, access: Access): void;
  order(fault: FileFault): void;
  waiting(): readonly FileFault[];
  /** What the next call about a file meets, where it is one of these. */
  next(...faults: readonly FileFault[]): FileFault | undefined;
}

export interface ShelvedFile {
  readonly id: string;
  readonly mime: string;
  /** How each download of it ends. */
  readonly fault?: FileFault;
}

export interface ShelfSettings {
  /** null: in memory. */
  readonly folder: string | null;
  /** What ids look like, as they become names of files. */
  readonly id: RegExp;
  /** HTML. */
  readonly loginPage: string;
  /** The status of an address that is too old. */
  readonly expired: number;
}

const busySeconds = 2;

export function openShelf({ folder, id: idPattern, loginPage, expired }: ShelfSettings): Shelf {
  const inMemory = new Map<string, Buffer>();
  const faults: FileFault[] = [];
  const shelf: Shelf = {
    keep(id, bytes) {
      if (folder === null) return void inMemory.set(id, bytes);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path.join(folder, id), bytes, { mode: 0o600 });
    },
    read(id) {
      if (folder === null || !idPattern.test(id)) return inMemory.get(id) ?? null;
      try {
        return readFileSync(path.join(folder, id));
      } catch {
        return null;
      }
    },
    send(response, file, access) {
      const fault = file?.fault ?? shelf.next(...fileFaults);
      if (fault === 'gone') return void response.writeHead(404).end();
      if (fault === 'cut') return void response.destroy();
      if (fault === 'broken') return void response.writeHead(500).end();
      if (fault === 'busy') return void response.writeHead(429, { 'Retry-After': String(busySeconds) }).end();
      if (access === 'stranger' || fault === 'login-page')
        return void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(loginPage);
      const bytes = file === undefined ? null : shelf.read(file.id);
      if (file === undefined || bytes === null) return void response.writeHead(404).end();
      if (access === 'expired' || fault === 'expired') return void response.writeHead(expired).end();
      const sent = fault === 'larger' ? Buffer.concat([bytes, Buffer.alloc(bytes.length + 1, 120)]) : bytes;
      response.writeHead(200, { 'Content-Type': file.mime, 'Content-Length': sent.length }).end(sent);
    },
    order: (fault) => void faults.push(fault),
    waiting: () => faults,
    next: (...wanted) => (faults[0] !== undefined && wanted.includes(faults[0]) ? faults.shift() : undefined),
  };
  return shelf;
}
