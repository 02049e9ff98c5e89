// Not every message asks for work. Thanks, complaints, questions about the product and prohibitions start nothing. A message
// counts as talk only when every part of it is understood as talk: one part that asks, or that is not understood, makes it
// a request, because a request must never be swallowed. The words are in talk-words.ts. Time is linear in the length.

import { reactionIn } from './reaction.ts';
import { refuse, type RefusalCode } from '../refusals/refusal.ts';
import { isFiller, talkIn, wordsOf, type Talk } from './talk-words.ts';
import { alsoNouns, nouns, verbs } from '../asks/work-words.ts';

/** Throws the answer to a message that asks for no work. */
export function mustAskForWork(text: string): void {
  const talk = smallTalkIn(text);
  if (talk !== null) throw refuse(talk);
}

/** What a message is that asks for no work; null for everything that may be a request. */
export function smallTalkIn(text: string): TalkCode | null {
  const reaction = reactionIn(text);
  if (reaction !== null) return `ask.${reaction}`;
  const kinds = partsOf(text).map(({ kind }) => kind);
  if (kinds.includes('asks') || kinds.includes('unknown')) return null;
  const found = priority.find((kind) => kinds.includes(kind));
  // "Hi, I have a dental practice" is the beginning of a request rather than a greeting.
  if (found === undefined || (found === 'greeting' && kinds.includes('statement'))) return null;
  return `ask.${found}`;
}

export type TalkCode = Extract<RefusalCode, `ask.${Talk}`>;

/** Of several kinds in one message, the one that needs an answer most. */
const priority: readonly Talk[] = [
  'prohibition',
  'complaint',
  'about-price',
  'about-credits',
  'about-tasks',
  'about-account',
  'about-us',
  'thanks',
  'greeting',
];

/** A request without the talk around it: "Thanks for the 100 leads! Now find 50 more" asks for 50. */
export function askedIn(text: string): { readonly asked: string; readonly withStatements: string; readonly around: string } {
  const parts = partsOf(text);
  const join = (wanted: (kind: Kind) => boolean) =>
    parts
      .filter(({ kind }) => wanted(kind))
      .map(({ from, to, mark }) => text.slice(from, to) + mark)
      .join('');
  const aside: ReadonlySet<Kind> = new Set([...priority, 'quoted']);
  const withStatements = join((kind) => !aside.has(kind));
  const asked = join((kind) => !aside.has(kind) && kind !== 'statement');
  if (asked.trim() === '') {
    // A quotation is what is asked for only where there is nothing else.
    const own = join((kind) => kind !== 'quoted');
    const all = /[\p{L}\p{N}]/u.test(own) ? own : text;
    return { asked: all, withStatements: all, around: '' };
  }
  return { asked, withStatements, around: join((kind) => telling.has(kind)) };
}

/** These may say what a request is about. What is forbidden or quoted is not what is wanted. */
const telling: ReadonlySet<Kind> = new Set(['thanks', 'complaint', 'statement'] as const);

// --- The parts of a message.

type Kind = Talk | 'asks' | 'statement' | 'quoted' | 'filler' | 'unknown';

interface Part {
  readonly from: number;
  readonly to: number;
  /** What ends it. */
  readonly mark: string;
  readonly kind: Kind;
}

const marks = /[!?;…。！？\n]+|[.,:](?=\s|$)|(?<=\s)[-–—]+(?=\s)/gu;

const quotedLine = /^\s*>/;
/** What is further in is no quotation. */
const INDENT_MOST = 20;

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  // A line that is quoted is quoted to its end, however many sentences it has.
  let isQuoted = quotedLine.test(text);
  const add = (to: number, mark: string) => {
    const part = text.slice(from, to);
    if (isQuoted) parts.push({ from, to, mark, kind: 'quoted' });
    else parts.push(...split(part, from).map((each, i, all) => ({ ...each, mark: i === all.length - 1 ? mark : '' })));
    from = to + mark.length;
    if (mark.includes('\n')) isQuoted = quotedLine.test(text.slice(from, from + INDENT_MOST));
  };
  for (const { 0: mark, index } of text.matchAll(marks)) add(index, mark);
  add(text.length, '');
  return parts;
}

/** Talk is short. What is longer is not weighed at all. */
const CHARACTERS_MOST = 300;

/** "thanks for the leads and now find 50 more" is two parts. */
function split(text: string, start: number): Omit<Part, 'mark'>[] {
  if (text.length > CHARACTERS_MOST) return [{ from: start, to: start + text.length, kind: 'unknown' }];
  const cut = cutOf(text);
  const whole = kindOf(wordsOf(text));
  // Only talk is parted from what follows; a request stays one.
  const first = cut === null ? 'unknown' : kindOf(wordsOf(text.slice(0, cut)));
  if (cut === null || first === 'asks' || first === 'unknown')
    return [{ from: start, to: start + text.length, kind: cut !== null && whole === 'unknown' ? 'asks' : whole }];
  return [
    { from: start, to: start + cut, kind: first },
    { from: start + cut, to: start + text.length, kind: 'asks' },
  ];
}

const joints =
  /(?<=\s)(?:and|but|then|now|so|plus|also|just|only|instead|please|pls|can you|could you|(?:i|we)(?:'d| would)? (?:need|want|like))(?=\s)/giu;

/** Where the request begins, behind talk. */
function cutOf(text: string): number | null {
  for (const { index } of text.matchAll(joints)) {
    const rest = wordsOf(text.slice(index));
    if (asks(rest) && !rest.some((word) => anyOf.has(word)) && !rest.slice(0, 3).some((word) => word.endsWith('ing'))) return index;
  }
  return null;
}

/** "don't email or call and don't post anything" goes on forbidding. */
const anyOf = new Set(['any', 'anything', 'anyone', 'anybody', 'anywhere', "don't", 'dont', 'never']);

function kindOf(words: readonly string[]): Kind {
  const talk = talkIn(words);
  if (talk !== null) return talk;
  if (isFiller(words)) return 'filler';
  if (asks(words)) return 'asks';
  const text = words.join(' ');
  if (wantsSomething.test(text)) return 'unknown';
  return goesOn.test(text) ? 'filler' : tells.test(text) ? 'statement' : 'unknown';
}

// --- What asks for work.

const wishes = new Set(['need', 'needs', 'want', 'wants', "i'd", "we'd", 'looking', 'like', 'trying', 'hoping']);
const openings = new Set([
  ...wishes,
  ...`please pls kindly now then and also so but ok okay hi hello hey team just only next first instead maybe perhaps today tomorrow
  no yes well can could would will you u i we me us let's lets to go ahead help try am are i'm we're for again
  impacter there love once plus`.split(/\s+/),
]);
const counting = new Set(
  `a an one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand dozen couple
  few some more another additional extra other different new`.split(/\s+/),
);
const alsoVerbs = new Set(
  `redo repeat fix change replace add remove retry try use make check correct improve continue extend expand finish order call book read
  double go put take include sort filter format merge split delete exclude focus switch start hire choose pick select rank rate tell explain
  help answer suggest recommend teach calculate count plan review test send`.split(/\s+/),
);

/** "please find …", "I need …", "50 more in Tampa", "only leads". */
function asks(words: readonly string[]): boolean {
  let at = 0;
  while (at < words.length && openings.has(words[at]!)) at++;
  const [word, next] = [words[at], words[at + 1]];
  if (word === undefined) return false;
  if (words.slice(0, at).some((each) => wishes.has(each))) return true;
  // "I will call them tomorrow" tells something.
  if (words[0] === 'i' || words[0] === 'we') return false;
  if (/^\d/.test(word) || counting.has(word) || alsoVerbs.has(word)) return true;
  if (next !== undefined && nouns.has(`${word} ${next}`)) return false;
  if (verbs.has(word)) return !alsoNouns.has(word) || next !== undefined;
  if (next !== undefined && verbs.has(`${word} ${next}`)) return true;
  return nouns.has(word) && words.slice(0, at).some((each) => ['just', 'only', 'but', 'instead', 'please'].includes(each));
}

// --- What tells something, and neither asks nor is talk by itself.

const tells =
  /^(?:i|we|they|it|he|she|everyone|everybody)(?:'(?:m|ll|ve|re|s|d))? (?:already |currently |still |now |just |really |also |never )*\p{L}/u;
const goesOn =
  /^(?:especially|even|particularly|including|not|nor|or|which|because|since|as|though|although|at all|by the way|again|whatever you do|until|under any|for now|ever)\b/;
const wantsSomething =
  /\b(?:needs?|wants?|looking|should|must|please|would|could|instead|how|help|require[sd]?|search(?:ing)?|interested|mean|meant|wanted|prefer|rather|forgot)\b/;
