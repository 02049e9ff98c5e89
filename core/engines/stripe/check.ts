// Whether credits could be sold in this account: asked at start, and by the doctor.

import { PaymentsError, type PaymentsStanding } from '#core/ports/payments.ts';
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
  const [account, endpoints, missingPrices, hasPortal] = await Promise.all([
    client.ask((stripe) => stripe.accounts.retrieveCurrent(), signal),
    client.ask((stripe) => stripe.webhookEndpoints.list({ limit: ENDPOINTS_MOST }), signal),
    prices.missing(wanted, signal),
    hasCustomerPortal(client, signal),
  ]);
  return {
    account: expectObject(account, 'account').id,
    livemode,
    apiVersion: API_VERSION,
    endpoints: expectObject(endpoints, 'list')
      .data.map((endpoint) => expectObject(endpoint, 'webhook_endpoint'))
      .flatMap(({ url, api_version, status }) => (status === 'enabled' ? [{ url, apiVersion: api_version }] : [])),
    missingPrices,
    hasPortal,
  };
}

/** Somebody saved its settings in the dashboard. */
async function hasCustomerPortal(client: Client, signal?: AbortSignal): Promise<boolean | null> {
  try {
    const list = await client.ask(
      (stripe) => stripe.billingPortal.configurations.list({ is_default: true, active: true, limit: 1 }),
      signal,
    );
    return expectObject(list, 'list').data.length > 0;
  } catch (error) {
    // A restricted key may sell without it.
    if (error instanceof PaymentsError && (error.kind === 'refused' || error.ofKey)) return null;
    throw error;
  }
}
