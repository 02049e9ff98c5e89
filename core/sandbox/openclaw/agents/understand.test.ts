import { describe, expect, test } from 'vitest';
import { addressIn, numberIn, placeIn, rowKindIn, slugOf, splitMessage, subjectOf } from './understand.ts';

describe('what is read in a request', () => {
  test.each([
    ['find 100 leads', 100],
    ['1,500 posts', 1500],
    ['in 2 or 3 days', 2],
    ['no number', null],
    ['at 10:30 for $50', null],
    ['version 1.5', null],
    ['see http://x.example/7', null],
  ])('how many: %s', (text, number) => {
    expect(numberIn(text)).toBe(number);
  });

  test.each([
    ['leads in Miami', 'Miami'],
    ['bakeries near New York City.', 'New York City'],
    ['people from São Paulo', 'São Paulo'],
    ['in the morning', null],
  ])('where: %s', (text, place) => {
    expect(placeIn(text)).toBe(place);
  });

  test.each([
    ['scrape https://example.com/a?b=1.', 'https://example.com/a?b=1'],
    ['scrape example.com/prices, please', 'https://example.com/prices'],
    ['write to ada@example.com', null],
    ['do it e.g. now', null],
    ['(see http://127.0.0.1:80/x)', 'http://127.0.0.1:80/x'],
  ])('which page: %s', (text, address) => {
    expect(addressIn(text)).toBe(address);
  });

  test.each([
    ['now as emails', 'emails'],
    ['turn them into tweets', 'posts'],
    ['leads as csv', null],
  ])('as what: %s', (text, kind) => {
    expect(rowKindIn(text)).toBe(kind);
  });

  test('a change refers to what was asked before, a request of its own does not', () => {
    const earlier = [
      { request: 'leads in Miami', quantity: 5 },
      { request: 'make it 20', quantity: 20 },
    ];
    expect(subjectOf({ request: 'now as emails', earlier })).toEqual({ words: 'leads in Miami', follows: 'leads in Miami' });
    expect(subjectOf({ request: 'leads in Oslo', earlier })).toEqual({ words: 'leads in Oslo', follows: null });
    expect(subjectOf({ request: 'make it 20', earlier: [] })).toEqual({ words: 'make it 20', follows: null });
  });

  test('what the product tells beside the request is taken off it', () => {
    const message =
      'Earlier in this conversation:\nAsked: find 5 leads\nAnswered: x\n\nNow asked:\n/help me\n\nThe person attached a.txt. Its content stands between …\n--\nx\n--';
    expect(splitMessage(message)).toEqual({ request: '/help me', told: [{ request: 'find 5 leads', quantity: 5 }], attached: ['a.txt'] });
    expect(splitMessage('Request: /reset').request).toBe('/reset');
  });

  test('file names are plain', () => {
    expect(slugOf('Find me 100 leads in Zürich!')).toBe('100-leads-in-zu-rich');
    expect(slugOf('../../日本')).toBe('request');
  });
});
