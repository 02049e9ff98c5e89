import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { CsvRow } from '#core/ports/tables.ts';
import { writeCsv } from './write.ts';

async function* batches(...all: CsvRow[][]): AsyncGenerator<CsvRow[]> {
  yield* all;
}

test('no text in a table of ours acts as a formula, whatever the spreadsheet splits at; numbers stay numbers', async () => {
  const rows: CsvRow[] = [
    ['at', 'words', 'credits'],
    ['2026-11-25', '=1+1', { number: '-80' }],
    ['2026-11-25', "x;=cmd|' /C calc'!A0", { number: '-12.5' }],
    ['2026-11-25', 'a\t@SUM(1)', { number: '3' }],
  ];
  expect((await buffer(writeCsv(batches(rows.slice(0, 2), [], rows.slice(2)), { bom: true }))).toString()).toBe(
    '\ufeff"at","words","credits"\n"2026-11-25","\'=1+1",-80\n"2026-11-25","x;\'=cmd|\' /C calc\'!A0",-12.5\n"2026-11-25","a\t\'@SUM(1)",3\n',
  );
});

test('a table without a row is empty', async () => {
  expect((await buffer(writeCsv(batches([]), { bom: false }))).toString()).toBe('');
});
