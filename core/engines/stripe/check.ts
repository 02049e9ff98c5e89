// Whether credits could be sold in this account: asked at start, and by the doctor.

import type { PaymentsStanding } from '#core/ports/payments.ts';
import { API_VERSION, type Client } from './client.ts';
import type { Prices } from './prices.ts';
import { expectObject } from './read.ts';

/** An account has at most 16 endpoints. */
const ENDPOINTS_MOST = 100;

export async function checkAccount(
  { client, prices, livemode }: { client: Client; prices: Prices; livemode: boolean },
  wanted: readonly string[],
  signal?: AbortSignal,
): Promise<PaymentsStanding> {
  const [account, endpoints, missingPrices] = await Promise.all([
    client.ask((stripe) => stripe.accounts.retrieveCurrent(), signal),
    client.ask((stripe) => stripe.webhookEndpoints.list({ limit: ENDPOINTS_MOST }), signal),
    prices.missing(wanted, signal),
  ]);
  return {
    account: expectObject(account, 'account').id,
    livemode,
    apiVersion: API_VERSION,
    endpoints: expectObject(endpoints, 'list')
      .data.map((endpoint) => expectObject(endpoint, 'webhook_endpoint'))
      .flatMap(({ url, api_version, status }) => (status === 'enabled' ? [{ url, apiVersion: api_version }] : [])),
    missingPrices,
  };
}
