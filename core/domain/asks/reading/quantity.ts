// How many are asked for. A number counts when its grammar says that it counts what the work is measured in. Every other number
// of the request must be explained (a size, a year, a name, a price, an aside): one that is not makes the count uncertain.

import type { AgentType } from '../../tasks/agent-type.ts';
import { rateOf } from '../../credits/rates.ts';
import { batches } from './kind-of-work.ts';
import { isExplained, isNameNumber, isYear } from './explained.ts';
import { isUnit, leadOf } from './units.ts';
import { has } from './parts.ts';
import { rateIn } from './rates.ts';
import type { CountRead, Language } from './reading.ts';
import type { Token } from './tokens.ts';

export interface Counted {
  readonly count: CountRead | null;
  /** Other numbers that may be meant; where there are any, the count is not certain. */
  readonly doubts: readonly number[];
}

export function quantityOf(tokens: readonly Token[], verbAt: number, type: AgentType, language: Language): Counted {
  const rate = rateOf(type);
  if (rate.unit === null) return { count: null, doubts: [] };
  const usual: CountRead = { value: rate.usualQuantity, how: 'usual' };
  const repeated = rateIn(tokens, (token) => isUnit(token, type));
  if (repeated === 'open') return { count: usual, doubts: [rate.usualQuantity] };
  if (repeated !== null) return { count: { value: repeated, how: 'rate' }, doubts: [] };
  const hits: Hit[] = [];
  const doubts: number[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'number' || token.isExplained || hits.some(({ used }) => used.includes(at))) return;
    const hit = hitAt(tokens, at, verbAt, type, language, hits);
    if (hit) hits.push(hit);
    else if (!isExplained(tokens, at, type, language, hits.length > 0)) doubts.push(token.value!);
  });
  if (hits.length === 0) return { count: doubts.length > 0 ? usual : (single(tokens, type) ?? usual), doubts };
  return { count: totalOf(tokens, hits), doubts };
}

interface Hit {
  readonly at: number;
  readonly value: number;
  readonly how: CountRead['how'];
  /** Numbers that are part of it. */
  readonly used: readonly number[];
  /** "30 in Boston", behind "50 leads in Miami". */
  readonly isShort: boolean;
  /** "50 of them". */
  readonly isPart: boolean;
  /** What is counted, and whether nothing more is said of it. */
  readonly thing: string;
  readonly isBare: boolean;
}

const WORDS_BETWEEN = 4;

function hitAt(
  tokens: readonly Token[],
  at: number,
  verbAt: number,
  type: AgentType,
  language: Language,
  hits: readonly Hit[],
): Hit | undefined {
  const token = tokens[at]!;
  const how = token.how ?? 'stated';
  const lead = leadOf(tokens, at);
  const before = tokens[lead];
  const hit = (value: number, used: readonly number[] = [at], more: Partial<Hit> = {}): Hit => ({
    at,
    value,
    how,
    used,
    isShort: false,
    isPart: false,
    thing: '',
    isBare: false,
    ...more,
  });
  if (isNameNumber(tokens, at)) return undefined;
  // "the top 100 banks" are as often those of a list.
  if (type === 'lead-generation' && /^(?:the )?top$/.test(tokens[at - 1]?.text ?? '')) return undefined;
  // "two batches of 25 leads", "2 sets of 5 tweets", "fifty (50) leads"
  const next = tokens[at + 1];
  const inner = next && batches.has(next.text) && tokens[at + 2]?.text === 'of' ? at + 3 : -1;
  if (inner > 0 && tokens[inner]?.kind === 'number' && thingBehind(tokens, inner, type, language) !== undefined)
    return hit(token.value! * tokens[inner]!.value!, [at, inner], { how: 'product' });
  if (next?.text === '(' && tokens[at + 2]?.kind === 'number' && tokens[at + 2]!.value === token.value)
    return hit(token.value!, [at, at + 2]);
  if (isYear(token) && !(thingBehind(tokens, at, type, language) === at + 1 && token.value! % 100 === 0)) return undefined;
  const thing = thingBehind(tokens, at, type, language);
  if (thing !== undefined) {
    if (!mayLead(tokens, before, lead, verbAt, type, language)) return undefined;
    // "20 leads or 30 emails" is a choice, and 30 emails are no leads.
    const noun = tokens[thing]?.entry?.noun;
    if (
      hits.length > 0 &&
      (/^(?:or|oder|ou|або)$/.test(tokens[at - 1]?.text ?? '') || (noun && noun.type !== type && type === 'lead-generation'))
    )
      return undefined;
    const each = perEach(tokens, thing);
    if (each === 'open') return undefined;
    const said = { thing: tokens[thing]!.text, isBare: tokens[thing + 1]?.kind === 'mark' };
    return each === 1 ? hit(token.value!, [at], said) : hit(token.value! * each, [at], { how: 'product', ...said });
  }
  if (
    hits.length > 0 &&
    (isList(before) || tokens[at - 1]?.text === '(') &&
    next !== undefined &&
    (has(next, 'preposition') || next.kind === 'mark') &&
    !has(next, 'measure')
  ) {
    if (/^of (?:them|these|those|which)$/.test(next.text) || (next.text === 'of' && has(tokens[at + 2], 'there')))
      return hit(token.value!, [at], { isPart: true });
    return hit(token.value!, [at], { isShort: true });
  }
  if (hits.length > 0 && has(next, 'there') && next?.text.startsWith('of ')) return hit(token.value!, [at], { isPart: true });
  if (hits.length === 0 && isBehind(tokens, at, lead, type)) return hit(token.value!);
  return undefined;
}

function isList(token: Token | undefined): boolean {
  return token === undefined || has(token, 'and') || /^[,:\n、+]/.test(token.text);
}

/** What may stand in front of an amount. */
function mayLead(
  tokens: readonly Token[],
  before: Token | undefined,
  lead: number,
  verbAt: number,
  type: AgentType,
  language: Language,
): boolean {
  if (before === undefined || lead < verbAt) return true;
  if (before.kind === 'mark' || has(before, 'and')) return true;
  if (lead === verbAt || before.entry?.verb !== undefined || has(before, 'wish') || has(before, 'to-me') || has(before, 'more'))
    return true;
  if (has(before, 'opener') || has(before, 'please')) return true;
  if (has(before, 'there')) return type === 'email-campaign' && language === 'en';
  if (type === 'email-campaign' && before.text === 'to') return true;
  if (language !== 'en')
    return (
      !has(before, 'preposition') || language === 'ja' || language === 'zh' || /^(?:von|à|de|с|з)$/.test(before.text) || lead <= verbAt
    );
  const holder = tokens[lead - 1]?.text ?? '';
  return (
    (before.text === 'of' && batches.has(holder)) || (/^(?:of|with)$/.test(before.text) && /list$|database$|spreadsheet$/.test(holder))
  );
}

const ofWords = new Set(['of', 'de', 'von', "d'", 'з', 'من']);

/** The thing that a number counts, at most a few words behind it. */
function thingBehind(tokens: readonly Token[], at: number, type: AgentType, language: Language): number | undefined {
  let from = at + 1;
  let counter = false;
  while (has(tokens[from], 'counter')) {
    from++;
    counter = true;
  }
  let found: number | undefined;
  const people = type === 'email-campaign' ? 'lead-generation' : undefined;
  for (let place = from; place <= from + WORDS_BETWEEN; place++) {
    const token = tokens[place];
    if (token === undefined || token.kind === 'number' || token.kind === 'site') break;
    if (token.kind === 'mark' && !/^[-()%]$/.test(token.text)) break;
    if (language === 'en' && found === undefined && token.kind === 'word' && has(token, 'measure')) return undefined;
    const noun = token.entry?.noun;
    if (
      isUnit(token, type) ||
      (people && noun?.type === people) ||
      (type === 'web-scraping' && place === from && token.text.endsWith('s') && tokens.some(({ kind }) => kind === 'site'))
    ) {
      found = place;
      continue;
    }
    if (found !== undefined) break;
    if (has(token, 'measure') || has(token, 'period') || token.text === 'times') return undefined;
    if (
      language !== 'zh' &&
      language !== 'ja' &&
      (has(token, 'preposition') || has(token, 'and')) &&
      !(place === from && ofWords.has(token.text))
    )
      break;
    if (token.entry?.verb !== undefined && noun === undefined && language === 'en' && place > from) break;
  }
  if (found !== undefined) return found;
  // "見込み客を100件": the counter stands for what was named before.
  if (counter && tokens.slice(0, at).some((token) => isUnit(token, type) || token.entry?.noun?.type === people)) return at;
  if (language === 'ja' && !has(tokens[from], 'measure') && counter) return at;
  return undefined;
}

/** "leads: 100", "leads (max. 40)", "leads in Miami, 100 please". */
function isBehind(tokens: readonly Token[], at: number, lead: number, type: AgentType): boolean {
  const next = tokens[at + 1];
  const ends = next === undefined || next.kind === 'mark' || has(next, 'please') || has(next, 'adverb');
  if (!ends) return false;
  const before = tokens[lead];
  const marks = before !== undefined && (before.kind === 'mark' || before.text === 'x') && /^[,:(=.\n×x]$/.test(before.text);
  const unitAt = marks ? lead - 1 : lead;
  if (tokens[unitAt] !== undefined && isUnit(tokens[unitAt]!, type)) return true;
  const closes = tokens[at - 1]?.text === '(' || has(tokens[at - 1], 'bound');
  return marks && (has(next, 'please') || next === undefined || closes) && tokens.slice(0, lead).some((token) => isUnit(token, type));
}

/** "25 leads each in Miami, Boston and Dallas" is 75, "20 leads for each of the 2 offices" 40. */
function perEach(tokens: readonly Token[], thing: number): number | 'open' {
  for (let at = thing + 1; at <= thing + 2; at++) {
    const token = tokens[at];
    if (token === undefined || !has(token, 'each')) continue;
    const counted = tokens.slice(at + 1, at + 5).find(({ kind }) => kind === 'number');
    if (counted) return counted.value!;
    const places = placesBehind(tokens, at + 1);
    if (places > 1) return places;
    // "two batches of 25 leads each" says no more than without it.
    return tokens[at + 1] === undefined && tokens.slice(0, thing).some(({ text }) => batches.has(text)) ? 1 : 'open';
  }
  return 1;
}

/** Names in a list: "in Miami, Boston and Dallas". */
function placesBehind(tokens: readonly Token[], from: number): number {
  let [places, inName] = [0, false];
  for (const token of tokens.slice(from)) {
    if (token.kind === 'word' && token.isCapital) {
      if (!inName) places++;
      inName = true;
    } else if (has(token, 'and') || token.kind === 'mark') inName = false;
    else if (places > 0) break;
  }
  return places;
}

function totalOf(tokens: readonly Token[], hits: readonly Hit[]): CountRead {
  const whole = hits.filter(({ isPart }) => !isPart);
  const [first, ...rest] = whole;
  if (!first) return { value: hits[0]!.value, how: hits[0]!.how };
  if (rest.length === 0) return { value: first.value, how: first.how };
  const sum = rest.reduce((total, { value }) => total + value, 0);
  // "100 leads: 60 in Miami and 40 in Tampa"
  if (rest.length > 1 && sum === first.value && first.isBare && rest.every(({ isShort, thing }) => isShort || thing === first.thing))
    return { value: first.value, how: 'stated' };
  return { value: first.value + sum, how: 'sum' };
}

const singles =
  /^(?:(?:[\p{L}-]+ )?(?:lead|prospect|contact|email|mail|tweet|post|caption|reel)|e-mail|courriel|publication|correo|tuit|publicación|\p{L}*-?beitrag|лист|допис|твіт|пост|листа)$/u;

/** "write a tweet about …", "a cold email to …", but not "an email campaign". */
function single(tokens: readonly Token[], type: AgentType): CountRead | undefined {
  if (tokens.some(({ kind, text, isExplained }) => kind === 'number' && /\d/.test(text) && !isExplained)) return undefined;
  for (let at = 0; at < tokens.length; at++) {
    const isOne = ['a', 'an', 'one'].includes(tokens[at]!.text) || tokens[at]!.entry?.number === 1;
    if (!isOne) continue;
    for (let place = at + 1; place <= at + 3; place++) {
      const token = tokens[place];
      if (token === undefined || has(token, 'preposition')) break;
      if (isUnit(token, type) && singles.test(token.text)) return { value: 1, how: 'stated' };
    }
  }
  return undefined;
}
