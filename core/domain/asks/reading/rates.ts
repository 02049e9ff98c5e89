// Amounts over a time: "3 posts a week for 4 weeks" is 12, "post twice a day for two weeks" 28.

import type { Token } from './tokens.ts';

const days: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, quarter: 91, weekday: 1.4, fortnight: 14 };
const adverbs: Readonly<Record<string, number>> = { daily: 1, weekly: 7, monthly: 30 };
const times: Readonly<Record<string, number>> = { once: 1, twice: 2, thrice: 3 };

/** null where nothing is repeated; `open` where no end is said. */
export function rateIn(tokens: readonly Token[], isUnit: (token: Token) => boolean): number | 'open' | null {
  const found = every(tokens);
  if (!found) return null;
  const total = lasting(tokens);
  if (total === undefined) return 'open';
  const amount = amountOf(tokens, found.at, isUnit);
  if (amount === undefined) return 'open';
  return Math.round(amount * Math.max(1, Math.floor(total / found.days + 1e-9)));
}

function every(tokens: readonly Token[]): { at: number; days: number } | undefined {
  for (let at = 0; at < tokens.length; at++) {
    const { text } = tokens[at]!;
    // What follows tells about those who are looked for; and a price may be by the month.
    if (/^(?:who|that|which|whose)$/.test(text)) return undefined;
    if (tokens[at - 1]?.isExplained) continue;
    if (adverbs[text] !== undefined) return { at, days: adverbs[text] };
    const next = days[single(tokens[at + 1]?.text ?? '')];
    if (
      next !== undefined &&
      ['a', 'per', 'each', 'every', '/', 'an'].includes(text) &&
      tokens[at - 1]?.text !== 'for' &&
      tokens[at - 1]?.text !== 'over'
    )
      return { at, days: next };
    if (/^(?:a|per) (?:day|week|month)$/.test(text)) return { at, days: days[text.split(' ')[1]!]! };
  }
  return undefined;
}

function lasting(tokens: readonly Token[]): number | undefined {
  for (let at = 0; at < tokens.length; at++) {
    if (!/^(?:for|over|during|across|in)$/.test(tokens[at]!.text)) continue;
    const behind = tokens.slice(at + 1, at + 4).filter(({ text }) => text !== 'the' && text !== 'next');
    const [count, period] = behind;
    const phrase = /^(?:a|per) (day|week|month)$/.exec(count?.text ?? '')?.[1];
    if (phrase !== undefined) return days[phrase];
    const length = days[single(period?.text ?? '')] ?? (single(period?.text ?? '') === 'year' ? 365 : undefined);
    const amount = count?.kind === 'number' ? count.value! : count?.text === 'a' || count?.text === 'one' ? 1 : undefined;
    if (length !== undefined && amount !== undefined) return length * amount;
    const plain = days[single(count?.text ?? '')];
    if (plain !== undefined && !count!.text.endsWith('s')) return plain;
  }
  return undefined;
}

function single(word: string): string {
  return word.replace(/s$/, '');
}

/** How many each time. */
function amountOf(tokens: readonly Token[], at: number, isUnit: (token: Token) => boolean): number | undefined {
  const front = tokens.slice(0, at);
  const repeated = times[tokens[at - 1]?.text ?? ''] ?? (tokens[at - 1]?.text === 'times' ? tokens[at - 2]?.value : undefined);
  const numbers = front.filter(({ kind, isExplained }) => kind === 'number' && !isExplained);
  if (repeated !== undefined) return numbers.length > (tokens[at - 1]?.text === 'times' ? 1 : 0) ? undefined : repeated;
  if (numbers.length > 1) return undefined;
  const [number] = numbers;
  if (number === undefined) return 1;
  const place = front.indexOf(number);
  return front.slice(place + 1, place + 4).some(isUnit) ? number.value : undefined;
}
