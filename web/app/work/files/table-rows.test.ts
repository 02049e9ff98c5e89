import { expect, test } from 'vitest';
import fc from 'fast-check';
import { asPasted, chosenRows, numberIn, rowReader, type Row } from './table-rows.ts';

const read = (text: string, separator = ',') => {
  const reader = rowReader(separator);
  return [...reader.take(text), ...reader.end()];
};

test.each<[string, string, Row[]]>([
  ['cells and rows', 'a,b\nc,d\n', [['a', 'b'], ['c', 'd']]], // prettier-ignore
  ['a last row without an end, and lines that end as Windows ends them', 'a,b\r\nc,d', [['a', 'b'], ['c', 'd']]], // prettier-ignore
  ['separators, quotes and line ends inside of quotes', '"a,1","say ""hi""","two\nlines"\n', [['a,1', 'say "hi"', 'two\nlines']]],
  ['empty cells, and no rows of empty lines', 'a,,\n\n,b,\n', [['a', '', ''], ['', 'b', '']]], // prettier-ignore
  ['an empty cell in quotes', '""\n', [['']]],
  ['quotes inside of a cell that does not begin with one', 'a "b" c\n', [['a "b" c']]],
])('a table is read: %s', (_what, text, rows) => {
  expect(read(text)).toEqual(rows);
});

test('however a text is cut on its way, its rows are the same', () => {
  const cell = fc.stringMatching(/^[a"',;\n é😀]{0,6}$/u);
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }), fc.array(fc.nat(40)), (rows, cuts) => {
      const text = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')).join('\n');
      const reader = rowReader(',');
      const got: Row[] = [];
      let at = 0;
      for (const length of cuts) {
        got.push(...reader.take(text.slice(at, at + length)));
        at += length;
      }
      got.push(...reader.take(text.slice(at)), ...reader.end());
      expect(got).toEqual(rows);
    }),
  );
});

test('rows are found by their words and ordered by a column, numbers as numbers and empty cells last', () => {
  const rows = [['Zoe', '9'], ['ada', '1,200'], ['Bob', ''], ['Ann', 'n/a'], ['Cy', '10']]; // prettier-ignore
  const names = (search: string, order: Parameters<typeof chosenRows>[2]) => chosenRows(rows, search, order).map(([name]) => name);
  expect(names('', null)).toEqual(['Zoe', 'ada', 'Bob', 'Ann', 'Cy']);
  expect(names(' A ', null)).toEqual(['ada', 'Ann']);
  expect(names('', { column: 0, isDown: false })).toEqual(['ada', 'Ann', 'Bob', 'Cy', 'Zoe']);
  expect(names('', { column: 1, isDown: false })).toEqual(['Zoe', 'Cy', 'ada', 'Ann', 'Bob']);
  expect(names('', { column: 1, isDown: true })).toEqual(['Ann', 'ada', 'Cy', 'Zoe', 'Bob']);
});

test.each([
  ['1,250.5', 1250.5],
  ['−3 %', -3],
  ['$20', 20],
  ['-€5', -5],
  ['1,2', null],
  ['2026-12-01', null],
  ['', null],
])('as a number %s is %s', (cell, number) => {
  expect(numberIn(cell)).toBe(number);
});

test('a copied row is one line of a spreadsheet', () => {
  expect(asPasted(['a', 'two\nlines', 'tab\there', ''])).toBe('a\ttwo lines\ttab here\t');
});
