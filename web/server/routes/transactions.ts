// The journal over HTTP: page by page, as a table, and as statements that can be checked.

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { nothing, parseRequest, tableQuery, transactionsQuery } from '#core/contracts/api.ts';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';
import { statementAnswer, transactionAnswer } from '../answers.ts';
import { pathPart, type Route } from '../route.ts';
import type { PartsFor } from '../parts.ts';

export function transactionRoutes({ app, keys }: PartsFor<'credits'>): Route[] {
  return [
    {
      path: '/api/transactions',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const { limit, before, ...query } = parseRequest(transactionsQuery, request.query);
        // One more than wanted tells whether there is another page.
        const lines = await app.credits.transactions(actor, { ...given(query), limit: limit + 1, ...(before !== undefined && { before }) });
        const page = lines.slice(0, limit);
        response.json({ transactions: page.map(transactionAnswer), next: lines.length > limit ? page.at(-1)!.line : null });
      },
    },
    {
      path: '/api/transactions.csv',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const query = given(parseRequest(tableQuery, request.query));
        // Programs take a byte order mark for a part of the first name.
        await sendTable(request, response, 'transactions.csv', await app.credits.transactionsCsv(actor, { ...query, bom: false }));
      },
    },
    {
      path: '/api/statements',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, request.query);
        response.json({ months: await app.credits.statementMonths(actor) });
      },
    },
    {
      path: '/api/statements/:month.csv',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, request.query);
        const month = pathPart(request, 'month');
        await sendTable(request, response, `statement-${month}.csv`, await app.credits.statementFile(actor, month));
      },
    },
    {
      path: '/api/statements/:month',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, request.query);
        response.json({ statement: statementAnswer(await app.credits.statement(actor, pathPart(request, 'month'))) });
      },
    },
  ];
}

async function sendTable(request: Request, response: Response, name: string, table: Readable): Promise<void> {
  response.set({ 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': contentDisposition(name) });
  if (request.method === 'HEAD') {
    table.destroy();
    response.end();
    return;
  }
  await pipeline(table, response);
}

/** Without what was left out: for the core, a filter that is not there is none. */
function given<Query extends object>(query: Query): { [Name in keyof Query]?: Exclude<Query[Name], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as never;
}
