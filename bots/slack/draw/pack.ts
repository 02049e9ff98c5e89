// Blocks put together into posts. What belongs together stays in one post, so that none begins with a table whose file stands in the
// post before.

import type { KnownBlock } from '@slack/web-api';
import { charactersIn } from './rich-text.ts';

/** Blocks that stay together. */
export type Unit = readonly KnownBlock[];

/** Slack takes 50 in a message. */
const BLOCKS_MOST = 45;

/** What is more than `posts` posts take gives way to `rest`. */
export function packUnits(
  units: readonly Unit[],
  { post: most, posts: postsMost, rest }: { readonly post: number; readonly posts: number; readonly rest: Unit },
): KnownBlock[][] {
  const posts: { blocks: KnownBlock[]; weight: number }[] = [];
  for (const unit of units) {
    const weight = unit.reduce((sum, block) => sum + weightOf(block), 0);
    const last = posts.at(-1);
    const isLastPost = posts.length === postsMost;
    // The last one keeps room for saying that there was more.
    const room = isLastPost ? BLOCKS_MOST - rest.length : BLOCKS_MOST;
    if (last !== undefined && last.weight + weight <= most && last.blocks.length + unit.length <= room) {
      last.blocks.push(...unit);
      last.weight += weight;
    } else if (isLastPost) {
      last!.blocks.push(...rest);
      break;
    } else posts.push({ blocks: [...unit], weight });
  }
  return posts.map(({ blocks }) => blocks);
}

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
