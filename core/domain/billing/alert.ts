// Which alerts about low credits a balance calls for: at shares of the last purchase, and when the credits end soon.

import type { Credits } from '../credits/credits.ts';

/** Percent of the last purchase. */
export const alertLevels = [50, 20, 5] as const;
export type AlertLevel = (typeof alertLevels)[number];
/** Days that the credits last at the current pace. */
const DAYS_LEAST = 3;

export type AlertKind = `${AlertLevel}` | 'days';
export const alertKinds: readonly AlertKind[] = ['50', '20', '5', 'days'];

/** `daysLeft` is null where nothing is known of the pace. */
export function alertsAt(free: Credits, lastPurchase: Credits, daysLeft: number | null): AlertKind[] {
  const levels = alertLevels.filter((level) => free * 100n <= lastPurchase * BigInt(level));
  return [...levels.map((level) => `${level}` as const), ...(daysLeft !== null && daysLeft < DAYS_LEAST ? (['days'] as const) : [])];
}

/** What one email says of those that are new: the lowest level, and how long the credits last. */
export function toldOf(raised: readonly AlertKind[], daysLeft: number | null): { level: AlertLevel | null; days: number | null } {
  return {
    level: alertLevels.findLast((level) => raised.includes(`${level}`)) ?? null,
    days: raised.includes('days') ? daysLeft : null,
  };
}
