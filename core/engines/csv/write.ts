import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { plainText } from '#core/domain/files/spreadsheet.ts';
import { formulaFilter } from '#core/domain/files/spreadsheet-cells.ts';
import type { CsvRow, Tables } from '#core/ports/tables.ts';

const BOM = '\ufeff';

export const writeCsv: Tables['writeCsv'] = (batches, { bom }) => Readable.from(texts(batches, bom), { objectMode: false });

async function* texts(batches: AsyncIterable<readonly CsvRow[]>, bom: boolean): AsyncGenerator<string> {
  if (bom) yield BOM;
  const filter = formulaFilter();
  for await (const rows of batches) {
    const text = rows.length === 0 ? '' : filter.write(stringify([...rows], options));
    if (text !== '') yield text;
  }
  const rest = filter.end();
  if (rest !== '') yield rest;
}

// Every text is in quotes, and still a spreadsheet that separates by semicolons begins a cell in the middle of one: for it the
// quotes of a later cell do not count. So the whole goes through the filter as well.
const options = {
  quoted_string: true,
  cast: {
    string: plainText,
    object: (cell: Record<string, unknown>) => String(cell['number']),
  },
};
