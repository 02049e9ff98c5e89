// A table of an agent may be opened by any spreadsheet: no cell of it is evaluated, and no other cell changes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formulaFilter } from './spreadsheet-cells.ts';

function filtered(text: string, pieces = [text]): string {
  const filter = formulaFilter();
  return pieces.map((piece) => filter.write(piece)).join('') + filter.end();
}

describe('a formula', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['a,=1+1', "a,'=1+1"],
    ['a;=1+1', "a;'=1+1"],
    ['a\t=1+1', "a\t'=1+1"],
    ['a\n=1', "a\n'=1"],
    ['a\r=1', "a\r'=1"],
    ['"=1+1"', '"\'=1+1"'],
    ['a,"=HYPERLINK(""http://evil"",""x"")"', 'a,"\'=HYPERLINK(""http://evil"",""x"")"'],
    ['a,  =1', "a,  '=1"],
    ['a," =1"', 'a," \'=1"'],
    ['a,"\n=1"', 'a,"\n\'=1"'],
    ['a,"""=1"', 'a,"""\'=1"'],
    ['a,\u00a0=1', "a,\u00a0'=1"],
    ['a,\u200b=1', "a,\u200b'=1"],
    ['a,\0=1', "a,\0'=1"],
    ['\ufeff=1', "\ufeff'=1"],
    ['\ufeff"=1"', '\ufeff"\'=1"'],
    ['@SUM(1)', "'@SUM(1)"],
    ['＝1', "'＝1"],
    ['＠x', "'＠x"],
    ['+A1', "'+A1"],
    ['-2+3+cmd|calc', "'-2+3+cmd|calc"],
    ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
    ['＋A1', "'＋A1"],
    ['－A1', "'－A1"],
    ['- a list', "'- a list"],
    ['-1:1', "'-1:1"],
    ['-1E5+A1', "'-1E5+A1"],
    [`-${'1'.repeat(100)}`, `'-${'1'.repeat(100)}`],
    ['"-5\n+cmd|x"', '"\'-5\n+cmd|x"'],
    ['"-5""&cmd"', '"\'-5""&cmd"'],
    // Read with another separator than the one it was written with.
    ['name,"x;=cmd"', 'name,"x;\'=cmd"'],
    ['name;"x,=cmd"', 'name;"x,\'=cmd"'],
    ['a,b "c,=d" e', 'a,b "c,\'=d" e'],
    // A comma that is a decimal one elsewhere.
    ['-5,3+cmd|x', "'-5,3+cmd|x"],
    ['-5,3 * A1', "'-5,3 * A1"],
    // A separator that the first line chooses.
    ['sep=|\na|=1', "sep=|\na|'=1"],
    ['"sep=#"\r\na#=1', '"sep=#"\r\na#\'=1'],
  ])('%j becomes text', (text, safe) => {
    expect(filtered(text)).toBe(safe);
  });
});

describe('what is no formula', () => {
  test.each([
    'name,city\nAnn,Miami\n',
    'a,-12.5,b',
    '-12.5,name,2024-01-02T10:00:00Z',
    '-12,5;name',
    '"-1,234.50",x',
    '-5',
    '+5%',
    '-$1,200.00',
    '-€5',
    '-1.5e-7,x',
    '+1E5',
    '-12 345,67',
    '+49 30 1234567',
    '+1-555-010-1234,x',
    '+1 (555) 010-1234;x',
    '"+49 (0)30/1234-56"',
    '+4930123456\tx',
    '-,x',
    '--,-',
    '-1/2',
    'a=b,c+d,e@example.com,f-g',
    'Müller & Söhne,#general,👍',
    "'=1+1",
    "'-a",
    '"Smith, -Jones"',
    'x," ",y',
    ',,,\n;;;\n',
    '',
    '\ufeff',
    '-5,Main St',
    '-5,12 Main St',
    'sep=;\na;b',
  ])('%j stays as it is', (text) => {
    expect(filtered(text)).toBe(text);
  });
});

// --- For any table.

const dangerous = fc.constantFrom(
  '=1+1',
  '@x',
  '+A1',
  '-cmd|x',
  '＝1',
  ' =1',
  '"=1',
  '-2+A1',
  '=HYPERLINK("a","b")',
  '\t=1',
  '\n=1',
  "-5,3+cmd|' /C'!A0",
  'x;=1',
  'x,@y',
);
const tame = fc.oneof(
  fc.constantFrom('Ann', '-12.5', '+49 30 1234', '', 'a b', '12', 'Müller', 'x "y" z', '-5', '2024-01-02'),
  fc.stringMatching(/^[a-z0-9 äöü."]{0,12}$/),
);
const cell = fc.oneof({ weight: 3, arbitrary: tame }, { weight: 2, arbitrary: dangerous });
const separator = fc.constantFrom(',', ';', '\t');
const table = fc.record({
  rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
  by: separator,
  end: fc.constantFrom('\n', '\r\n'),
  all: fc.boolean(),
});

type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;

function written({ rows, by, end, all }: Table): string {
  const quoted = (text: string) => (all || /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(quoted).join(by) + end).join('');
}

/** As a spreadsheet with these separators takes a file apart, written without a look at the filter. */
function cellsOf(text: string, separators: string): string[] {
  const plain = `[^${separators}\\r\\n]*`;
  const one = new RegExp(`(?:"((?:[^"]|"")*)(?:"(${plain})|$)|(${plain}))([${separators}]|\\r\\n|\\r|\\n|$)`, 'y');
  const cells: string[] = [];
  while (one.lastIndex < text.length) {
    const [, quoted, behind, bare] = one.exec(text)!;
    cells.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"') + (behind ?? ''));
  }
  return cells;
}

function isEvaluated(text: string): boolean {
  const own = text.replace(/^[\s"\0\u200b\ufeff]+/u, '');
  if (/^[=@＝＠]/.test(own)) return true;
  return /^[+\-＋－]/.test(own) && /[a-z_!|\\'"@=&^*:<>{}[\]]/i.test(own) && !/^[+-][\d.,]*e[+-]?\d+$/i.test(own);
}

test('no cell of any table is evaluated, with the separator it was written with', () => {
  fc.assert(
    fc.property(table, (some) => {
      expect(cellsOf(filtered(written(some)), some.by).filter(isEvaluated)).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});

test('no cell of any text at all begins with what is always evaluated, whatever separates it', () => {
  const text = fc.array(fc.constantFrom('=', '@', '＝', '+', '-', '"', "'", ',', ';', '\t', '\n', '\r', ' ', 'a', '1', 'cmd|', '\ufeff'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(text, (parts) => {
      const safe = filtered(parts.join(''));
      for (const separators of [',', ';', '\t', ',;\t'])
        expect(cellsOf(safe.replace(/^\ufeff/, ''), separators).filter((each) => /^[\s"\ufeff]*[=@＝]/.test(each))).toEqual([]);
    }),
    { numRuns: 10_000 },
  );
});

test('every cell without danger is unchanged, and so are all bytes of a table that has none', () => {
  fc.assert(
    fc.property(table, (some) => {
      const before = cellsOf(written(some), some.by);
      const after = cellsOf(filtered(written(some)), some.by);
      expect(after).toHaveLength(before.length);
      for (const [n, text] of before.entries()) {
        if (!/[=@＝+]|-[^\d\s-]/.test(text) && !/^[\s"]*-/.test(text)) expect(after[n]).toBe(text);
        expect(after[n]!.replaceAll("'", '')).toBe(text.replaceAll("'", ''));
      }
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.array(fc.array(tame, { minLength: 1 }), { maxLength: 6 }), separator, (rows, by) => {
      const text = written({ rows, by, end: '\n', all: false });
      expect(filtered(text)).toBe(text);
    }),
  );
});

test('it makes no difference how a table is cut into pieces, and a second time changes nothing more', () => {
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 7 }), (some, size) => {
      const text = written(some);
      const whole = filtered(text);
      expect(filtered(text, text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])).toBe(whole);
      expect(filtered(whole)).toBe(whole);
    }),
    { numRuns: 1_000 },
  );
});
