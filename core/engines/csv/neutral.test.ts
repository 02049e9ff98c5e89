// Tables come in many encodings and sizes; what is taken out and what stays is the same in all of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formulaRemover } from './neutral.ts';

function removed(bytes: Buffer, size = bytes.length || 1): Buffer {
  const remover = formulaRemover();
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(remover.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...pieces, remover.end()]);
}

const table = 'näme,👍\n=1+1,-12.5\n"＝x",+49 30 1\n';
const safe = 'näme,👍\n\'=1+1,-12.5\n"\'＝x",+49 30 1\n';
const encodings: Record<string, (text: string) => Buffer> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16 as Windows writes it': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16 the other way round': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'UTF-16 without a byte order mark': (text) => Buffer.from(text.replace('näme', 'name'), 'utf16le'),
};

describe.each(Object.keys(encodings))('a table in %s', (name) => {
  test.each([1, 2, 3, 5, 1_000])('loses its formulas and keeps its encoding, read %i bytes at a time', (size) => {
    const encode = encodings[name]!;
    expect(removed(encode(table), size)).toEqual(encode(safe));
  });
});

test('bytes that are no valid text go through as they came, and the formulas beside them do not', () => {
  const latin1 = Buffer.from('Müller,=1\nß\xff,＝2'.replace('＝2', ''), 'latin1');
  expect(removed(latin1, 4)).toEqual(Buffer.from("Müller,'=1\nß\xff,", 'latin1'));
  const mixed = Buffer.concat([Buffer.from([0xff, 0x2c]), Buffer.from('＝2,\ud83d\udc4d')]);
  for (const size of [1, 2, 3, 100])
    expect(removed(mixed, size)).toEqual(Buffer.concat([Buffer.from([0xff, 0x2c]), Buffer.from("'＝2,\ud83d\udc4d")]));
  expect(removed(Buffer.concat([Buffer.from('\ufeffa\n-5', 'utf16le'), Buffer.from([0x0a])]))).toEqual(
    Buffer.concat([Buffer.from('\ufeffa\n-5', 'utf16le'), Buffer.from([0x0a])]),
  );
});

test('any bytes without a sign of danger are the same afterwards, however they are cut', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some));
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 9 }), (some, size) => {
      const out = removed(some, size);
      if (!/[=@+\-\uff00-\uffff]/.test(some.toString('latin1')) && !some.includes(0xef)) expect(out).toEqual(some);
      // Only apostrophes are added.
      expect(out.filter((byte) => byte !== 0x27 && byte !== 0)).toEqual(some.filter((byte) => byte !== 0x27 && byte !== 0));
      expect(removed(some)).toEqual(out);
    }),
    { numRuns: 3_000 },
  );
});

describe.each([
  ['the order of Windows', (text: string) => Buffer.from(text, 'utf16le'), (bytes: Buffer) => bytes],
  ['the other order', (text: string) => Buffer.from(text, 'utf16le').swap16(), (bytes: Buffer) => Buffer.from(bytes).swap16()],
] as const)('a table in UTF-16 without a byte order mark, in %s,', (_, encode, turned) => {
  const read = (bytes: Buffer) => turned(bytes).toString('utf16le');

  test('loses its formulas and stays readable when it begins with Chinese', () => {
    for (const size of [1, 3, 100]) {
      expect(read(removed(encode('中,=1\n=2'), size))).toBe("中,'=1\n'=2");
      expect(read(removed(encode('一一一,=1\n丢,"=2"'), size))).toBe('一一一,\'=1\n丢,"\'=2"');
    }
  });

  test('gains apostrophes and nothing else, and no cell of it begins with a sign of equality', () => {
    // Half of 丢 is a quotation mark, half of 中 a minus, and the zero of 一 and Ā is on the side where ASCII has none.
    const sign = fc.constantFrom(...'中一丢名Āéa1 ,;\n=-+@'.split(''));
    const text = fc.array(sign, { maxLength: 700 }).map((signs) => ['号', ...signs.slice(0, 100), '\n', ...signs.slice(100)].join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 900 }), (some, size) => {
        const out = read(removed(encode(some), size));
        expect(out.replaceAll("'", '')).toBe(some);
        expect(out.split(/[,;\n]/).filter((cell) => cell.trimStart().startsWith('='))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

test('zero bytes among the text of a table hide no formula', () => {
  expect(removed(Buffer.from('a\0b,c\n=1+1,"@x"\n'), 2)).toEqual(Buffer.from('a\0b,c\n\'\0=1+1,"\'\0@x"\n'));
});

test('a large table flows through in little memory', () => {
  const remover = formulaRemover();
  const block = Buffer.from('Ann Example,"-12.50",+49 30 1234567,=HYPERLINK("http://x")\n'.repeat(1_000));
  const before = process.memoryUsage().heapUsed;
  let bytes = 0;
  for (let times = 0; times < 300; times++) bytes += remover.push(block).length;
  bytes += remover.end().length;
  expect(bytes).toBe(300 * (block.length + 1_000));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
  // A cell without an end is not held back, either.
  const endless = formulaRemover();
  endless.push(Buffer.from('"-'));
  for (let times = 0; times < 100; times++) expect(endless.push(Buffer.alloc(1_000, '1')).length).toBeGreaterThan(900);
});
