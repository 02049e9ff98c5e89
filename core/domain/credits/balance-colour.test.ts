import { describe, expect, test } from 'vitest';
import { balanceColour, daysLeftAt } from './balance-colour.ts';
import { credits } from './credits.ts';

function read(available: number, { typicalTask = 10, days = 0, used = 0 } = {}): string {
  const daysLeft = daysLeftAt(credits(available), { days, credits: credits(used) });
  const { colour, words } = balanceColour({ available: credits(available), typicalTask: credits(typicalTask), daysLeft });
  return `${colour}: ${words}`;
}

describe('while there are less than seven days of use', () => {
  test.each([
    [0, 'red: No credits left'],
    [-5, 'red: No credits left'],
    [9.9, 'red: Not enough for a typical task'],
    [10, 'yellow: Enough for about 1 typical task'],
    [49.9, 'yellow: Enough for about 4 typical tasks'],
    [50, 'green: Enough for about 5 typical tasks'],
    [50_000, 'green: Enough for about 5,000 typical tasks'],
  ])('%d credits are %s', (available, words) => {
    expect(read(available)).toBe(words);
    expect(read(available, { days: 6, used: 600 })).toBe(words);
  });

  test('a team’s own typical task is the measure', () => {
    expect(read(50, { typicalTask: 60 })).toBe('red: Not enough for a typical task');
  });
});

describe('once there are seven days of use, days count', () => {
  test.each([
    [20, 'red: Less than a day left at the current pace'],
    [150, 'yellow: About 1 day left at the current pace'],
    [490, 'yellow: About 4 days left at the current pace'],
    [500, 'green: About 5 days left at the current pace'],
    [50_000, 'green: More than a year left at the current pace'],
    [9, 'red: Not enough for a typical task'],
  ])('%d credits at a hundred a day are %s', (available, words) => {
    expect(read(available, { days: 7, used: 700 })).toBe(words);
  });

  test('who used nothing has no pace', () => {
    expect(read(100, { days: 30, used: 0 })).toBe('green: Enough for about 10 typical tasks');
    expect(daysLeftAt(credits(100), { days: 30, credits: credits(0) })).toBeUndefined();
  });
});
