import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { read, type ReadingContext } from '../read.ts';

/** "lead-generation 80 sum", or what else it was read as. */
function said(text: string, context: ReadingContext = {}): string {
  const reading = read(text, context);
  if (reading.intent === 'work')
    return [reading.type, reading.count?.value, reading.count?.how].filter((word) => word !== undefined).join(' ');
  return `${reading.intent}: ${reading.why}`;
}

describe('a count says how it came about', () => {
  test.each([
    ['find 50 leads in Miami', 'lead-generation 50 stated'],
    ['find leads in Miami', 'lead-generation 25 usual'],
    ['find 50 leads in Miami and 30 in Boston', 'lead-generation 80 sum'],
    ['find two batches of 25 leads each', 'lead-generation 50 product'],
    ['find 25 leads each in Miami, Boston and Dallas', 'lead-generation 75 product'],
    ['find 10 to 20 leads', 'lead-generation 20 range'],
    ['find 100 leads, no wait, make it 50', 'lead-generation 50 correction'],
    ['not 100 leads but 10', 'lead-generation 10 correction'],
    ['post twice a day for two weeks', 'social-media 28 rate'],
    ['find 1 crore leads', 'lead-generation 10000000 stated'],
    ['research three competitors', 'research'],
  ])('%s: %s', (text, expected) => {
    expect(said(text)).toBe(expected);
  });
});

describe('what is not certain is asked back', () => {
  test.each([
    ['write 5 posts per week', 'unclear: count'],
    ['find 50 100 leads', 'unclear: count'],
    ['if I ask you, find 100 leads', 'unclear: intent'],
    ['my boss said: find 100 leads', 'unclear: intent'],
    ['can you find leads?', 'unclear: intent'],
    ['trova 50 contatti a Milano', 'unclear: intent'],
    ['найди 100 лидов в Москве', 'unclear: intent'],
    ['서울의 치과 50곳을 찾아줘', 'unclear: language'],
  ])('%s: %s', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  test('with one to three different choices', () => {
    for (const text of ['leads or emails?', 'qwertz asdf', 'more', 'find 25 leads per city', 'leads 50 emails 20']) {
      const reading = read(text, {});
      const choices = reading.intent === 'unclear' ? reading.choices.map(({ type, count }) => `${type} ${count?.value}`) : [];
      expect(choices.length).toBeGreaterThan(0);
      expect(choices.length).toBeLessThanOrEqual(3);
      expect(new Set(choices).size).toBe(choices.length);
    }
  });
});

test('the conversation says what “20 more” are', () => {
  expect(said('and now 20 more in Hamburg', { before: 'lead-generation' })).toBe('lead-generation 20 stated');
  expect(said('10 more please', { before: 'email-campaign' })).toBe('email-campaign 10 stated');
  expect(said('20 more', {})).toMatch(/^unclear/);
});

test('a type that the person chose is kept, and only its count is read', () => {
  expect(said('dentists in Miami, 50 leads', { chosen: 'lead-generation' })).toBe('lead-generation 50 stated');
  expect(said('thanks for the leads', { chosen: 'research' })).toBe('research');
});

test('what a message asks for besides is named in its own words', () => {
  const reading = read('find 100 leads and write 5 emails and 3 blog posts', {});
  expect(reading).toMatchObject({ intent: 'work', type: 'lead-generation', count: { value: 100 } });
  expect(reading.intent === 'work' && reading.leftOut).toEqual(['write 5 emails and 3 blog posts']);
});

describe('addresses are read whole, and nothing else is one', () => {
  test.each([
    ['scrape http://shop.test:3470/para_(x)', ['http://shop.test:3470/para_(x)']],
    ["scrape http://shop.test:3470/Moore's_law", ["http://shop.test:3470/Moore's_law"]],
    ['scrape <http://shop.test:3470/plain|the page>', ['http://shop.test:3470/plain']],
    ['scrape “http://shop.test:3470/plain”', ['http://shop.test:3470/plain']],
    ['scrape ‘http://shop.test:3470/plain’', ['http://shop.test:3470/plain']],
    ['scrape „http://shop.test:3470/plain“', ['http://shop.test:3470/plain']],
    ['scrape http://shop.test:3470/plain。', ['http://shop.test:3470/plain']],
    ['scrape（http://shop.test:3470/plain）', ['http://shop.test:3470/plain']],
    ['scrape *http://shop.test:3470/plain*', ['http://shop.test:3470/plain']],
    ['scrape http://shop.test:3470/plain…', ['http://shop.test:3470/plain']],
    ['scrape http://shop.test:3470/q?a=1&amp;b=2', ['http://shop.test:3470/q?a=1&b=2']],
    ['scrape http://shop.test:3470/a, http://shop.test:3470/b', ['http://shop.test:3470/a', 'http://shop.test:3470/b']],
    ['scrape http://shop.test:3470/a,http://shop.test:3470/b', ['http://shop.test:3470/a', 'http://shop.test:3470/b']],
    ['scrape münchen.example/liste', ['https://xn--mnchen-3ya.example/liste']],
    ['scrape bücher.example', ['https://xn--bcher-kva.example/']],
    ['scrape 127.0.0.1:3470/plain', ['http://127.0.0.1:3470/plain']],
    ['see [the list](https://example.com/list)', ['https://example.com/list']],
    ['extract prices from kunden@müller.example', []],
    ['scrape the sites listed in companies.csv', []],
    ['scrape node.js tutorials', []],
    ['scrape all prices.Please be quick', []],
  ])('%s', (text, expected) => {
    const reading = read(text, { chosen: 'web-scraping' });
    expect(reading.intent === 'work' && reading.addresses).toEqual(expected);
  });
});

test('files that the text mentions are named', () => {
  const reading = read('send 20 emails to the people in my-list.csv', {});
  expect(reading.intent === 'work' && reading.files).toEqual(['my-list.csv']);
});

const pieces = fc.constantFrom(
  ...'find 50 leads|, |. |\n|> |(|)|[|]|<|"|“|`|```|1 500|10-20|½|٣|x|2x25|each in |no |not |don\'t |https://|@|a.b|.csv|&amp;|帮我找|100个|メールを|ابحث|знайди|not 100 but |per week for |\u0000|\u0001|\u202f|👍|🧑‍🚀|\ud800|$5|+1 305|%'.split(
    '|',
  ),
);
const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 120 }) },
  { weight: 1, arbitrary: fc.tuple(pieces, fc.integer({ min: 1, max: 400 })).map(([piece, times]) => piece.repeat(times)) },
);

test('whatever is written, it is read: counts are numbers, and addresses are addresses', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const reading = read(text, {});
      if (reading.intent !== 'work') return;
      expect(reading.count === null || Number.isFinite(reading.count.value)).toBe(true);
      for (const address of reading.addresses) expect(URL.canParse(address)).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});

test('20,000 characters are read in little time, whatever they are', () => {
  const repeated = [
    'find 50 leads, ',
    '(',
    '[',
    '"',
    '> ',
    'a.',
    'a-',
    '1 ',
    '1,000',
    'https://a',
    '@a',
    '“',
    '```',
    "'a",
    'not ',
    '帮我找',
    '.',
    '<',
    '&amp;',
    ' x 2',
    'and ',
    '1/',
  ];
  for (const piece of repeated) {
    const text = piece.repeat(20_000 / piece.length);
    read(text, {});
    expect(Math.min(...[1, 2, 3].map(() => cpuMs(() => read(text, {})))), piece).toBeLessThan(40);
  }
});
