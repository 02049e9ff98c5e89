import { Transform } from 'node:stream';
import { parse } from 'csv-parse';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { TablePreview } from '#core/domain/messages/reply.ts';
import type { Tables } from '#core/ports/tables.ts';
import { formulaRemover } from './neutral.ts';
import { writeCsv } from './write.ts';

const PREVIEW_ROWS = 10;
const PREVIEW_COLUMNS = 12;
const CELL_CHARACTERS = 120;
/** A cell or line beyond this is no table for people. */
const RECORD_BYTES_MOST = 1_000_000;

export const csvTables: Tables = {
  /** Counts the rows below the header and keeps the first ones. A file that is not well-formed CSV has no table. */
  readCsv() {
    const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: RECORD_BYTES_MOST });
    let columns: string[] | null = null;
    const rows: string[][] = [];
    let rowsTotal = 0;
    let broken = false;

    const cells = (record: string[]) => record.slice(0, PREVIEW_COLUMNS).map((cell) => shorten(cleanText(cell), CELL_CHARACTERS));
    parser.on('data', (record: string[]) => {
      if (columns === null) {
        columns = cells(record);
        return;
      }
      rowsTotal++;
      if (rows.length < PREVIEW_ROWS) rows.push(cells(record));
    });
    const over = new Promise<void>((resolve) => {
      parser.once('end', resolve);
      parser.once('error', () => {
        broken = true;
        resolve();
      });
    });

    const through = new Transform({
      transform(chunk, _encoding, done) {
        this.push(chunk);
        if (broken) return done();
        // Waits for the parser, so that a large file does not pile up in it.
        parser.write(chunk, () => done());
      },
      flush(done) {
        if (!broken) parser.end();
        void over.then(() => done());
      },
    });
    return {
      through,
      table(): TablePreview | null {
        return broken || columns === null ? null : { columns, rows, rowsTotal };
      },
    };
  },

  withoutFormulas: formulaRemover,

  writeCsv,
};
