import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bareAddress, escapeLine, readMarkdown } from './markdown.ts';

test.each([
  ['*bold* _it_ ~~x~~ ||s|| `code`', '\\*bold\\* \\_it\\_ \\~\\~x\\~\\~ \\|\\|s\\|\\| \\`code\\`'],
  ['@everyone <@123> <#1> <t:1:R> <:a:1>', '\\@everyone \\<\\@123> \\<#1> \\<t\\:1:R> \\<\\:a:1>'],
  ['[your bank](https://evil.example)', '\\[your bank\\](https://evil.example)'],
  [':tada: at 12:30', '\\:tada: at 12:30'],
  ['# head', '\\# head'],
  ['-# small', '\\-# small'],
  ['  - item', '  \\- item'],
  ['> quote', '\\> quote'],
  ['1. one', '1\\. one'],
  ['C:\\temp', 'C:\\\\temp'],
  ['see https://a.example/x_y?q=*1* now', 'see https://a.example/x_y?q=\\*1\\* now'],
  ['https://medium.example/@ann and https://a.example/@everyone', 'https://medium.example/@ann and https://a.example/\\@everyone'],
])('%s is read as it was written', (line, escaped) => {
  expect(escapeLine(line)).toBe(escaped);
  expect(readMarkdown(escaped)).toBe(line);
});

test('any line is read as it was written, and no longer than twice as long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '- ', '1. ', '# ', 'https://a.example/', '@everyone '),
      (text, before) => {
        const line = before + text.replaceAll('\n', ' ');
        const escaped = escapeLine(line);
        expect(readMarkdown(escaped)).toBe(line);
        expect(escaped.length).toBeLessThanOrEqual(2 * line.length);
      },
    ),
    { numRuns: 500 },
  );
});

test('an address of ours leads where it did, with nothing in it that draws', () => {
  const url = 'https://work.example/f/a_b-c?x=*1*&to=[@everyone](~)';
  expect(decodeURI(bareAddress(url)).replace('%40', '@')).toBe(url);
  expect(bareAddress(url)).not.toMatch(/[*@[\]()~]/);
});
