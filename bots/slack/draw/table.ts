// The first rows of a table. A message takes one table block; others are drawn in text of even width.

import type { KnownBlock, TableBlock } from '@slack/web-api';
import { phrases } from '#bots/drawing/phrases.ts';
import { drawTable } from '#bots/drawing/table.ts';
import type { TablePreview } from '#core/domain/messages/reply.ts';
import { linesAs, plain } from './rich-text.ts';

/** Slack takes 100 rows, 20 columns and 10,000 characters over all cells. `fit` leaves no cell empty. */
const COLUMNS_MOST = 20;
const CHARACTERS_MOST = 8_000;
/** Columns of even-width text that a phone shows without a second line. */
const TEXT_WIDTH = 60;

/** With what is not shown said below. */
export function tableBlock({ columns, rows, rowsTotal }: TablePreview): KnownBlock[] {
  const width = columnsThatFit([columns, ...rows]);
  const cells = (row: readonly string[]) => row.slice(0, width).map((text) => ({ type: 'raw_text' as const, text }));
  const table: TableBlock = { type: 'table', rows: [columns, ...rows].map(cells) };
  const notes = [
    ...(width < columns.length ? [phrases.moreColumns(columns.length - width)] : []),
    ...(rows.length < rowsTotal ? [phrases.moreRows(rowsTotal - rows.length)] : []),
  ];
  return [table, ...linesAs('section', notes.map(plain))];
}

export function drawnAsText(preview: TablePreview): KnownBlock[] {
  const { head, rows, notes } = drawTable(preview, TEXT_WIDTH);
  return [...linesAs('preformatted', [head, ...rows].map(plain)), ...linesAs('section', notes.map(plain))];
}

function columnsThatFit(rows: readonly (readonly string[])[]): number {
  const most = Math.min(COLUMNS_MOST, rows[0]!.length);
  let characters = 0;
  for (let i = 0; i < most; i++) {
    characters += rows.reduce((sum, row) => sum + Math.max(1, row[i]?.length ?? 0), 0);
    if (characters > CHARACTERS_MOST) return Math.max(1, i);
  }
  return most;
}
