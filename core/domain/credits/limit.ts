// Limits: who may spend what, and in which time. The ledger keeps them; here is how they look.

import type { Amount } from './credits.ts';

/** `workspace`: from all channels of a chat workspace. `workspace-person`: from there too, each person apart. */
export const limitKinds = ['team', 'member', 'channel', 'workspace', 'workspace-person'] as const;
export type LimitKind = (typeof limitKinds)[number];

export const limitPeriods = ['day', 'week', 'month', 'total'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

export interface LimitView {
  readonly id: string;
  readonly kind: LimitKind;
  /** The user, identity, channel or workspace (`slack:T1`); empty for the team. */
  readonly subject: string;
  /** Of the person, channel or workspace; null where we do not know it. */
  readonly name: string | null;
  /** The platform of a channel or workspace; null for others, and where we never heard from it. */
  readonly platform: string | null;
  /** What may be spent in a period. */
  readonly credits: Amount;
  readonly period: LimitPeriod;
  /** Where the period begins and ends. */
  readonly timeZone: string;
  /** The present period; null where there is no end to it. */
  readonly resetsAt: string | null;
  /** Since when use counts: the beginning of the period, or when the limit was set if that was later. */
  readonly countsSince: string;
  /** `used`, `held` and `left` of `workspace-person` are those of the person who has the least left. */
  readonly used: Amount;
  readonly held: Amount;
  /** Never below nothing, also where the limit was lowered below its use. */
  readonly left: Amount;
}

/** Somebody or somewhere that a limit can be set for. */
export interface LimitSubject {
  readonly kind: 'member' | 'channel' | 'workspace';
  readonly id: string;
  readonly name: string;
  /** `user` or `identity`; for a channel or workspace the platform. */
  readonly of: string;
}
