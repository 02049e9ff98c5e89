import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { plainText } from '#core/domain/spreadsheet.ts';
import type { CsvRow, Tables } from '#core/ports/tables.ts';

const BOM = '\ufeff';

export const writeCsv: Tables['writeCsv'] = (batches, { bom }) => Readable.from(texts(batches, bom), { objectMode: false });

async function* texts(batches: AsyncIterable<readonly CsvRow[]>, bom: boolean): AsyncGenerator<string> {
  if (bom) yield BOM;
  for await (const rows of batches) if (rows.length > 0) yield stringify([...rows], options);
}

// Every text is in quotes: a spreadsheet that separates by semicolons would otherwise begin a cell, and so a formula, in
// the middle of one.
const options = {
  quoted_string: true,
  cast: {
    string: plainText,
    object: (cell: Record<string, unknown>) => String(cell['number']),
  },
};
