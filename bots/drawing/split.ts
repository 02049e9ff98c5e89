// Long text becomes several posts: in order, nothing lost, and never through the middle of what people see as one character.

/** Pieces of at most `most` UTF-16 units, broken at spaces where there are some. */
export function splitLine(line: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > most) {
    const at = breakAt(rest, most);
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest);
  return pieces;
}

/** The beginning of a text, at most `most` units with the "…" that says so. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 2) return '';
  return `${text.slice(0, breakAt(text, most - 1)).trimEnd()}…`;
}

/**
 * Lines put together into at most `posts` posts of at most `most` units; each line must fit in one. What is too much gives way
 * to `rest`.
 */
export function packLines(lines: readonly string[], { most, posts, rest }: { most: number; posts: number; rest: string }): string[] {
  const packed = pack(lines, most);
  if (packed.length <= posts) return packed;
  const last = pack(packed[posts - 1]!.split('\n'), most - rest.length - 1)[0]!;
  return [...packed.slice(0, posts - 1), `${last}\n${rest}`];
}

function pack(lines: readonly string[], most: number): string[] {
  const posts: string[] = [];
  let post: string | null = null;
  for (const line of lines) {
    const longer: string = post === null ? line : `${post}\n${line}`;
    if (longer.length <= most) post = longer;
    else {
      posts.push(post ?? '');
      post = line;
    }
  }
  return [...posts, post ?? ''].map((each) => each.replace(/^\n+|\s+$/g, '')).filter((each) => each !== '');
}

function breakAt(text: string, most: number): number {
  const space = text.lastIndexOf(' ', most);
  return space >= most / 2 ? space : characterBreak(text, most);
}

// A "character" may be a family of emoji, or a letter under a tower of accents, and longer than all the room there is.
function characterBreak(text: string, most: number): number {
  let at = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, most + 64))) {
    if (index + segment.length > most) break;
    at = index + segment.length;
  }
  if (at > 0) return at;
  const splitsPair = most > 1 && /[\ud800-\udbff]/.test(text[most - 1]!);
  return splitsPair ? most - 1 : most;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
