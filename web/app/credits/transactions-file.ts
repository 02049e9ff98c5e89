// All of the journal, or what was chosen of it, as a table for a spreadsheet: it comes as it is read, however long it is.

import { Readable } from 'node:stream';
import { guarded } from '../guarded.ts';
import { readReader } from '../reader.ts';
import { fileAnswer } from '../file-answer.ts';
import { queryFor, readQuery } from './query.ts';

export const loader = guarded('credits.see', async ({ app, actor, url, request, now }) => {
  const { timeZone } = readReader(request.headers, now);
  // People open it in a spreadsheet, which without a mark takes UTF-8 for something older.
  const table = await app.credits.transactionsCsv(actor, { ...queryFor(readQuery(url.searchParams), timeZone), bom: true });
  return fileAnswer(Readable.toWeb(table), `transactions-${now.toISOString().slice(0, 10)}.csv`);
});
