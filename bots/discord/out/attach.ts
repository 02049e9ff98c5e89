// A result's files go along where they fit; our link to each stands beside it in any case. Nothing of this holds up an answer: a file that
// does not come in time, or is too large for the place, is a link alone.

import type { ReplyFile } from '#core/domain/messages/reply.ts';
import { DiscordAway } from '../api/errors.ts';
import type { Upload } from '../api/upload.ts';
import { COMPONENTS_MOST, countOf, fileOf, type Component } from '../draw/components.ts';
import type { Components } from './message.ts';
import type { OutDeps } from './deps.ts';
import { remembered } from './remembered.ts';

/** Bytes that are read into memory at a time, over all posts. */
const HELD_MOST = 100 * 1024 * 1024;
/** A call has ten seconds for everything. */
const READ_MS = 3_000;
/** Discord takes ten files with a message, and 25 MiB with a request, whatever one file may have. */
const FILES_MOST = 10;
const REQUEST_MOST = 24 * 1024 * 1024;

/** Letters whose files are not tried again. */
const KEPT_MOST = 1_000;

export interface Attachments {
  /**
   * `keep` gets what fits of these files; `most`: bytes that one may have. They are let go when it has ended. Where it ends without an
   * answer, perhaps because of them, the same letter gets none the next time.
   */
  during<T>(given: Given, signal: AbortSignal, keep: (uploads: readonly Upload[]) => Promise<T>): Promise<T>;
}

interface Given {
  readonly key: string;
  readonly files: readonly ReplyFile[];
  readonly most: number;
}

export function attachments({ app }: Pick<OutDeps, 'app'>): Attachments {
  let held = 0;
  const slow = remembered<true>(KEPT_MOST);
  return {
    async during({ key, files, most }, signal, keep) {
      const chosen = slow.of(key) === true ? [] : fitting(files, most);
      const bytes = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      if (chosen.length === 0 || held + bytes > HELD_MOST) return keep([]);
      held += bytes;
      try {
        const read = await Promise.all(chosen.map((file) => readFile(file, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]))));
        return await keep(named(read.filter((each) => each !== null)));
      } catch (error) {
        if (error instanceof DiscordAway && !error.surelyNotDone) slow.note(key, true);
        throw error;
      } finally {
        held -= bytes;
      }
    },
  };

  async function readFile({ url, name, mime, sizeBytes }: ReplyFile, signal: AbortSignal): Promise<Upload | null> {
    try {
      const { url: signed } = await app.files.openLink(new URL(url).pathname.split('/').at(-1)!, null);
      const response = await fetch(signed, { signal, redirect: 'error' });
      if (!response.ok || response.body === null) return null;
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      for await (const piece of response.body) {
        bytes += piece.length;
        if (bytes > sizeBytes) return null;
        pieces.push(piece);
      }
      return { name, mime, bytes: Buffer.concat(pieces) };
    } catch {
      return null;
    }
  }
}

/** In their order, as long as all of them together fit. */
function fitting(files: readonly ReplyFile[], most: number): ReplyFile[] {
  let left = REQUEST_MOST;
  return files.slice(0, FILES_MOST).filter(({ sizeBytes }) => {
    if (sizeBytes === 0 || sizeBytes > most || sizeBytes > left) return false;
    left -= sizeBytes;
    return true;
  });
}

/** Discord refers to a file by its name, and takes ASCII there. */
function named(uploads: readonly Upload[]): Upload[] {
  const taken = new Set<string>();
  return uploads.map((upload, i) => {
    const plain = upload.name
      .normalize('NFKD')
      .replace(/[^\w.-]+/g, '_')
      .slice(-80);
    const name = taken.has(plain) || !/[A-Za-z0-9]/.test(plain) ? `${i + 1}-${plain}` : plain;
    taken.add(name);
    return { ...upload, name };
  });
}

/** The post with its files before its buttons, as far as Discord's count of components goes. */
export function withFiles(components: Components, uploads: readonly Upload[]): { components: Components; uploads: readonly Upload[] } {
  const [container, ...others] = components;
  if (container?.type !== 17) return { components, uploads: [] };
  const inside: readonly Component[] = container.components;
  const room = COMPONENTS_MOST - 1 - inside.reduce((sum, each) => sum + countOf(each), 0);
  const shown = uploads.slice(0, Math.max(0, room));
  const buttonsAt = inside.length - inside.toReversed().findIndex(({ type }) => type !== 1);
  const at = inside.every(({ type }) => type === 1) ? 0 : buttonsAt;
  const drawn = [...inside.slice(0, at), ...shown.map(({ name }) => fileOf(name)), ...inside.slice(at)];
  return { components: [{ ...container, components: drawn }, ...others], uploads: shown };
}
