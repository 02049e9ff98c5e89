// The same in one block of plain text, for when Slack refuses the blocks: nothing of it can be wrong.

import type { SectionBlock } from '@slack/web-api';
import { cut } from '#bots/drawing/split.ts';
import { linesIn } from '../draw/read.ts';
import type { SlackPost } from '../draw/render.ts';

/** A section takes 3,000. */
const TEXT_MOST = 2_900;

/** What is said in its place, the fullest first. The buttons stay if they can: an approval is no use without them. */
export function plainPosts({ text, blocks }: SlackPost): SlackPost[] {
  const buttons = blocks.filter(({ type }) => type === 'actions');
  const others = blocks.filter(({ type }) => type !== 'actions');
  const bare = { text, blocks: [sectionOf(linesIn(blocks), text)] };
  return buttons.length === 0 ? [bare] : [{ text, blocks: [sectionOf(linesIn(others), text), ...buttons] }, bare];
}

function sectionOf(lines: readonly string[], fallback: string): SectionBlock {
  return {
    type: 'section',
    text: {
      type: 'plain_text',
      text: cut(lines.join('\n').trim(), TEXT_MOST) || fallback,
      emoji: false,
    },
  };
}
