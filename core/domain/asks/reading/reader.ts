// Reads a message by its grammar. Work is certain only where a way of asking for it is recognised, with its kind and its count,
// and where nothing beside it forbids, doubts or takes back; everything else is asked back with choices.

import type { AgentType } from '../../tasks/agent-type.ts';
import { rateOf } from '../../credits/rates.ts';
import { smallTalkIn } from '../../talk/small-talk.ts';
import { choiceOf, countChoices, hintsOf, shownOf } from './choices.ts';
import { isCounted, isDoubtful, type Main } from './doubts.ts';
import { kindOfWork, type WorkKind } from './kind-of-work.ts';
import { languageOf } from './language.ts';
import { withNumbers } from './numbers.ts';
import { ownWords, type OwnWords } from './own-words.ts';
import { has, partsOf, type Part } from './parts.ts';
import { quantityOf, type Counted } from './quantity.ts';
import type { Choice, Language, Nothing, Reading, ReadingContext, Unclear } from './reading.ts';
import { tokensOf, type Token } from './tokens.ts';

export function readText(raw: string, context: ReadingContext): Reading {
  const own = ownWords(raw);
  const language = languageOf(own.text);
  const parts = partsOf(withNumbers(tokensOf(own.text, language)), language);
  if (context.chosen !== undefined) return chosenWork(context.chosen, parts, own, language);
  return new Message(raw, own, language, parts, context).read();
}

class Message {
  readonly raw: string;
  readonly own: OwnWords;
  readonly language: Language;
  readonly parts: readonly Part[];
  readonly context: ReadingContext;

  constructor(raw: string, own: OwnWords, language: Language, parts: readonly Part[], context: ReadingContext) {
    [this.raw, this.own, this.language, this.parts, this.context] = [raw, own, language, parts, context];
  }

  read(): Reading {
    if (this.language === 'other') return this.unclear('language', []);
    const main = this.main();
    if (main === null) return this.withoutRequest();
    if (main === 'unclear') return this.unclear('type', hintsOf(this.parts));
    const counted = this.countOf(main);
    if (isDoubtful(main, this.parts, this.own, this.language))
      return this.unclear('intent', [choiceOf(main.kind.type, counted.count), ...hintsOf(this.parts)]);
    if (counted.doubts.length > 0) return this.unclear('count', countChoices(main.kind.type, counted));
    return {
      intent: 'work',
      certain: true,
      type: main.kind.type,
      reason: `read as ${main.kind.type} because of “${main.kind.word}”`,
      count: counted.count,
      addresses: this.own.addresses,
      files: this.own.files,
      leftOut: this.leftOut(main),
      language: this.language,
    };
  }

  main(): Main | 'unclear' | null {
    const { parts, language } = this;
    let sawUnread = false;
    for (const [index, part] of parts.entries()) {
      const turned = part.kind === 'prohibition' ? this.turned(part) : part.kind === 'corrects' ? this.goesOn(part) : null;
      if (turned) return { part, index, kind: turned, scope: part.tokens, last: index };
      if (part.kind !== 'request' && part.kind !== 'things') continue;
      const kind = kindOfWork(part, language) ?? this.goesOn(part) ?? this.borrowed(index);
      if (kind === null) {
        sawUnread ||= part.kind === 'request' || part.tokens.some((token) => token.kind === 'number');
        // A request that is not understood comes first: what follows is not the first wish.
        if (part.kind === 'request') return 'unclear';
        continue;
      }
      const last = this.lastOf(index, kind.type);
      const scope = parts
        .slice(index, last + 1)
        .flatMap(({ tokens, mark }, i, all) => (i < all.length - 1 ? [...tokens, markToken(mark, tokens)] : tokens));
      return { part, index, kind, scope, last };
    }
    return sawUnread ? 'unclear' : null;
  }

  /** "20 more in Hamburg", where the conversation says of what. */
  goesOn(part: Part): WorkKind | null {
    const { before } = this.context;
    if (before === undefined || rateOf(before).unit === null) return null;
    const { tokens } = part;
    const numberAt = tokens.findIndex(({ kind, isExplained }) => kind === 'number' && !isExplained);
    const next = tokens[numberAt + 1];
    const opens = tokens
      .slice(0, Math.max(0, numberAt))
      .every(
        (token) =>
          token.kind === 'mark' ||
          has(token, 'opener') ||
          has(token, 'more') ||
          has(token, 'bound') ||
          has(token, 'please') ||
          has(token, 'to-me') ||
          token.entry?.verb === 'fetch' ||
          token.entry?.verb === 'seek' ||
          has(token, 'wish') ||
          has(token, 'and') ||
          has(token, 'i') ||
          has(token, 'modal') ||
          has(token, 'you') ||
          has(token, 'thanks'),
      );
    if (numberAt < 0 || !opens || tokens.some(({ entry }) => entry?.noun !== undefined)) return null;
    const isSame =
      next === undefined ||
      has(next, 'more') ||
      has(next, 'preposition') ||
      has(next, 'please') ||
      has(next, 'adverb') ||
      tokens.slice(0, numberAt).some((token) => has(token, 'more'));
    return isSame ? { type: before, word: next?.text ?? tokens[numberAt]!.text, value: tokens[numberAt]!.value! } : null;
  }

  /** "These leads are bad, find 50 new ones", "I don't want 100 leads, I want 10": what stands around says of what. */
  borrowed(index: number): WorkKind | null {
    const { tokens } = this.parts[index]!;
    const numbers = tokens.filter(({ kind, isExplained }) => kind === 'number' && !isExplained);
    const next = tokens[tokens.indexOf(numbers[0]!) + 1];
    const ones = next === undefined || has(next, 'preposition') || has(next, 'more') || /^(?:ones|again)$/.test(next.text);
    if (numbers.length !== 1 || !ones || this.language !== 'en' || tokens.some(({ entry }) => entry?.noun !== undefined)) return null;
    for (const other of this.parts.slice(0, index).toReversed()) {
      const noun = other.tokens.find(({ entry }) => entry?.noun !== undefined && entry.noun.role === undefined);
      if (noun && ['complaint', 'thanks', 'statement', 'prohibition'].includes(other.kind) && rateOf(noun.entry!.noun!.type).unit !== null)
        return { type: noun.entry!.noun!.type, word: noun.text, value: numbers[0]!.value! };
    }
    return null;
  }

  /** "not 100 leads but 10" */
  turned(part: Part): WorkKind | null {
    const { tokens } = part;
    const [last, but] = [tokens.at(-1), tokens.at(-2)];
    const noun = tokens.find(({ entry }) => entry?.noun !== undefined);
    const isTurned = last?.kind === 'number' && !last.isExplained && /^(?:but|sondern|mais|sino|а|але)$/.test(but?.text ?? '');
    return isTurned && noun && rateOf(noun.entry!.noun!.type).unit !== null
      ? { type: noun.entry!.noun!.type, word: noun.text, value: last.value! }
      : null;
  }

  /** A request goes on over commas and lists, up to what asks for something else. */
  lastOf(index: number, type: AgentType): number {
    const { parts, language } = this;
    let last = index;
    for (let at = index + 1; at < parts.length; at++) {
      const part = parts[at]!;
      const same = part.sentence === parts[last]!.sentence;
      const kind = part.kind === 'things' || part.kind === 'request' ? (kindOfWork(part, language)?.type ?? null) : null;
      const isSame = kind === type && (part.kind === 'things' ? same || parts[last]!.mark.includes('\n') : same && isPlainList(part));
      const goesOn =
        same &&
        part.kind !== 'request' &&
        (kind === null || kind === type) &&
        ['things', 'unknown', 'filler', 'statement'].includes(part.kind) &&
        !part.tokens.some((token) => has(token, 'tells'));
      const reads = type === 'web-scraping' && same && part.kind === 'request' && kind === null && isCounted(part);
      if (!isSame && !goesOn && !reads) break;
      last = at;
    }
    return last;
  }

  countOf(main: Main): Counted {
    if (main.kind.value !== undefined)
      return { count: { value: main.kind.value, how: main.part.kind === 'prohibition' ? 'correction' : 'stated' }, doubts: [] };
    const counted = quantityOf(main.scope, main.part.at, main.kind.type, this.language);
    if (counted.count === null) return counted;
    const after = this.parts.slice(main.last + 1);
    const corrected = after.find((part) => correctionIn(part) !== undefined);
    if (corrected) {
      const value = correctionIn(corrected)!;
      return { count: { value, how: counted.count.how === 'usual' ? 'stated' : 'correction' }, doubts: [] };
    }
    // "not 100 leads but 10"
    if (
      this.parts
        .slice(0, main.index)
        .some(({ kind, tokens }) => kind === 'prohibition' && tokens.some((token) => token.kind === 'number')) &&
      counted.count.how === 'stated'
    )
      return { ...counted, count: { ...counted.count, how: 'correction' } };
    return counted;
  }

  /** What else is asked for, in the message's own words. */
  leftOut(main: Main): string[] {
    return this.parts
      .slice(main.last + 1)
      .filter((part) => part.kind === 'request' || (part.kind === 'things' && kindOfWork(part, this.language) !== null))
      .map(({ tokens }) =>
        this.own.text
          .slice(tokens[0]!.from, tokens.at(-1)!.to)
          .replaceAll(/[\u0001\u0002]/g, '…')
          .trim(),
      );
  }

  withoutRequest(): Reading {
    const kinds = new Set(this.parts.map(({ kind }) => kind));
    const nothing = (why: Nothing): Reading => ({ intent: 'nothing', why, language: this.language });
    const talk = this.language === 'en' && this.raw.length <= 400 ? smallTalkIn(this.raw) : null;
    if (talk !== null) return nothing(talk.slice('ask.'.length) as Nothing);
    if (kinds.size === 0) return this.unclear('intent', []);
    const isSure = this.parts.every(({ kind, tokens }) => !unsure.has(kind) || (kind === 'unknown' && tokens.length === 1));
    if (isSure) for (const [kind, why] of talkKinds) if (kinds.has(kind)) return nothing(why);
    return this.unclear('intent', hintsOf(this.parts));
  }

  unclear(why: Unclear, choices: readonly Choice[]): Reading {
    return { intent: 'unclear', why, choices: shownOf(choices, this.context.before), language: this.language };
  }
}

const talkKinds: readonly (readonly [Part['kind'], Nothing])[] = [
  ['prohibition', 'prohibition'],
  ['complaint', 'complaint'],
  ['price', 'about-price'],
  ['question', 'about-us'],
  ['thanks', 'thanks'],
  ['statement', 'statement'],
  ['greeting', 'greeting'],
];
const unsure: ReadonlySet<Part['kind']> = new Set(['unknown', 'things', 'if', 'reports', 'corrects'] as const);

function markToken(mark: string, tokens: readonly Token[]): Token {
  const end = tokens.at(-1)!.to;
  const isWord = /^\p{L}/u.test(mark);
  return { kind: isWord ? 'word' : 'mark', text: mark, from: end, to: end, isCapital: false, ...(isWord && { entry: joint }) };
}
const joint = { roles: new Set(['and'] as const), languages: new Set<Language>() };

/** "and find 30 leads in Boston" adds to "find 50 leads in Miami". */
function isPlainList(part: Part): boolean {
  return part.tokens.some(({ kind }) => kind === 'number');
}

/** "no wait, make it 50", "80 should do". */
function correctionIn(part: Part): number | undefined {
  if (part.kind !== 'corrects') return undefined;
  const numbers = part.tokens.filter(({ kind, isExplained }) => kind === 'number' && !isExplained);
  return numbers.length === 1 && !part.tokens.some((token) => has(token, 'not') && !has(token, 'corrects')) ? numbers[0]!.value : undefined;
}

function chosenWork(type: AgentType, parts: readonly Part[], own: OwnWords, language: Language): Reading {
  const scope = parts.flatMap(({ tokens, mark }) => [...tokens, markToken(mark || '.', tokens)]);
  const counted = quantityOf(scope, -1, type, language);
  if (counted.doubts.length > 0 && counted.count !== null) {
    const choices = shownOf(countChoices(type, counted), type);
    if (choices.length > 1) return { intent: 'unclear', why: 'count', choices, language };
  }
  return {
    intent: 'work',
    certain: true,
    type,
    reason: `read as ${type} because you chose it`,
    count: counted.count,
    addresses: own.addresses,
    files: own.files,
    leftOut: [],
    language,
  };
}
