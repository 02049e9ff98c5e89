import type { KnownBlock } from '@slack/web-api';
import { charactersIn } from './rich-text.ts';

/** Blocks that stay together. */
export type Unit = readonly KnownBlock[];

/** Slack takes 50 in a message. */
export const BLOCKS_MOST = 45;

/** Characters that Slack counts, and a little for each block. */
export function weightOf(block: KnownBlock): number {
  switch (block.type) {
    case 'header':
      return block.text.text.length;
    case 'rich_text':
      return block.elements.reduce((sum, { elements }) => sum + charactersIn(elements as never), 0);
    case 'table':
      return block.rows.flat().reduce((sum, cell) => sum + (cell.type === 'raw_text' ? cell.text.length : 10), 0);
    case 'actions':
      return JSON.stringify(block.elements).length;
    default:
      return JSON.stringify(block).length;
  }
}
