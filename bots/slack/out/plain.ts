// The same in one block of plain text, for when Slack refuses the blocks: nothing of it can be wrong.

import type { SectionBlock } from '@slack/web-api';
import { cut } from '#bots/drawing/split.ts';
import { linesIn } from '../draw/read.ts';
import type { SlackPost } from '../draw/render.ts';

/** A section takes 3,000. */
const TEXT_MOST = 2_900;

export function plainPost({ text, blocks }: SlackPost): SlackPost {
  const words = linesIn(blocks).join('\n').trim();
  const section: SectionBlock = { type: 'section', text: { type: 'plain_text', text: cut(words, TEXT_MOST) || text, emoji: false } };
  return { text, blocks: [section] };
}
