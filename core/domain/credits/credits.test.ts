import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountOf,
  asNumber,
  credits,
  least,
  micro,
  most,
  MOST_CREDITS,
  plainCredits,
  readCredits,
  sayCredits,
  showCredits,
  sum,
  times,
} from './credits.ts';

describe('an amount is shown as people read it', () => {
  test.each([
    [0n, '0 credits'],
    [1_000_000n, '1 credit'],
    [500_000n, '0.5 credits'],
    [1n, '0.000001 credits'],
    [12_500_000n, '12.5 credits'],
    [1_234_567_890_000n, '1,234,567.89 credits'],
    [-2_500_000n, '-2.5 credits'],
    [-1_000_000n, '-1 credits'],
  ])('%s micro-credits: %s', (amount, words) => {
    expect(sayCredits(micro(amount))).toBe(words);
  });
});

describe('an amount from outside', () => {
  test('is exact to six decimals', () => {
    expect([credits(0.1), credits(12), credits(0.000001), credits(1.1)]).toEqual([100_000n, 12_000_000n, 1n, 1_100_000n]);
  });

  test.each([0.0000001, Number.NaN, Number.POSITIVE_INFINITY, 1e12])('%s is not one', (amount) => {
    expect(() => credits(amount)).toThrow(RangeError);
  });
});

test('what somebody types into a form is an amount to the last decimal, or none', () => {
  expect(['100', ' 2.5 ', '0', '0.000001', '1000000000'].map(readCredits)).toEqual([100_000_000n, 2_500_000n, 0n, 1n, MOST_CREDITS]);
  const none = ['', '-1', '1,5', '1.0000001', '1e3', '1000000000.000001', 'ten', '٣', '.5', '5.'];
  expect(none.map(readCredits)).toEqual(none.map(() => null));
});

test('tenths add up, because nothing is ever rounded on the way', () => {
  expect(showCredits(sum(...Array.from({ length: 10 }, () => credits(0.1))))).toBe('1');
  expect(showCredits(times(3, credits(0.1)))).toBe('0.3');
  expect([least(credits(1), credits(2)), most(credits(1), credits(2))]).toEqual([1_000_000n, 2_000_000n]);
});

test('every amount survives JSON, as text and as a number', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -MOST_CREDITS, max: MOST_CREDITS }), (amount) => {
      expect(micro(amountOf(micro(amount)))).toBe(amount);
      expect(credits(asNumber(micro(amount)))).toBe(amount);
      expect(credits(Number(plainCredits(micro(amount))))).toBe(amount);
      if (amount >= 0n) expect(readCredits(plainCredits(micro(amount)))).toBe(amount);
    }),
  );
});
