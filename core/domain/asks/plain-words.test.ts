import { expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { plainWords } from './plain-words.ts';

test('what is quoted or only named is not the person’s own word', () => {
  expect(plainWords('Scrape “best leads” from https://example.com/leads')).toBe('scrape  a-name  from  a-site ');
  expect(plainWords('mail ann@leads.com and <@U1>, see leads.csv')).toBe('mail  a-name  and  , see  a-name ');
});

test.each(['“', '„', '«', '`', '"', " '", '<@', '<#a', '(', ',a@b.', 'a.', '0.00.', 'Ab Inc. ', 'ab.cd/', '+1(2)-', '😀 '])(
  'nobody holds the others up with a text full of %j',
  (piece) => {
    expect(cpuMs(() => plainWords(piece.repeat(200_000 / piece.length)))).toBeLessThan(5_000);
  },
);
