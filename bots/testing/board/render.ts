// A reply in the board's markup. What an agent or a person wrote is a quotation, line by line.

import { never } from '#core/domain/never.ts';
import type { Block, Files, Reply } from '#core/domain/messages/reply.ts';
import { fit, type Limits } from '#bots/drawing/fit.ts';
import { phrases, sayBytes } from '#bots/drawing/phrases.ts';
import { stepSigns, toneSigns } from '#bots/drawing/signs.ts';
import { packLines, splitLine } from '#bots/drawing/split.ts';
import { drawTable } from '#bots/drawing/table.ts';
import { escapeMarkup } from './markup.ts';
import type { Button } from './sandbox/state.ts';

export const limits: Limits = {
  post: 4000,
  posts: 8,
  fallback: 150,
  heading: 150,
  prose: 8000,
  proseLines: 200,
  facts: 20,
  factLabel: 40,
  factValue: 500,
  files: 10,
  fileName: 120,
  rows: 5,
  cell: 60,
  choices: 5,
  choiceLabel: 40,
  steps: 20,
  stepTitle: 150,
};

const tableWidth = 60;
// Every sign may need a backslash, and a line may need marks around it.
const longestLine = limits.post / 2 - 10;

export function renderBoard(reply: Reply): string[] {
  const { blocks, fallback } = fit(reply, limits);
  const groups = blocks.map(draw).filter((lines) => lines.length > 0);
  const lines = groups.length === 0 ? [escapeMarkup(fallback)] : groups.flatMap((group, i) => (i === 0 ? group : ['', ...group]));
  return packLines(lines, { most: limits.post, posts: limits.posts, rest: phrases.restLeftOut });
}

/** What can be pressed below the last post. Choices that open a page are links in the text. */
export function buttonsOf(reply: Reply): Button[] {
  return fit(reply, limits)
    .blocks.flatMap((block) => (block.kind === 'choices' ? block.choices : []))
    .flatMap(({ id, label, style, url }) => (url === undefined ? [{ id, label, style }] : []))
    .slice(0, limits.choices);
}

function draw(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [bold(`${toneSigns[block.tone]} ${block.text}`)];
    case 'prose': {
      const quote = block.from === 'us' ? '' : '> ';
      return block.text
        .split('\n')
        .flatMap((line) => splitLine(line, longestLine))
        .map((line) => quote + escapeMarkup(line));
    }
    case 'facts':
      return block.facts.map(({ label, value }) => `${bold(label)}: ${escapeMarkup(value)}`);
    case 'files':
      return block.files.flatMap(drawFile);
    case 'choices':
      return block.choices.flatMap(({ label, url }) => (url === undefined ? [] : [`${escapeMarkup(label)}: ${url}`]));
    case 'progress':
      return block.steps.map(({ title, state }) => `${stepSigns[state]} ${escapeMarkup(title)}`);
    default:
      return never(block);
  }
}

function drawFile({ name, sizeBytes, url, preview }: Files['files'][number]): string[] {
  const title = `${bold(name)} ${sayBytes(sizeBytes)}`;
  if (preview === undefined) return [title, url];
  const { head, rows, notes } = drawTable(preview, tableWidth);
  return [title, url, ...[head, ...rows].map((row) => `| ${escapeMarkup(row)}`), ...notes];
}

function bold(text: string): string {
  return `**${escapeMarkup(text)}**`;
}
