import { parse } from 'csv-parse/sync';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { TransactionView } from '#core/domain/credits/transaction.ts';
import { openCreditsStage, type CreditsTeam } from '#core/testing/stages/credits-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import type { TransactionQuery } from './views.ts';

const stage = forAll(openCreditsStage);

test('every movement is told with its task, its person, what moved, and what was there afterwards', async () => {
  const team = await at('2026-11-20T12:00:00Z').team();
  await team.grant(100, { source: 'welcome' });
  await team.grant(20, { actor: 'operator:root', note: 'for the trouble' });
  const ada = await team.member('Ada', 'member');
  await team.did({ by: ada.userId, text: '\n\nfind me 30 leads\nin Miami', type: 'lead-generation', held: 30, charged: 24 });
  await team.did({ byIdentity: await team.identity('grace.h'), held: 5, charged: 0 });
  const lines = await all(team);
  expect(lines.map(inShort)).toEqual([
    'Returned (The task failed, so nothing was charged) | do it | grace.h | 0, set aside -5 | 96, 0 in use',
    'Reserved (Nothing is charged until the task is done) | do it | grace.h | 0, set aside 5 | 96, 5 in use',
    'Used (6 credits returned) | find me 30 leads | Ada | -24, set aside -30 | 96, 0 in use',
    'Reserved (Nothing is charged until the task is done) | find me 30 leads | Ada | 0, set aside 30 | 120, 30 in use',
    'Granted by the operator (for the trouble) | - | operator | 20, set aside 0 | 120, 0 in use',
    'Welcome credits | - | - | 100, set aside 0 | 100, 0 in use',
    'Wallet opened | - | - | 0, set aside 0 | 0, 0 in use',
  ]);
  expect(lines[2]).toMatchObject({
    line: 4,
    type: 'settle',
    task: { type: 'lead-generation', status: 'completed' },
    who: { kind: 'user', id: ada.userId },
  });
});

test('credits that pay a debt came all the same, and amounts always add up to what is there less what is owed', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(10);
  const { ledger } = stage().store;
  await ledger.clawback({ key: newId<never>(), wallet: team.walletId, credits: credits(25), note: 'a grant by mistake' }, stage().at);
  await team.grant(20);
  const lines = await all(team);
  expect(
    lines.slice(0, 2).map(({ words, detail, amount, debt, balance }) => [words, detail, show(amount), show(balance), show(debt)]),
  ).toEqual([
    ['Granted by the operator', '15 credits paid what was owed', '20', '5', '0'],
    ['Removed', 'a grant by mistake. 15 credits already used, now owed', '-25', '0', '15'],
  ]);
  let worth = 0n;
  for (const line of lines.toReversed()) {
    worth += BigInt(line.amount);
    expect(BigInt(line.balance) - BigInt(line.debt)).toBe(worth);
  }
});

test('pages follow one another without a gap or a repeat, while new lines come in', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(100);
  for (let i = 0; i < 5; i++) await team.did({ charged: 1 });
  const seen: number[] = [];
  for (let before: number | undefined; ; before = seen.at(-1)) {
    const page = await stage().app.credits.transactions(team.owner, { limit: 4, ...(before !== undefined && { before }) });
    if (page.length === 0) break;
    seen.push(...page.map(({ line }) => line));
    await team.did({ charged: 1 });
  }
  expect(seen).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
});

test('lines can be chosen by type, day and person', async () => {
  const team = await at('2026-11-20T23:30:00Z').team(100);
  const ada = await team.member('Ada', 'member');
  const grace = await team.identity('grace', undefined);
  await team.did({ by: ada.userId, charged: 1 });
  stage().at = new Date('2026-11-21T12:00:00Z');
  await team.did({ byIdentity: grace, charged: 2 });
  stage().at = new Date('2026-11-22T12:00:00Z');
  await team.did({ byIdentity: await team.identity('ada in slack', ada.userId), charged: 3 });
  stage().at = new Date('2026-11-23T12:00:00Z');
  const used = async (query: TransactionQuery) => (await all(team, { types: ['settle'], ...query })).map(({ amount }) => show(amount));
  expect(await used({})).toEqual(['-3', '-2', '-1']);
  expect(await used({ person: ada.userId })).toEqual(['-3', '-1']);
  expect(await used({ person: grace })).toEqual(['-2']);
  expect(await used({ person: newId<never>() })).toEqual([]);
  expect(await used({ from: '2026-11-21' })).toEqual(['-3', '-2']);
  expect(await used({ to: '2026-11-21' })).toEqual(['-2', '-1']);
  expect(await used({ from: '2026-11-21', to: '2026-11-21' })).toEqual(['-2']);
  expect(await used({ from: '2026-11-21', to: '2026-11-21', timeZone: 'Europe/Berlin' })).toEqual(['-2', '-1']);
  expect(await used({ from: '2026-11-23' })).toEqual([]);
  expect(await used({ from: '2026-11-24', to: '2026-11-25' })).toEqual([]);
  expect(await used({ to: '2026-11-19' })).toEqual([]);
  expect((await all(team, { types: ['grant', 'open'] })).map(({ type }) => type)).toEqual(['grant', 'open']);
});

test.each([
  ['from', { from: '2026-02-30' }],
  ['to', { to: 'yesterday' }],
  ['person', { person: "'; DROP TABLE transactions --" }],
  ['timeZone', { timeZone: 'Miami' }],
])('a wrong %s is said', async (name, query) => {
  const team = await at('2026-11-20T12:00:00Z').team(1);
  for (const ask of [
    stage().app.credits.transactions(team.owner, { ...query, limit: 5 }),
    stage().app.credits.transactionsCsv(team.owner, { ...query, bom: false }),
  ]) {
    await expect(ask).rejects.toMatchObject({ code: 'request.invalid', facts: { fields: [{ name }] } });
  }
});

test('nobody sees lines of another team, nor without being allowed to', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(100);
  const ada = await team.member('Ada', 'member');
  await team.did({ by: ada.userId });
  const other = await stage().team();
  expect((await all(other)).map(({ type }) => type)).toEqual(['open']);
  expect(await all(other, { person: ada.userId })).toEqual([]);
  await expect(stage().app.credits.transactions(ada, { limit: 5 })).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(stage().app.credits.transactionsCsv(ada, { bom: true })).rejects.toMatchObject({ code: 'not.allowed' });
});

test('the table has every line, with numbers that stay numbers and times where the person lives', async () => {
  const team = await at('2026-11-20T23:30:00Z').team(1_000.5);
  await team.did({ text: 'find me leads', charged: 2.25, held: 3 });
  const table = await csv(team, { timeZone: 'Europe/Berlin' });
  expect(table.split('\n')[0]).toBe(
    '"line","time (UTC)","time","time zone","type","what","task","task type","task id","who","credits","set aside","balance after","set aside after","debt after","money in minor units","currency"',
  );
  expect(table.split('\n')[1]).toMatch(
    /^3,"2026-11-20T23:30:00.000Z","2026-11-21 00:30:00","Europe\/Berlin","settle","Used: 0.75 credits returned","find me leads","general","[0-9a-f-]{36}","Olga Owner",-2.25,-3,998.25,0,0,,$/,
  );
  expect(parse(table)).toHaveLength(1 + 4);
});

test('a spreadsheet gets a mark that says UTF-8, a program none', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(1);
  expect((await csv(team, {}, true)).charCodeAt(0)).toBe(0xfeff);
  expect((await csv(team, {}, false)).charCodeAt(0)).toBe('"'.charCodeAt(0));
});

test('no request, name or note becomes a formula, a cell or a row', async () => {
  const hostile = [
    '=HYPERLINK("http://evil.example","x")',
    '+1',
    '-1+1',
    '@SUM(1)',
    '"=1',
    ' =1',
    'a";=1;"\tb',
    'line one\r\n=1',
    "';=cmd|'/C calc'!A0",
  ];
  const team = await at('2026-11-20T12:00:00Z').team(100);
  for (const text of hostile) {
    await team.grant(1, { note: text });
    await team.did({ byIdentity: await team.identity(text), text, charged: 1 });
  }
  const table = await csv(team);
  const rows: string[][] = parse(table);
  expect(rows).toHaveLength(1 + 2 + 3 * hostile.length);
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([17]));
  const numbers = new Set([0, 10, 11, 12, 13, 14, 15]);
  const texts = rows.slice(1).flatMap((row) => row.filter((_, i) => !numbers.has(i)));
  expect(texts.filter((cell) => /^[\s"'“]*[=+\-@]/.test(cell) && !cell.startsWith("'"))).toEqual([]);
  expect(texts).toContain(`'=HYPERLINK("http://evil.example","x")`);
  // Whoever separates elsewhere, at semicolons or tabs, finds every text inside of quotes.
  const cell = '("([^"]|"")*"|-?[0-9.]*)';
  expect(table).toMatch(new RegExp(`^(${cell}(,${cell}){16}\n)+$`));
});

test('a long table comes in pieces, and stops being read when nobody wants it', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(10_000);
  await stage().bank.query(
    `SELECT count(*) FROM ledger_hold((SELECT jsonb_agg(jsonb_build_object('n', n, 'hold', uuidv7(), 'task', uuidv7(), 'wallet', $1::uuid, 'credits', 1000)) FROM generate_series(1, 1200) n), $2)`,
    [team.walletId, stage().at],
  );
  expect(parse(await csv(team))).toHaveLength(1 + 2 + 1_200);

  const { page } = stage().store.credits.transactions;
  let pages = 0;
  const counting = { ...stage().store.credits, transactions: { page: (...given: Parameters<typeof page>) => (pages++, page(...given)) } };
  const { transactionsCsv } = await import('./transactions.ts');
  const core = { ...stage().core, store: { ...stage().store, credits: counting } };
  const stream = await transactionsCsv(core, team.owner, { bom: false });
  for await (const piece of stream) {
    expect(String(piece).length).toBeGreaterThan(0);
    break;
  }
  expect(stream.destroyed).toBe(true);
  expect(pages).toBeLessThan(3);
});

function at(time: string) {
  stage().at = new Date(time);
  return stage();
}

function all(team: CreditsTeam, query: TransactionQuery = {}): Promise<TransactionView[]> {
  return stage().app.credits.transactions(team.owner, { ...query, limit: 100 });
}

async function csv(team: CreditsTeam, query: TransactionQuery = {}, bom = false): Promise<string> {
  return (await buffer(await stage().app.credits.transactionsCsv(team.owner, { ...query, bom }))).toString();
}

function inShort({ words, detail, task, who, amount, setAside, balance, inUse }: TransactionView): string {
  return [
    detail === null ? words : `${words} (${detail})`,
    task?.title ?? '-',
    who?.kind === 'operator' ? 'operator' : (who?.name ?? '-'),
    `${show(amount)}, set aside ${show(setAside)}`,
    `${show(balance)}, ${show(inUse)} in use`,
  ].join(' | ');
}

function show(amount: string): string {
  return showCredits(micro(amount));
}
