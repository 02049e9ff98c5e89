import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { cleanText, firstLine, shorten } from './text.ts';

describe('cleaned text', () => {
  test.each([
    ['NUL and control characters', 'a\u0000b\u0007c\u001b[31md', 'abc[31md'],
    ['lone surrogates', 'a\ud800b\udc00c', 'abc'],
    ['bidirectional overrides', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['invisible marks', 'le\u200bads\ufeff', 'leads'],
    ['tags that hide words', 'hi\u{e0068}\u{e0069}', 'hi'],
    ['spaces around it', '  leads \n', 'leads'],
  ])('has no %s', (_, given, expected) => {
    expect(cleanText(given)).toBe(expected);
  });

  test('keeps newlines, tabs, emoji and every script', () => {
    const text = 'eins\n\tzwei 👩‍👩‍👧 می‌خواهم 東京 é';
    expect(cleanText(text)).toBe(text);
  });

  test('has one kind of line end and one form of each letter', () => {
    expect(cleanText('a\r\nb\rc\u2028d')).toBe('a\nb\nc\nd');
    expect(cleanText('e\u0301')).toBe('\u00e9');
  });

  test('has no towers of marks, which would take minutes to sort', () => {
    const tower = `Zoe${'\u0327\u0301'.repeat(500_000)}`;
    expect(cpuMs(() => expect(cleanText(tower)).toMatch(/^Zo\p{L}\p{M}{20,30}$/u))).toBeLessThan(5_000);
    expect(cleanText('\u0344'.repeat(31))).toBe(cleanText(cleanText('\u0344'.repeat(31))));
  });

  test('whatever came, can be stored and stays as it is when cleaned again', () => {
    // Code units rather than characters, so that halves of surrogate pairs come too.
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const clean = cleanText(String.fromCharCode(...units));
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.includes('\u0000')).toBe(false);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });
});

describe('shortened text', () => {
  test('ends at a word with three dots', () => {
    expect(shorten('find a hundred leads in Miami', 24)).toBe('find a hundred leads in…');
    expect(shorten('Donaudampfschifffahrt', 10)).toBe('Donaudamp…');
  });

  test('that fits stays as it is', () => {
    expect(shorten('leads', 5)).toBe('leads');
    expect(shorten('👩‍👩‍👧'.repeat(5), 5)).toBe('👩‍👩‍👧'.repeat(5));
  });

  test('is short, also where one endless character pretends to be the whole of it', () => {
    expect(shorten('👩\u200d'.repeat(10_000), 120)).toBe('…');
    expect(shorten(`Ann ${'👩\u200d'.repeat(10_000)}`, 120)).toBe('Ann…');
  });

  test('never cuts what people see as one character', () => {
    expect(shorten('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
  });
});

test('the first line that says something is the title', () => {
  expect(firstLine('\n  \nFind   leads\nin Miami')).toBe('Find leads');
  expect(firstLine('')).toBe('');
});
