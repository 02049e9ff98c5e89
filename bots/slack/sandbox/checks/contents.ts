// What a post or an edit may say: its text, its blocks, and not both in two ways.

import { SlackNo } from '../no.ts';
import type { Block } from '../shapes.ts';
import { slackId } from '../state.ts';
import { refusalOf } from './blocks.ts';

export interface Given {
  readonly text?: string | undefined;
  readonly markdown_text?: string | undefined;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
}

export interface Contents {
  readonly text: string;
  /** null where none were given. */
  readonly blocks: readonly Block[] | null;
  readonly warnings: readonly string[];
}

/** chat.postMessage cuts what is longer; chat.update refuses it much earlier. */
const mostText = 40_000;
const mostUpdated = 4000;
const mostMarkdown = 12_000;
/** What both take for sure. */
const safeText = 3900;

export function contentsOf(given: Given, edit?: { readonly before: readonly Block[] }): Contents {
  const { markdown_text: markdown, text = '' } = given;
  const blocks = given.blocks === undefined || given.blocks === '' ? null : blocksOf(given.blocks, edit?.before ?? []);
  if (markdown !== undefined && (given.text !== undefined || blocks !== null)) throw new SlackNo('markdown_text_conflict');
  if ((markdown?.length ?? 0) > mostMarkdown) throw new SlackNo('msg_too_long');
  if (edit !== undefined && text.length > mostUpdated) throw new SlackNo('msg_too_long');
  if (given.attachments !== undefined && !Array.isArray(given.attachments)) throw new SlackNo('invalid_attachments');
  const saysNothing = text === '' && !markdown && (blocks ?? []).length === 0 && ((given.attachments as unknown[]) ?? []).length === 0;
  if (saysNothing) throw new SlackNo('no_text');
  const warnings =
    text.length > safeText ? [`[WARN] text has ${text.length} characters; more than ${safeText} cannot be edited later`] : [];
  const shown = markdown === undefined ? blocks : withIds([{ type: 'markdown', text: markdown }]);
  return { text: (markdown ?? text).slice(0, mostText), blocks: shown, warnings };
}

function blocksOf(blocks: unknown, before: readonly Block[]): readonly Block[] {
  const refusal = refusalOf(
    blocks,
    before.map(({ block_id: id }) => id),
  );
  if (refusal !== null) throw new SlackNo(refusal.error, { errors: refusal.messages, response_metadata: { messages: refusal.messages } });
  return withIds(blocks as object[]);
}

/** Slack gives an id to every block that has none. */
export function withIds(blocks: readonly object[]): Block[] {
  return blocks.map((block) => ({ block_id: slackId('b').slice(0, 5), ...block }) as Block);
}
