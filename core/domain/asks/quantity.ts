// How many are asked for? A number counts when it stands with what the work is measured in: "100 leads", "leads: 100",
// "3 posts a week for 4 weeks" (12), "10-20 leads" (20). Other numbers in the text ("the top 5 cities", "2026", "$500")
// are not ours. What we cannot deliver is refused with words; where no number is given, the usual quantity is meant.

import type { AgentType } from '../tasks/agent-type.ts';
import { withoutNameNumbers } from './name-numbers.ts';
import { readNumbers, type NumberToken, type Token } from './numbers.ts';
import { plainWords } from './plain-words.ts';
import { rateOf, type CountedRate } from '../credits/rates.ts';
import { refuse } from '../refusals/refusal.ts';
import { alsoNouns, containers, nouns, siteData, verbs } from './work-words.ts';

export interface Quantity {
  readonly count: number;
  /** "lead" or "leads", as fits the count. */
  readonly unit: string;
  /** False when the usual quantity stands in for a number nobody gave. */
  readonly stated: boolean;
}

/** Null where the type is charged by usage. Throws a refusal for what cannot be delivered. */
export function quantityIn(text: string, type: AgentType): Quantity | null {
  const rate = rateOf(type);
  if (rate.unit === null) return null;
  const tokens = readNumbers(plainWords(withoutNameNumbers(text)));
  const amount = statedIn(tokens, type);
  const count = amount === undefined ? rate.usualQuantity : deliverable(amount, rate);
  return quantityOf(type, count, amount !== undefined);
}

/** A number that a person chose in a form rather than in words. Null where the type is charged by usage. Throws as `quantityIn`. */
export function chosenQuantity(type: AgentType, count: number): Quantity | null {
  const rate = rateOf(type);
  return rate.unit === null ? null : quantityOf(type, deliverable({ value: count, text: count.toLocaleString('en-US') }, rate), true);
}

/** As it was understood, for what was stored of it. Null where the type is charged by usage. */
export function quantityOf(type: AgentType, count: number, stated: boolean): Quantity | null {
  const { unit } = rateOf(type);
  return unit === null ? null : { count, unit: count === 1 ? unit.singular : unit.plural, stated };
}

/** "100 leads"; "25 leads (the usual number, since none was given)". */
export function sayQuantity({ count, unit, stated }: Quantity): string {
  return `${count.toLocaleString('en-US')} ${unit}${stated ? '' : ' (the usual number, since none was given)'}`;
}

/** A number of units, and how it was written. */
interface Amount {
  readonly value: number;
  readonly text: string;
}

function deliverable({ value, text }: Amount, rate: CountedRate): number {
  const facts = { asked: text.slice(0, 40), unit: rate.unit.plural };
  if (value <= 0) throw refuse('quantity.not-positive', facts);
  if (value > rate.mostQuantity) throw refuse('quantity.too-many', { ...facts, most: rate.mostQuantity });
  if (!Number.isInteger(value)) throw refuse('quantity.not-whole', facts);
  return value;
}

/** The surest reading first. */
function statedIn(tokens: readonly Token[], type: AgentType): Amount | undefined {
  const own = wordsFor[type]!;
  const direct = sumOf(tokens, numbersBefore(tokens, own));
  const recipients = type === 'email-campaign' ? numbersBefore(tokens, isSomebody)[0] : undefined;
  if (direct && recipients && wordAt(tokens, recipients.at - 1) === 'to')
    return direct.value > recipients.number.value ? direct : recipients.number;
  return (
    direct ??
    recipients?.number ??
    numberBehind(tokens, own) ??
    numbersBefore(tokens, (word) => isThing(word, type)).find(({ at }) => !isAside(tokens, at))?.number ??
    numberAfterVerb(tokens) ??
    single(tokens, own)
  );
}

type Wanted = (word: string) => boolean;

/** What each countable type is measured in, by every name people give it. */
const wordsFor: Partial<Record<AgentType, Wanted>> = {
  'lead-generation': oneOf('lead leads prospect prospects contact contacts'),
  'email-campaign': oneOf('email emails mail mails newsletter newsletters follow-up follow-ups'),
  'web-scraping': oneOf('row rows record records entry entries line lines'),
  'social-media': oneOf('post posts tweet tweets caption captions thread threads reel reels carousel carousels times'),
};

function isThing(word: string, type: AgentType): boolean {
  return type === 'web-scraping' ? siteData.has(word) || nouns.has(word) : nouns.get(word)?.type === type;
}

function isSomebody(word: string): boolean {
  return nouns.get(word)?.type === 'lead-generation' && word.endsWith('s');
}

// --- Numbers and what they count.

interface Hit {
  readonly number: NumberToken;
  readonly at: number;
  /** Where the thing counted stands. */
  readonly thingAt: number;
}

const WORDS_BETWEEN = 4;

/** "100 leads", "50 highly qualified leads", "10-email". */
function numbersBefore(tokens: readonly Token[], wanted: Wanted): Hit[] {
  return tokens.flatMap((number, at): Hit[] => {
    if (number.kind !== 'number' || alreadyThere.has(wordAt(tokens, at - 1))) return [];
    const joined = tokens[at + 1]?.text === '-';
    const from = joined ? at + 2 : at + 1;
    for (let thingAt = from; thingAt <= from + WORDS_BETWEEN; thingAt++) {
      const word = wordAt(tokens, thingAt);
      if (wanted(word)) return isYear(tokens, at, thingAt === from) ? [] : [{ number, at, thingAt }];
      // "5-star hotels": the number belongs to the word it is tied to.
      if (word === '' || joined || ends.has(word) || (verbs.has(word) && !alsoNouns.has(word))) return [];
    }
    return [];
  });
}

/** "50 leads in Miami and 30 leads in Boston" is 80; "3 posts a week for 4 weeks" is 12. */
function sumOf(tokens: readonly Token[], hits: readonly Hit[]): Amount | undefined {
  const [first, ...others] = hits;
  if (!first) return undefined;
  const added = others.filter(({ at }) => wordAt(tokens, at - 1) === 'and' || wordAt(tokens, at - 1) === 'plus');
  const amounts = [first, ...added].map(({ number, thingAt }) => ({ ...number, times: repeats(tokens, thingAt) }));
  // A wrong part must not hide in a sum.
  const wrong = amounts.find(({ value }) => !(value > 0));
  if (wrong ?? (amounts.length === 1 && amounts[0]!.times === 1)) return wrong ?? first.number;
  const value = amounts.reduce((total, amount) => total + amount.value * amount.times, 0);
  return { value, text: value.toLocaleString('en-US') };
}

/** "leads: 100", "leads (100)", "leads x 100". */
function numberBehind(tokens: readonly Token[], wanted: Wanted): Amount | undefined {
  return tokens.find((token, at): token is NumberToken => {
    const next = tokens[at + 1];
    return (
      token.kind === 'number' &&
      [':', '(', '=', 'x', '×'].includes(tokens[at - 1]?.text ?? '') &&
      wanted(wordAt(tokens, at - 2)) &&
      (next === undefined || next.kind === 'mark')
    );
  });
}

/** "find 20 violin makers": whatever they are, twenty of them. */
function numberAfterVerb(tokens: readonly Token[]): Amount | undefined {
  return tokens.find((token, at): token is NumberToken => {
    const before = wordAt(tokens, ['me', 'us'].includes(wordAt(tokens, at - 1)) ? at - 2 : at - 1);
    const after = wordAt(tokens, at + 1);
    if (token.kind !== 'number' || after === '' || ends.has(after) || after === 'times') return false;
    // "people who tweet 5 a day" tells something about them.
    const tellsAbout = [at - 2, at - 3].some((place) => ['who', 'that', 'which'].includes(wordAt(tokens, place)));
    return (verbs.has(before) || wishes.has(before)) && !tellsAbout && !isYear(tokens, at, false);
  });
}

/** "write a tweet about …", "a cold email to …", but not "an email campaign". */
function single(tokens: readonly Token[], wanted: Wanted): Amount | undefined {
  for (let at = 0; at < tokens.length; at++) {
    if (wordAt(tokens, at) !== 'a' && wordAt(tokens, at) !== 'an') continue;
    for (let thingAt = at + 1; thingAt <= at + 3; thingAt++) {
      const word = wordAt(tokens, thingAt);
      if (word === '' || ends.has(word)) break;
      if (wanted(word) && !word.endsWith('s')) {
        if (compounds.has(wordAt(tokens, thingAt + 1))) break;
        return { value: repeats(tokens, thingAt), text: '1' };
      }
    }
  }
  return undefined;
}

// --- "a week for 4 weeks", "per city in 3 cities", "for each of the 3 offices".

const days = new Map([
  ['day', 1],
  ['week', 7],
  ['month', 30],
  ['quarter', 91],
  ['year', 365],
]);
const everyDay = new Map([
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
]);

/** How many times the amount is wanted. */
function repeats(tokens: readonly Token[], thingAt: number): number {
  const rest = tokens.slice(thingAt + 1, thingAt + 1 + 12);
  const perAt = rest.findIndex(
    (token, i) =>
      ['per', 'each', 'every', '/'].includes(token.text) ||
      everyDay.has(token.text) ||
      (i === 0 && (token.text === 'a' || token.text === 'an')),
  );
  if (perAt < 0 || perAt > 3) return 1;
  const period = everyDay.get(rest[perAt]!.text) ?? singular(wordAt(rest, perAt + 1));
  const length = days.get(period);
  for (const [i, token] of rest.entries()) {
    if (i <= perAt) continue;
    const counted = singular(wordAt(rest, i + 1));
    if (token.kind === 'number') {
      if (sizes.has(counted)) return 1;
      if (length !== undefined && days.has(counted)) return whole((token.value * days.get(counted)!) / length);
      if (counted === period || ['of', 'for', 'in', 'from', 'across'].includes(period)) return token.value;
    }
    if (token.text === 'a' && length !== undefined && days.has(counted) && wordAt(rest, i - 1) === 'for')
      return whole(days.get(counted)! / length);
  }
  return 1;
}

/** A month has four weeks, as people count posts. */
function whole(periods: number): number {
  return Math.max(1, Math.floor(periods));
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}

// --- Years.

/** "the 2026 conference contacts" names a year, and "find 2000 leads" a number. */
function isYear(tokens: readonly Token[], at: number, isBesideThing: boolean): boolean {
  const token = tokens[at]!;
  if (token.kind !== 'number' || !/^(?:19\d\d|20\d\d|2100)$/.test(token.text)) return false;
  const before = wordAt(tokens, at - 1);
  const isCount = tokens[at - 1]?.kind !== 'word' || verbs.has(before) || wishes.has(before) || beforeCounts.has(before);
  return !isCount || !(isBesideThing || token.value % 100 === 0);
}

const wishes = new Set('need needs want wants'.split(' '));
const beforeCounts = new Set('me us another additional exactly like have get'.split(' '));

// --- Words that decide what a number belongs to.

/** "these 10 leads", "our 3 posts" are there already. */
const alreadyThere = new Set('these those my our your their his her'.split(' '));

/** A number in a side remark: "leads for 5 companies", "with 50 people". */
function isAside(tokens: readonly Token[], numberAt: number): boolean {
  // "from the top 100 companies"
  const at = ['top', 'first', 'leading', 'best', 'biggest', 'largest'].includes(wordAt(tokens, numberAt - 1))
    ? numberAt - (wordAt(tokens, numberAt - 2) === 'the' ? 2 : 1)
    : numberAt;
  const before = wordAt(tokens, at - 1);
  if (before === 'of') return !containers.has(wordAt(tokens, at - 2));
  return ['for', 'like', 'from', 'with', 'at', 'than', 'by', 'to', 'under', 'below', 'above', 'within', 'in'].includes(before);
}

/** Beyond these a number counts something else. */
const ends = new Set(
  `in for from of to with by on at that who which where and or a an the per each every day days week weeks month months year years hour hours minute
  minutes second seconds city cities country countries state states town towns region regions word words page pages mile miles km time employees
  percent people star stars slide slides chapter chapters character characters`.split(/\s+/),
);
const sizes = new Set('word page character minute hour second line slide sentence paragraph'.split(' '));
const compounds = new Set(
  'list lists campaign campaigns generation sequence sequences calendar strategy marketing series blast address addresses database magnet scoring funnel office code provider tool software template templates'.split(
    ' ',
  ),
);

function oneOf(words: string): Wanted {
  const set = new Set(words.split(' '));
  return (word) => set.has(word);
}

function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}
