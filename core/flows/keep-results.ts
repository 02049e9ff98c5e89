// What an agent made goes to storage under keys of ours, and is looked at on the way: how many rows, what they are.

import { pipeline } from 'node:stream/promises';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { FileSaying } from '#core/domain/letter.ts';
import { isCsv, mimeOf } from '#core/domain/mime.ts';
import { safeFileName } from '#core/domain/file-name.ts';
import type { AgentFile } from '#core/ports/agents.ts';
import type { KeptFile } from '#core/store/finish.ts';
import type { Core } from './core.ts';

export interface Kept {
  readonly files: readonly KeptFile[];
  readonly sayings: readonly FileSaying[];
  /** Rows in all tables together: what a countable type delivered. */
  readonly rows: number;
}

/** The same prefix gives the same keys, so a repetition after a crash overwrites rather than adds. */
export async function keepResults(core: Core, prefix: string, results: readonly AgentFile[]): Promise<Kept> {
  const files: KeptFile[] = [];
  let rows = 0;
  for (const [index, result] of results.entries()) {
    const name = safeFileName(result.name);
    const mime = mimeOf(name);
    const storageKey = `${prefix}/${index}`;
    const csv = isCsv(mime) ? core.tables.readCsv() : null;
    const content = await result.open();
    const flow = csv === null ? content : csv.through;
    const [stored] = await Promise.all([core.files.put(storageKey, flow, { mime, sizeBytes: result.sizeBytes }), csv === null ? null : pipeline(content, csv.through)]);
    const preview = csv?.table() ?? null;
    rows += preview?.rowsTotal ?? 0;
    files.push({ id: newId<FileId>(core.clock.now().getTime()), name, mime, sizeBytes: stored.sizeBytes, sha256: stored.sha256, storageKey, preview });
  }
  return {
    files,
    rows,
    sayings: files.map(({ id, name, mime, sizeBytes, preview }) => ({ fileId: id, name, mime, sizeBytes, ...(preview !== null && { preview }) })),
  };
}
