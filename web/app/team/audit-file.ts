// The audit log, or what was chosen of it, as a table for a spreadsheet.

import { Readable } from 'node:stream';
import { fileAnswer } from '../file-answer.ts';
import { guarded } from '../guarded.ts';
import { readAuditQuery } from './audit-query.ts';

export const loader = guarded('audit.see', async ({ app, actor, url, now }) => {
  const { person, act } = readAuditQuery(url.searchParams);
  // Spreadsheets take UTF-8 without a mark for something older.
  const table = await app.team.auditCsv(actor, { ...(person !== undefined && { person }), ...(act !== undefined && { act }), bom: true });
  return fileAnswer(Readable.toWeb(table), `audit-log-${now.toISOString().slice(0, 10)}.csv`);
});
