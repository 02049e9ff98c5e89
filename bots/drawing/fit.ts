// Before a platform draws a reply, everything in it is brought to a size that the platform can show, and cleaned of what
// lies about how text looks. So an adapter has only its own markup to escape, whoever wrote the words.

import { never } from '#core/domain/never.ts';
import type { Block, Files, Prose, Reply, ReplyFile, TablePreview } from '#core/domain/messages/reply.ts';
import { cleanText } from '#core/domain/text/text.ts';
import { phrases } from './phrases.ts';
import { cut } from './split.ts';

/** How much of each thing a platform shows. Characters are UTF-16 units, which no platform counts as more. */
export interface Limits {
  /** Characters of one post, markup included. */
  readonly post: number;
  /** Posts for one reply. The others are chosen so that no reply needs more. */
  readonly posts: number;
  readonly fallback: number;
  readonly heading: number;
  /** All prose of a reply together. */
  readonly prose: number;
  readonly proseLines: number;
  readonly facts: number;
  readonly factLabel: number;
  readonly factValue: number;
  readonly files: number;
  readonly fileName: number;
  readonly rows: number;
  readonly cell: number;
  readonly choices: number;
  readonly choiceLabel: number;
  readonly steps: number;
  readonly stepTitle: number;
}

export function fit(reply: Reply, limits: Limits): Reply {
  const fallback = oneLine(reply.fallback, limits.fallback);
  const room = { characters: limits.prose, lines: limits.proseLines };
  const blocks = reply.blocks.flatMap((block) => fitBlock(block, limits, room));
  return { fallback, blocks: blocks.length > 0 ? blocks : [note(fallback)] };
}

/** What is left for prose: a reply has one measure of it, however many speak. */
interface Room {
  characters: number;
  lines: number;
}

function fitBlock(block: Block, limits: Limits, room: Room): Block[] {
  switch (block.kind) {
    case 'heading':
      return [{ ...block, text: oneLine(block.text, limits.heading) }];
    case 'prose':
      return fitProse(block, room);
    case 'facts': {
      const facts = block.facts
        .slice(0, limits.facts)
        .map(({ label, value }) => ({ label: oneLine(label, limits.factLabel), value: oneLine(value, limits.factValue) }));
      return [{ kind: 'facts', facts }, ...leftOut(block.facts.length - facts.length)];
    }
    case 'files':
      return fitFiles(block, limits);
    case 'choices':
      return [
        {
          kind: 'choices',
          choices: block.choices.slice(0, limits.choices).map(({ url, ...choice }) => ({
            ...choice,
            label: oneLine(choice.label, limits.choiceLabel),
            ...(url !== undefined && { url: safeUrl(url) }),
          })),
        },
      ];
    case 'progress': {
      // The newest steps are the ones people look for.
      const steps = block.steps.slice(-limits.steps).map((step) => ({ ...step, title: oneLine(step.title, limits.stepTitle) }));
      return [{ kind: 'progress', steps }];
    }
    default:
      return never(block);
  }
}

function fitProse(prose: Prose, room: Room): Block[] {
  const whole = calm(cleanText(prose.text))
    .replaceAll('\t', '    ')
    .replace(/(?<! ) +$/gm, '')
    .replace(/\n{3,}/g, '\n\n');
  const firstLines = whole.split('\n', room.lines).join('\n');
  const text = cut(firstLines, room.characters);
  room.characters -= text.length;
  room.lines -= text.split('\n').length;
  const shown: Block[] = text === '' ? [] : [{ ...prose, text }];
  return text === whole ? shown : [...shown, note(phrases.restLeftOut)];
}

function fitFiles({ files }: Files, limits: Limits): Block[] {
  const shown = files.slice(0, limits.files).map((file) => fitFile(file, limits));
  return [{ kind: 'files', files: shown }, ...leftOut(files.length - shown.length)];
}

function fitFile({ preview, ...file }: ReplyFile, limits: Limits): ReplyFile {
  const fitted = { ...file, name: oneLine(file.name, limits.fileName), url: safeUrl(file.url) };
  return preview === undefined || preview.columns.length === 0 ? fitted : { ...fitted, preview: fitPreview(preview, limits) };
}

// Every row gets as many cells as there are columns, since a table that lies about that breaks the drawing.
function fitPreview({ columns, rows, rowsTotal }: TablePreview, limits: Limits): TablePreview {
  const cell = (text: string | undefined) => oneLine(text ?? '', limits.cell);
  return { columns: columns.map(cell), rows: rows.slice(0, limits.rows).map((row) => columns.map((_, i) => cell(row[i]))), rowsTotal };
}

/** Text on one line: where a line begins or ends decides whose words it seems to be. */
export function oneLine(text: string, most: number): string {
  const line = calm(cleanText(text.slice(0, most * 10))).replace(/\s+/g, ' ');
  return line === '' ? '–' : cut(line, most);
}

// Towers of accents draw over the lines above and below.
function calm(text: string): string {
  return text.replace(/(\p{M}{4})\p{M}+/gu, '$1');
}

function safeUrl(url: string): string {
  return url.toWellFormed().replace(/[^\u0021-\u007e]|["'<>\\^`{|}]/gu, encodeURIComponent);
}

function leftOut(count: number): Prose[] {
  return count > 0 ? [note(phrases.more(count))] : [];
}

function note(text: string): Prose {
  return { kind: 'prose', text, from: 'us' };
}
