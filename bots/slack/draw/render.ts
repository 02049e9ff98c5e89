// A reply in Slack's blocks. Words are `rich_text`, which is literal: no markup, no ping and no emoji is read out of it. What an agent
// or a person wrote is a quotation.

import type { ActionsBlock, Button, HeaderBlock, KnownBlock } from '@slack/web-api';
import type { Limits } from '#bots/drawing/fit.ts';
import { fit } from '#bots/drawing/fit.ts';
import { packUnits } from '#bots/drawing/pack.ts';
import { phrases, sayBytes } from '#bots/drawing/phrases.ts';
import { stepSigns, toneSigns } from '#bots/drawing/signs.ts';
import type { Block, Choice, Heading, Reply, ReplyFile } from '#core/domain/messages/reply.ts';
import { never } from '#core/domain/never.ts';
import { bold, linesAs, link, proseBlocks, plain } from './rich-text.ts';
import { drawnAsText, tableBlock } from './table.ts';
import { BLOCKS_MOST, weightOf, type Unit } from './weight.ts';

export interface SlackPost {
  /** For notifications and readers of screens. mrkdwn, so what it means nothing by is escaped. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

export const limits: Limits = {
  // Slack refuses about 13,170 characters over all blocks of a message (bolt-js 2509), far below what its pages say.
  post: 9_000,
  posts: 8,
  fallback: 150,
  heading: 140,
  prose: 20_000,
  proseLines: 400,
  facts: 20,
  factLabel: 60,
  factValue: 500,
  files: 10,
  fileName: 120,
  rows: 5,
  cell: 60,
  choices: 10,
  choiceLabel: 60,
  steps: 20,
  stepTitle: 150,
};

/** What we call the address of a file. A link of ours never has another label than this or its address. */
export const DOWNLOAD = 'Download';

export function renderSlack(reply: Reply): SlackPost[] {
  const { blocks, fallback } = fit(reply, limits);
  const drawing: Drawing = { tables: 0 };
  const units = blocks.flatMap((block) => draw(block, drawing)).filter(({ length }) => length > 0);
  const rest: Unit = linesAs('section', [plain(phrases.restLeftOut)]);
  const drawn = units.length > 0 ? units : [linesAs('section', [plain(fallback)])];
  const posts = packUnits(drawn, weightOf, { ...limits, blocks: BLOCKS_MOST, rest });
  return posts.map((post, i) => ({
    text: escapeText(posts.length === 1 ? fallback : `${fallback} (${i + 1}/${posts.length})`),
    blocks: post,
  }));
}

/** What `text` means nothing by. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface Drawing {
  /** A message takes one table. */
  tables: number;
}

function draw(block: Block, drawing: Drawing): Unit[] {
  switch (block.kind) {
    case 'heading':
      return [[heading(block)]];
    case 'prose':
      return proseBlocks(block).map((each) => [each]);
    case 'facts':
      return linesAs(
        'section',
        block.facts.map(({ label, value }) => [bold(label), ...plain(`: ${value}`)]),
      ).map((each) => [each]);
    case 'files':
      return block.files.map((file) => drawFile(file, drawing));
    case 'choices':
      return block.choices.length === 0 ? [] : [[buttons(block.choices)]];
    case 'progress':
      return linesAs(
        'section',
        block.steps.map(({ title, state }) => plain(`${stepSigns[state]} ${title}`)),
      ).map((each) => [each]);
    default:
      return never(block);
  }
}

function heading({ text, tone }: Heading): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: `${toneSigns[tone]} ${text}`, emoji: false } };
}

function drawFile({ name, sizeBytes, url, preview }: ReplyFile, drawing: Drawing): Unit {
  const title = linesAs('section', [[bold(name), ...plain(` · ${sayBytes(sizeBytes)} · `), link(url, DOWNLOAD)]]);
  if (preview === undefined) return title;
  if (drawing.tables++ > 0) return [...title, ...drawnAsText(preview)];
  return [...title, ...tableBlock(preview)];
}

function buttons(choices: readonly Choice[]): ActionsBlock {
  return {
    type: 'actions',
    elements: choices.map(({ id, label, style, url }, i): Button => ({
      type: 'button',
      action_id: `c:${i}`,
      text: { type: 'plain_text', text: label, emoji: false },
      ...(style !== 'plain' && { style: style === 'main' ? 'primary' : 'danger' }),
      ...(url === undefined ? { value: id } : { url }),
    })),
  };
}
