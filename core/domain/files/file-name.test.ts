import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { distinctFileNames, safeFileName } from './file-name.ts';

test.each([
  ['leads.csv', 'leads.csv'],
  ['Résumé – Zoë (final).pdf', 'Résumé – Zoë (final).pdf'],
  ['リード一覧.csv', 'リード一覧.csv'],
  ['archive.tar.gz', 'archive.tar.gz'],
])('a good name is kept as it is: %s', (given, kept) => {
  expect(safeFileName(given)).toBe(kept);
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ann\\leads.csv', 'leads.csv'],
  ['out/reports/', 'reports'],
  ['..', 'file'],
  ['a/..', 'a'],
  ['/', 'file'],
])('nobody gets a path: %s', (given, safe) => {
  expect(safeFileName(given)).toBe(safe);
});

test('a name cannot lie about its ending', () => {
  expect(safeFileName('leads\u202evsc.exe')).toBe('leadsvsc.exe');
  expect(safeFileName('invoice.pdf\u0000.exe')).toBe('invoice.pdf.exe');
  expect(safeFileName('a\r\nSet-Cookie: x.csv')).toBe('a Set-Cookie- x.csv');
});

test('a name is not hidden, not an option, and survives a trip to Windows', () => {
  expect(safeFileName('.env')).toBe('env');
  expect(safeFileName('--rf.txt')).toBe('rf.txt');
  expect(safeFileName('leads. . ')).toBe('leads');
  expect(safeFileName('what? <all>|"some".csv')).toBe('what- -all---some-.csv');
  expect(safeFileName('con')).toBe('_con');
  expect(safeFileName('LPT1.csv')).toBe('_LPT1.csv');
  expect(safeFileName('console.csv')).toBe('console.csv');
});

test('one name has one form, however its accents were typed', () => {
  expect(safeFileName('e\u0301te\u0301.txt')).toBe('\u00e9t\u00e9.txt');
});

test('a long name is cut in its stem and keeps its extension', () => {
  expect(safeFileName(`${'long'.repeat(100)}.csv`)).toBe(`${'long'.repeat(49)}.csv`);
  const families = safeFileName(`${'👩‍👩‍👧‍👦'.repeat(50)}.csv`);
  expect(families).toBe(`${'👩‍👩‍👧‍👦'.repeat(7)}.csv`);
});

test('text with nothing usable in it gets a plain name', () => {
  expect(safeFileName('')).toBe('file');
  expect(safeFileName(' \u200d ', 'attachment')).toBe('attachment');
  expect(safeFileName('\ud800')).toBe('file');
  expect(safeFileName(`${'👩\u200d'.repeat(60)}.csv`, 'attachment')).toBe('attachment.csv');
});

test.each(['.', ' ', 'a/', '\u0301', '👩\u200d'])('nobody waits for a name of a megabyte of %j', (piece) => {
  expect(cpuMs(() => expect(safeFileName(`a${piece.repeat(1_000_000)}x.csv`)).toMatch(/\.csv$/))).toBeLessThan(2_000);
});

test('any text at all becomes a safe name, and a safe name stays as it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.stringMatching(/^[./\\ a-c:*-]{0,12}$/),
        fc.string({ unit: fc.constantFrom('con', '.', ' ', 'é', '\u0301', '🏳️‍🌈'), maxLength: 120 }),
      ),
      (text) => {
        const name = safeFileName(text);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(name).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069<>:"|?*]|^[.\s-]|[.\s]$|^$/);
        expect(name.isWellFormed()).toBe(true);
        expect(safeFileName(name)).toBe(name);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  [
    ['leads.csv', 'leads.csv', 'leads.csv'],
    ['leads.csv', 'leads (2).csv', 'leads (3).csv'],
  ],
  [
    ['Leads.csv', 'leads.CSV', 'notes'],
    ['Leads.csv', 'leads (2).CSV', 'notes'],
  ],
  [
    ['leads.csv', 'leads.csv', 'leads (2).csv'],
    ['leads.csv', 'leads (3).csv', 'leads (2).csv'],
  ],
  [
    ['README', 'readme', 'stra\u00dfe.txt', 'STRASSE.txt'],
    ['README', 'readme (2)', 'stra\u00dfe.txt', 'STRASSE (2).txt'],
  ],
])('files of one name get names of their own: %j', (given, distinct) => {
  expect(distinctFileNames(given)).toEqual(distinct);
});

test('of any files, no two have one name on a disk that ignores case, and whichever needs no other name keeps its own', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[abAB]{1,2}( \(2\))?(\.(csv|CSV))?$/),
    fc.string({ maxLength: 10 }).map((text) => safeFileName(text)),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), (names) => {
      const distinct = distinctFileNames(names);
      expect(new Set(distinct.map((each) => each.toLowerCase())).size).toBe(names.length);
      expect(distinct.map((each) => safeFileName(each))).toEqual(distinct);
      expect(distinctFileNames(distinct)).toEqual(distinct);
      for (const [at, each] of names.entries())
        if (!names.some((other, n) => n < at && other.toLowerCase() === each.toLowerCase())) expect(distinct[at]).toBe(each);
    }),
  );
});
