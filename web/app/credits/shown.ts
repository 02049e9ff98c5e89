// Credits on their way from the core to a page: plain numbers, and names for what has none.

import { asNumber, micro, type Amount } from '#core/domain/credits/credits.ts';
import type { Who } from '#core/domain/credits/transaction.ts';
import type { UsageBy, UsageGroup } from '#core/domain/credits/usage.ts';
import { platformName } from '#core/domain/messages/platforms.ts';
import { kinds } from '../texts/front.ts';
import { groupWords } from '../texts/credits.ts';

export function shown(amount: Amount): number {
  return asNumber(micro(amount));
}

export function nameOfGroup({ kind, key, name }: UsageGroup, by: UsageBy): string {
  if (kind === 'other') return groupWords.other;
  if (kind === 'none' || key === null) return groupWords.none[by];
  switch (by) {
    case 'type':
      return kinds[key] ?? key;
    case 'platform':
      return platformOf(key);
    case 'channel':
      return name === null ? key : `${key} in ${platformOf(name)}`;
    case 'person':
      return name === null || name === '' ? groupWords.nameless : name;
  }
}

export function nameOfWho({ kind, name }: Who): string {
  return kind === 'operator' ? groupWords.operator : name === '' ? groupWords.nameless : name;
}

export function platformOf(platform: string): string {
  return platformName(platform);
}

/** One of a few, from an address that anybody may have written. */
export function chosen<T extends string | number>(given: string | null, options: readonly T[], otherwise: T): T {
  return options.find((option) => String(option) === given) ?? otherwise;
}
