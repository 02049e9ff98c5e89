import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutToColumns, toColumns, widthOf, wrap } from './width.ts';

test.each([
  ['leads', 5],
  ['漢字', 4],
  ['ｆｕｌｌ', 8],
  ['한글', 4],
  ['e\u0301', 1],
  ['👩‍👩‍👧‍👦', 2],
  ['❤️', 2],
  ['🇩🇪', 2],
  ['क्षि', 3],
  ['“quoted” …', 10],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test('text is filled up or cut to its columns', () => {
  expect(toColumns('ab', 4)).toBe('ab  ');
  expect(toColumns('9', 4, 'right')).toBe('   9');
  expect(toColumns('漢字漢字', 6)).toBe('漢字… ');
  expect(cutToColumns('one two', 5)).toBe('one…');
});

test('long lines are wrapped at words, and the items of a list hang', () => {
  expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrap('- one two three\n\n10. four five six', 12)).toEqual(['- one two', '  three', '', '10. four', '    five six']);
  expect(wrap('WWWWWWWWWW', 4)).toEqual(['WWWW', 'WWWW', 'WW']);
});

test('no wrapped line is too wide, and no word is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 4, max: 60 }), (text, columns) => {
      const lines = wrap(text, columns);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }),
  );
});
