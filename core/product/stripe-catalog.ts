// What is sold at Stripe, in an account as in the sandbox: our packs, under the names that we look prices up by.

import type { CatalogProduct } from '#core/sandbox/stripe/catalog.ts';
import { asNumber, showCredits } from '#core/domain/credits/credits.ts';
import { allOffers, packOf, type Offer } from '#core/domain/credits/packs.ts';

export function stripeCatalog(): CatalogProduct[] {
  const byProduct = Map.groupBy(allOffers(), ({ pack, version }) => `prod_${pack}${version}`);
  return [...byProduct].map(([id, offers]) => ({
    id,
    name: nameOf(offers[0]!),
    description: 'Credits for work by agents',
    prices: offers.map(({ price, currency, amount }) => ({ lookupKey: price, currency, unitAmount: Number(amount) })),
  }));
}

function nameOf({ pack, version }: Offer): string {
  const { credits, bonus } = packOf(pack, version);
  const name = `${pack[0]!.toUpperCase()}${pack.slice(1)} pack, ${showCredits(credits)} credits`;
  return asNumber(bonus) === 0 ? name : `${name} + ${showCredits(bonus)} bonus`;
}
