import { expect, test } from 'vitest';
import { drawTable } from './table.ts';

const leads = {
  columns: ['name', 'city', 'score'],
  rows: [
    ['Ana Flores', 'Miami', '92'],
    ['Ben', 'Coral Gables', '8'],
  ],
  rowsTotal: 100,
};

test('columns are aligned, numbers to the right, and what is not shown is counted', () => {
  expect(drawTable(leads, 60)).toEqual({
    head: 'name        city          score',
    rows: ['Ana Flores  Miami            92', 'Ben         Coral Gables      8'],
    notes: ['98 more rows in the file'],
  });
});

test('where there is little room the widest columns give way, then the last ones', () => {
  expect(drawTable(leads, 27)).toMatchObject({
    head: 'name       city       score',
    rows: ['Ana Flor…  Miami         92', 'Ben        Coral Ga…      8'],
  });
  expect(drawTable(leads, 18)).toMatchObject({ head: 'name      city', notes: ['1 more column', '98 more rows in the file'] });
});

test('a table without rows shows its head', () => {
  expect(drawTable({ columns: ['name'], rows: [], rowsTotal: 0 }, 40)).toEqual({ head: 'name', rows: [], notes: [] });
});
