import { expect, test } from 'vitest';
import { credits } from '../credits/credits.ts';
import { alertsAt, toldOf } from './alert.ts';

test.each([
  [501, null, []],
  [500, null, ['50']],
  [200, 3, ['50', '20']],
  [199, 2, ['50', '20', 'days']],
  [50, null, ['50', '20', '5']],
  [0, 0, ['50', '20', '5', 'days']],
  [900, 1, ['days']],
] as const)('%s credits of 1,000 that last for %s days call for %j', (free, days, kinds) => {
  expect(alertsAt(credits(free), credits(1_000), days)).toEqual(kinds);
});

test('one email tells the lowest level and how long the credits last, of what is new', () => {
  expect(toldOf(['50', '20', 'days'], 2)).toEqual({ level: 20, days: 2 });
  expect(toldOf(['50'], 2)).toEqual({ level: 50, days: null });
  expect(toldOf(['days'], 1)).toEqual({ level: null, days: 1 });
});
