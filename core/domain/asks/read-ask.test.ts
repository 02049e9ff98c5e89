import { describe, expect, test } from 'vitest';
import { contextOf, readAsk, withContext } from './read-ask.ts';

describe('a person’s own choice of a type comes off the front', () => {
  test.each([
    ['type: research find me something', 'research', 'find me something'],
    ['type=web-scraping, the site', 'web-scraping', 'the site'],
    ['--type lead-generation 100 in Miami', 'lead-generation', '100 in Miami'],
    ['--type=leads 100 in Miami', 'lead-generation', '100 in Miami'],
    ['Type: EMAIL_CAMPAIGN hello', 'email-campaign', 'hello'],
    ['/research oat milk', 'research', 'oat milk'],
    ['/Leads dentists in Boston', 'lead-generation', 'dentists in Boston'],
    ['/home/anna is full', undefined, '/home/anna is full'],
    ['/unknown word', undefined, '/unknown word'],
    ['find leads, type: research', undefined, 'find leads, type: research'],
  ])('%s', (given, type, text) => {
    expect(readAsk(given)).toEqual(type === undefined ? { text } : { text, type });
  });

  test('a type that we do not have is refused by name', () => {
    expect(() => readAsk('type: cooking an egg')).toThrow('Unknown task type “cooking”.');
  });
});

describe('what cannot be work is refused', () => {
  test.each(['', '   ', '\n\t', '\u0000', '…!?', '/research', 'type: research', '\u200b\u202e'])('%j has no words', (text) => {
    expect(() => readAsk(text)).toThrow('Your request is empty.');
  });

  test('twenty thousand characters are read, one more is too long', () => {
    expect(readAsk('a'.repeat(20_000)).text).toHaveLength(20_000);
    expect(() => readAsk('a'.repeat(20_001))).toThrow('longer than 20,000 characters');
  });

  test('emoji count as characters, not as bytes', () => {
    expect(readAsk(`a${'🙂'.repeat(19_999)}`).text).toHaveLength(39_999);
  });

  test('a hundred kilobytes are refused before they are looked at', () => {
    expect(() => readAsk(' '.repeat(100_001))).toThrow('longer than 20,000 characters');
    expect(() => readAsk('東'.repeat(33_334))).toThrow('longer than 20,000 characters');
  });
});

test('control characters go, the words stay', () => {
  expect(readAsk('find\u0000 100\u0007 leads')).toEqual({ text: 'find 100 leads' });
});

test.each(['Written while looking at #general in Slack.', 'two\n\nlines', ''])(
  'what a request is about is told apart from its words: %j',
  (context) => {
    expect(contextOf(withContext('find me 3 leads', context), 'find me 3 leads')).toBe(context);
  },
);

test('what somebody wrote themselves is no context', () => {
  for (const whole of ['find me 3 leads in Miami', 'find me 3 leads\n\nas > before', 'find me 3 leads > 4', 'other words\n\n> quoted'])
    expect(contextOf(whole, 'find me 3 leads')).toBe('');
});
