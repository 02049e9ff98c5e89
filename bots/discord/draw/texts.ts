// Lines put together into texts of a size of which some fit in one message.

import { splitLine } from '#bots/drawing/split.ts';
import type { Prose } from '#core/domain/messages/reply.ts';
import { textOf, type Component } from './components.ts';
import { escapeLine } from './markdown.ts';

/** Characters of one text; a single line may be twice as long, since each character may need a backslash. */
export const TEXT_MOST = 1_700;

export const QUOTE = '> ';
export const FENCE = '```';

/** Lines of ours, escaped where they must be. */
export function textsOf(lines: readonly string[]): Component[] {
  const texts: string[] = [];
  let held: string[] = [];
  let characters = 0;
  const end = () => {
    const [first, last] = [held.findIndex(hasWords), held.findLastIndex(hasWords)];
    if (first !== -1)
      texts.push(
        held
          .slice(first, last + 1)
          .join('\n')
          .trimEnd(),
      );
    held = [];
    characters = 0;
  };
  for (const line of lines) {
    if (characters > 0 && characters + line.length + 1 > TEXT_MOST) end();
    held.push(line);
    characters += line.length + 1;
  }
  end();
  return texts.map(textOf);
}

function hasWords(line: string): boolean {
  return line.trim() !== '' && line !== QUOTE;
}

/** What somebody else wrote is quoted line by line; what stands between fences stays as it is written. */
export function proseTexts({ text, from }: Prose): Component[] {
  const lines = text.split('\n');
  if (from === 'us') return textsOf(lines.flatMap((line) => piecesOf(line).map(escapeLine)));
  return fences(lines).flatMap(({ fenced, lines: some }) => (fenced ? fenceTexts(some) : quoteTexts(some)));
}

/** Text of even width. No line in it may have a fence. */
export function fenceTexts(lines: readonly string[]): Component[] {
  return textsOf(lines.flatMap(piecesOf).map((line) => (line === '' ? ' ' : line))).map((text) =>
    text.type === 10 ? textOf(`${FENCE}\n${text.content}\n${FENCE}`) : text,
  );
}

function quoteTexts(lines: readonly string[]): Component[] {
  return textsOf(lines.flatMap((line) => piecesOf(line).map((piece) => QUOTE + escapeLine(piece))));
}

function piecesOf(line: string): string[] {
  return splitLine(line, TEXT_MOST);
}

interface Fenced {
  readonly fenced: boolean;
  readonly lines: string[];
}

/** One that is never closed ends with the text. A part with a fence inside of a line is none, since that would end it. */
function fences(lines: readonly string[]): Fenced[] {
  const parts: Fenced[] = [{ fenced: false, lines: [] }];
  for (const line of lines) {
    const { fenced, lines: some } = parts.at(-1)!;
    if (/^\s*(?:```|~~~)[^`]*$/.test(line)) parts.push({ fenced: !fenced, lines: [] });
    else some.push(line);
  }
  return parts
    .filter(({ lines: some }) => some.some((line) => line.trim() !== ''))
    .map((part) => (part.lines.some((line) => line.includes(FENCE)) ? { ...part, fenced: false } : part));
}
