import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { forAll, openStage } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openStage());
const pace = { free: 3, firstS: 10, mostS: 60, forgetS: 3600 };
const start = Date.parse('2026-11-30T12:00:00Z');

test('the first attempts need no wait, then the wait doubles up to its limit, and asking while waiting makes it no longer', async () => {
  const take = attempts();
  const waits: number[] = [];
  let s = 0;
  for (let attempt = 0; attempt < 8; attempt++) {
    const waitS = await take(s);
    waits.push(waitS);
    if (waitS === 0) continue;
    expect(await take(s + waitS - 1)).toBe(1);
    s += waitS;
    expect(await take(s)).toBe(0);
  }
  expect(waits).toEqual([0, 0, 0, 10, 20, 40, 60, 60]);
});

test('after a time without attempts the count starts again', async () => {
  const take = attempts();
  for (let n = 0; n < 3; n++) await take(0);
  expect(await take(1)).toBe(9);
  expect([await take(3601), await take(3601), await take(3601), await take(3601)]).toEqual([0, 0, 0, 10]);
});

test('many at the same moment do not pass the limit together', async () => {
  const take = attempts();
  const waits = await Promise.all(Array.from({ length: 40 }, () => take(0)));
  expect(waits.filter((waitS) => waitS === 0)).toHaveLength(3);
});

test('an attempt that was no wrong guess is not counted', async () => {
  const key = `test|${randomBytes(6).toString('hex')}`;
  const { guesses } = stage().core.store;
  for (let n = 0; n < 10; n++) {
    expect(await guesses.take(key, pace, new Date(start))).toBe(0);
    await guesses.giveBack([key]);
  }
  await guesses.giveBack([key]);
  expect(await guesses.take(key, pace, new Date(start))).toBe(0);
});

function attempts() {
  const key = `test|${randomBytes(6).toString('hex')}`;
  return (afterS: number) => stage().core.store.guesses.take(key, pace, new Date(start + afterS * 1000));
}
