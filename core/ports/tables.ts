import type { Readable, Transform } from 'node:stream';
import type { TablePreview } from '#core/domain/messages/reply.ts';

export interface Tables {
  /**
   * Reads a table file while it flows past on its way to storage: a stream that changes nothing; `table` afterwards says what
   * flowed through, or null when it was not a table after all.
   */
  readCsv(): { through: Transform; table(): TablePreview | null };
  /** Takes the formulas out of a table that somebody else wrote, piece by piece, and changes nothing else. */
  withoutFormulas(): FormulaRemover;
  /** Writes a table as it comes, never more of it than one batch. No text in it can act as a formula. */
  writeCsv(batches: AsyncIterable<readonly CsvRow[]>, options: { bom: boolean }): Readable;
}

export type CsvRow = readonly CsvCell[];

/** A text, or a number in plain decimals, which stays one. */
export type CsvCell = string | null | { readonly number: string };

export interface FormulaRemover {
  push(bytes: Buffer): Buffer;
  /** What was held back until now. */
  end(): Buffer;
  /** Whether anything was taken out. */
  changed(): boolean;
}
