import { expect, test } from 'vitest';
import { plainText } from './spreadsheet.ts';

test.each([
  '=1+1',
  '+1',
  '-2+3+cmd|calc',
  '@SUM(1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '  =1',
  '"=1',
  '\'"=1',
  '“=HYPERLINK("http://evil")',
  '＝1+1',
  '＠x',
  '\ufeff=1',
  '- a list',
])('%j is text for a spreadsheet too', (text) => {
  expect(plainText(text)).toBe(`'${text}`);
});

test.each(['find me 100 leads', '', '100', 'a=b', 'Müller & Söhne', '"quoted" words', '#general', '👍'])('%j stays as it is', (text) => {
  expect(plainText(text)).toBe(text);
});
