import { expect, test } from 'vitest';
import { isReadHere, platformName, platforms, platformsReadHere, takesFollowUps } from './platforms.ts';

test('letters to the portal and to terminals are read from us, and what began there goes on there; all others are posted to', () => {
  expect(platformsReadHere()).toEqual(['web', 'terminal']);
  expect(platforms.map(({ word, name }) => [word, name, isReadHere(word), takesFollowUps(word)])).toEqual([
    ['web', 'Portal', true, true],
    ['terminal', 'Terminal', true, true],
    ['slack', 'Slack', false, false],
    ['discord', 'Discord', false, false],
  ]);
});

test.each(['teams', 'constructor', '__proto__', ''])(
  '“%s”, which this version does not know, is shown as it is and counts as a chat',
  (word) => {
    expect([platformName(word), isReadHere(word), takesFollowUps(word)]).toEqual([word, false, false]);
  },
);

test('a word is there once, and can begin a thread ref', () => {
  expect(new Set(platforms.map(({ word }) => word)).size).toBe(platforms.length);
  for (const { word } of platforms) expect(word).toMatch(/^[a-z][a-z0-9-]*$/);
});
