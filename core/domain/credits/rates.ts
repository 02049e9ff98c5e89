// What work costs: the one table. A task keeps the version it was accepted under and is settled by that version, so a
// new price is a new version beside the old ones, never an edit.

import type { AgentType } from '../tasks/agent-type.ts';
import { credits, type Credits } from './credits.ts';

export type Rate = CountedRate | UsedRate;

/** Charged by what was delivered. */
export interface CountedRate {
  readonly unit: { readonly singular: string; readonly plural: string };
  readonly perUnit: Credits;
  /** How many are meant when the request names no number. */
  readonly usualQuantity: number;
  readonly mostQuantity: number;
  /** In percent: how much of what is asked for is usually found. */
  readonly usuallyFound: number;
  /** A finished task with at least one unit costs at least this. */
  readonly minimum: Credits;
}

/** Charged by what the agent used. */
export interface UsedRate {
  readonly unit: null;
  readonly perInputToken: Credits;
  readonly perOutputToken: Credits;
  readonly perToolCall: Credits;
  readonly perSecond: Credits;
  readonly minimum: Credits;
  readonly typical: Credits;
  readonly maximum: Credits;
}

const used = {
  unit: null,
  perInputToken: credits(0.0001),
  perOutputToken: credits(0.0005),
  perToolCall: credits(0.2),
  perSecond: credits(0.008),
} as const;

const versions: Readonly<Record<number, Record<AgentType, Rate>>> = {
  1: {
    'lead-generation': {
      unit: { singular: 'lead', plural: 'leads' },
      perUnit: credits(1),
      usualQuantity: 25,
      mostQuantity: 10_000,
      usuallyFound: 80,
      minimum: credits(1),
    },
    'email-campaign': {
      unit: { singular: 'email', plural: 'emails' },
      perUnit: credits(0.5),
      usualQuantity: 20,
      mostQuantity: 10_000,
      usuallyFound: 100,
      minimum: credits(0.5),
    },
    'web-scraping': {
      unit: { singular: 'row', plural: 'rows' },
      perUnit: credits(0.1),
      usualQuantity: 100,
      mostQuantity: 100_000,
      usuallyFound: 50,
      minimum: credits(1),
    },
    'social-media': {
      unit: { singular: 'post', plural: 'posts' },
      perUnit: credits(2),
      usualQuantity: 5,
      mostQuantity: 500,
      usuallyFound: 100,
      minimum: credits(2),
    },
    'content-creation': { ...used, minimum: credits(2), typical: credits(8), maximum: credits(25) },
    research: { ...used, minimum: credits(3), typical: credits(15), maximum: credits(40) },
    general: { ...used, minimum: credits(1), typical: credits(4), maximum: credits(15) },
  },
};

/** The version that new tasks are accepted under. */
export const RATE_VERSION = 1;

/** What a task of no particular kind costs: the measure for "low" where a team has no history of its own. */
export const TYPICAL_TASK = credits(10);

export function rateOf(type: AgentType, version: number = RATE_VERSION): Rate {
  const rates = versions[version];
  if (!rates) throw new RangeError(`there is no rate version ${version}`);
  return rates[type];
}

/** "1 lead", "1,500 rows"; the number alone where the type has no unit. */
export function sayUnits(type: AgentType, count: number): string {
  const { unit } = rateOf(type);
  const number = count.toLocaleString('en-US');
  return unit === null ? number : `${number} ${count === 1 ? unit.singular : unit.plural}`;
}
