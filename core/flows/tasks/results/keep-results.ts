// What an agent made goes to storage under keys of ours, and is looked at on the way: how many rows, what they are.

import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { FileSaying } from '#core/domain/messages/letter.ts';
import { resultLimits } from '#core/domain/asks/limits.ts';
import { isCsv, isTable, mimeOf } from '#core/domain/files/mime.ts';
import { safeKeyOf } from '#core/domain/files/original-file.ts';
import type { TablePreview } from '#core/domain/messages/reply.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { formulaFilter } from '#core/domain/files/spreadsheet-cells.ts';
import type { AgentFile } from '#core/ports/agents.ts';
import { FilesError, type Stored } from '#core/ports/files.ts';
import type { FormulaRemover } from '#core/ports/tables.ts';
import type { KeptFile } from '#core/store/tasks/finish.ts';
import type { Core } from '../../runtime/core.ts';

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

/** `prefix` is that of the attempt. Rejects with a FilesError of storage, an AgentFileError, or the signal's reason. */
export async function keepResults(core: Core, prefix: string, results: readonly AgentFile[], signal: AbortSignal): Promise<Kept> {
  const fitting = results.filter(({ sizeBytes }) => sizeBytes <= resultLimits.fileBytes);
  const files: KeptFile[] = [];
  for (const [index, result] of fitting.slice(0, resultLimits.files).entries()) files.push(await keep(core, prefix, index, result, signal));
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

async function keep(core: Core, prefix: string, index: number, result: AgentFile, signal: AbortSignal): Promise<KeptFile> {
  const name = safeFileName(result.name);
  const mime = mimeOf(name);
  const storageKey = `${prefix}/${keyOf(index, name)}`;
  const csv = isCsv(mime) ? core.tables.readCsv() : null;
  const formulas = isTable(mime) ? withoutFormulas(core.tables.withoutFormulas()) : null;
  const steps = [...(formulas === null ? [] : [formulas.through]), ...(csv === null ? [] : [csv.through])];
  signal.throwIfAborted();
  const content = await result.open(signal);
  const put = (body: Readable): Promise<Stored> => core.files.put(storageKey, body, { mime, sizeBytes: result.sizeBytes }, signal);
  const original = await storedThrough(put(steps.at(-1) ?? content), steps.length > 0 ? pipeline([content, ...steps]) : null);
  const table = csv?.table() ?? null;
  const kept = { id: newId<FileId>(core.clock.now().getTime()), name, mime };
  if (formulas === null || !formulas.found()) return { ...kept, ...original, storageKey, preview: table };

  // Its length has to be known before the first byte, so it is read twice; the second time from where it cannot change any more.
  const safeKey = safeKeyOf(storageKey);
  const safe = Readable.from(cleaned(await core.files.open(storageKey, signal), core.tables.withoutFormulas()), { objectMode: false });
  const stored = await core.files.put(safeKey, safe, { mime, sizeBytes: formulas.sizeBytes() }, signal);
  return { ...kept, ...stored, storageKey: safeKey, preview: table && plainPreview(table) };
}

/** Whichever of the two breaks breaks the other as well; what counts is what storage says, else what the file's own stream says. */
async function storedThrough(storing: Promise<Stored>, passing: Promise<void> | null): Promise<Stored> {
  const [stored, passed] = await Promise.allSettled([storing, passing]);
  if (stored.status === 'rejected' && (stored.reason instanceof FilesError || passed.status === 'fulfilled')) throw stored.reason;
  if (passed.status === 'rejected') throw passed.reason;
  return storing;
}

/** Passes a table on as it is, and tells what it would be without formulas. */
function withoutFormulas(remover: FormulaRemover) {
  let sizeBytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += remover.push(chunk).length;
      done(null, chunk);
    },
    flush(done) {
      sizeBytes += remover.end().length;
      done();
    },
  });
  return { through, found: remover.changed, sizeBytes: () => sizeBytes };
}

async function* cleaned(content: AsyncIterable<Buffer>, remover: FormulaRemover): AsyncGenerator<Buffer> {
  for await (const chunk of content) yield remover.push(chunk);
  yield remover.end();
}

/** People copy from what they are shown, too. */
function plainPreview({ columns, rows, ...rest }: TablePreview): TablePreview {
  const plain = (cell: string) => {
    const filter = formulaFilter();
    return filter.write(cell) + filter.end();
  };
  return { ...rest, columns: columns.map(plain), rows: rows.map((row) => row.map(plain)) };
}

// A repetition after a crash overwrites rather than adds. Two workers that both believe to have the attempt may see its
// files in another order; the name keeps the one from putting a file into the place of another that the other has told of.
function keyOf(index: number, name: string): string {
  return `${index}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
