import { expect, test } from 'vitest';
import { sayAgo } from './ago.ts';

test.each([
  ['2026-11-23T12:00:30Z', 'just now'],
  ['2026-11-23T11:59:01Z', 'just now'],
  ['2026-11-23T11:58:00Z', '2 min ago'],
  ['2026-11-23T09:00:00Z', '3 h ago'],
  ['2026-11-22T12:00:00Z', 'yesterday'],
  ['2026-11-01T12:00:00Z', '22 days ago'],
  ['2026-01-02T12:00:00Z', '2026-01-02'],
])('%s was %s', (at, words) => {
  expect(sayAgo(new Date(at), new Date('2026-11-23T12:00:00Z'))).toBe(words);
});
