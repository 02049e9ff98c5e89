import { expect, test } from 'vitest';
import { authenticatorOf } from './authenticator.ts';

const uri = 'otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const STEP = 30_000;
// The codes of the steps 1 to 5, of which the first is that of RFC 6238.
const codes = ['287082', '359152', '969429', '338314', '254676'];

test('early in a step three codes are accepted, the oldest of which is given first', () => {
  const code = authenticatorOf(uri, () => 2 * STEP);
  expect([code(), code(), code()]).toEqual(codes.slice(0, 3));
  expect(code).toThrow('no unused code');
});

test('late in a step no code is given that is refused once the step has ended, and then there is a third one', () => {
  let now = 3 * STEP - 1;
  const code = authenticatorOf(uri, () => now);
  expect([code(), code()]).toEqual(codes.slice(1, 3));
  expect(code).toThrow('no unused code');
  now = 3 * STEP;
  expect(code()).toBe(codes[3]);
});

test('who has given codes before goes on with the next one that is accepted for long enough', () => {
  let now = 2 * STEP;
  const code = authenticatorOf(uri, () => now);
  expect(code()).toBe(codes[0]);
  now = 4 * STEP - 1;
  expect(code()).toBe(codes[2]);
  expect(code()).toBe(codes[3]);
});
