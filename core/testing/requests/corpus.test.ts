// Each line of the tables beside this file is a message with what a person means by it. The tables whose names begin with
// `more` were written without looking at the reader, after it was made.

import { expect, test } from 'vitest';
import { confusion, corpus, judge, type Judged, type Verdict } from '#core/bench/reading/corpus.ts';

const judged = corpus().map(judge);
const asked = judged.filter(({ intent }) => intent.startsWith('work'));

test('the corpus has at least 800 messages in eight languages, 200 of them ordinary, and none twice', () => {
  expect(judged.length).toBeGreaterThanOrEqual(800);
  expect(judged.filter(({ file }) => file === 'ordinary.csv').length).toBeGreaterThanOrEqual(200);
  expect(new Set(judged.map(({ language }) => language)).size).toBeGreaterThanOrEqual(8);
  const texts = judged.map(({ text, before }) => `${text} ${before ?? ''}`);
  expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([]);
});

test('work that is asked for is read right or asked back, and next to never runs as something else', () => {
  process.stdout.write(`${confusion(judged)}\n`);
  expect(percent(asked, 'right')).toBeGreaterThanOrEqual(95);
  expect(percent(asked, 'asked back')).toBeLessThanOrEqual(5);
  expect(percent(judged, 'running')).toBeLessThanOrEqual(0.3);
});

test('nothing runs for a message that asks for nothing', () => {
  const nothing = judged.filter(({ intent }) => intent === 'nothing');
  expect(nothing.length).toBeGreaterThan(180);
  expect(nothing.filter(({ verdict }) => verdict === 'running').map(({ text, got }) => [text, got])).toEqual([]);
});

test('no request is taken for talk that needs no answer', () => {
  expect(asked.filter(({ verdict }) => verdict === 'missed').map(({ text, got }) => [text, got])).toEqual([]);
});

function percent(lines: readonly Judged[], wanted: Verdict): number {
  return (100 * lines.filter(({ verdict }) => verdict === wanted).length) / lines.length;
}
