import { expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { maskMailAddress, readMailAddress } from './mail-address.ts';

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['  Ada.Lovelace+work@Example.COM ', 'ada.lovelace+work@example.com'],
  ["o'brien@mail.co.uk", "o'brien@mail.co.uk"],
  ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
])('%j is the mailbox %s', (typed, mailbox) => {
  expect(readMailAddress(typed)).toBe(mailbox);
});

test.each([
  [''],
  ['ada'],
  ['ada@'],
  ['@example.com'],
  ['ada@example'],
  ['ada@@example.com'],
  ['a da@example.com'],
  ['.ada@example.com'],
  ['ada.@example.com'],
  ['a..da@example.com'],
  ['ada@-example.com'],
  ['ada@example.com\nbcc: eve@example.com'],
  ['"ada"@example.com'],
  ['ada@example.com, eve@example.com'],
  ['Ada <ada@example.com>'],
  // The Kelvin sign becomes an ordinary k.
  ['\u212Aate@example.com'],
  [`${'a'.repeat(65)}@example.com`],
  [`a@${'b.'.repeat(130)}com`],
])('%j is none', (typed) => {
  expect(() => readMailAddress(typed)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

test('a very long text is answered at once', () => {
  for (const typed of ['a.'.repeat(50_000), `a@${'a-'.repeat(50_000)}`, 'a@'.repeat(50_000)])
    expect(cpuMs(() => expect(() => readMailAddress(typed)).toThrow())).toBeLessThan(500);
});

test('a masked address can be known again by its owner, and not be written to', () => {
  expect(maskMailAddress('grace@example.com')).toBe('g•••@example.com');
});
