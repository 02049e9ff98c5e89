import { expect, test } from 'vitest';
import { textEncodingOf } from './text-encoding.ts';

const bytes = (...all: number[]) => Uint8Array.from(all);
const utf8 = (text: string) => new TextEncoder().encode(text);

test.each([
  ['plain ASCII', utf8('name,city'), 'utf-8'],
  ['nothing', bytes(), 'utf-8'],
  ['umlauts', utf8('Zürich'), 'utf-8'],
  ['a beginning that ends within a character', utf8('Zürich 東').slice(0, -1), 'utf-8'],
  ['a mark of UTF-16, little end first', bytes(0xff, 0xfe, 0x5a, 0), 'utf-16le'],
  ['a mark of UTF-16, big end first', bytes(0xfe, 0xff, 0, 0x5a), 'utf-16be'],
  ['what an old spreadsheet writes', bytes(0x5a, 0xfc, 0x72, 0x69, 0x63, 0x68), 'windows-1252'],
])('the encoding of %s is told from its bytes', (_what, beginning, encoding) => {
  expect(textEncodingOf(beginning)).toBe(encoding);
});
