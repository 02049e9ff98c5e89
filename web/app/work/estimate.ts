// What a request would cost, for the line below the composer.

import { guarded, readForm } from '../guarded.ts';
import { estimateOf } from './ask.ts';

export const action = guarded('tasks.ask', async (visit) =>
  Response.json(await estimateOf(visit, (await readForm(visit.request)).text('text'))),
);
