// Products and prices that are there from the start, as somebody would have made them in their account.

import type { Stripe } from 'stripe';
import type { Catalog } from './catalog.ts';
import { newObjectId } from './ids.ts';
import type { World } from './world.ts';

/** Makes what is missing. What is there stays as it is, whoever made or changed it. */
export function stock(world: World, catalog: Catalog): void {
  const { store } = world;
  const known = new Set(store.all('price').map(({ lookup_key }) => lookup_key));
  for (const { id, name, description, prices } of catalog) {
    if (store.get('product', id) === null) store.put('product', newProduct(world, { id, name, description }));
    for (const { lookupKey, currency, unitAmount } of prices)
      if (!known.has(lookupKey)) store.put('price', newPrice(world, { product: id, currency, unitAmount, lookupKey }));
  }
}

export function newProduct(
  world: World,
  { id = newObjectId('prod_', 14), name, description = null }: { id?: string; name: string; description?: string | null },
): Stripe.Product {
  return {
    id,
    object: 'product',
    active: true,
    created: world.now(),
    default_price: null,
    description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: world.now(),
    url: null,
  };
}

interface PriceWanted {
  readonly product: string;
  readonly currency: string;
  readonly unitAmount: number;
  readonly lookupKey: string | null;
}

export function newPrice(world: World, { product, currency, unitAmount, lookupKey }: PriceWanted): Stripe.Price {
  return {
    id: newObjectId('price_1'),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: world.now(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: lookupKey,
    metadata: {},
    nickname: null,
    product,
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unitAmount,
    unit_amount_decimal: written(unitAmount),
  };
}

/** The SDK reads such a number from text. */
export function written(amount: number): Stripe.Price['unit_amount_decimal'] {
  return String(amount) as unknown as Stripe.Price['unit_amount_decimal'];
}
