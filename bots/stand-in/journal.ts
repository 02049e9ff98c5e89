// One line of a file for each thing that happened, written before anybody hears of it, so that a sandbox that is killed goes on
// where it was.

import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';

export interface Journal<Line> {
  /** Every line that was ever written, in order. */
  readonly lines: readonly Line[];
  write(line: Line): void;
}

/** Without a file nothing is kept. */
export function openJournal<Line>(file: string | null): Journal<Line> {
  return {
    lines: file !== null && existsSync(file) ? linesOf(file) : [],
    write(line) {
      if (file !== null) appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    },
  };
}

// The last line may be torn; nobody was told of it. It goes, or the next one would be written behind it.
function linesOf<Line>(file: string): Line[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
