// Files that people attached. The bot gets them with its token, at an address that expires; without a token there is a login
// page, as a browser would be shown. Names of people's files come as they are.

import { createHmac, randomUUID } from 'node:crypto';
import { openShelf as openAnyShelf, type Access, type Shelf as AnyShelf } from '#bots/stand-in/shelf.ts';
import type { FileInfo, Message } from './state.ts';

/** What the next download meets, besides the faults of all calls. */
export const fileFaults = ['login-page', 'expired', 'cut', 'broken', 'busy'] as const;
export type FileFault = (typeof fileFaults)[number];

export interface Shelf extends Omit<AnyShelf, 'keep'> {
  keep(file: { readonly name: string; readonly mime: string; readonly bytes: Buffer }): FileInfo;
  /** Where the bot finds it, for a day from now. */
  addressOf(file: FileInfo): string;
  /** What an address allows; null where we made no such one. */
  accessBy(id: string, query: URLSearchParams): Exclude<Access, 'stranger'> | null;
}

interface Settings {
  /** null: in memory. */
  readonly folder: string | null;
  readonly token: string;
  readonly origin: () => string;
  readonly now: () => Date;
}

const lifeMs = 24 * 60 * 60_000;
const loginPage = '<!doctype html><title>Log in to the board</title><h1>Log in to the board</h1>';

export function openShelf({ folder, token, origin, now }: Settings): Shelf {
  const shelf = openAnyShelf({ folder, id: /^[0-9a-f-]{36}$/, loginPage, expired: 410 });
  const proofOf = (id: string, until: string) => createHmac('sha256', token).update(`${id} ${until}`).digest('hex');
  return {
    ...shelf,
    keep({ name, mime, bytes }) {
      const id = randomUUID();
      shelf.keep(id, bytes);
      return { id, name, mime, sizeBytes: bytes.length };
    },
    addressOf({ id }) {
      const until = String(now().getTime() + lifeMs);
      return `${origin()}/files/${id}?until=${until}&proof=${proofOf(id, until)}`;
    },
    accessBy(id, query) {
      const until = query.get('until') ?? '';
      if (query.get('proof') !== proofOf(id, until)) return null;
      return Number(until) < now().getTime() ? 'expired' : 'granted';
    },
  };
}

export function fileIn(messages: readonly Message[], id: string): FileInfo | undefined {
  return messages.flatMap(({ files }) => files ?? []).find((file) => file.id === id);
}
