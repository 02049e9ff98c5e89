// What an agent made goes to storage under keys of ours, and is looked at on the way: how many rows, what they are.

import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { FileSaying } from '#core/domain/letter.ts';
import { resultLimits } from '#core/domain/limits.ts';
import { isCsv, mimeOf } from '#core/domain/mime.ts';
import { safeFileName } from '#core/domain/file-name.ts';
import type { AgentFile } from '#core/ports/agents.ts';
import type { Stored } from '#core/ports/files.ts';
import type { KeptFile } from '#core/store/finish.ts';
import type { Core } from './core.ts';

export interface Kept {
  readonly files: readonly KeptFile[];
  readonly sayings: readonly FileSaying[];
  /** Rows in all tables together: what a countable type delivered. */
  readonly rows: number;
  /** A sentence about what was left out. */
  readonly left: string | null;
}

export const NOTHING_KEPT: Kept = { files: [], sayings: [], rows: 0, left: null };

/** A letter that carries the first rows of very many tables would be a burden to everybody. */
const PREVIEWS_SAID = 5;

/** `prefix` is that of the attempt. */
export async function keepResults(core: Core, prefix: string, results: readonly AgentFile[]): Promise<Kept> {
  const fitting = results.filter(({ sizeBytes }) => sizeBytes <= resultLimits.fileBytes);
  const files: KeptFile[] = [];
  for (const [index, result] of fitting.slice(0, resultLimits.files).entries()) files.push(await keep(core, prefix, index, result));
  return {
    files,
    rows: files.reduce((rows, { preview }) => rows + (preview?.rowsTotal ?? 0), 0),
    sayings: files.map(({ id, name, mime, sizeBytes, preview }, index) => ({
      fileId: id,
      name,
      mime,
      sizeBytes,
      ...(preview !== null && index < PREVIEWS_SAID && { preview }),
    })),
    left: leftOut(results.length, fitting.length),
  };
}

function leftOut(all: number, fitting: number): string | null {
  const { files, fileBytes } = resultLimits;
  const sentences = [
    ...(fitting < all ? [`Files larger than ${fileBytes / 1_000_000} MB are not kept: ${all - fitting} of ${all}.`] : []),
    ...(fitting > files ? [`Only the first ${files} of ${fitting} files are kept.`] : []),
  ];
  return sentences.length === 0 ? null : sentences.join(' ');
}

async function keep(core: Core, prefix: string, index: number, result: AgentFile): Promise<KeptFile> {
  const name = safeFileName(result.name);
  const mime = mimeOf(name);
  const storageKey = `${prefix}/${keyOf(index, name)}`;
  const csv = isCsv(mime) ? core.tables.readCsv() : null;
  const content = await result.open();
  const put = (body: typeof content): Promise<Stored> => core.files.put(storageKey, body, { mime, sizeBytes: result.sizeBytes });
  const [stored] = csv === null ? [await put(content)] : await Promise.all([put(csv.through), pipeline(content, csv.through)]);
  return {
    id: newId<FileId>(core.clock.now().getTime()),
    name,
    mime,
    sizeBytes: stored.sizeBytes,
    sha256: stored.sha256,
    storageKey,
    preview: csv?.table() ?? null,
  };
}

// A repetition after a crash overwrites rather than adds. Two workers that both believe to have the attempt may see its
// files in another order; the name keeps the one from putting a file into the place of another that the other has told of.
function keyOf(index: number, name: string): string {
  return `${index}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
