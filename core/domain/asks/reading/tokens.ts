// A message as words, numbers, marks, addresses and names. One pass; every alternative has a bounded length.

import { innocent } from '../work-words.ts';
import type { Language } from './reading.ts';
import { lexicons, type Lexicon } from './lexicon.ts';
import { withValue } from './digits.ts';
import type { Entry } from './words/entry.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'mark' | 'site' | 'name';
  /** Lower case. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Begins with a capital. */
  readonly isCapital: boolean;
  readonly entry?: Entry;
  /** Of a number. */
  readonly value?: number;
  /** How the number came about. */
  readonly how?: 'range' | 'product' | 'sum';
  /** A price, a date, an ordinal: no quantity of anything. */
  readonly isExplained?: boolean;
}

const letters = String.raw`\p{L}[\p{L}\p{M}\p{N}]*(?:['’_-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*`;
const money = String.raw`[$€£¥₴₹]\s?\d(?:[\d.,]*\d)?(?:\s?(?:k|m|bn|million|thousand|billion)\b)?|\d(?:[\d.,]*\d)?\s?(?:[$€£¥₴₹%]|円|元|万円)`;
const dates = String.raw`\d{1,4}[/:]\d{1,4}(?:[/:]\d{1,4})?|\d{4}-\d{1,2}(?:-\d{1,2})?(?!\d)|\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d)`;
const phones = String.raw`\+\d[\d().-]*(?: [\d().-]{2,8}){1,6}|\+\d{7,15}|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?!\d)`;
const number = String.raw`\d{1,3}(?:,\d{2,3}){1,6}(?![\d])|\d{1,3}(?:[.'’_]\d{3}){1,6}(?!\d)|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3}){1,6}(?!\d)|\d{1,15}(?:[.,]\d{1,4})?`;
const token = new RegExp(
  `(?<number>(?<money>${money})|(?<date>${dates})|(?<phone>${phones})|(?<digits>${number}))|(?<word>${letters})|\\.{2,3}|\\n+|[^\\s]`,
  'gu',
);

export function tokensOf(text: string, language: Language): Token[] {
  const tokens: Token[] = [];
  const lexicon = lexicons[language];
  for (const match of text.matchAll(token)) {
    const [raw] = match;
    const { money: price, date, phone, digits, word } = match.groups!;
    const [from, to] = [match.index, match.index + raw.length];
    if (word !== undefined) {
      if (language === 'ja' || language === 'zh') addRun(tokens, word, from, lexicon);
      else addWord(tokens, word, from, lexicon);
    } else if (digits !== undefined) tokens.push({ kind: 'number', text: raw, from, to, isCapital: false, ...withValue(raw) });
    else if (price !== undefined || date !== undefined || phone !== undefined)
      tokens.push({ kind: 'number', text: raw, from, to, isCapital: false, isExplained: true });
    else if (raw === '\u0001') tokens.push({ kind: 'site', text: raw, from, to, isCapital: false });
    else if (raw === '\u0002') tokens.push({ kind: 'name', text: raw, from, to, isCapital: false });
    else tokens.push({ kind: 'mark', text: raw, from, to, isCapital: false });
  }
  return phrased(tokens, lexicon);
}

function addWord(tokens: Token[], raw: string, from: number, lexicon: Lexicon): void {
  const lower = raw.toLowerCase().replaceAll('’', "'");
  const isCapital = /^\p{Lu}/u.test(raw);
  const entry = lexicon.find(lower);
  const parts = entry === undefined && /['-]/.test(lower) && lexicon.phrasesFrom(lower) === 0 ? lower.split(/(?<=')|-/) : [];
  if (parts.length < 2) {
    tokens.push(tokenOf(lower, from, from + raw.length, isCapital, entry ?? related(lower, lexicon)));
    return;
  }
  // "blog-post", "n'envoie", "dentists'": by their parts.
  let at = from;
  for (const part of parts) {
    if (part !== '' && part !== "s'" && part !== 's')
      tokens.push(tokenOf(part, at, at + part.length, isCapital, lexicon.find(part) ?? related(part, lexicon)));
    at += part.length + (lower[at + part.length - from] === '-' ? 1 : 0);
  }
}

function tokenOf(text: string, from: number, to: number, isCapital: boolean, entry: Entry | undefined): Token {
  return { kind: 'word', text, from, to, isCapital, ...(entry && { entry }) };
}

/** Arabic articles and prepositions are written together with their word. */
function related(word: string, lexicon: Lexicon): Entry | undefined {
  if (lexicon !== lexicons.ar) return undefined;
  for (const front of ['ال', 'لل', 'ل', 'ب', 'و', 'ف', 'وال']) {
    if (word.startsWith(front) && word.length > front.length + 1) {
      const entry = lexicon.find(word.slice(front.length));
      if (entry) return entry;
    }
  }
  return lexicon.find(word.replace(/[\u064b-\u0652]/g, ''));
}

const WORD_MOST = 10;

/** Chinese and Japanese: the longest word that we know, at each place. */
function addRun(tokens: Token[], run: string, from: number, lexicon: Lexicon): void {
  let unknown = 0;
  const flush = (at: number) => {
    if (unknown > 0) tokens.push(tokenOf(run.slice(at - unknown, at).toLowerCase(), from + at - unknown, from + at, false, undefined));
    unknown = 0;
  };
  for (let at = 0; at < run.length;) {
    const numeral = /^[一二三四五六七八九十百千两〇]+/.exec(run.slice(at, at + WORD_MOST))?.[0];
    if (/[a-zA-Z]/.test(run[at]!)) {
      const word = /^[a-zA-Z0-9'-]+/.exec(run.slice(at, at + 60))![0];
      flush(at);
      addWord(tokens, word, from + at, lexicons.en);
      at += word.length;
      continue;
    }
    const length = longestAt(run, at, lexicon);
    if (length === 0 && numeral !== undefined) {
      flush(at);
      tokens.push({
        kind: 'number',
        text: numeral,
        from: from + at,
        to: from + at + numeral.length,
        isCapital: false,
        value: numeralOf(numeral),
      });
      at += numeral.length;
    } else if (length === 0) {
      unknown++;
      at++;
    } else if (/^\d/.test(run[at]!)) {
      const digits = /^\d{1,9}/.exec(run.slice(at, at + WORD_MOST))![0];
      flush(at);
      tokens.push({
        kind: 'number',
        text: digits,
        from: from + at,
        to: from + at + digits.length,
        isCapital: false,
        value: Number(digits),
      });
      at += digits.length;
    } else {
      flush(at);
      const word = run.slice(at, at + length);
      tokens.push(tokenOf(word, from + at, from + at + length, false, lexicon.find(word)));
      at += length;
    }
  }
  flush(run.length);
}

function longestAt(run: string, at: number, lexicon: Lexicon): number {
  if (/^\d/.test(run[at]!)) return 1;
  for (let length = Math.min(WORD_MOST, run.length - at); length > 0; length--) if (lexicon.find(run.slice(at, at + length))) return length;
  return 0;
}

/** 六十 is 60, 二百五十 is 250. */
function numeralOf(text: string): number {
  const ones = '〇一二三四五六七八九';
  let [total, part] = [0, 0];
  for (const sign of text) {
    const scale = { 十: 10, 百: 100, 千: 1_000 }[sign];
    if (scale === undefined) part = sign === '两' ? 2 : ones.indexOf(sign);
    else [total, part] = [total + (part || 1) * scale, 0];
  }
  return total + part;
}

/** "blog post", "up to": phrases are one token. */
function phrased(tokens: readonly Token[], lexicon: Lexicon): Token[] {
  const read: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    const first = tokens[at]!;
    const phrase = first.kind === 'word' ? phraseAt(tokens, at, lexicon) : undefined;
    read.push(phrase?.token ?? first);
    at += phrase?.size ?? 1;
  }
  return read;
}

function phraseAt(tokens: readonly Token[], at: number, lexicon: Lexicon): { token: Token; size: number } | undefined {
  const first = tokens[at]!;
  const most = lexicon.phrasesFrom(first.text);
  let found: { token: Token; size: number } | undefined;
  for (let [size, text] = [2, first.text]; size <= most; size++) {
    const next = tokens[at + size - 1];
    if (next?.kind !== 'word') break;
    text += ` ${next.text}`;
    const entry = lexicon.find(text);
    if (!entry) continue;
    const kind = innocent.has(text) ? 'name' : 'word';
    found = { token: { kind, text, from: first.from, to: next.to, isCapital: first.isCapital, ...(kind === 'word' && { entry }) }, size };
  }
  return found;
}
