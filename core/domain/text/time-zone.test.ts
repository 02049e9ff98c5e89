import { expect, test } from 'vitest';
import { dayAt, isDay, isMonth, isTimeZone } from './time-zone.ts';

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata'])('%s is a time zone', (name) => {
  expect(isTimeZone(name)).toBe(true);
});

test.each(['', '+02:00', '-05', 'Miami', 'Europe/Berlin; DROP TABLE', '5'])('%s is none', (name) => {
  expect(isTimeZone(name)).toBe(false);
});

test('a day is one that the calendar has', () => {
  expect(['2026-11-25', '2028-02-29'].map(isDay)).toEqual([true, true]);
  expect(['2026-02-29', '2026-13-01', '26-11-25', '2026-11-25T00:00', '1026-11-25', '2026-00-10', ''].map(isDay)).toEqual(
    Array(7).fill(false),
  );
  expect(['2026-11', '2026-13', '2026-1', '2026-11-25'].map(isMonth)).toEqual([true, false, false, false]);
});

test('late in the evening it is another day elsewhere', () => {
  const at = new Date('2026-11-25T23:30:00Z');
  expect(['UTC', 'Asia/Tokyo', 'America/New_York'].map((zone) => dayAt(at, zone))).toEqual(['2026-11-25', '2026-11-26', '2026-11-25']);
});
