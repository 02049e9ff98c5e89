// What a statement's fingerprint is made of, byte by byte.

import { Readable } from 'node:stream';
import { guarded } from '../guarded.ts';
import { fileAnswer } from '../file-answer.ts';

export const loader = guarded('credits.see', async ({ app, actor, params }) => {
  const month = params['month'] ?? '';
  return fileAnswer(Readable.toWeb(await app.credits.statementFile(actor, month)), `statement-${month}.csv`);
});
