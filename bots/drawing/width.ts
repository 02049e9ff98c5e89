// How many columns text takes where every character has one or two: terminals and code blocks.

export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfCharacter(segment);
  return width;
}

/** Cut to `columns`, with "…" where something is missing, and filled up to them. */
export function toColumns(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const kept = cutToColumns(text, columns);
  const room = ' '.repeat(Math.max(0, columns - widthOf(kept)));
  return side === 'left' ? kept + room : room + kept;
}

export function cutToColumns(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : `${head(text, columns - 1).trimEnd()}…`;
}

/** Lines of at most `columns`. A list's items hang under their first word; words that are too long are broken. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns));
}

function wrapLine(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const lead = /^\s*(?:(?:[-*•]|\d{1,3}[.)])\s+)?/.exec(line)![0];
  const indent = widthOf(lead) <= columns / 3 ? ' '.repeat(widthOf(lead)) : '';
  const lines: string[] = [];
  let current = indent === '' ? '' : lead;
  let empty = true;
  for (const word of line.slice(indent === '' ? 0 : lead.length).split(' ')) {
    if (!empty && widthOf(current) + 1 + widthOf(word) <= columns) current += ` ${word}`;
    else {
      if (!empty) lines.push(current);
      current = `${empty ? current : indent}${word}`;
      while (widthOf(current) > columns) {
        const piece = head(current, columns);
        lines.push(piece);
        current = indent + current.slice(piece.length);
      }
    }
    empty = false;
  }
  return [...lines, current];
}

// At least one character, so that wrapping always gets on.
function head(text: string, columns: number): string {
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOfCharacter(segment);
    if (width > columns && kept !== '') break;
    kept += segment;
  }
  return kept;
}

function widthOfCharacter(character: string): number {
  if (emoji.test(character)) return 2;
  let width = 0;
  for (const point of character) width += nothing.test(point) ? 0 : wide.test(point) ? 2 : 1;
  return width;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[\x20-\x7e]*$/;
const emoji = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Extended_Pictographic}\u200d|\p{Regional_Indicator}{2})/u;
const nothing = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]$/u;
// Unicode's East_Asian_Width Wide and Fullwidth, in blocks.
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]$/u;
