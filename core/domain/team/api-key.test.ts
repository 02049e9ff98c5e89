import { expect, test } from 'vitest';
import { keyExpiry, sayKeyExpiry } from './api-key.ts';

const now = '2026-11-30T10:00:00.000Z';

test.each([
  [null, 'Never expires', 'good'],
  ['2027-02-28T10:00:00.000Z', 'Expires in 90 days', 'good'],
  ['2026-12-12T09:00:00.000Z', 'Expires in 12 days', 'good'],
  ['2026-12-07T10:00:00.000Z', 'Expires in 7 days', 'soon'],
  ['2026-12-01T12:00:00.000Z', 'Expires in 2 days', 'soon'],
  ['2026-12-01T10:00:00.000Z', 'Expires in 1 day', 'soon'],
  ['2026-12-01T09:59:00.000Z', 'Expires within a day', 'soon'],
  [now, 'Expired', 'expired'],
  ['2025-12-01T10:00:00.000Z', 'Expired', 'expired'],
])('of a key that expires at %s the list says “%s”', (at, words, state) => {
  expect(sayKeyExpiry(at, now)).toEqual({ words, state });
});

test('a key is good for as many days as were chosen', () => {
  expect(keyExpiry('90', new Date(now))?.toISOString()).toBe('2027-02-28T10:00:00.000Z');
  expect(keyExpiry('never', new Date(now))).toBeNull();
});
