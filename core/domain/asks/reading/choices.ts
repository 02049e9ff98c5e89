// What a message may mean where that is not certain.

import { rateOf } from '../../credits/rates.ts';
import type { AgentType } from '../../tasks/agent-type.ts';
import type { Part } from './parts.ts';
import type { Counted } from './quantity.ts';
import type { Choice, CountRead } from './reading.ts';

/** What the words may mean, without any certainty. */
export function hintsOf(parts: readonly Part[]): Choice[] {
  const nouns = parts.flatMap(({ tokens }) => tokens.flatMap(({ entry }) => entry?.noun?.type ?? []));
  const verbs = parts.flatMap(({ tokens }) =>
    tokens.flatMap(({ entry }) =>
      entry?.verb === 'seek' ? (['research', 'lead-generation'] as const) : entry?.verb === 'write' ? (['content-creation'] as const) : [],
    ),
  );
  const numbers = parts.flatMap(({ tokens }) =>
    tokens.flatMap(({ kind, isExplained, value }) => (kind === 'number' && !isExplained && value! > 0 ? value! : [])),
  );
  return [...nouns, ...verbs].map((type) => choiceOf(type, numbers.length === 1 ? { value: numbers[0]!, how: 'stated' } : usualOf(type)));
}

export function countChoices(type: AgentType, { count, doubts }: Counted): Choice[] {
  const values = [count!, ...doubts.filter((value) => value > 0).map((value): CountRead => ({ value, how: 'stated' }))];
  return values.map((value) => choiceOf(type, value));
}

export function choiceOf(type: AgentType, count: CountRead | null): Choice {
  return { type, count: rateOf(type).unit === null ? null : (count ?? usualOf(type)) };
}

export function usualOf(type: AgentType): CountRead | null {
  const rate = rateOf(type);
  return rate.unit === null ? null : { value: rate.usualQuantity, how: 'usual' };
}

/** At most three different ones. */
export function shownOf(choices: readonly Choice[], before: AgentType | undefined): Choice[] {
  const apart = choices.filter(
    ({ type, count }, at) => choices.findIndex((other) => other.type === type && other.count?.value === count?.value) === at,
  );
  const shown =
    apart.length > 0
      ? apart
      : [...(before ? [before] : []), ...usualTypes.filter((type) => type !== before)].map((type) => choiceOf(type, null));
  return shown.slice(0, CHOICES_MOST);
}

const CHOICES_MOST = 3;
const usualTypes = ['general', 'research', 'lead-generation'] as const;
