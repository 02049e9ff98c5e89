// What we suggest asking for, wherever something is suggested. A new person's starting credits pay for each of these, and a
// suggestion gets smaller where somebody has less.

import type { AgentType } from '../tasks/agent-type.ts';
import type { Credits } from '../credits/credits.ts';
import { estimate, type Estimate, type Learned } from '../credits/estimate.ts';
import { workIn } from './work-in.ts';

interface Suggestion {
  readonly words: (count: number) => string;
  /** From the one we would rather suggest to the smallest. */
  readonly counts: readonly number[];
}

const suggestions: readonly Suggestion[] = [
  { words: (count) => `Find me ${count} leads: dentists in Austin`, counts: [25, 10, 5, 2] },
  { words: () => 'Write a short article about sourdough bread', counts: [1] },
  { words: () => 'Research three competitors of a small coffee roaster', counts: [1] },
  { words: (count) => `Write ${count} emails that invite customers to a wine tasting`, counts: [20, 10, 4, 2] },
];

export interface SuggestedAsk extends Estimate {
  readonly text: string;
}

/** What these credits pay for; `least` is what the smallest suggestion may cost, for somebody who has less. */
export function suggestedAsks(
  available: Credits,
  learnedOf: (type: AgentType) => Learned | undefined,
): { readonly asks: SuggestedAsk[]; readonly least: Credits } {
  const sizes = suggestions.map(({ words, counts }) => counts.map((count) => priced(words(count), learnedOf)));
  const asks = sizes.flatMap((largestFirst) => largestFirst.find(({ high }) => high <= available) ?? []);
  const least = sizes.flat().reduce((low, { high }) => (high < low ? high : low), sizes[0]![0]!.high);
  return { asks, least };
}

/** The price that the same words get when they are sent. */
export function priced(text: string, learnedOf: (type: AgentType) => Learned | undefined = () => undefined): SuggestedAsk {
  const { type, quantity } = workIn(text);
  return { text, ...estimate(type, quantity?.count ?? null, learnedOf(type)) };
}
