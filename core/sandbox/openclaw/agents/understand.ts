// Reads a request with a few plain rules, where a real agent has a model. It never guesses beyond what stands there.

import type { Turn, Work } from './agent.ts';

/** The flows put what was said before in front of a request that the session does not know. */
export function splitMessage(message: string): { request: string; told: Turn[]; attached: string[] } {
  const attached = [...message.matchAll(/^The person attached (.+?)\. (?:Its content|It is in)/gm)].map((match) => match[1]!);
  const own = message.replace(/\n\nThe person attached [\s\S]*$/, '');
  const now = own.lastIndexOf('\nNow asked:\n');
  if (now < 0) return { request: own.replace(/^Request: /, ''), told: [], attached };
  const told = [...own.slice(0, now).matchAll(/^Asked: (.+)$/gm)].map((match) => ({ request: match[1]!, quantity: numberIn(match[1]!) }));
  return { request: own.slice(now + '\nNow asked:\n'.length), told, attached };
}

/** The request and, when it only changes an earlier one ("make it 20", "now as emails"), the request that it changes. */
export function subjectOf(work: Pick<Work, 'request' | 'earlier'>): { words: string; follows: string | null } {
  const before = work.earlier.findLast(({ request }) => !onlyChanges(request));
  return onlyChanges(work.request) && before ? { words: before.request, follows: before.request } : { words: work.request, follows: null };
}

/** How many: what the brief says, else the request itself, else what was asked before. */
export function quantityOf(work: Pick<Work, 'request' | 'earlier' | 'brief'>): number {
  const before = onlyChanges(work.request) ? work.earlier.findLast(({ quantity }) => quantity !== null)?.quantity : null;
  return work.brief.quantity ?? numberIn(work.request) ?? before ?? 10;
}

export function numberIn(text: string): number | null {
  const number = /(?<![\d.,/:$€£-])\b(\d{1,3}(?:,\d{3})+|\d{1,7})\b(?![\d%./:-]*\d)/.exec(text);
  return number ? Number(number[1]!.replaceAll(',', '')) : null;
}

function onlyChanges(request: string): boolean {
  const words = request.toLowerCase().match(/[\p{L}]+/gu) ?? [];
  return words.every((word) => changing.has(word));
}

const changing = new Set(
  (
    'a again also an and another as but by change csv do double email emails exactly fewer for format give in instead into it its just less lead leads ' +
    'list longer mail mails make markdown me more now of okay once one only page pdf please post posts rather redo row rows same send shorter ' +
    'show so some table than that the them then these they this those to too turn up us version want with write'
  ).split(' '),
);

/** What the rows should be, where the request says so against the kind of its agent: "now as emails". */
export function rowKindIn(request: string): 'leads' | 'emails' | 'posts' | null {
  const named = /\b(?:as|into|to)\s+(?:\w+\s+)?(leads?|e-?mails?|mails?|posts?|tweets?)\b/i.exec(request)?.[1]?.toLowerCase();
  if (named === undefined) return null;
  return named.startsWith('lead') ? 'leads' : /mail/.test(named) ? 'emails' : 'posts';
}

/** "in Miami" → Miami. */
export function placeIn(text: string): string | null {
  return (
    /\b(?:in|near|around|from)\s+((?:\p{Lu}[\p{L}'’.-]*)(?:\s\p{Lu}[\p{L}'’.-]*){0,3})/u.exec(text)?.[1]?.replace(/[.'’-]+$/, '') ?? null
  );
}

export function addressIn(text: string): string | null {
  const written =
    /\bhttps?:\/\/[^\s<>"'`]+/i.exec(text)?.[0] ??
    /(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?::\d{1,5})?(?:\/[^\s<>"'`]*)?/i.exec(text)?.[0];
  if (written === undefined) return null;
  const address = written.replace(/[),.;:!?\]]+$/, '');
  return /^https?:/i.test(address) ? address : `https://${address}`;
}

/** A piece of a file name: "find me 100 leads in Miami" → "leads-in-miami". */
export function slugOf(text: string): string {
  const words =
    text
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return (
    words
      .filter((word) => !filler.has(word))
      .slice(0, 6)
      .join('-')
      .slice(0, 50) || 'request'
  );
}

const filler = new Set(
  'a an and can could find for get give i make me my of our please some that the to us want we with write you'.split(' '),
);
