// Movements and statements as programs fetch them: a real ledger behind the real door.

import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { openCreditsStage, type CreditsTeam } from '#core/testing/stages/credits-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openDoor } from '../testing/open-door.ts';
import type { Actor } from '#core/domain/actor.ts';

const stage = forAll(openCreditsStage);

test('a program reads every movement in credits, page by page', async () => {
  const { team, get } = await opened();
  await team.did({ text: 'find me leads', held: 3, charged: 2.25 });
  const first = await get('/api/transactions?limit=2');
  expect(await first.json()).toEqual({
    transactions: [
      {
        line: 3,
        at: '2026-11-20T12:00:00.000Z',
        type: 'settle',
        words: 'Used',
        detail: '0.75 credits returned',
        task: { id: expect.any(String), title: 'find me leads', type: 'general', status: 'completed' },
        who: { kind: 'user', id: team.owner.userId, name: 'Olga Owner' },
        credits: -2.25,
        setAside: -3,
        after: { balance: 97.75, inUse: 0, debt: 0 },
        money: null,
      },
      expect.objectContaining({ line: 2, type: 'hold', credits: 0, setAside: 3 }),
    ],
    next: 2,
  });
  expect(await (await get('/api/transactions?limit=2&before=2')).json()).toMatchObject({
    transactions: [{ line: 1 }, { line: 0 }],
    next: null,
  });
  expect(await (await get('/api/transactions?types=grant,%20open')).json()).toMatchObject({
    transactions: [{ type: 'grant' }, { type: 'open' }],
  });
});

test('the table is a file with a name, the same lines, and nothing a spreadsheet would run', async () => {
  const { team, get } = await opened();
  await team.did({ byIdentity: await team.identity('=cmd|calc'), text: '@SUM(1)\n"; DROP', charged: 1 });
  const answer = await get('/api/transactions.csv?types=settle&timeZone=Asia/Tokyo');
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
    200,
    'text/csv; charset=utf-8',
    `attachment; filename="transactions.csv"; filename*=UTF-8''transactions.csv`,
  ]);
  const [header, row, ...others] = parse(await answer.text()) as string[][];
  expect(others).toEqual([]);
  const cell = (name: string) => row![header!.indexOf(name)];
  expect([cell('time'), cell('task'), cell('who'), cell('credits')]).toEqual(['2026-11-20 21:00:00', "'@SUM(1)", "'=cmd|calc", '-1']);
  const head = await get('/api/transactions.csv', 'HEAD');
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('whoever keeps a statement can check it', async () => {
  const { team, get } = await opened();
  await team.did({ charged: 2.5 });
  stage().at = new Date('2026-12-02T12:00:00Z');
  expect(await (await get('/api/statements')).json()).toEqual({ months: ['2026-12', '2026-11'] });
  const { statement } = (await (await get('/api/statements/2026-11')).json()) as { statement: Record<string, unknown> };
  expect(statement).toEqual({
    month: '2026-11',
    closed: true,
    opening: { balance: 0, inUse: 0, debt: 0 },
    movements: [
      { type: 'open', count: 1, balance: 0, inUse: 0, debt: 0 },
      { type: 'grant', count: 1, balance: 100, inUse: 0, debt: 0 },
      { type: 'hold', count: 1, balance: 0, inUse: 2.5, debt: 0 },
      { type: 'settle', count: 1, balance: -2.5, inUse: -2.5, debt: 0 },
    ],
    closing: { balance: 97.5, inUse: 0, debt: 0 },
    paid: [],
    lines: { first: 0, last: 3, count: 4 },
    fingerprint: expect.any(String),
    brokenAt: null,
  });
  const table = await get('/api/statements/2026-11.csv');
  expect(table.headers.get('content-disposition')).toContain('filename="statement-2026-11.csv"');
  expect(
    createHash('sha256')
      .update(await table.text())
      .digest('hex'),
  ).toBe(statement['fingerprint']);
});

test.each([
  ['/api/transactions?type=settle', 400, 'is not known here; did you mean “types”?'],
  ['/api/transactions?types=gift', 400, 'must be some of open, grant'],
  ['/api/transactions?from=2026-02-30', 400, 'must be a day such as'],
  ['/api/transactions.csv?timeZone=Miami', 400, 'must be a time zone such as'],
  ['/api/transactions.csv?limit=5', 400, 'is not known here'],
  ['/api/transactions?person=me', 400, 'must be an id as we gave it'],
  ['/api/transactions?limit=51', 400, 'must be at most 50'],
  ['/api/statements/2026-10', 404, 'There is no statement for this month.'],
  ['/api/statements/2026-10.csv', 404, 'There is no statement for this month.'],
  ['/api/statements/..%2f..%2fetc.csv', 404, 'There is no statement for this month.'],
])('%s is %s: %s', async (path, status, words) => {
  const { get } = await opened();
  const answer = await get(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
  expect(JSON.stringify(await answer.json())).toContain(words);
});

test('a key of somebody who may not see credits opens none of it, and no key neither', async () => {
  const { team, door } = await opened();
  const member: Actor = { ...team.owner, role: 'member' };
  for (const path of [
    '/api/transactions',
    '/api/transactions.csv',
    '/api/statements',
    '/api/statements/2026-11',
    '/api/statements/2026-11.csv',
  ]) {
    expect((await (await doorFor(member)).fetch(path, { key: 'k' })).status).toBe(403);
    expect((await door.fetch(path)).status).toBe(401);
  }
});

async function opened() {
  stage().at = new Date('2026-11-20T12:00:00Z');
  const team: CreditsTeam = await stage().team(100);
  const door = await doorFor(team.owner);
  return { team, door, get: (path: string, method = 'GET') => door.fetch(path, { key: 'k', method }) };
}

function doorFor(actor: Actor) {
  return openDoor({ ...stage().app, team: { actorByKey: async () => actor } });
}
