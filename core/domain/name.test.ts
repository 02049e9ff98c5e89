import { expect, test } from 'vitest';
import { readName } from './name.ts';

test.each([
  ['Acme', 'Acme'],
  ['  Acme \n  Marketing ', 'Acme Marketing'],
  ['Büro für Käse 🧀', 'Büro für Käse 🧀'],
  ['acme.com', 'acme.com'],
  ['Ac\u0000me\u202e', 'Acme'],
  ['🧀'.repeat(60), '🧀'.repeat(60)],
])('%j is the name %j', (typed, name) => {
  expect(readName(typed)).toBe(name);
});

test.each([
  ['', 'is missing'],
  [' \u200b\n', 'is missing'],
  ['x'.repeat(61), 'is longer than 60 characters'],
  ['x'.repeat(1_000_000), 'is longer than 60 characters'],
  ['You have won https://evil.example', 'must be a name, not an address'],
  ['Visit WWW.evil.example', 'must be a name, not an address'],
])('%j is none: it %s', (typed, problem) => {
  expect(() => readName(typed)).toThrow(
    expect.objectContaining({ code: 'request.invalid', facts: { fields: [{ name: 'name', problem }] } }),
  );
});
