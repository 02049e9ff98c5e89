// Files that people attached. The bot gets them with its token, at an address that expires; without a token there is a login
// page, as a browser would be shown. Names of people's files come as they are.

import { createHmac, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import type { FileInfo, Message } from './state.ts';

/** What the next download meets, besides the faults of all calls. */
export const fileFaults = ['login-page', 'expired', 'cut', 'broken', 'busy'] as const;
export type FileFault = (typeof fileFaults)[number];

export interface Shelf {
  keep(file: { readonly name: string; readonly mime: string; readonly bytes: Buffer }): FileInfo;
  /** Where the bot finds it, for a day from now. */
  addressOf(file: FileInfo): string;
  read(id: string): Buffer | null;
  /** Answers the bot's request for a file. */
  send(response: ServerResponse, file: FileInfo | undefined, query: URLSearchParams, isBot: boolean, fault: FileFault | undefined): void;
}

interface Settings {
  /** null: in memory. */
  readonly folder: string | null;
  readonly token: string;
  readonly origin: () => string;
  readonly now: () => Date;
}

const lifeMs = 24 * 60 * 60_000;
const busySeconds = 2;
const loginPage = '<!doctype html><title>Log in to the board</title><h1>Log in to the board</h1>';

export function openShelf({ folder, token, origin, now }: Settings): Shelf {
  const inMemory = new Map<string, Buffer>();
  const proofOf = (id: string, until: string) => createHmac('sha256', token).update(`${id} ${until}`).digest('hex');
  const read = (id: string) => (folder === null ? (inMemory.get(id) ?? null) : readFileSync(path.join(folder, id)));

  return {
    keep({ name, mime, bytes }) {
      const id = randomUUID();
      if (folder === null) inMemory.set(id, bytes);
      else {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, id), bytes);
      }
      return { id, name, mime, sizeBytes: bytes.length };
    },
    addressOf({ id }) {
      const until = String(now().getTime() + lifeMs);
      return `${origin()}/files/${id}?until=${until}&proof=${proofOf(id, until)}`;
    },
    read,
    send(response, file, query, isBot, fault) {
      if (fault === 'cut') return void response.destroy();
      if (fault === 'broken') return void response.writeHead(500).end();
      if (fault === 'busy') return void response.writeHead(429, { 'Retry-After': String(busySeconds) }).end();
      if (!isBot || fault === 'login-page') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(loginPage);
      const until = query.get('until') ?? '';
      if (file === undefined || query.get('proof') !== proofOf(file.id, until)) return void response.writeHead(404).end();
      if (fault === 'expired' || Number(until) < now().getTime()) return void response.writeHead(410).end();
      response.writeHead(200, { 'Content-Type': file.mime, 'Content-Length': file.sizeBytes }).end(read(file.id));
    },
  };
}

export function fileIn(messages: readonly Message[], id: string): FileInfo | undefined {
  return messages.flatMap(({ files }) => files ?? []).find((file) => file.id === id);
}
