// How much is written in blocks: what Slack counts towards `msg_blocks_too_long`.

import { isRecord } from './check.ts';

/** The words that stand in a piece of blocks, wherever they stand. */
export function charactersIn(piece: unknown): string {
  if (Array.isArray(piece)) return piece.map(charactersIn).join('');
  if (!isRecord(piece)) return '';
  return Object.entries(piece)
    .map(([name, value]) => (typeof value === 'string' ? (shown.has(name) ? value : '') : charactersIn(value)))
    .join('');
}

const shown = new Set(['text', 'title', 'caption', 'details', 'output', 'alt_text', 'fallback']);
