// Reads text as words and numbers, the way people write numbers: "1,500", "2k", "a hundred", "two dozen", "10-20".
// Prices, percentages, dates, times and phone numbers are not amounts of anything, and are left out.

export type Token = NumberToken | WordToken | MarkToken;

export interface NumberToken {
  readonly kind: 'number';
  /** Of a range, the upper end. */
  readonly value: number;
  /** As it was written. */
  readonly text: string;
}

export interface WordToken {
  readonly kind: 'word';
  readonly text: string;
}

/** Something that parts what stands before it from what follows. */
export interface MarkToken {
  readonly kind: 'mark';
  readonly text: string;
}

/** Takes lower-case text, as plainWords() gives it. */
export function readNumbers(text: string): Token[] {
  const tokens = [...text.replace(notAmounts, ' , ').replace(approximately, ' ').matchAll(token)].map(toToken);
  return signs(ranges(wordNumbers(tokens)));
}

const money = '[$€£¥]|usd|eur|gbp|chf|dollars?|euros?|pounds?|bucks?|cents?|credits?|percent';
const digits = String.raw`\d[\d.,]{0,30}(?:\s?(?:k|m|bn|thousand|million|billion))?`;
const notAmounts = new RegExp(
  [
    String.raw`[$€£¥]\s?${digits}`,
    String.raw`(?<![\d.,])${digits}\s?(?:%|(?:${money})(?!\p{L}))`,
    String.raw`(?<!\d)\d+(?:[/:]\d+)+`,
    String.raw`\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b`,
    String.raw`\+\d[\d\s().-]{6,24}\d|\(?\b\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b`,
    String.raw`\b(?:in|since|by|until|till|of|from|year|before|after|for|during|early|late|mid)\s+(?:19|20)\d\d(?=\s*(?:$|[.,;:!?)\n]))`,
  ].join('|'),
  'gu',
);
const approximately =
  /\b(?:up to|at least|at most|(?:no|not) more than|no fewer than|no less than|about|around|roughly|approximately|exactly|some|over|maximum|max|minimum|min)\s+(?=[\da]|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty)/g;
const token =
  /(?<![\p{L}\d.,])(\d{1,3}(?:[,.\u00a0\u202f]\d{3})+|\d+(?:[.,]\d+)?(?:e\d{1,3})?)(?:\s?(k)|(m)|[+x])?(?![\p{L}\d])|\p{L}[\p{L}\p{N}'-]*\p{L}?|[-–—]|[^\s\p{L}]/gu;

function toToken(match: RegExpExecArray): Token {
  const [text, number, thousands, millions] = match;
  if (number !== undefined) return { kind: 'number', value: valueOf(number) * (thousands ? 1_000 : millions ? 1_000_000 : 1), text };
  if (/^\p{L}/u.test(text)) return { kind: 'word', text: text.replace(/'s?$/, '') };
  // A dash close to what follows it may be a minus.
  const minus = /[-–—−]/.test(text) && /\d/.test(match.input[match.index + 1] ?? '') && !/\S/.test(match.input[match.index - 1] ?? ' ');
  return { kind: 'mark', text: minus ? 'minus' : text };
}

/** Three digits behind a mark are thousands ("1,500", "1.500"), fewer are a fraction ("1.5", "1,5"). */
function valueOf(digitsAsWritten: string): number {
  return /^\d{1,3}([,.\u00a0\u202f]\d{3})+$/.test(digitsAsWritten)
    ? Number(digitsAsWritten.replace(/\D/g, ''))
    : Number(digitsAsWritten.replace(',', '.'));
}

// --- Words that are numbers.

const ones = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, value) => [word, value]),
);
const tens = new Map('twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, index) => [word, (index + 2) * 10]));
const scales = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
  ['dozen', 12],
  ['dozens', 24],
  ['couple', 2],
  ['pair', 2],
]);

function wordNumbers(tokens: readonly Token[]): Token[] {
  const read: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    const found = numberAt(tokens, at);
    read.push(found ? found.number : tokens[at]!);
    at = found ? found.next : at + 1;
  }
  return read;
}

/** "two hundred and fifty", "half a dozen", "2 thousand", "a couple of". */
function numberAt(tokens: readonly Token[], from: number): { number: NumberToken; next: number } | undefined {
  let at = from;
  let total = 0;
  let part: number | undefined;
  const half = wordAt(tokens, at) === 'half' && wordAt(tokens, at + 1) === 'a';
  if (half) at += 1;
  if (wordAt(tokens, at) === 'a' && scales.has(wordAt(tokens, at + 1))) {
    part = 1;
    at += 1;
  }
  for (; ; at++) {
    const token = tokens[at];
    const word = wordAt(tokens, at);
    const small = token?.kind === 'number' ? (part === undefined ? token.value : undefined) : smallNumber(word);
    const scale = scales.get(word);
    if (small !== undefined) part = (part ?? 0) + small;
    else if (scale !== undefined && part !== undefined) {
      part *= scale;
      if (scale >= 1_000) [total, part] = [total + part, 0];
    } else if (
      !(
        word === 'and' &&
        (part !== undefined || total > 0) &&
        scales.has(wordAt(tokens, at - 1)) &&
        smallNumber(wordAt(tokens, at + 1)) !== undefined
      )
    )
      break;
  }
  if (half && part === undefined) return { number: { kind: 'number', value: 0.5, text: 'half' }, next: at + 1 };
  if (part === undefined) return undefined;
  if (wordAt(tokens, at - 1) === 'couple' && wordAt(tokens, at) === 'of') at += 1;
  const text = tokens
    .slice(from, at)
    .map((each) => each.text)
    .join(' ');
  return { number: { kind: 'number', value: (total + part) / (half ? 2 : 1), text }, next: at };
}

/** "seven", "twenty", "twenty-five". */
function smallNumber(word: string): number | undefined {
  const [first = '', second] = word.split('-');
  if (second === undefined) return ones.get(first) ?? tens.get(first);
  const [ten, one] = [tens.get(first), ones.get(second)];
  return ten !== undefined && one !== undefined ? ten + one : undefined;
}

function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}

// --- Two numbers that are one amount, and minus.

/** "10-20", "10 to 20", "between 10 and 20", "10 or 20": the upper end, since that is what may be delivered. */
function ranges(tokens: readonly Token[]): Token[] {
  const read: Token[] = [];
  for (const token of tokens) {
    const [between, low, joint] = [read.at(-3), read.at(-2), read.at(-1)];
    const joins =
      joint !== undefined &&
      (['-', '–', '—', 'to', 'or', 'minus'].includes(joint.text) || (joint.text === 'and' && between?.text === 'between'));
    if (token.kind === 'number' && low?.kind === 'number' && joins && low.value <= token.value) {
      read.splice(-2, 2, { kind: 'number', value: token.value, text: `${low.text}–${token.text}` });
    } else read.push(token);
  }
  return read;
}

function signs(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at): Token[] => {
    if (token.text === 'minus' && tokens[at + 1]?.kind === 'number') return [];
    const negative = token.kind === 'number' && tokens[at - 1]?.text === 'minus';
    return negative ? [{ kind: 'number', value: -token.value, text: `-${token.value}` }] : [token];
  });
}
