// Lines of words as rich text. A block is kept well below what any block of Slack takes, so that a long text is several.

import type { RichTextBlock, RichTextElement, RichTextLink, RichTextText } from '@slack/web-api';
import { splitLine } from '#bots/drawing/split.ts';
import type { Prose } from '#core/domain/messages/reply.ts';

/** Characters of one block. A section takes 3,000; for rich text Slack names no number. */
const BLOCK_MOST = 2_800;

export type Line = readonly RichTextElement[];
type Frame = 'section' | 'quote' | 'preformatted';

export function linesAs(frame: Frame, lines: readonly Line[]): RichTextBlock[] {
  const blocks: RichTextBlock[] = [];
  let held: Line[] = [];
  let characters = 0;
  const end = () => {
    const elements = joined(held);
    if (elements.length > 0) blocks.push({ type: 'rich_text', elements: [framed(frame, elements)] });
    held = [];
    characters = 0;
  };
  for (const line of lines) {
    const more = charactersIn(line) + 1;
    if (characters > 0 && characters + more > BLOCK_MOST) end();
    held.push(line);
    characters += more;
  }
  end();
  return blocks;
}

/** What somebody else wrote is quoted line by line; what stands between fences stays as it is written. */
export function proseBlocks({ text, from }: Prose): RichTextBlock[] {
  const lines = text.split('\n');
  if (from === 'us') return linesAs('section', lines.flatMap(linesOf));
  return fences(lines).flatMap(({ fenced, lines: some }) => linesAs(fenced ? 'preformatted' : 'quote', some.flatMap(linesOf)));
}

export function plain(text: string): Line {
  return text === '' ? [] : [{ type: 'text', text }];
}

export function bold(text: string): RichTextText {
  return { type: 'text', text, style: { bold: true } };
}

export function link(url: string, label: string): RichTextLink {
  return { type: 'link', url, text: label };
}

function linesOf(line: string): Line[] {
  return splitLine(line, BLOCK_MOST - 1).map(plain);
}

interface Fenced {
  readonly fenced: boolean;
  readonly lines: string[];
}

/** One that is never closed ends with the text. A fence inside of a line is none. */
function fences(lines: readonly string[]): Fenced[] {
  const parts: Fenced[] = [{ fenced: false, lines: [] }];
  for (const line of lines) {
    const { fenced, lines: some } = parts.at(-1)!;
    if (/^\s*(?:```|~~~)[^`]*$/.test(line)) parts.push({ fenced: !fenced, lines: [] });
    else some.push(line);
  }
  return parts.filter(({ lines: some }) => some.some((line) => line.trim() !== ''));
}

/** Neighbours of the same look are one element, and no element is empty. */
function joined(lines: readonly Line[]): RichTextElement[] {
  const elements: RichTextElement[] = [];
  const add = (element: RichTextElement) => {
    const last = elements.at(-1);
    if (last?.type === 'text' && element.type === 'text' && last.style === undefined && element.style === undefined)
      elements.splice(-1, 1, { type: 'text', text: last.text + element.text });
    else elements.push(element);
  };
  lines.forEach((line, i) => {
    if (i > 0) add({ type: 'text', text: '\n' });
    line.forEach(add);
  });
  return elements.some((element) => element.type !== 'text' || element.text.trim() !== '') ? elements : [];
}

function framed(frame: Frame, elements: RichTextElement[]): RichTextBlock['elements'][number] {
  if (frame === 'section') return { type: 'rich_text_section', elements };
  if (frame === 'quote') return { type: 'rich_text_quote', elements };
  return { type: 'rich_text_preformatted', elements: elements as (RichTextText | RichTextLink)[] };
}

/** What people read of it, in characters. */
export function charactersIn(line: Line): number {
  return line.reduce((sum, element) => sum + charactersOf(element), 0);
}

function charactersOf(element: RichTextElement): number {
  if (element.type === 'text') return element.text.length;
  return element.type === 'link' ? element.url.length + (element.text?.length ?? 0) : 0;
}
