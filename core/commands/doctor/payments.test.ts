import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import type { GivenSettings } from '#core/contracts/config-problem.ts';
import { readConfig } from '#core/contracts/env.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { because, type Patient } from './finding.ts';
import { payments } from './payments.ts';

const stripe = forAll(() => openBillingStage());
const endpoint = { url: 'https://work.example.com/api/webhooks/stripe', enabled_events: ['*' as const] };

test('an account of Stripe is looked at: where its notifications go, their API version, and its prices', async () => {
  const { url, settings } = stripe();
  const { hostname: host, port } = new URL(url);
  const sdk = new Stripe(settings.STRIPE_SECRET_KEY!, { host, port, protocol: 'http' });
  expect(await look()).toEqual([expect.stringMatching(/^warning no webhook endpoint points to \/api\/webhooks\/stripe, so/)]);
  await sdk.webhookEndpoints.create({ ...endpoint, api_version: Stripe.API_VERSION });
  expect(await look()).toEqual([expect.stringMatching(/^ok Stripe answers for acct_\w+, in test mode, with all prices$/)]);

  const older = await sdk.webhookEndpoints.create({ ...endpoint, api_version: '2024-06-20' });
  const { data } = await sdk.prices.list({ lookup_keys: ['impacter_team_v1_usd'] });
  await sdk.prices.update(data[0]!.id, { active: false });
  expect(await look()).toEqual([
    expect.stringContaining(`failing the webhook endpoint ${endpoint.url} uses API version 2024-06-20, not ${Stripe.API_VERSION}`),
    expect.stringContaining('failing these prices are missing: impacter_team_v1_usd'),
  ]);
  // One that is switched off tells nobody anything.
  await sdk.webhookEndpoints.update(older.id, { disabled: true });
  expect(await look()).toHaveLength(1);
});

test('a wrong key and a Stripe that is away are told without the key, and where nothing is sold nothing is asked', async () => {
  expect(await look({ STRIPE_SECRET_KEY: 'sk_test_ofSomebodyElse' })).toEqual([
    expect.stringMatching(/^failing Stripe answered [^:]*\(401, request \w+\)$/),
  ]);
  expect(await look({ STRIPE_API_URL: 'http://127.0.0.1:9' })).toEqual(['failing Stripe could not be reached (ECONNREFUSED)']);
  expect(await look({ STRIPE_SECRET_KEY: 'off' })).toEqual(['ok off: nothing is sold']);
});

/** As doctor.ts does it. */
async function look(more: GivenSettings = {}): Promise<string[]> {
  const config = readConfig({ ...stripe().settings, ...more });
  try {
    return [await payments({ config } as Patient)].flat().map(({ state, words }) => `${state} ${words}`);
  } catch (error) {
    return [`failing ${because(error)}`];
  }
}
