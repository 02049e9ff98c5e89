// Which kind of work a part asks for. Only what is recognised counts; null where verb and object say nothing sure.

import type { AgentType } from '../../tasks/agent-type.ts';
import { containers, siteData, siteWords, socialPlatforms, type VerbKind } from '../work-words.ts';
import { has, isVerb, type Part } from './parts.ts';
import type { Language } from './reading.ts';
import type { Token } from './tokens.ts';

export interface WorkKind {
  readonly type: AgentType;
  /** Where only the words around it say what is counted. */
  readonly value?: number;
  /** The word that decided. */
  readonly word: string;
}

interface Found {
  readonly at: number;
  readonly token: Token;
  readonly type: AgentType;
  readonly sought: AgentType;
  readonly made: AgentType;
}

export function kindOfWork(part: Part, language: Language): WorkKind | null {
  const { tokens } = part;
  if (language === 'en') {
    const token = tokens[part.at]!;
    const verb = part.kind === 'request' && isVerb(tokens, part.at, language) ? token.entry!.verb! : undefined;
    if (verb === undefined) return wanted(tokens, part);
    return byVerb(verb, tokens, part.at, language);
  }
  const verbAt = tokens.findIndex(({ entry }) => entry?.verb !== undefined);
  if (verbAt < 0) return wanted(tokens, part, firstObject(tokens));
  const later = tokens.findIndex((token, at) => at > verbAt && token.entry?.verb !== undefined && token.entry.noun === undefined);
  if (later >= 0 && language !== 'de' && language !== 'ja' && language !== 'zh') return null;
  return byVerb(tokens[verbAt]!.entry!.verb!, tokens, verbAt, language);
}

/** "I need 50 leads", "50 leads", "email campaign for the spring sale". */
function wanted(tokens: readonly Token[], part: Part, object = objectOf(tokens, part.at)): WorkKind | null {
  if (!object) return null;
  const isCounted = tokens.some(({ kind, isExplained }) => kind === 'number' && isExplained !== true);
  const site = siteIn(tokens);
  if (site && object.type !== 'lead-generation' && siteData.has(object.token.text))
    return { type: 'web-scraping', word: object.token.text };
  if (part.kind === 'things') {
    const next = tokens[object.at + 1];
    // "leads and emails please" names two.
    if (
      !isCounted &&
      tokens.some((token, at) => has(token, 'and') && tokens.slice(at).some(({ entry }) => entry?.noun && entry.noun.type !== object.type))
    )
      return null;
    // "Copy the table": a verb that we do not know as one.
    if (has(next, 'the') || has(next, 'there') || (site && object.type !== 'web-scraping')) return null;
    const goesOn =
      (next === undefined && part.mark === ':') ||
      has(next, 'preposition') ||
      has(next, 'please') ||
      next?.kind === 'number' ||
      next?.kind === 'site' ||
      next?.text === 'x';
    const asked = isCounted || goesOn || tokens.some((token) => has(token, 'please') || token.text === 'a' || token.text === 'an');
    if (
      !asked ||
      has(tokens[part.at], 'preposition') ||
      (object.token.entry?.noun?.role !== undefined && !isCounted && !asksPlainly(tokens))
    )
      return null;
  }
  return { type: object.type, word: object.token.text };
}

function asksPlainly(tokens: readonly Token[]): boolean {
  return tokens.some((token) => has(token, 'please'));
}

function byVerb(kind: VerbKind, tokens: readonly Token[], at: number, language: Language): WorkKind | null {
  const verb = tokens[at]!;
  const object =
    language === 'en'
      ? objectOf(tokens, at + 1)
      : firstObject(tokens, kind === 'write' || kind === 'make' ? (type) => writable.has(type) : undefined);
  const as = (type: AgentType | undefined, word = object?.token.text ?? verb.text): WorkKind | null =>
    type === undefined ? null : { type, word };
  const site = siteIn(tokens);
  switch (kind) {
    case 'write': {
      const made = object && writable.has(object.made) ? object.made : undefined;
      if (made) return as(made);
      const topic = tokens.findIndex((token) => has(token, 'preposition'));
      const own = topic < 0 ? tokens : tokens.slice(0, topic);
      if (
        own.some(
          (token) => token.entry?.noun !== undefined && counted.has(token.entry.noun.type) && token.entry.noun.type !== 'lead-generation',
        )
      )
        return null;
      return (
        onPlatform(tokens) ??
        (language === 'en' &&
        at + 1 < tokens.length &&
        (!has(tokens[at + 1], 'preposition') || /^(?:about|on)$/.test(tokens[at + 1]!.text)) &&
        !own.some(({ kind }) => kind === 'number')
          ? as('content-creation', verb.text)
          : null)
      );
    }
    case 'make':
      return (
        (site && object?.type !== 'lead-generation' && isData(tokens) ? as('web-scraping') : null) ?? as(object?.made) ?? onPlatform(tokens)
      );
    case 'turn':
      return object && object.type !== 'lead-generation' && object.type !== 'web-scraping' ? null : as('general', verb.text);
    case 'seek':
    case 'collect':
    case 'fetch': {
      if (site && object?.type !== 'lead-generation' && (isData(tokens) || kind !== 'seek')) return as('web-scraping', verb.text);
      if (!object) return null;
      const made = kind === 'fetch' && tokens[object.at + 1]?.text !== 'of';
      return as(made ? object.type : object.sought);
    }
    case 'do':
      return as(object && ['research', 'social-media', 'email-campaign'].includes(object.type) ? object.type : undefined);
    case 'send': {
      if (has(tokens[at + 1], 'to-me')) return byVerb('fetch', tokens, at, language);
      if (object?.type === 'social-media') return as('social-media');
      const leaves = object?.type === 'email-campaign' || (object?.type === 'content-creation' && hasPeople(tokens)) || hasPeople(tokens);
      return leaves ? as('email-campaign', verb.text) : null;
    }
    case 'publish':
      return onPlatform(tokens) ?? (object?.type === 'social-media' ? as('social-media') : null);
    case 'web-scraping':
      return site || object?.type === 'web-scraping' ? as('web-scraping', verb.text) : null;
    case 'social-media':
      return as('social-media', verb.text);
    case 'email-campaign':
      return tokens.length > at + 1 ? as('email-campaign', verb.text) : null;
    case 'lead-generation':
      return object?.type === 'lead-generation' ? as('lead-generation') : null;
    default:
      return tokens.length > at + 1 || language === 'ja' ? as(kind, verb.text) : null;
  }
}

const writable: ReadonlySet<AgentType> = new Set(['email-campaign', 'social-media', 'content-creation', 'research'] as const);
const counted: ReadonlySet<AgentType> = new Set(['email-campaign', 'social-media', 'lead-generation', 'web-scraping'] as const);

function siteIn(tokens: readonly Token[]): boolean {
  return tokens.some(({ kind }) => kind === 'site');
}

function isData(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ text, entry, kind }) => siteData.has(text) || siteWords.has(text) || entry?.noun?.type === 'web-scraping' || kind === 'number',
  );
}

function hasPeople(tokens: readonly Token[]): boolean {
  return tokens.some(({ entry }) => entry?.noun?.type === 'lead-generation');
}

/** "for LinkedIn", "on Instagram". */
function onPlatform(tokens: readonly Token[]): WorkKind | null {
  const found = tokens.find(({ text }, at) => socialPlatforms.has(text) && /^(?:on|for|to|across|via)$/.test(leader(tokens, at)));
  return found ? { type: 'social-media', word: found.text } : null;
}

function leader(tokens: readonly Token[], at: number): string {
  const before = tokens[at - 1]?.text ?? '';
  return ['our', 'my', 'the', 'your'].includes(before) ? (tokens[at - 2]?.text ?? '') : before;
}

/** "about 50", but not "about email marketing". */
function isBound(tokens: readonly Token[], at: number): boolean {
  const [token, next] = [tokens[at], tokens[at + 1]];
  return has(token, 'bound') && (next?.kind === 'number' || has(next, 'bound'));
}

/** What is counted in batches is multiplied. */
export const batches = new Set('batches batch sets set groups group lists list rounds lots packs series bunches collections'.split(' '));

/** The last thing named before a preposition, as English puts the head last. */
export function objectOf(tokens: readonly Token[], from: number): Found | undefined {
  let thing: Found | undefined;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (
      token.text === 'of' &&
      (containers.has(tokens[at - 1]?.text ?? '') || batches.has(tokens[at - 1]?.text ?? '') || tokens[at - 1]?.kind === 'number')
    )
      continue;
    if ((token.kind === 'mark' && token.text !== '-') || (has(token, 'and') && thing)) break;
    if (thing && (has(token, 'the') || has(token, 'there') || token.text.endsWith('ing'))) break;
    if (token.kind === 'site' || (has(token, 'preposition') && !isBound(tokens, at) && at > from)) break;
    const noun = token.entry?.noun;
    if (!noun || (has(token, 'measure') && tokens[at - 1]?.kind === 'number')) continue;
    if (noun.role === 'field' && !nothingFollows(tokens, at)) continue;
    thing = { at, token, type: noun.type, sought: noun.sought ?? noun.type, made: noun.made ?? noun.type };
  }
  return thing && headEnds(tokens, thing.at) ? thing : undefined;
}

function firstObject(tokens: readonly Token[], wanted: (type: AgentType) => boolean = () => true): Found | undefined {
  const numberAt = tokens.findIndex(({ kind, isExplained }) => kind === 'number' && isExplained !== true);
  const behind =
    numberAt < 0
      ? -1
      : tokens.findIndex(({ entry }, at) => at > numberAt && at <= numberAt + 6 && entry?.noun !== undefined && wanted(entry.noun.type));
  const at = behind >= 0 ? behind : tokens.findIndex(({ entry }) => entry?.noun !== undefined && wanted(entry.noun.type));
  const noun = tokens[at]?.entry?.noun;
  return noun && { at, token: tokens[at]!, type: noun.type, sought: noun.sought ?? noun.type, made: noun.made ?? noun.type };
}

function nothingFollows(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  return (
    next === undefined || next.kind !== 'word' || has(next, 'preposition') || has(next, 'and') || has(next, 'adverb') || has(next, 'please')
  );
}

/** "leads generation tools" are no leads. */
function headEnds(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (next === undefined || next.kind !== 'word' || next.isCapital || next.text === 'x') return true;
  if (next.entry?.roles.size) return true;
  return /(?:ing|ed|ly)$/.test(next.text);
}
