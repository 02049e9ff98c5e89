import { expect, test } from 'vitest';
import { sayUtc } from './utc.ts';

test.each([
  ['2026-12-01T00:00:00Z', 'Dec 1, 2026 at 12:00 AM UTC'],
  ['2026-11-30T12:05:59Z', 'Nov 30, 2026 at 12:05 PM UTC'],
  ['2027-01-02T09:30:00+09:00', 'Jan 2, 2027 at 12:30 AM UTC'],
])('%s reads “%s”', (at, words) => {
  expect(sayUtc(new Date(at))).toBe(words);
});
