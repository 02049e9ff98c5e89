// What kind of work is this? The verb asked for wins over the things mentioned. The first thing asked for wins over the
// second: "find 50 leads and email them" is lead-generation, so nothing leaves the house that was not the first wish.
// What is negated, quoted, or only the topic ("about …") does not count. The reason is always said, and a person may
// choose otherwise. It reads English; what it does not understand is general.

import type { AgentType } from '../tasks/agent-type.ts';
import { plainWords } from './plain-words.ts';
import {
  alsoNouns,
  containers,
  innocent,
  nouns,
  questionWords,
  siteData,
  siteWords,
  socialPlatforms,
  verbs,
  type Noun,
  type VerbKind,
} from './work-words.ts';

export interface Classified {
  readonly type: AgentType;
  /** "read as lead-generation because of “leads”". */
  readonly because: string;
}

export function classify(text: string, override?: AgentType): Classified {
  if (override !== undefined) return { type: override, because: `read as ${override} because you chose it` };
  const clauses = clausesOf(text);
  const sign = firstSign(clauses, command) ?? firstSign(clauses, thingNamed) ?? firstSign(clauses, anyHint);
  if (!sign) return { type: 'general', because: 'read as general because nothing in it names a special kind of work' };
  return { type: sign.type, because: `read as ${sign.type} because of “${sign.word}”` };
}

/** A word that decided. */
interface Sign {
  readonly type: AgentType;
  readonly word: string;
}

type Words = readonly string[];

function firstSign(clauses: readonly Words[], look: (words: Words) => Sign | undefined): Sign | undefined {
  for (const clause of clauses) {
    const sign = look(clause);
    if (sign) return sign;
  }
  return undefined;
}

// --- Three ways to read a clause, from sure to unsure.

/** "please find …", "we need 50 …", "100 leads …". */
function command(words: Words): Sign | undefined {
  const at = afterOpening(words);
  const word = words[at];
  if (word === undefined) return undefined;
  const kind = verbs.get(word);
  if (kind !== undefined && isVerbAt(words, at)) return isStatement(words, at) ? undefined : signOf(kind, words, at);
  if (isQuestion(word))
    return asSign(
      'research',
      words.find((each) => questionWords.has(each) || nouns.get(each)?.type === 'research'),
    );
  if (words.slice(0, at).some((each) => wishes.has(each)) || /^\d/.test(word)) return nounSign(objectOf(words, at));
  return undefined;
}

/** "leads for dentists", "email campaign for the spring sale". */
function thingNamed(words: Words): Sign | undefined {
  const at = afterOpening(words);
  if (words[at] === undefined || isQuestion(words[at])) return undefined;
  const found = objectOf(words, at);
  return found && (found.noun.role === 'audience' ? nothingFollows(words, found.at) : true) ? nounSign(found) : undefined;
}

/** Any word that gives a hint, outside the topic of something else. */
function anyHint(words: Words): Sign | undefined {
  if (isQuestion(words[afterOpening(words)])) return undefined;
  const topic = words.findIndex((word) => topics.has(word));
  const plain = topic < 0 ? words : words.slice(0, topic);
  for (const [at, word] of plain.entries()) {
    const noun = nouns.get(word);
    if (noun && (noun.role === undefined || (noun.role === 'field' && nothingFollows(words, at)))) return { type: noun.type, word };
  }
  return undefined;
}

// --- How each kind of verb reads its object.

function signOf(kind: VerbKind, words: Words, at: number): Sign | undefined {
  const verb = words[at]!;
  const object = objectOf(words, at + 1);
  switch (kind) {
    case 'write': {
      const made = objectOf(words, at + 1, (noun) => writable.has(noun.made ?? noun.type));
      return nounSign(made, 'made') ?? onPlatform(words) ?? { type: 'content-creation', word: verb };
    }
    case 'make':
      return scraped(words, at, object) ?? nounSign(object, 'made') ?? onPlatform(words);
    case 'turn':
      return nounSign(objectOf(words, words.findLastIndex((word) => word === 'into' || word === 'to') + 1), 'made');
    case 'seek':
      return scraped(words, at, object) ?? soughtSign(object) ?? { type: 'research', word: verb };
    case 'collect':
      return scraped(words, at, object) ?? soughtSign(object) ?? researched(words, at);
    case 'fetch':
      // "get emails of dentists" wants addresses, "give me 5 emails" wants mails.
      return (
        scraped(words, at, object) ??
        (object && words[object.at + 1] === 'of' ? soughtSign(object) : nounSign(object)) ??
        researched(words, at)
      );
    case 'do':
      return nounSign(object);
    case 'send':
      if (words[at + 1] === 'me' || words[at + 1] === 'us') return signOf('fetch', words, at);
      return object?.noun.type === 'social-media' ? nounSign(object) : { type: 'email-campaign', word: verb };
    case 'publish':
      return (
        onPlatform(words) ??
        (object?.noun.type === 'content-creation' || object?.noun.type === 'social-media' ? nounSign(object) : undefined)
      );
    default:
      return { type: kind, word: verb };
  }
}

const writable: ReadonlySet<AgentType> = new Set(['email-campaign', 'social-media', 'content-creation', 'research'] as const);

function nounSign(object: Found | undefined, when?: 'made'): Sign | undefined {
  return object && { type: (when === 'made' ? object.noun.made : undefined) ?? object.noun.type, word: object.word };
}

/** Looking for an article is research, looking for emails is looking for people. */
function soughtSign(object: Found | undefined): Sign | undefined {
  return object && { type: object.noun.sought ?? object.noun.type, word: object.word };
}

/** "get all prices from example.com": data that comes from a site. People found on a site are still leads. */
function scraped(words: Words, at: number, object: Found | undefined): Sign | undefined {
  const site = words.slice(at + 1).find((word) => siteWords.has(word));
  if (site === undefined || object?.noun.type === 'lead-generation') return undefined;
  const data = words.slice(at + 1).find((word) => siteData.has(word));
  if (site === 'a-site') return { type: 'web-scraping', word: data ?? words[at]! };
  return object ? undefined : asSign('web-scraping', data);
}

function researched(words: Words, at: number): Sign | undefined {
  return asSign(
    'research',
    words.slice(at + 1).find((word) => siteData.has(word)),
  );
}

/** "for LinkedIn", "on Instagram". */
function onPlatform(words: Words): Sign | undefined {
  return asSign(
    'social-media',
    words.find((word, at) => socialPlatforms.has(word) && ['on', 'for', 'to', 'across', 'via'].includes(leader(words, at))),
  );
}

function leader(words: Words, at: number): string {
  const before = words[at - 1] ?? '';
  return ['our', 'my', 'the', 'your'].includes(before) ? (words[at - 2] ?? '') : before;
}

function asSign(type: AgentType, word: string | undefined): Sign | undefined {
  return word === undefined ? undefined : { type, word };
}

// --- The object of a verb: the last thing named before a preposition, as English puts the head last.

interface Found {
  readonly noun: Noun;
  readonly word: string;
  readonly at: number;
}

function objectOf(words: Words, from: number, wanted: (noun: Noun) => boolean = () => true): Found | undefined {
  let thing: Found | undefined;
  let field: Found | undefined;
  for (let at = from; at < words.length; at++) {
    const word = words[at]!;
    if (word === 'of' && containers.has(words[at - 1] ?? '')) continue;
    if (stops.has(word)) break;
    const noun = nouns.get(word);
    if (!noun || !wanted(noun)) continue;
    if (noun.role !== 'field') thing = { noun, word, at };
    else if (nothingFollows(words, at)) field = { noun, word, at };
  }
  return thing ?? field;
}

function nothingFollows(words: Words, at: number): boolean {
  const next = words[at + 1];
  return next === undefined || stops.has(next) || next === 'and' || next === 'or';
}

const stops = new Set(
  `about on for in from of regarding concerning to with by that who whose which where using near at into via per as like so
  because if when than based within between against vs versus around across among please asap today tomorrow`.split(/\s+/),
);
const topics = new Set(['about', 'regarding', 'concerning']);

// --- Clauses and their openings.

/** Steps over greetings, politeness and wishes. */
function afterOpening(words: Words): number {
  let at = 0;
  while (at < words.length && openings.has(words[at]!)) at++;
  return at;
}

const wishes = new Set(["i'd", "we'd", 'need', 'needs', 'want', 'wants', 'like', 'love', 'looking']);
const openings = new Set([
  ...wishes,
  ...`hi hello hey dear please pls kindly can could would will may might should must shall you i we me us let's lets help to
  go ahead and also just only now then next first firstly second secondly finally afterwards ok okay so but or maybe perhaps quickly again
  thanks today tomorrow asap team bot there impacter am i'm we're i'll are be have has trying try hoping`.split(/\s+/),
]);

/** "I email my customers every week" tells something; it does not ask for it. */
function isStatement(words: Words, verbAt: number): boolean {
  return words[verbAt - 1] === 'i' || words[verbAt - 1] === 'we';
}

function isVerbAt(words: Words, at: number): boolean {
  return !alsoNouns.has(words[at]!) || !nothingFollows(words, at);
}

function isQuestion(word: string | undefined): boolean {
  return word !== undefined && ['what', 'which', 'who', 'why', 'how', 'when', 'where', 'is', 'does'].includes(word);
}

function clausesOf(text: string): Words[] {
  return plainWords(text)
    .replace(harmless, ' ')
    .replace(/ & /g, ' and ')
    .replace(insideNumber, '')
    .split(/[.!?;:,()\n]+|\s[-–—]+\s/)
    .flatMap((part) => part.replace(negated, ' | ').split('|'))
    .map(phrases)
    .flatMap(splitAtVerbs)
    .filter((words) => words.length > 0);
}

// "1,500 leads" and "2.5 leads" do not end in the middle of their number.
const insideNumber = /(?<=\d)[.,](?=\d)/g;
// "don't scrape", "no emails", "without contacting them": up to the end of the part, or to where the wish turns.
const negated =
  /\b(?:don'?t|do not|doesn'?t|isn'?t|aren'?t|not|no|never|without|avoid|skip|except|excluding|instead of|rather than|other than)\b.*?(?=\b(?:but|just|only|instead|then)\b|$)/g;
const harmless =
  /\b(?:(?:don'?t|do not|never) (?:forget|hesitate) to|why (?:don'?t you|not)|not only|(?:no|not) (?:more|less|fewer|later|longer|earlier) than|no (?:rush|hurry|problem)|not sure|(?:how|what) about)\b/g;

/** Words, with known phrases as one. */
function phrases(part: string): Words {
  const words = (part.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []).map((word) => word.replace(/'s?$/, '')).flatMap(unhyphen);
  const merged: string[] = [];
  for (let at = 0; at < words.length;) {
    const length = [4, 3, 2].find((size) => at + size <= words.length && known.has(words.slice(at, at + size).join(' '))) ?? 1;
    const phrase = words.slice(at, at + length).join(' ');
    merged.push(innocent.has(phrase) ? 'a-name' : phrase);
    at += length;
  }
  return merged;
}

/** "blog-post" is a blog post, "10-email" is ten; "follow-ups" is a word of its own. */
function unhyphen(word: string): string[] {
  const apart = word.replaceAll('-', ' ');
  return !known.has(word) && (known.has(apart) || /^\d/.test(word)) ? apart.split(' ') : [word];
}

const known = new Set([...verbs.keys(), ...nouns.keys(), ...innocent, ...siteWords, ...socialPlatforms]);

/** "find leads and email them" is two wishes. */
function splitAtVerbs(words: Words): Words[] {
  const parts: string[][] = [[]];
  words.forEach((word, at) => {
    if (joints.has(word) && isVerbAfter(words, at)) parts.push([]);
    else parts.at(-1)!.push(word);
  });
  return parts;
}

const joints = new Set(['and', 'then', 'but']);
const WORDS_BETWEEN = 5;

/** "and then please email". */
function isVerbAfter(words: Words, joint: number): boolean {
  const between = words.slice(joint + 1, joint + 1 + WORDS_BETWEEN).findIndex((word) => !openings.has(word));
  const at = joint + 1 + between;
  return between >= 0 && verbs.has(words[at]!) && isVerbAt(words, at);
}
