// The packs of credits that are for sale: the one table. What a purchase brings is read here by pack and version, never from
// an amount or from what a payment carries along. A version that was sold is never edited: a new price or bonus is a new
// version, and each price has its own lookup key at Stripe, so an old checkout still finds what it was opened for.

import { credits, sum, type Credits } from './credits.ts';

export const packIds = ['starter', 'team', 'scale'] as const;
export type PackId = (typeof packIds)[number];

/** Currencies that every pack has a price in, as Stripe writes them. */
export const currencies = ['usd', 'eur', 'jpy'] as const;
export type Currency = (typeof currencies)[number];

export interface Pack {
  readonly id: PackId;
  readonly version: number;
  readonly credits: Credits;
  /** On top of them, for nothing. */
  readonly bonus: Credits;
  /** In the smallest unit of each currency: cents, and yen, which have none. */
  readonly prices: Readonly<Record<Currency, bigint>>;
}

/** A pack in one currency: what somebody buys. */
export interface Offer {
  readonly pack: PackId;
  readonly version: number;
  readonly currency: Currency;
  /** In the currency's smallest unit. */
  readonly amount: bigint;
  /** The bonus included. */
  readonly credits: Credits;
  /** What the price is called at Stripe. */
  readonly price: string;
}

type Sold = Omit<Pack, 'id' | 'version'>;

const versions: Readonly<Record<number, Readonly<Record<PackId, Sold>>>> = {
  1: {
    starter: { credits: credits(500), bonus: credits(0), prices: { usd: 2_500n, eur: 2_300n, jpy: 3_800n } },
    team: { credits: credits(2_500), bonus: credits(125), prices: { usd: 11_000n, eur: 10_200n, jpy: 16_800n } },
    scale: { credits: credits(10_000), bonus: credits(1_000), prices: { usd: 40_000n, eur: 37_000n, jpy: 61_000n } },
  },
};

/** The version that is for sale. */
export const PACK_VERSION = 1;

export function isPackId(text: string): text is PackId {
  return (packIds as readonly string[]).includes(text);
}

/** The wanted one where it is among those, else the first. */
export function currencyIn([usual, ...others]: readonly [Currency, ...Currency[]], wanted?: string | null): Currency {
  return others.find((each) => each === wanted) ?? usual;
}

/** Throws where there is no such version. */
export function packOf(id: PackId, version: number = PACK_VERSION): Pack {
  const packs = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (!packs) throw new RangeError(`there is no pack version ${version}`);
  return { id, version, ...packs[id] };
}

/** Everything that is for sale in a currency, the smallest pack first. */
export function offersIn(currency: Currency): Offer[] {
  return packIds.map((id) => offerOf(id, currency));
}

export function offerOf(id: PackId, currency: Currency, version: number = PACK_VERSION): Offer {
  const pack = packOf(id, version);
  return {
    pack: id,
    version,
    currency,
    amount: pack.prices[currency],
    credits: sum(pack.credits, pack.bonus),
    price: priceKey(id, version, currency),
  };
}

/** The lookup key of a price at Stripe. It names the version, so no key is ever moved from one price to another. */
export function priceKey(id: PackId, version: number, currency: Currency): string {
  return `impacter_${id}_v${version}_${currency}`;
}

/** Whether it is the name of a price of this product, in this version or any other. */
export function isPriceKey(lookupKey: string): boolean {
  return lookupKey.startsWith('impacter_');
}

const keys: ReadonlyMap<string, Offer> = new Map(
  Object.keys(versions).flatMap((version) =>
    packIds.flatMap((id) => currencies.map((currency) => offerOf(id, currency, Number(version)))).map((offer) => [offer.price, offer]),
  ),
);

/** What a price at Stripe sells; null where it is none of ours. */
export function packBehind(lookupKey: string | null): Offer | null {
  return lookupKey === null ? null : (keys.get(lookupKey) ?? null);
}

/** Every price of every version, for the account at Stripe. */
export function allOffers(): Offer[] {
  return [...keys.values()];
}
