// How we call Stripe: a checkout's parameters, keys, limits and what is missing in an account. The real SDK, and a server on
// loopback that answers as it is told.

import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import type { TeamId } from '#core/domain/ids.ts';
import type { CheckoutWanted } from '#core/ports/payments.ts';
import { checkoutParams } from './checkout-params.ts';
import { API_VERSION } from './client.ts';
import { answering, listOf, SECRET_KEY, session } from './testing/answering.ts';

const at = answering();

const wanted: CheckoutWanted = {
  purchaseId: 'our purchase',
  site: 'https://impacter.example',
  pack: 'starter',
  price: 'starter',
  customerId: null,
  email: 'ada@example.com',
  saveCard: true,
  expiresAt: new Date('2026-12-01T12:00:00.500Z'),
  successUrl: 'http://127.0.0.1/buy/done?checkout={CHECKOUT_SESSION_ID}',
  cancelUrl: 'http://127.0.0.1/buy',
  terms: 'No refunds after use.',
  invoiceFooter: 'Tax id 1',
};

test('we speak the API version that this release of the SDK has its types for', () => {
  expect(API_VERSION).toBe(Stripe.API_VERSION);
});

test('a checkout is opened with our key, our version and everything from the purchase', async () => {
  const stripe = at.connect();
  at.answers['POST /v1/checkout/sessions'] = { body: { ...session, url: `${stripe.origins[0]}/c/pay/cs_test_1` } };
  expect(await stripe.openCheckout(wanted, 'checkout:1')).toEqual({ id: 'cs_test_1', url: `${stripe.origins[0]}/c/pay/cs_test_1` });
  await stripe.openCheckout(wanted, 'checkout:1');
  // The price's id is remembered.
  expect(at.asked.map(({ line }) => line)).toEqual(['GET /v1/prices', 'POST /v1/checkout/sessions', 'POST /v1/checkout/sessions']);
  const [, first, again] = at.asked;
  expect(first!.headers).toMatchObject({
    'idempotency-key': 'checkout:1',
    'stripe-version': API_VERSION,
    authorization: `Bearer ${SECRET_KEY}`,
  });
  expect(again!.body.toString()).toBe(first!.body.toString());
  expect(Object.fromEntries(first!.body)).toEqual({
    mode: 'payment',
    'line_items[0][price]': 'price_1',
    'line_items[0][quantity]': '1',
    client_reference_id: 'our purchase',
    'metadata[purchase]': 'our purchase',
    'metadata[site]': 'https://impacter.example',
    'metadata[pack]': 'starter',
    'payment_intent_data[metadata][purchase]': 'our purchase',
    'payment_intent_data[setup_future_usage]': 'off_session',
    customer_creation: 'always',
    customer_email: 'ada@example.com',
    'invoice_creation[enabled]': 'true',
    'invoice_creation[invoice_data][metadata][purchase]': 'our purchase',
    'invoice_creation[invoice_data][footer]': 'Tax id 1',
    'automatic_tax[enabled]': 'false',
    'tax_id_collection[enabled]': 'false',
    allow_promotion_codes: 'false',
    'custom_text[submit][message]': 'No refunds after use.',
    expires_at: String(Date.parse('2026-12-01T12:00:00Z') / 1000),
    success_url: wanted.successUrl,
    cancel_url: wanted.cancelUrl,
  });
});

test('where Stripe is the seller, taxes, invoices and kept cards are left to it', () => {
  const params = checkoutParams(wanted, 'price_1', { tax: true, promotionCodes: true, managedPayments: true });
  expect(params.managed_payments).toEqual({ enabled: true });
  expect(params).not.toHaveProperty('automatic_tax');
  expect(params).not.toHaveProperty('tax_id_collection');
  expect(params).not.toHaveProperty('invoice_creation');
  expect(params.payment_intent_data).not.toHaveProperty('setup_future_usage');
});

test('a card is kept only when the person said so, and a known customer is used again', () => {
  const params = checkoutParams({ ...wanted, saveCard: false, customerId: 'cus_1' }, 'price_1', {
    tax: true,
    promotionCodes: true,
    managedPayments: false,
  });
  expect(params.payment_intent_data).not.toHaveProperty('setup_future_usage');
  expect(params).toMatchObject({ customer: 'cus_1', customer_update: { name: 'auto', address: 'auto' }, automatic_tax: { enabled: true } });
  expect(params).not.toHaveProperty('customer_creation');
  expect(params).not.toHaveProperty('customer_email');
});

test('what resolves with nothing in it is never taken for success', async () => {
  const nothing = { status: 404, body: { message: 'Not Found' } };
  at.answers = { 'GET /v1/checkout/sessions': nothing, 'POST /v1/customers': nothing, 'POST /v1/checkout/sessions': nothing };
  const stripe = at.connect();
  const unknown = { kind: 'unknown', code: 'answer' };
  await expect(stripe.checkoutOf('pi_1')).rejects.toMatchObject(unknown);
  await expect(
    stripe.makeCustomer({ teamId: 'our team' as TeamId, email: 'ada@example.com', name: '' }, 'customer:1'),
  ).rejects.toMatchObject(unknown);
  await expect(stripe.openCheckout(wanted, 'checkout:1')).rejects.toMatchObject(unknown);
  await expect(stripe.check(['starter'])).rejects.toMatchObject(unknown);
});

test('one too many waits as long as Stripe says, and nobody there is asked again later', async () => {
  at.answers['GET /v1/checkout/sessions/cs_test_1'] = {
    status: 429,
    headers: { 'retry-after': '7' },
    body: { error: { type: 'invalid_request_error', code: 'rate_limit' } },
  };
  await expect(at.connect().checkout('cs_test_1')).rejects.toMatchObject({ kind: 'later', code: 'rate_limit', retryAfterMs: 7_000 });
  await expect(at.connect('http://127.0.0.1:9').checkout('cs_test_1')).rejects.toMatchObject({ kind: 'later', code: 'ECONNREFUSED' });
});

test('only a request that got no answer is repeated, with the same idempotency key', async () => {
  at.answers['POST /v1/customers'] = { status: 500, body: { error: { type: 'api_error' } } };
  const customer = { teamId: 'our team' as TeamId, email: 'ada@example.com', name: '' };
  await expect(at.connect().makeCustomer(customer, 'customer:1')).rejects.toMatchObject({ kind: 'unknown' });
  expect(at.asked).toHaveLength(1);
  at.answers['POST /v1/customers'] = { body: 'cut' };
  await expect(at.connect().makeCustomer(customer, 'customer:2')).rejects.toMatchObject({ kind: 'unknown' });
  expect(at.asked.slice(1).map(({ headers }) => headers['idempotency-key'])).toEqual(['customer:2', 'customer:2']);
});

test('a price that is missing, and a page under a domain that people are not sent to, are named', async () => {
  at.answers['POST /v1/checkout/sessions'] = { body: { ...session, url: 'https://pay.example.com/c/pay/cs_test_1' } };
  await expect(at.connect().openCheckout({ ...wanted, price: 'gone' }, 'checkout:1')).rejects.toMatchObject({
    kind: 'refused',
    code: 'price-missing',
  });
  await expect(at.connect().openCheckout(wanted, 'checkout:1')).rejects.toMatchObject({ kind: 'refused', code: 'checkout-origin' });
});

test('the account tells what is missing before somebody wants to pay', async () => {
  const endpoint = {
    object: 'webhook_endpoint',
    status: 'enabled',
    url: 'https://work.example.com/api/webhooks/stripe',
    api_version: '2024-06-20',
  };
  at.answers['GET /v1/account'] = { body: { object: 'account', id: 'acct_1' } };
  at.answers['GET /v1/webhook_endpoints'] = { body: listOf(endpoint, { ...endpoint, status: 'disabled', url: 'https://old.example.com' }) };
  at.answers['GET /v1/billing_portal/configurations'] = { body: listOf() };
  expect(await at.connect().check(['starter', 'team'])).toEqual({
    account: 'acct_1',
    livemode: false,
    apiVersion: API_VERSION,
    endpoints: [{ url: endpoint.url, apiVersion: '2024-06-20' }],
    missingPrices: ['team'],
    hasPortal: false,
  });
  const error = { type: 'invalid_request_error', code: 'more_permissions_required' };
  at.answers['GET /v1/billing_portal/configurations'] = { status: 403, body: { error } };
  expect(await at.connect().check([])).toMatchObject({ hasPortal: null });
});
