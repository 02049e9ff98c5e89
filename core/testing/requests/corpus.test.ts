// Each line of the tables beside this file is a message with what a person means by it.

import { expect, test } from 'vitest';
import { confusion, corpus, judge } from '#core/bench/reading/corpus.ts';

const lines = corpus();

test('the corpus has at least 800 messages in eight languages, 200 of them ordinary, and none twice', () => {
  expect(lines.length).toBeGreaterThanOrEqual(800);
  expect(lines.filter(({ file }) => file === 'ordinary.csv').length).toBeGreaterThanOrEqual(200);
  expect(new Set(lines.map(({ language }) => language)).size).toBeGreaterThanOrEqual(8);
  const texts = lines.map(({ text, before }) => `${text} ${before ?? ''}`);
  expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([]);
});

test('the table of what was meant and what was read', () => {
  const judged = lines.map(judge);
  process.stdout.write(`${confusion(judged)}\n`);
  expect(judged).toHaveLength(lines.length);
});
