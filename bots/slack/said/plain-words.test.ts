import { expect, test } from 'vitest';
import { mentions, plainWords, withNames } from './plain-words.ts';

test.each([
  ['<@UBOT> find me 100 leads', 'find me 100 leads'],
  ['<@UBOT|impacter>: find me 100 leads', 'find me 100 leads'],
  ['  <@UBOT> <@UBOT>, find me 100 leads', 'find me 100 leads'],
  ['compare <@UBOT> with others', 'compare @UBOT with others'],
  ['<@U1|ann> and <@U2> in <#C1|general>, <!here> <!subteam^S1|@sales>', '@ann and @U2 in #general, @here @sales'],
  [
    'scrape <http://example.com|example.com> and <https://example.org/a?b=1&amp;c=2>',
    'scrape example.com and https://example.org/a?b=1&c=2',
  ],
  ['read <https://example.com/report|the report>', 'read the report (https://example.com/report)'],
  ['write to <mailto:ann@example.com|ann@example.com>', 'write to ann@example.com'],
  ['by <!date^1392734382^{date}|Tuesday>', 'by Tuesday'],
  ['is 1 &lt; 2 &amp;&amp; 3 &gt; 2? &amp;lt;', 'is 1 < 2 && 3 > 2? &lt;'],
  ['', ''],
])('%j reads as %j', (text, words) => {
  expect(plainWords(text, 'UBOT')).toBe(words);
});

test('people who are mentioned by their ids alone get their names, without markup in them; others stay as they are', async () => {
  const names: Readonly<Record<string, string>> = { U1: 'Ann <!here> & Co', U2: 'Bo' };
  const asked: string[] = [];
  const who = async (id: string) => {
    asked.push(id);
    const name = names[id];
    if (name === undefined) throw new Error('not in time');
    return { name };
  };
  const text = await withNames('<@UBOT> <@U1> and <@U2> and <@U2>, <@U3>, <@U4|dan>', 'UBOT', who);
  expect([plainWords(text, 'UBOT'), asked]).toEqual(['@Ann !here & Co and @Bo and @Bo, @U3, @dan', ['U1', 'U2', 'U3']]);
});

test('the bot is mentioned by its id alone, wherever that stands', () => {
  for (const text of ['<@UBOT>', 'please, <@UBOT|impacter>', 'a <@UBOT>?']) expect(mentions(text, 'UBOT')).toBe(true);
  for (const text of ['', '@UBOT', '<@UBOT2>', '&lt;@UBOT&gt;', '@impacter']) expect(mentions(text, 'UBOT')).toBe(false);
  expect(mentions('<@UBOT>', null)).toBe(false);
});
