import { expect, test } from 'vitest';
import { isSameWork } from './same-work.ts';

test.each([
  ['find me 25 leads in Miami', 'Find me 25 leads in Miami!', true],
  ['find me 25 leads in Miami', 'find me  25 leads,\nin miami', true],
  ['find me 25 leads in Miami', 'find me 25 leads in Boston', false],
  ['find me 25 leads in Miami', 'find me 250 leads in Miami', false],
  ['find me 2.5 million records', 'find me 25 million records', false],
  ['scrape example.com', 'scrape example.org', false],
  ['scrape example.com/a', 'scrape example.com/b', false],
  ['write about C', 'write about C++', false],
  ['', '', true],
])('“%s” edited to “%s”', (before, after, same) => {
  expect(isSameWork(before, after)).toBe(same);
});
