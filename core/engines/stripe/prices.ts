// Prices by their lookup keys, which are ours. Ids differ from account to account, and are remembered for a while.

import type { Stripe } from 'stripe';
import type { Clock } from '#core/ports/clock.ts';
import { PaymentsError } from '#core/ports/payments.ts';
import type { Client } from './client.ts';
import { expectObject } from './read.ts';

const REMEMBERED_MS = 10 * 60_000;
/** Stripe takes no more keys at once. */
const KEYS_AT_ONCE = 10;

export interface Prices {
  /** Ends `refused` with `price-missing` where there is none that can be sold at. */
  idOf(key: string): Promise<string>;
  missing(keys: readonly string[], signal?: AbortSignal): Promise<string[]>;
}

export function pricesAt(client: Client, clock: Clock): Prices {
  const remembered = new Map<string, { id: string; untilMs: number }>();

  async function list(keys: readonly string[], signal?: AbortSignal): Promise<Stripe.Price[]> {
    const params = { lookup_keys: [...keys], active: true, limit: KEYS_AT_ONCE };
    const { data } = expectObject(await client.ask((stripe) => stripe.prices.list(params), signal), 'list');
    return data.map((price) => expectObject(price, 'price'));
  }

  return {
    async idOf(key) {
      const atMs = clock.now().getTime();
      const known = remembered.get(key);
      if (known !== undefined && known.untilMs > atMs) return known.id;
      const price = (await list([key])).find(({ lookup_key }) => lookup_key === key);
      if (price === undefined) throw new PaymentsError('refused', 'price-missing', `Stripe has no active price with the lookup key ${key}`);
      remembered.set(key, { id: price.id, untilMs: atMs + REMEMBERED_MS });
      return price.id;
    },

    async missing(keys, signal) {
      const found = new Set<string | null>();
      for (let i = 0; i < keys.length; i += KEYS_AT_ONCE)
        for (const { lookup_key } of await list(keys.slice(i, i + KEYS_AT_ONCE), signal)) found.add(lookup_key);
      return keys.filter((key) => !found.has(key));
    },
  };
}
