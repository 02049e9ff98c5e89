// Files of Discord: fetched at addresses that are signed and good for a day, and kept under names of plain letters.

import { createHmac } from 'node:crypto';
import path from 'node:path';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import { openShelf as openAnyShelf, type Access, type Shelf as AnyShelf } from '#bots/stand-in/shelf.ts';
import type { Attachment } from './shapes.ts';

/** What Discord does to files. */
export const fileFaults = ['gone', 'expired', 'larger', 'cut', 'broken', 'busy'] as const;
export type FileFault = (typeof fileFaults)[number];

export interface Shelf extends AnyShelf {
  addressOf(file: Attachment): string;
  accessBy(address: URL): Access;
}

const daySeconds = 24 * 60 * 60;
/** Guards nothing: everybody on this machine may read the journal. */
const key = 'sandbox-files';

/** `folder` null: in memory. */
export function openShelf(folder: string | null, origin: () => string, clock: SandboxClock): Shelf {
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  return {
    ...openAnyShelf({ folder, id: /^\d+$/, loginPage: '', expired: 404 }),
    addressOf({ id, channel, filename }) {
      const [ex, is] = [(seconds() + daySeconds).toString(16), seconds().toString(16)];
      const at = `/attachments/${channel}/${id}/${encodeURIComponent(filename)}`;
      return `${origin()}${at}?ex=${ex}&is=${is}&hm=${signed(at, ex, is)}&`;
    },
    accessBy({ pathname, searchParams }) {
      const [ex, is, hm] = ['ex', 'is', 'hm'].map((name) => searchParams.get(name) ?? '') as [string, string, string];
      return hm === signed(pathname, ex, is) && parseInt(ex, 16) > seconds() ? 'granted' : 'expired';
    },
  };
}

function signed(...parts: readonly string[]): string {
  return createHmac('sha256', key).update(parts.join('\n')).digest('hex');
}

/** As Discord keeps names: letters, digits and a few signs of ASCII. `title` is the real one without its ending, where that differs. */
export function nameKept(name: string): { readonly filename: string; readonly title: string | null } {
  const ending = path.extname(name).replaceAll(/[^A-Za-z0-9.]/g, '');
  const stem = name
    .slice(0, name.length - path.extname(name).length)
    .normalize('NFKD')
    .replaceAll(/\s+/g, '_')
    .replaceAll(/[^A-Za-z0-9._-]/g, '')
    .replace(/^\.+/, '');
  const filename = `${stem === '' ? 'unknown' : stem}${ending}`;
  return { filename, title: filename === name ? null : name.slice(0, name.length - path.extname(name).length) };
}
