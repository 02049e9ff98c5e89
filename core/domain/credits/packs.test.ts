import { expect, test } from 'vitest';
import { credits, showCredits } from './credits.ts';
import { allOffers, currencies, offerOf, offersIn, packBehind, packIds, packOf, priceKey } from './packs.ts';

test('the packs that are for sale, with their credits and prices', () => {
  expect(offersIn('usd').map(({ pack, credits: brings, amount }) => [pack, showCredits(brings), amount])).toEqual([
    ['starter', '500', 2_500n],
    ['team', '2,625', 11_000n],
    ['scale', '11,000', 40_000n],
  ]);
  expect(offerOf('starter', 'jpy')).toEqual({
    pack: 'starter',
    version: 1,
    currency: 'jpy',
    amount: 3_800n,
    credits: credits(500),
    price: 'impacter_starter_v1_jpy',
  });
});

test('a larger pack never costs more per credit than a smaller one', () => {
  for (const currency of currencies) {
    const offers = offersIn(currency);
    for (const [i, larger] of offers.entries()) {
      const smaller = offers[i - 1];
      if (smaller) expect(larger.amount * smaller.credits).toBeLessThan(smaller.amount * larger.credits);
    }
  }
});

test('each price key leads to its own offer, and no other text leads to one', () => {
  expect(new Set(allOffers().map(({ price }) => price)).size).toBe(allOffers().length);
  for (const id of packIds) for (const currency of currencies) expect(packBehind(priceKey(id, 1, currency))).toEqual(offerOf(id, currency));
  for (const other of [null, '', 'impacter_starter_v2_usd', 'impacter_starter_v1_USD', 'constructor', '__proto__'])
    expect(packBehind(other)).toBeNull();
});

test('a version that was never sold is refused', () => {
  expect(() => packOf('starter', 0)).toThrow('there is no pack version 0');
  expect(() => packOf('starter', Number.NaN)).toThrow('there is no pack version NaN');
});
