// Auto top-up: when credits are bought without anybody there. A person turns it on with an explicit yes to all of its numbers,
// and nothing else does: not buying, not saving a card.

import { credits, type Credits } from '../credits/credits.ts';
import { currencies, isPackId, offerOf, PACK_VERSION, type Currency, type Offer } from '../credits/packs.ts';
import { wholeMoney } from './money.ts';

/** What a team agreed to. */
export interface TopUpSettings {
  readonly enabled: boolean;
  /** Below so much that is free, credits are bought. */
  readonly below: Credits;
  /** Words of the pack table; a newer version of the product may know more of them. */
  readonly pack: string;
  /** The price that was agreed to: it holds until somebody agrees to another one. */
  readonly packVersion: number;
  readonly currency: string;
  /** In the currency's smallest unit, for a calendar month in UTC. */
  readonly monthlyCap: bigint;
  readonly dailyMost: number;
  readonly pauseS: number;
}

export interface TopUpWanted {
  readonly below: string;
  readonly pack: string;
  /** Whole units of the currency, such as dollars. */
  readonly monthlyCap: string;
  readonly dailyMost: string;
  readonly pauseMinutes: string;
  /** The prices that the person saw, as `pricesShown` names them; left out where nobody was shown any. */
  readonly prices?: string;
}

/** Why nothing is bought now, in the order in which a person would ask: the words of `topup_standing`. */
export type TopUpStanding =
  | 'off'
  /** The team is frozen, or is being deleted. */
  | 'closed'
  /** A payment of the team is disputed, or a dispute was lost since the team agreed. */
  | 'disputed'
  /** Somebody reported a payment of the team as fraud since it agreed. */
  | 'fraud'
  /** A purchase was refunded since the team agreed. */
  | 'refunded'
  | 'no-card'
  /** The card was declined so often that it is not charged any more. */
  | 'declined'
  | 'in-flight'
  /** The next one would go beyond the month's limit. */
  | 'cap'
  | 'daily'
  | 'pause'
  | 'enough'
  | 'due';

/** So many declines one after the other, and the card is not charged any more. */
export const DECLINES_MOST = 2;
export const DAILY_MOST = 10;
export const pauses = [10, 60, 360, 1_440] as const;

export const usualTopUp = { dailyMost: 3, pauseMinutes: 10 } as const;

/** Below this every task would buy a pack. */
const BELOW_LEAST = credits(1);
/** Whole units of a currency. */
const CAP_MOST = 1_000_000n;

/** null where this version of the product does not know what was agreed to. */
export function offerAgreed({ pack, packVersion, currency }: Pick<TopUpSettings, 'pack' | 'packVersion' | 'currency'>): Offer | null {
  const known = currencies.find((each) => each === currency);
  if (!isPackId(pack) || known === undefined || packVersion < 1 || packVersion > PACK_VERSION) return null;
  return offerOf(pack, known, packVersion);
}

export interface Problem {
  readonly name: string;
  readonly problem: string;
}

/** Names the prices of today in a currency: a form that showed other ones was agreed to for other money. */
export function pricesShown(currency: Currency): string {
  return `${PACK_VERSION} ${currency}`;
}

/** What a form says, read; a list of what is wrong with it otherwise. */
export function readTopUp(
  { below, pack, monthlyCap, dailyMost, pauseMinutes, prices }: TopUpWanted,
  currency: Currency,
  readAmount: (text: string) => Credits | null,
): TopUpSettings | Problem[] {
  const problems: Problem[] = [];
  const wrong = (name: string, problem: string) => problems.push({ name, problem });
  const amount = readAmount(below);
  if (amount === null || amount < BELOW_LEAST) wrong('below', 'Enter an amount of credits, such as 100.');
  if (!isPackId(pack)) wrong('pack', 'Choose a pack.');
  else if ((prices ?? pricesShown(currency)) !== pricesShown(currency)) wrong('pack', 'Prices have changed. Reload the page to see them.');
  const units = /^\d{1,7}$/.test(monthlyCap.trim()) ? BigInt(monthlyCap.trim()) : null;
  const cap = units === null || units === 0n || units > CAP_MOST ? null : wholeMoney(units, currency);
  if (cap === null) wrong('monthlyCap', `Enter a whole amount from 1 to ${CAP_MOST.toLocaleString('en-US')}.`);
  else if (isPackId(pack) && cap < offerOf(pack, currency).amount) wrong('monthlyCap', 'This is less than one pack costs.');
  const daily = Number(dailyMost);
  if (!Number.isInteger(daily) || daily < 1 || daily > DAILY_MOST) wrong('dailyMost', `Choose a number from 1 to ${DAILY_MOST}.`);
  const pause = pauses.find((minutes) => String(minutes) === pauseMinutes);
  if (pause === undefined) wrong('pauseMinutes', 'Choose a time.');
  if (problems.length > 0) return problems;
  return {
    enabled: true,
    below: amount!,
    pack,
    packVersion: PACK_VERSION,
    currency,
    monthlyCap: cap!,
    dailyMost: daily,
    pauseS: pause! * 60,
  };
}
