// What a team used its credits for, day by day, as its owners look at it.

import type { Amount } from './credits.ts';

export const usageBy = ['type', 'person', 'channel', 'platform'] as const;
export type UsageBy = (typeof usageBy)[number];

export const usageDays = [7, 30, 90] as const;
export type UsageDays = (typeof usageDays)[number];

export interface UsageView {
  readonly days: UsageDays;
  readonly by: UsageBy;
  readonly timeZone: string;
  /** First and last day, the last being today. */
  readonly from: string;
  readonly to: string;
  /** The largest first; what is small is together in `other`, and what has no such mark comes last. */
  readonly groups: readonly UsageGroup[];
  readonly perDay: readonly UsageDay[];
  readonly totals: UsageTotals;
  /** As many days before. */
  readonly previous: UsageTotals;
}

export interface UsageGroup {
  readonly kind: 'group' | 'none' | 'other';
  /** The type, platform, channel, user or identity; null where `kind` says that there is none. */
  readonly key: string | null;
  /** What the key of a person is an id of; null for everything else. */
  readonly whoKind: 'user' | 'identity' | null;
  /** Of a person; of a channel, the platform it is on. */
  readonly name: string | null;
  readonly credits: Amount;
  readonly tasks: number;
  readonly previous: Amount;
}

export interface UsageDay {
  /** 2026-11-25 */
  readonly day: string;
  readonly credits: Amount;
  readonly tasks: number;
  /** In the order of the groups. */
  readonly byGroup: readonly Amount[];
}

export interface UsageTotals {
  readonly credits: Amount;
  /** Tasks that were charged. */
  readonly tasks: number;
  /** Tasks that cost nothing, since they failed or were stopped in time. */
  readonly freeTasks: number;
  /** What of it was for tasks that somebody asked for again. */
  readonly retried: { readonly tasks: number; readonly credits: Amount };
}
