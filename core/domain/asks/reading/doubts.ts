// What stands around a request, and says that it may be none.

import { kindOfWork, type WorkKind } from './kind-of-work.ts';
import type { OwnWords } from './own-words.ts';
import { has, type Part } from './parts.ts';
import type { Language } from './reading.ts';
import type { Token } from './tokens.ts';

/** The first request, with what belongs to it. */
export interface Main {
  readonly part: Part;
  readonly index: number;
  readonly kind: WorkKind;
  readonly scope: readonly Token[];
  readonly last: number;
}

/** Something beside the request says that it may be none. */
export function isDoubtful(main: Main, parts: readonly Part[], own: OwnWords, language: Language): boolean {
  const { part } = main;
  if (part.asksYou && !isConcrete(main, own)) return true;
  if (part.mark === '?' && part.kind === 'things') return true;
  if (
    parts.some(
      (each, at) =>
        at < main.index &&
        each.sentence === part.sentence &&
        each.kind === 'prohibition' &&
        each.tokens.some((token) => has(token, 'stop')),
    )
  )
    return true;
  const before = parts.slice(0, main.index);
  if (before.some(({ kind, sentence }) => (kind === 'reports' || kind === 'if') && sentence === part.sentence)) return true;
  if (before.some(({ kind, sentence, tokens }) => kind === 'question' && sentence === part.sentence && tokens.length > 1)) return true;
  if (before.some((each) => each.kind === 'unknown' && each.sentence === part.sentence && !isAdjunct(each))) return true;
  if (before.some((each) => each.kind === 'corrects' && isCounted(each))) return true;
  if (before.some(({ kind, tokens }) => kind === 'things' && tokens.some((token) => token.kind === 'number'))) return true;
  if (before.some(({ kind, tokens }) => kind === 'reports' && tokens.length > 0)) return true;
  if (part.tokens.slice(0, part.at).some((token) => has(token, 'there'))) return true;
  // "nice, 50 leads in ten minutes!", "5 or 50 leads, not sure"
  const beside = parts.filter((each) => each !== part && each.sentence === part.sentence);
  const judged = (each: Part) =>
    ['complaint', 'thanks', 'statement'].includes(each.kind) || each.tokens.some((token) => has(token, 'judges'));
  if (part.kind === 'things' && before.some((each) => beside.includes(each) && judged(each))) return true;
  if (beside.some(({ tokens }) => tokens.length === 2 && tokens[0]!.text === 'not' && tokens[1]!.text === 'sure')) return true;
  const after = parts.slice(main.last + 1);
  return after.some(
    (each) =>
      (each.kind === 'prohibition' && takesBack(each)) ||
      (each.kind === 'if' && each.sentence === part.sentence) ||
      (each.kind === 'request' && isCounted(each) && kindOfWork(each, language) === null) ||
      (each.kind === 'unknown' && each.tokens.some(({ kind, isExplained }) => kind === 'number' && !isExplained)) ||
      (each.kind === 'statement' && each.sentence === part.sentence && each.tokens.some((token) => has(token, 'tells'))) ||
      (each.kind === 'complaint' && each.sentence === part.sentence),
  );
}

/** "Can you find 20 suppliers in Ghent?" asks for it; "can you find leads?" may only want to know. */
function isConcrete(main: Main, own: OwnWords): boolean {
  const { tokens, at } = main.part;
  return (
    own.addresses.length > 0 ||
    tokens.some(
      (token, place) =>
        (token.kind === 'number' && !token.isExplained) ||
        has(token, 'to-me') ||
        has(token, 'please') ||
        token.text === 'a' ||
        token.text === 'an' ||
        token.text === 'this' ||
        (has(token, 'preposition') && place > at + 1),
    )
  );
}

/** "For our launch in May, …" */
function isAdjunct(part: Part): boolean {
  return part.tokens.length <= 8 && (has(part.tokens[0], 'preposition') || part.tokens.length <= 2);
}

/** "stop", "never mind", behind a request. */
function takesBack(part: Part): boolean {
  return part.tokens.some((token) => has(token, 'stop')) && part.tokens.length <= 4;
}

export function isCounted(part: Part): boolean {
  return part.tokens.some(({ kind, isExplained }) => kind === 'number' && !isExplained);
}
