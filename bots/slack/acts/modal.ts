// Something that is said in a form's place: to one person, wherever they are.

import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Reply } from '#core/domain/messages/reply.ts';
import { shorten } from '#core/domain/text/text.ts';
import { renderSlack } from '../draw/render.ts';

/** Characters that Slack takes as a title. */
const TITLE_MOST = 24;

export function words(text: string): { readonly type: 'plain_text'; readonly text: string; readonly emoji: false } {
  return { type: 'plain_text', text, emoji: false };
}

export function sayingModal(title: string, reply: Reply): ModalView {
  return { type: 'modal', title: words(shorten(title, TITLE_MOST)), close: words('Close'), blocks: [...blocksOf(reply)] };
}

/** Of a form or a home tab: one post's worth. */
export function blocksOf(reply: Reply): readonly KnownBlock[] {
  return renderSlack(reply)[0]!.blocks;
}
