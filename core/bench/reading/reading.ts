// How well requests are read, and the time per message.

import { read } from '#core/domain/asks/read.ts';
import type { BenchRow } from '../row.ts';
import { confusion, corpus, judge, type Line, type Verdict } from './corpus.ts';

export function benchReading(): { table: string; rows: BenchRow[] } {
  const lines = corpus();
  const judged = lines.map(judge);
  const misread = judged.filter(({ verdict }) => verdict !== 'right').map(({ verdict, text, got }) => `${verdict}: ${text} → ${got}`);
  const percent = (verdict: Verdict) => (100 * judged.filter((each) => each.verdict === verdict).length) / judged.length;
  const row = { limit: null, ratio: null, aim: null };
  const ordinary = lines.filter(({ file }) => file === 'ordinary.csv');
  return {
    table: [confusion(judged), ...misread].join('\n'),
    rows: [
      { name: 'an ordinary message', value: timePerMessage(ordinary), unit: 'µs', ...row, most: 60 },
      ...[5_000, 10_000, 20_000].map((length) => ({
        name: `${length.toLocaleString('en-US')} characters`,
        value: timePerMessage(longTexts(lines, length)) / 1_000,
        unit: 'ms',
        ...row,
        most: length / 2_000,
      })),
      { name: 'wrong and running', value: percent('running'), unit: '%', ...row, most: 0.3 },
      { name: 'asked back', value: percent('asked back'), unit: '%', ...row, most: 5 },
    ],
  };
}

const MESSAGES = 4_000;

function timePerMessage(lines: readonly Pick<Line, 'text'>[]): number {
  const rounds = Math.max(1, Math.ceil(MESSAGES / lines.length / Math.max(1, lines[0]!.text.length / 100)));
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const begun = performance.now();
    for (let round = 0; round < rounds; round++)
      for (const { text } of lines) {
        try {
          read(text, {});
        } catch {
          // refused, with words
        }
      }
    best = Math.min(best, ((performance.now() - begun) * 1_000) / rounds / lines.length);
  }
  return best;
}

function longTexts(lines: readonly Line[], length: number): { text: string }[] {
  const whole = lines.map(({ text }) => text).join('. ');
  return [0, 5_000, 10_000].map((from) => ({ text: whole.slice(from).padEnd(length, ` ${whole}`).slice(0, length) }));
}
