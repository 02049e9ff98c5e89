// Numbers as people write them: words, scales, dozens, ranges, sums and products become one number each.

import type { Token } from './tokens.ts';

const scales: Readonly<Record<string, number>> = {
  k: 1e3, m: 1e6, hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9, lakh: 1e5, lakhs: 1e5, lac: 1e5, crore: 1e7, crores: 1e7, dozen: 12, dozens: 12, pair: 2, pairs: 2,
  couple: 2, score: 20, 千: 1e3, 万: 1e4, 萬: 1e4, mil: 1e3, mille: 1e3, tausend: 1e3, hundert: 100, dutzend: 12, douzaine: 12, douzaines: 12, docena: 12, docenas: 12, тисяч: 1e3,
  тисячі: 1e3, тис: 1e3, ألف: 1e3, cien: 100, cents: 100, mio: 1e6, millionen: 1e6,
}; // prettier-ignore
const words: Readonly<Record<string, number>> = {
  zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16,
  seventeen: 17, eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fourty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
}; // prettier-ignore
const amountWords = new Set(['hundred', 'thousand', 'dozen', 'couple', 'pair', 'million', 'lakh', 'crore']);

/** `at` is where the number ends. */
interface Read {
  readonly value: number;
  readonly next: number;
}

export function withNumbers(tokens: readonly Token[]): Token[] {
  const read: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    const found = numberAt(tokens, at);
    const first = tokens[at]!;
    if (found) read.push({ ...first, kind: 'number', from: first.from, to: tokens[found.next - 1]!.to, value: found.value });
    else read.push(first);
    at = found ? found.next : at + 1;
  }
  return read.length < 3 ? read : joined(read);
}

function smallAt(tokens: readonly Token[], at: number): number | undefined {
  const token = tokens[at];
  if (token?.kind === 'number') return token.isExplained ? undefined : token.value;
  if (token?.kind !== 'word') return undefined;
  // A capital in the middle of a sentence is a name: "find One Direction fans".
  if (token.isCapital && at > 0 && !/^[.!?:\n]/.test(tokens[at - 1]!.text)) return undefined;
  return words[token.text] ?? token.entry?.number;
}

function numberAt(tokens: readonly Token[], from: number): Read | undefined {
  let at = from;
  const isHalf = text(tokens, at) === 'half' && text(tokens, at + 1) === 'a' && amountWords.has(text(tokens, at + 2));
  if (isHalf) at++;
  let part = ['a', 'an'].includes(text(tokens, at)) && amountWords.has(text(tokens, at + 1)) ? 1 : smallAt(tokens, at);
  if (part === undefined) return undefined;
  // Words such as "hundert" are numbers by themselves.
  at++;
  let [total, previous] = [0, part];
  for (;;) {
    const token = tokens[at];
    if (token === undefined) break;
    const scale = token.kind === 'word' ? scales[token.text] : undefined;
    const glued = token.from === tokens[at - 1]!.to;
    if (scale !== undefined && (token.text.length > 1 || glued) && !(token.text === 'm' && !glued)) {
      part *= scale;
      if (scale >= 1_000) [total, part] = [total + part, 0];
      previous = scale;
      at++;
      continue;
    }
    const small = smallAt(tokens, at);
    if (token.kind === 'word' && token.text === 'point' && smallAt(tokens, at + 1) !== undefined) {
      part += smallAt(tokens, at + 1)! / 10;
      at += 2;
      continue;
    }
    if (token.text === 'and' && text(tokens, at + 1) === 'a' && text(tokens, at + 2) === 'half') {
      part += 0.5;
      at += 3;
      continue;
    }
    // "twenty five", "two hundred (and) fifty"; "1 500" with a plain space.
    const joins = token.text === 'and' && previous >= 100 && tokens[at - 1]!.kind === 'word' && smallAt(tokens, at + 1) !== undefined;
    if (
      token.kind === 'word' &&
      small !== undefined &&
      ((previous >= 20 && previous < 100 && small < 10 && previous % 10 === 0) || previous >= 100)
    ) {
      part += small;
      previous = small;
      at++;
      continue;
    }
    if (joins && tokens[at + 1]!.kind === 'word') {
      at++;
      continue;
    }
    if (token.kind === 'number' && isGroup(tokens, at) && tokens[at - 1]!.kind === 'number' && part < 1_000 && Number.isInteger(part)) {
      part = part * 1_000 + token.value!;
      at++;
      continue;
    }
    break;
  }
  if (['couple', 'pair'].includes(text(tokens, at - 1)) && text(tokens, at) === 'of') at++;
  if (/^(?:dozens?|pairs?)$/.test(text(tokens, at - 1)) && text(tokens, at) === 'of') at++;
  if (at === from + 1 && tokens[from]!.kind === 'number') return undefined;
  return { value: rounded((total + part) / (isHalf ? 2 : 1)), next: at };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Three digits behind a single space. */
function isGroup(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]!;
  return /^\d{3}$/.test(token.text) && token.from === tokens[at - 1]!.to + 1 && /^(?:[1-9]|10)$/.test(tokens[at - 1]!.text);
}

function text(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}

// --- Two numbers that are one.

const rangeMarks = new Set([
  '-',
  '–',
  '—',
  '..',
  '...',
  '~',
  '〜',
  'to',
  'bis',
  'or',
  'oder',
  'à',
  'a',
  'до',
  'إلى',
  'から',
  '到',
  '至',
  'ou',
  'o',
  'або',
]);
const betweens = new Set(['between', 'zwischen', 'entre', 'між', 'بين']);
const times = new Set(['x', '×', '*', 'times']);
const sums = new Set(['+', 'plus']);

function joined(tokens: readonly Token[]): Token[] {
  const read: Token[] = [];
  for (const token of tokens) {
    const [third, low, joint] = [read.at(-3), read.at(-2), read.at(-1)];
    if (token.kind === 'number' && low?.kind === 'number' && joint && isPlain(token) && isPlain(low)) {
      const between = third !== undefined && betweens.has(third.text);
      const isRange = (rangeMarks.has(joint.text) || (between && joint.entry?.roles.has('and'))) && low.value! <= token.value!;
      const how = isRange ? 'range' : times.has(joint.text) ? 'product' : sums.has(joint.text) ? 'sum' : undefined;
      if (how !== undefined) {
        const value = how === 'range' ? token.value! : how === 'sum' ? low.value! + token.value! : low.value! * token.value!;
        read.splice(between ? -3 : -2, between ? 3 : 2, { ...low, to: token.to, value, how });
        continue;
      }
    }
    read.push(token);
  }
  return read;
}

function isPlain(token: Token): boolean {
  return token.isExplained !== true;
}
