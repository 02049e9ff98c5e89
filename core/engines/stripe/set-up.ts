// Makes in an account of Stripe what we need there: products, prices under our lookup keys, and the webhook endpoint. It only
// ever adds: what is there already is left as it is, and named where it differs, because somebody may have chosen it.

import type { Stripe } from 'stripe';
import { API_VERSION, type Client } from './client.ts';
import { expectObject } from './read.ts';

export interface AccountWanted {
  readonly products: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly prices: readonly { readonly lookupKey: string; readonly currency: string; readonly unitAmount: number }[];
  }[];
  readonly endpoint: { readonly url: string; readonly kinds: readonly string[] };
}

export interface AccountSetUp {
  /** What was made, in words. */
  readonly made: readonly string[];
  /** What is there and is not as it is wanted: somebody has to look at it. */
  readonly differs: readonly string[];
  /** Of an endpoint that was made now: Stripe shows it only then. */
  readonly webhookSecret: string | null;
}

export async function setUpAccount(client: Client, { products, endpoint }: AccountWanted): Promise<AccountSetUp> {
  const made: string[] = [];
  const differs: string[] = [];
  for (const { prices, ...product } of products) {
    const known = await client.find((stripe) => stripe.products.retrieve(product.id));
    if (known === null) {
      expectObject(await client.ask((stripe) => stripe.products.create(product)), 'product');
      made.push(`product ${product.id}`);
    } else if (!expectObject(known, 'product').active) differs.push(`product ${product.id} is archived`);
    for (const { lookupKey, currency, unitAmount } of prices) {
      const list = expectObject(await client.ask((stripe) => stripe.prices.list({ lookup_keys: [lookupKey], limit: 1 })), 'list');
      const price = list.data[0];
      if (price === undefined) {
        const wanted = { product: product.id, currency, unit_amount: unitAmount, lookup_key: lookupKey };
        expectObject(await client.ask((stripe) => stripe.prices.create(wanted)), 'price');
        made.push(`price ${lookupKey}`);
      } else if (!price.active) differs.push(`price ${lookupKey} is archived`);
      else if (price.currency !== currency || price.unit_amount !== unitAmount || price.recurring !== null)
        differs.push(`price ${lookupKey} is ${price.unit_amount} ${price.currency}, not ${unitAmount} ${currency}`);
    }
  }
  return { made, differs, webhookSecret: await setUpEndpoint(client, endpoint, made, differs) };
}

/** An endpoint keeps the API version that it was made with, so one of another version gets a new one beside it. */
async function setUpEndpoint(
  client: Client,
  { url, kinds }: AccountWanted['endpoint'],
  made: string[],
  differs: string[],
): Promise<string | null> {
  const { data } = expectObject(await client.ask((stripe) => stripe.webhookEndpoints.list({ limit: 100 })), 'list');
  const ours = data.filter((each) => each.url === url && each.status === 'enabled');
  for (const { id, api_version: version } of ours)
    if (version !== API_VERSION)
      differs.push(`webhook endpoint ${id} uses API version ${version ?? 'of the account'}: delete it once the new secret is set`);
  const current = ours.find((each) => each.api_version === API_VERSION);
  if (current === undefined) {
    const wanted = {
      url,
      enabled_events: [...kinds] as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
      api_version: API_VERSION,
    } as const;
    const endpoint = expectObject(await client.ask((stripe) => stripe.webhookEndpoints.create(wanted)), 'webhook_endpoint');
    made.push(`webhook endpoint ${url}`);
    return endpoint.secret ?? null;
  }
  const told = new Set(current.enabled_events);
  const missing = told.has('*') ? [] : kinds.filter((kind) => !told.has(kind));
  if (missing.length > 0) {
    const enabled_events = [...told, ...missing] as Stripe.WebhookEndpointUpdateParams.EnabledEvent[];
    expectObject(await client.ask((stripe) => stripe.webhookEndpoints.update(current.id, { enabled_events })), 'webhook_endpoint');
    made.push(`kinds of the webhook endpoint: ${missing.join(', ')}`);
  }
  return null;
}
