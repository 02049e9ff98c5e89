// The parts of a message between its marks, and what each of them does: asks, forbids, tells, thanks, or only goes on.

import { alsoNouns } from '../work-words.ts';
import type { Language } from './reading.ts';
import type { Token } from './tokens.ts';
import type { Role } from './words/entry.ts';

export type PartKind =
  | 'request'
  /** Names a thing without a verb: "50 leads in Boston". */
  | 'things'
  | 'thanks'
  | 'greeting'
  | 'complaint'
  | 'prohibition'
  | 'statement'
  | 'question'
  | 'price'
  | 'if'
  | 'reports'
  | 'corrects'
  | 'filler'
  | 'unknown';

export interface Part {
  readonly tokens: readonly Token[];
  readonly kind: PartKind;
  /** Where the verb stands, or what is wished for begins. */
  readonly at: number;
  readonly sentence: number;
  /** What ends it. */
  readonly mark: string;
  readonly asksYou: boolean;
}

export function has(token: Token | undefined, role: Role): boolean {
  return token?.entry?.roles.has(role) ?? false;
}

const sentenceEnds = /^(?:[.!?…。！？؟]|\.{3}|\n+)$/;
const partEnds = /^[,;:()（）、，；：—–،؛-]$/;

export function partsOf(all: readonly Token[], language: Language): Part[] {
  const tokens = all.some(({ text }) => text === '(' || text === '.') ? withoutAsides(all) : all;
  const parts: Part[] = [];
  let [from, sentence] = [0, 0];
  const add = (to: number, mark: string) => {
    const own = tokens.slice(from, to);
    if (own.some(({ kind }) => kind !== 'mark')) parts.push({ ...kindOf(own, language, mark), tokens: own, sentence, mark });
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const ends = token.kind === 'mark' && sentenceEnds.test(token.text);
    const parted = token.kind === 'mark' && partEnds.test(token.text) && (!/[—–-]/.test(token.text) || isDash(tokens, at));
    const joint = language !== 'ja' && language !== 'zh' && at > from && isJoint(token) && verbFollows(tokens, at + 1, language);
    if (!ends && !parted && !joint) continue;
    add(at, token.text);
    from = at + 1;
    if (ends) sentence++;
  }
  add(tokens.length, '');
  return parts;
}

/** "fifty (50)", "(100%)" and "ca. 80": neither ends a part. */
function withoutAsides(tokens: readonly Token[]): Token[] {
  const read: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [token, inner, end] = [tokens[at]!, tokens[at + 1], tokens[at + 2]];
    if (token.text === '.' && shortened.has(read.at(-1)?.text ?? '') && inner?.kind === 'number') continue;
    const before = read.at(-1);
    if (token.text === '(' && end?.text === ')' && inner?.kind === 'number' && (inner.isExplained || inner.value === before?.value))
      at += 2;
    else read.push(token);
  }
  return read;
}
const shortened = new Set('ca approx max min nr no env aprox бл bzw'.split(' '));

function isDash(tokens: readonly Token[], at: number): boolean {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  return before !== undefined && next !== undefined && before.to < tokens[at]!.from && tokens[at]!.to < next.from;
}

function isJoint(token: Token): boolean {
  return token.kind === 'word' && (has(token, 'and') || token.text === 'then' || token.text === 'now');
}

const OPENERS_MOST = 4;

/** "and then please email them". */
function verbFollows(tokens: readonly Token[], from: number, language: Language): boolean {
  for (let at = from; at < from + OPENERS_MOST; at++) {
    const token = tokens[at];
    if (token?.kind !== 'word') return false;
    if (token.entry?.verb !== undefined && isVerb(tokens, at, language)) return true;
    if (has(token, 'not') || has(token, 'wish')) return true;
    if (!has(token, 'opener') && !has(token, 'please') && !has(token, 'modal') && !has(token, 'i')) return false;
  }
  return false;
}

/** Words such as "post" are verbs only where an object follows. */
export function isVerb(tokens: readonly Token[], at: number, language: Language): boolean {
  const token = tokens[at]!;
  if (token.entry?.verb === undefined) return false;
  if (language !== 'en') return true;
  if (token.text.endsWith('ing') && token.text !== 'scrapping' && token.text !== 'help finding' && token.text !== 'looking for')
    return false;
  if (!alsoNouns.has(token.text) && token.entry.noun === undefined) return true;
  const next = tokens[at + 1];
  if (next === undefined || next.kind === 'mark') return false;
  if (has(next, 'preposition') || has(next, 'and')) return false;
  if (has(next, 'tells') || has(next, 'judges')) return false;
  return next.kind !== 'word' || next.entry !== undefined || next.isCapital || token.entry.noun === undefined;
}

type Judged = Pick<Part, 'kind' | 'at' | 'asksYou'>;

function kindOf(tokens: readonly Token[], language: Language, mark: string): Judged {
  const isSpaced = language !== 'ja' && language !== 'zh';
  const start = tokens.findIndex(({ kind }) => kind !== 'mark');
  const seen = new Set<Role>();
  let at = start;
  const as = (kind: PartKind): Judged => ({ kind, at, asksYou: seen.has('modal') && !seen.has('please') && !seen.has('wish') });
  const any = (role: Role, from = start) =>
    tokens.some((token, place) => place >= from && has(token, role) && (role !== 'judges' || place === start || !token.isCapital));

  const first = tokens[start]!;
  if (any('thanks') && (!isSpaced || thanksFirst(tokens, start))) return as('thanks');
  if (any('price') && (mark === '?' || has(first, 'asks-what') || !tokens.some(({ entry }) => entry?.verb !== undefined)))
    return as('price');
  if (!isSpaced) return as(kindUnspaced(tokens, any, mark));

  for (; at < tokens.length; at++) {
    const token = tokens[at]!;
    const opening = steps.find((role) => has(token, role));
    if (token.kind === 'mark' || (token.kind === 'site' && at === start && tokens.length > 1)) continue;
    if (opening === undefined) break;
    if (has(token, 'not') || has(token, 'stop') || has(token, 'reports') || has(token, 'if')) break;
    // A verb that is also an opener elsewhere ("help") is a verb in front of its object.
    if (token.entry?.verb !== undefined && opening === 'opener' && at > start) break;
    if (opening === 'wish' && token.entry?.verb !== undefined && language !== 'en') seen.add('wish');
    seen.add(opening);
  }
  const token = tokens[at];
  if (token === undefined) return as(any('corrects') ? 'corrects' : any('greeting') ? 'greeting' : 'filler');
  if (tokens.slice(start, at + 1).some((each) => has(each, 'reports')) || any('reports')) return as('reports');
  if (has(token, 'if')) return as('if');
  if (has(token, 'stop')) return as('prohibition');
  if (has(token, 'not'))
    return as(tokens.slice(at).some(({ kind }) => kind === 'number') && any('corrects') && !hasWork(tokens) ? 'corrects' : 'prohibition');
  if (isOnlyCorrection(tokens)) return as('corrects');
  if (language !== 'en') return as(kindElsewhere(tokens, at, seen, any, mark));

  if (token.entry?.verb === undefined && has(token, 'asks-what')) return as('question');
  if (seen.has('i') && !seen.has('wish') && !(seen.has('modal') && /^(?:get|have)$/.test(token.text))) return as('statement');
  if (seen.has('you') && !seen.has('modal') && !seen.has('wish')) return as(any('tells') ? 'complaint' : 'statement');
  // "I might need 100 leads next month"
  if (seen.has('i') && tokens.slice(start, at).some(({ text }) => /^(?:might|may|could|will|should)$/.test(text)) && seen.has('wish'))
    return as('reports');
  if (isVerb(tokens, at, language)) {
    const next = tokens[at + 1];
    if (has(next, 'tells') && !has(next, 'measure')) return as('statement');
    if (mark === '?' && seen.has('modal') === false && !seen.has('wish') && next === undefined) return as('question');
    return as('request');
  }
  if (seen.has('wish') && !seen.has('you') && !has(token, 'there'))
    return as(has(token, 'the') || token.text === 'to' ? 'unknown' : 'request');
  const past = tokens.some(({ text, entry }) => entry === undefined && text.endsWith('ed'));
  if ((has(token, 'there') || has(token, 'the')) && past) return as('statement');
  if (has(token, 'there') && !any('has') && !any('tells') && !any('judges') && !any('not')) return as('unknown');
  if (has(token, 'there') || has(token, 'tells') || has(token, 'has')) return as(any('judges') || any('not') ? 'complaint' : 'statement');
  const tells = tokens.some((each, place) => has(each, 'tells') && !relative.has(tokens[place - 1]?.text ?? ''));
  if (tells || (any('judges') && !any('please'))) return as(any('judges') || any('not') ? 'complaint' : 'statement');
  if (any('has')) return as('statement');
  if (mark === '?' || any('not', at + 4)) return as('unknown');
  const isThing =
    token.kind === 'number' || has(token, 'bound') || token.entry?.noun !== undefined || /^an?$/.test(token.text) || nounSoon(tokens, at);
  // "could be 100 leads" asks for nothing yet.
  const wavers =
    seen.has('modal') ||
    seen.has('wish') ||
    tokens.slice(start, at).some(({ text }) => /^(?:be|to|but|maybe|perhaps|love to|like to)$/.test(text));
  return as(isThing && !wavers ? 'things' : 'unknown');
}

const steps: readonly Role[] = ['please', 'greeting', 'wish', 'modal', 'i', 'you', 'opener', 'corrects', 'thanks'];
const relative = new Set(['who', 'that', 'which', 'where']);

function thanksFirst(tokens: readonly Token[], start: number): boolean {
  const at = tokens.findIndex((token) => has(token, 'thanks'));
  if (at > start + 3 || tokens[at + 1]?.entry?.noun !== undefined) return at === tokens.length - 1 && at > start;
  return !tokens.slice(start, at).some((token) => token.entry?.verb !== undefined && !has(token, 'opener'));
}

function hasWork(tokens: readonly Token[]): boolean {
  return tokens.some(({ entry }) => entry?.verb !== undefined);
}

function nounSoon(tokens: readonly Token[], at: number): boolean {
  for (let place = at; place < Math.min(at + 4, tokens.length); place++) {
    if (has(tokens[place], 'preposition')) return false;
    if (tokens[place]!.entry?.noun !== undefined) return true;
  }
  return false;
}

/** "make it 50", "or rather 8", "15 is enough", "80 should do", "50". */
function isOnlyCorrection(tokens: readonly Token[]): boolean {
  const numbers = tokens.filter(({ kind, isExplained }) => kind === 'number' && isExplained !== true);
  if (numbers.length !== 1 || tokens.length > 7) return false;
  return tokens.every(
    (token) =>
      token.kind !== 'word' ||
      has(token, 'corrects') ||
      has(token, 'please') ||
      has(token, 'opener') ||
      has(token, 'bound') ||
      soft.has(token.text),
  );
}
const soft = new Set(
  'is are enough should will would do be fine plenty ok okay of them maximum max i mean it that in total i we want make'.split(' '),
);

type Any = (role: Role, from?: number) => boolean;

/** Languages in which the verb may stand anywhere: one word that does not fit, and it is no request. */
function kindElsewhere(tokens: readonly Token[], at: number, seen: ReadonlySet<Role>, any: Any, mark: string): PartKind {
  if (any('not') || any('stop')) return 'prohibition';
  if (any('if')) return 'if';
  if (any('asks-what') && !any('modal')) return 'question';
  if (any('tells')) return any('judges') ? 'complaint' : 'statement';
  if (any('has') && !any('wish')) return 'statement';
  if (any('judges')) return 'complaint';
  const token = tokens[at]!;
  const verbAt = tokens.findIndex((each) => each.entry?.verb !== undefined);
  const asked = any('wish') || token.entry?.verb !== undefined || ((seen.has('modal') || any('modal')) && verbAt >= 0);
  if (asked && !has(token, 'there') && !(mark === '?' && !any('modal'))) return 'request';
  if (mark === '?') return 'question';
  return token.kind === 'number' || token.entry?.noun !== undefined ? 'things' : 'unknown';
}

function kindUnspaced(tokens: readonly Token[], any: Any, mark: string): PartKind {
  if (any('stop')) return 'prohibition';
  if (any('not')) return 'prohibition';
  if (any('if')) return 'if';
  if (any('reports')) return 'reports';
  if (any('modal') === false && (any('asks-what') || /[?？]/.test(mark))) return 'question';
  if (any('tells')) return any('judges') ? 'complaint' : 'statement';
  if (any('judges')) return 'complaint';
  const asked = any('wish') || tokens.some(({ entry }) => entry?.verb !== undefined);
  if (asked && !any('there')) return 'request';
  if (any('has')) return 'statement';
  if (any('greeting')) return 'greeting';
  return tokens.some(({ entry }) => entry?.noun !== undefined) ? 'things' : 'unknown';
}
