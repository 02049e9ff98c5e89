// The first rows of a table in text of even width: as many columns as fit, the rest counted.

import type { TablePreview } from '#core/domain/messages/reply.ts';
import { phrases } from './phrases.ts';
import { cutToColumns, toColumns, widthOf } from './width.ts';

const gap = '  ';
const narrowest = 8;
const widest = 32;

/** One string a line: the head first, then the rows, then what is not shown, which is ours to say and no cell. */
export function drawTable({ columns, rows, rowsTotal }: TablePreview, width: number): { head: string; rows: string[]; notes: string[] } {
  const natural = columns
    .slice(0, width)
    .map((name, i) => Math.min(widest, Math.max(...[name, ...rows.map((row) => row[i] ?? '')].map(widthOf), 1)));
  const widths = shrink(natural.slice(0, fitting(natural, width)), width);
  const sides = widths.map((_, i) => (isNumeric(rows.map((row) => row[i] ?? '')) ? 'right' : 'left'));
  const line = (cells: readonly string[]) =>
    cutToColumns(
      widths
        .map((each, i) => toColumns(cells[i] ?? '', each, sides[i]))
        .join(gap)
        .trimEnd(),
      width,
    );
  const notes = [
    ...(widths.length < columns.length ? [phrases.moreColumns(columns.length - widths.length)] : []),
    ...(rows.length < rowsTotal ? [phrases.moreRows(rowsTotal - rows.length)] : []),
  ];
  return { head: line(columns), rows: rows.map(line), notes };
}

/** How many columns fit when each may shrink to its narrowest. */
function fitting(natural: readonly number[], width: number): number {
  let used = -gap.length;
  const count = natural.findIndex((each) => (used += Math.min(each, narrowest) + gap.length) > width);
  return count === -1 ? natural.length : Math.max(1, count);
}

// The widest gives way first.
function shrink(widths: number[], width: number): number[] {
  const room = width - gap.length * (widths.length - 1);
  for (let total = widths.reduce((a, b) => a + b, 0); total > room; total--) {
    const most = Math.max(...widths);
    if (most <= 1) break;
    widths[widths.indexOf(most)]! -= 1;
  }
  return widths;
}

function isNumeric(cells: readonly string[]): boolean {
  return cells.some((cell) => cell !== '') && cells.every((cell) => /^[-+]?[$€£]?[\d.,]*%?$/.test(cell));
}
