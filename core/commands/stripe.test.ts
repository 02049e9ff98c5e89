// `npm run stripe -- init`, as people run it, on an account without anything in it.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { Stripe } from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import type { GivenSettings } from '#core/contracts/config-problem.ts';
import { startStripeSandbox } from '#core/sandbox/stripe/server.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';

const PUBLIC_URL = 'https://work.example.com';
const url = `${PUBLIC_URL}/api/webhooks/stripe`;

test('an empty account gets products, prices and the endpoint, and run again nothing changes', async () => {
  const { settings, sdk } = await emptyAccount();
  const first = await init(settings);
  expect(first.code).toBe(0);
  expect(first.said).toContain('created  price impacter_starter_v1_usd\n');
  expect(first.said).toContain(`created  webhook endpoint ${url}\n`);
  expect(first.said).toMatch(/^STRIPE_WEBHOOK_SECRET=whsec_\w+$/m);
  const all = await contents(sdk);
  expect(all.endpoints).toMatchObject([{ url, api_version: Stripe.API_VERSION, status: 'enabled' }]);
  expect(all.prices.map(({ lookup_key: key, unit_amount: amount }) => [key, amount])).toContainEqual(['impacter_starter_v1_usd', 2_500]);

  expect(await init(settings)).toEqual({ code: 0, said: 'Everything is there already.\n' });
  expect(await contents(sdk)).toEqual(all);
});

test('what somebody changed is named and left as it is, and an endpoint of another API version gets a new one beside it', async () => {
  const { settings, sdk } = await emptyAccount();
  const older = await sdk.webhookEndpoints.create({ url, api_version: '2024-06-20', enabled_events: ['*'] });
  const product = await sdk.products.create({ name: 'Ours' });
  await sdk.prices.create({ product: product.id, currency: 'usd', unit_amount: 1, lookup_key: 'impacter_starter_v1_usd' });
  const { code, said } = await init(settings);
  expect(code).toBe(1);
  expect(said).toContain('check    price impacter_starter_v1_usd is 1 usd, not 2500 usd\n');
  expect(said).toContain(`check    webhook endpoint ${older.id} uses API version 2024-06-20: delete it once the new secret is set\n`);
  const { endpoints } = await contents(sdk);
  expect(new Set(endpoints.map((endpoint) => endpoint.api_version))).toEqual(new Set(['2024-06-20', Stripe.API_VERSION]));

  // Somebody takes kinds away, and the old one is deleted.
  await sdk.webhookEndpoints.del(older.id);
  const current = endpoints.find(({ id }) => id !== older.id)!;
  await sdk.webhookEndpoints.update(current.id, { enabled_events: ['checkout.session.completed', 'customer.updated'] });
  expect((await init(settings)).said).toContain('created  kinds of the webhook endpoint: checkout.session.async_payment_succeeded,');
  expect((await sdk.webhookEndpoints.retrieve(current.id)).enabled_events).toEqual(
    expect.arrayContaining(['checkout.session.completed', 'charge.dispute.created', 'customer.updated']),
  );
});

test('without a key, without an address or with a wrong key it says what to set, and not the key', async () => {
  const { settings } = await emptyAccount();
  expect(await init({ PUBLIC_URL })).toEqual({
    code: 2,
    said: 'Set STRIPE_SECRET_KEY to a key of the account. The sandbox needs no setup.\n',
  });
  const { STRIPE_SECRET_KEY, STRIPE_API_URL } = settings;
  expect(await init({ STRIPE_SECRET_KEY, STRIPE_API_URL })).toEqual({
    code: 2,
    said: 'Set PUBLIC_URL to the address where Stripe reaches the product.\n',
  });
  const wrong = await init({ ...settings, STRIPE_SECRET_KEY: 'sk_test_hunter2' });
  expect(wrong.code).toBe(2);
  expect(wrong.said).toMatch(/^Stripe answered \w+ \(401, request \w+\)/);
  expect(wrong.said).not.toContain('hunter2');
});

async function emptyAccount(): Promise<{ settings: GivenSettings; sdk: Stripe }> {
  const folder = await temporaryFolder('stripe-init');
  const [secretKey, webhookSecret] = ['sk_test_of_an_empty_account', 'whsec_of_nobody'];
  const sandbox = await startStripeSandbox({
    dir: folder.path,
    secretKey,
    webhookSecret,
    controlToken: 'control',
    newsUrl: null,
    catalog: [],
    brandName: 'Impacter',
    log: quietLog,
  });
  onTestFinished(async () => {
    await sandbox.stop();
    await folder.remove();
  });
  const { hostname: host, port } = new URL(sandbox.url);
  return {
    settings: { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: sandbox.url, PUBLIC_URL },
    sdk: new Stripe(secretKey, { host, port, protocol: 'http' }),
  };
}

async function contents(sdk: Stripe) {
  const [products, prices, endpoints] = await Promise.all([
    sdk.products.list({ limit: 100 }),
    sdk.prices.list({ limit: 100 }),
    sdk.webhookEndpoints.list({ limit: 100 }),
  ]);
  return { products: products.data, prices: prices.data, endpoints: endpoints.data };
}

function init(settings: GivenSettings): Promise<{ code: number; said: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'stripe.ts'), 'init'],
      { env: { PATH, NODE_COMPILE_CACHE, ...settings } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}
