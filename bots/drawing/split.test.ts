import { expect, test } from 'vitest';
import { cut, packLines, splitLine } from './split.ts';

test('a long line is broken at spaces, and nothing is lost', () => {
  expect(splitLine('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(splitLine('short', 9)).toEqual(['short']);
  expect(splitLine('', 9)).toEqual(['']);
});

test('a word that is too long is broken between what people see as characters', () => {
  expect(splitLine('ab👩‍👩‍👧cd', 10)).toEqual(['ab👩‍👩‍👧', 'cd']);
  expect(splitLine('x👍🏽👍🏽', 5)).toEqual(['x👍🏽', '👍🏽']);
});

test('a character that is longer than all the room is broken between its code points', () => {
  const pieces = splitLine(`👩${'\u200d👩'.repeat(20)}`, 7);
  expect(pieces.every((piece) => piece.length <= 7 && piece.isWellFormed())).toBe(true);
  expect(pieces.join('')).toBe(`👩${'\u200d👩'.repeat(20)}`);
});

test('a cut text says that it was cut', () => {
  expect(cut('find me 100 leads', 12)).toBe('find me 100…');
  expect(cut('find me', 12)).toBe('find me');
  expect(cut('find me', 0)).toBe('');
});

test('lines fill one post after the other, in order', () => {
  expect(packLines(['aaaa', 'bbbb', '', 'cccc'], { most: 9, posts: 5, rest: '…' })).toEqual(['aaaa\nbbbb', 'cccc']);
});

test('more posts than allowed end with the words for it', () => {
  const posts = packLines(
    Array.from({ length: 20 }, (_, i) => `line ${i}`),
    { most: 13, posts: 2, rest: 'more' },
  );
  expect(posts).toEqual(['line 0\nline 1', 'line 2\nmore']);
});
