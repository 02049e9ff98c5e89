// Text from people and agents is untrusted everywhere it is shown or stored. It is cleaned once, at the edge.

/**
 * Removes what PostgreSQL cannot store (NUL, lone surrogates) and what lies about how text looks (control characters,
 * bidirectional overrides, invisible marks), and brings what is left to one form. Newlines and tabs stay.
 */
export function cleanText(text: string): string {
  const visible = text
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .toWellFormed()
    .replace(unwanted, '');
  return lowTowers(lowTowers(visible).normalize('NFC')).trim();
}

// No language puts more than thirty marks on one letter (Unicode's stream-safe form), and to sort a tower of them takes
// the square of its height: a megabyte of marks would stop everything for minutes.
function lowTowers(text: string): string {
  return text.replace(/(\p{M}{30})\p{M}+/gu, '$1');
}

// What toWellFormed() puts for a lone surrogate (U+FFFD) goes as well: it carries nothing. The joiners U+200C and U+200D
// stay, since Persian and family emoji are written with them.
const unwanted =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffd]|[\u{e0000}-\u{e0fff}]/gu;

/**
 * False for text that no keyboard and no program of good will sends: with NUL or other control characters (newlines and tabs
 * are none), or with characters that were broken on their way. Where nobody writes prose, such text is refused, not cleaned.
 */
export function isIntact(text: string): boolean {
  return text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/.test(text);
}

/** The first line that says something, as a title: at most `most` characters. */
export function firstLine(text: string, most = 80): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  return shorten(line.trim().replace(/\s+/g, ' '), most);
}

/** At most `most` characters as people count them, ending in "…" when something was cut, at a word's end where one is near. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept: string[] = [];
  for (const { segment, index } of graphemes.segment(text)) {
    if (kept.length === most || index + segment.length > most * MOST_UNITS) return `${cutAtWord(kept)}…`;
    kept.push(segment);
  }
  return text;
}

// The largest family of emoji has 15 units, but one "character" may be as long as its author likes.
const MOST_UNITS = 32;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Makes room for the dots. */
function cutAtWord(kept: readonly string[]): string {
  const text = kept.slice(0, -1).join('');
  const space = /\s/.test(kept.at(-1) ?? '') ? -1 : text.search(/\s\S*$/);
  return (space > text.length * 0.7 ? text.slice(0, space) : text).trimEnd();
}
