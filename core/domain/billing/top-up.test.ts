import { expect, test } from 'vitest';
import { credits, readCredits } from '../credits/credits.ts';
import { offerAgreed, pricesShown, readTopUp, type TopUpWanted } from './top-up.ts';

const wanted: TopUpWanted = { below: '100.5', pack: 'team', monthlyCap: '500', dailyMost: '2', pauseMinutes: '60' };

test('numbers of a form become what is agreed to, in the smallest unit of the currency', () => {
  expect(readTopUp(wanted, 'usd', readCredits)).toEqual({
    enabled: true,
    below: credits(100.5),
    pack: 'team',
    packVersion: 1,
    currency: 'usd',
    monthlyCap: 50_000n,
    dailyMost: 2,
    pauseS: 3_600,
  });
  // Yen have no smaller unit, so 500 of them buy no pack.
  expect(readTopUp(wanted, 'jpy', readCredits)).toMatchObject([{ name: 'monthlyCap' }]);
  expect(readTopUp({ ...wanted, monthlyCap: '20000' }, 'jpy', readCredits)).toMatchObject({ monthlyCap: 20_000n });
});

test('a yes to prices that have changed since they were shown is no yes', () => {
  const changed = [{ name: 'pack', problem: 'Prices have changed. Reload the page to see them.' }];
  expect(readTopUp({ ...wanted, prices: pricesShown('usd') }, 'usd', readCredits)).toMatchObject({ pack: 'team' });
  expect(readTopUp({ ...wanted, prices: pricesShown('eur') }, 'usd', readCredits)).toEqual(changed);
  expect(readTopUp({ ...wanted, prices: '0 usd' }, 'usd', readCredits)).toEqual(changed);
  expect(readTopUp({ ...wanted, prices: '' }, 'usd', readCredits)).toEqual(changed);
});

test('everything that is wrong is said at once', () => {
  const wrong = { below: 'lots', pack: 'constructor', monthlyCap: '1e9', dailyMost: '0', pauseMinutes: '11' };
  const problems = readTopUp(wrong, 'usd', readCredits) as { name: string }[];
  expect(problems.map(({ name }) => name)).toEqual(['below', 'pack', 'monthlyCap', 'dailyMost', 'pauseMinutes']);
});

test('a pack that only a newer version of the product sells is not bought by this one', () => {
  expect(offerAgreed({ pack: 'team', packVersion: 1, currency: 'usd' })).toMatchObject({ amount: 11_000n, credits: credits(2_625) });
  expect(offerAgreed({ pack: 'team', packVersion: 2, currency: 'usd' })).toBeNull();
  expect(offerAgreed({ pack: 'huge', packVersion: 1, currency: 'usd' })).toBeNull();
  expect(offerAgreed({ pack: 'team', packVersion: 1, currency: 'sek' })).toBeNull();
});
