// What we send to Stripe and what we make of its answers: the real SDK, and a server on loopback that answers as it is told.

import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TeamId } from '#core/domain/ids.ts';
import type { CheckoutWanted, Payments } from '#core/ports/payments.ts';
import { systemClock } from '#core/engines/clock.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { checkoutParams } from './checkout-params.ts';
import { API_VERSION } from './client.ts';
import { createStripe } from './stripe.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** `cut` ends the connection instead. */
  readonly body: object | 'cut';
}
interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: URLSearchParams;
}

const secretKey = 'sk_test_thatMustNotBeTold';
let answers: Record<string, Answer> = {};
let asked: Asked[] = [];
const server = createServer();
const payments: Payments[] = [];

beforeAll(async () => {
  server.on('request', async (request, response) => {
    const line = `${request.method} ${request.url!.split('?')[0]}`;
    const query = request.url!.split('?')[1] ?? '';
    asked.push({ line, headers: request.headers, body: new URLSearchParams((await text(request)) || query) });
    const { status = 200, headers = {}, body } = answers[line] ?? { status: 404, body: { message: 'Not Found' } };
    if (body === 'cut') request.socket.destroy();
    else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

beforeEach(() => {
  answers = { 'GET /v1/prices': { body: listOf({ object: 'price', id: 'price_1', lookup_key: 'starter' }) } };
  asked = [];
});

afterAll(() => {
  for (const each of payments) each.close();
  server.closeAllConnections();
  server.close();
});

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

const session = {
  id: 'cs_test_1',
  object: 'checkout.session',
  livemode: false,
  mode: 'payment',
  status: 'complete',
  payment_status: 'paid',
  payment_intent: { id: 'pi_1', object: 'payment_intent', status: 'succeeded' },
  customer: 'cus_1',
  customer_details: { email: 'Ada@Example.com', name: 'Ada' },
  currency: 'usd',
  amount_total: 2500,
  metadata: { purchase: 'our purchase', pack: 'starter' },
  client_reference_id: 'what a payer set',
  line_items: {
    object: 'list',
    has_more: false,
    data: [
      {
        object: 'item',
        quantity: 1,
        currency: 'usd',
        price: {
          object: 'price',
          id: 'price_1',
          lookup_key: 'starter',
          unit_amount: 2500,
          currency: 'usd',
          recurring: null,
          type: 'one_time',
        },
      },
    ],
  },
};

test('we speak the API version that this release of the SDK has its types for', () => {
  expect(API_VERSION).toBe(Stripe.API_VERSION);
});

test('a checkout is opened with our key, our version and everything from the purchase', async () => {
  const stripe = connect();
  answers['POST /v1/checkout/sessions'] = { body: { ...session, url: `${here()}/c/pay/cs_test_1` } };
  expect(await stripe.openCheckout(wanted, 'checkout:1')).toEqual({ id: 'cs_test_1', url: `${here()}/c/pay/cs_test_1` });
  await stripe.openCheckout(wanted, 'checkout:1');
  // The price's id is remembered.
  expect(asked.map(({ line }) => line)).toEqual(['GET /v1/prices', 'POST /v1/checkout/sessions', 'POST /v1/checkout/sessions']);
  const [, first, again] = asked;
  expect(first!.headers).toMatchObject({
    'idempotency-key': 'checkout:1',
    'stripe-version': API_VERSION,
    authorization: `Bearer ${secretKey}`,
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

test('a paid checkout is read into our own words', async () => {
  expect(await read({})).toEqual({
    id: 'cs_test_1',
    reference: 'our purchase',
    site: null,
    livemode: false,
    mode: 'payment',
    status: 'complete',
    payment: 'paid',
    asyncFailed: false,
    paymentId: 'pi_1',
    customerId: 'cus_1',
    email: 'Ada@Example.com',
    name: 'Ada',
    currency: 'usd',
    total: 2500n,
    pack: 'starter',
    takenBack: false,
    lines: [{ price: 'starter', unitAmount: 2500n, currency: 'usd', quantity: 1, isRecurring: false }],
    hasMoreLines: false,
  });
});

test.each([
  ['a total that is negative', { amount_total: -1 }, { total: null }],
  ['a total that is no whole number', { amount_total: 0.5 }, { total: null }],
  ['a total above what a number can hold', { amount_total: 2 ** 53 }, { total: null }],
  ['a status of tomorrow', { status: 'paused' }, { status: 'other' }],
  ['a payment status of tomorrow', { payment_status: 'partly' }, { payment: 'other' }],
  ['another mode', { mode: 'subscription' }, { mode: 'other' }],
  ['nothing to pay', { payment_status: 'no_payment_required', payment_intent: null, amount_total: 0 }, { paymentId: null, total: 0n }],
  ['a payer without an address', { customer_details: null, customer_email: 'typed@example.com' }, { email: null, name: null }],
  ['no metadata', { metadata: null }, { reference: null, pack: null }],
  [
    'a payment under way',
    { payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'processing' } },
    { payment: 'unpaid', asyncFailed: false },
  ],
  [
    'a payment that came to nothing',
    { payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'requires_payment_method' } },
    { asyncFailed: true },
  ],
  [
    'an open checkout whose payment waits for a card',
    { status: 'open', payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'requires_payment_method' } },
    { asyncFailed: false },
  ],
  ['a refund', { payment_intent: { id: 'pi_1', latest_charge: { id: 'ch_1', amount_refunded: 1, disputed: false } } }, { takenBack: true }],
  ['a dispute', { payment_intent: { id: 'pi_1', latest_charge: { id: 'ch_1', amount_refunded: 0, disputed: true } } }, { takenBack: true }],
  ['the address that opened it', { metadata: { site: 'https://a.example' } }, { site: 'https://a.example' }],
  ['more lines than it shows', { line_items: { ...session.line_items, has_more: true } }, { hasMoreLines: true }],
  [
    'a line without a price',
    { line_items: { ...session.line_items, data: [{ quantity: null, price: null, currency: 'eur' }] } },
    { lines: [{ price: null, unitAmount: null, currency: 'eur', quantity: null, isRecurring: true }] },
  ],
])('a checkout with %s is read as such', async (_, changes, expected) => {
  expect(await read(changes)).toMatchObject(expected);
});

test('the checkout of a payment is found, and there may be none', async () => {
  answers['GET /v1/checkout/sessions'] = { body: listOf(session) };
  expect(await connect().checkoutOf('pi_1')).toBe('cs_test_1');
  answers['GET /v1/checkout/sessions'] = { body: listOf() };
  expect(await connect().checkoutOf('pi_1')).toBeNull();
});

test('only Stripe can say that there is no such checkout, and only what could be one is asked for', async () => {
  answers['GET /v1/checkout/sessions/cs_gone'] = {
    status: 404,
    body: { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such checkout.session' } },
  };
  expect(await connect().checkout('cs_gone')).toBeNull();
  const before = asked.length;
  for (const id of ['pi_1', '../customers', 'cs_', 'cs_1?expand=x', `cs_${'x'.repeat(300)}`])
    expect(await connect().checkout(id)).toBeNull();
  expect(asked.length).toBe(before);
});

test.each([
  ['a 404 without an error in it', { status: 404, body: { message: 'Not Found' } }, 'unknown', 'answer'],
  [
    'an address that Stripe does not know',
    { status: 404, body: { error: { type: 'invalid_request_error', message: 'Unrecognized request URL' } } },
    'refused',
    'StripeInvalidRequestError',
  ],
  ['another object', { body: { object: 'customer', id: 'cus_1' } }, 'unknown', 'answer'],
  ['a checkout without its lines', { body: { ...session, line_items: undefined } }, 'unknown', 'answer'],
  ['trouble inside', { status: 500, body: { error: { type: 'api_error', message: 'sorry' } } }, 'unknown', 'api_error|StripeAPIError'],
  [
    'a key in use',
    { status: 409, body: { error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } } },
    'later',
    'idempotency_key_in_use',
  ],
  [
    'another body under the key',
    { status: 400, body: { error: { type: 'idempotency_error', message: 'Keys for idempotent requests…' } } },
    'refused',
    'StripeIdempotencyError',
  ],
  [
    'a wrong key',
    { status: 401, body: { error: { type: 'invalid_request_error', message: `Invalid API Key: ${secretKey}` } } },
    'refused',
    'StripeAuthenticationError',
  ],
  [
    'a key that may not',
    { status: 403, body: { error: { type: 'invalid_request_error', code: 'more_permissions_required' } } },
    'refused',
    'more_permissions_required',
  ],
  ['an end of the connection', { body: 'cut' }, 'unknown', 'ECONNRESET'],
] as const)('%s is told as what it is, without anything that somebody typed', async (_, answer, kind, code) => {
  answers['GET /v1/checkout/sessions/cs_test_1'] = answer as Answer;
  const error: unknown = await connect()
    .checkout('cs_test_1')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'PaymentsError', kind, code: expect.stringMatching(code) });
  expect(JSON.stringify([(error as Error).message, (error as Error).cause ?? null, error])).not.toMatch(
    /thatMustNotBeTold|sorry|example\.com/,
  );
});

test('what resolves with nothing in it is never taken for success', async () => {
  const nothing = { status: 404, body: { message: 'Not Found' } };
  answers = { 'GET /v1/checkout/sessions': nothing, 'POST /v1/customers': nothing, 'POST /v1/checkout/sessions': nothing };
  const stripe = connect();
  const unknown = { kind: 'unknown', code: 'answer' };
  await expect(stripe.checkoutOf('pi_1')).rejects.toMatchObject(unknown);
  await expect(
    stripe.makeCustomer({ teamId: 'our team' as TeamId, email: 'ada@example.com', name: '' }, 'customer:1'),
  ).rejects.toMatchObject(unknown);
  await expect(stripe.openCheckout(wanted, 'checkout:1')).rejects.toMatchObject(unknown);
  await expect(stripe.check(['starter'])).rejects.toMatchObject(unknown);
});

test('one too many waits as long as Stripe says, and nobody there is asked again later', async () => {
  answers['GET /v1/checkout/sessions/cs_test_1'] = {
    status: 429,
    headers: { 'retry-after': '7' },
    body: { error: { type: 'invalid_request_error', code: 'rate_limit' } },
  };
  await expect(connect().checkout('cs_test_1')).rejects.toMatchObject({ kind: 'later', code: 'rate_limit', retryAfterMs: 7_000 });
  await expect(connect('http://127.0.0.1:9').checkout('cs_test_1')).rejects.toMatchObject({ kind: 'later', code: 'ECONNREFUSED' });
});

test('only a request that got no answer is repeated, with the same idempotency key', async () => {
  answers['POST /v1/customers'] = { status: 500, body: { error: { type: 'api_error' } } };
  const customer = { teamId: 'our team' as TeamId, email: 'ada@example.com', name: '' };
  await expect(connect().makeCustomer(customer, 'customer:1')).rejects.toMatchObject({ kind: 'unknown' });
  expect(asked).toHaveLength(1);
  answers['POST /v1/customers'] = { body: 'cut' };
  await expect(connect().makeCustomer(customer, 'customer:2')).rejects.toMatchObject({ kind: 'unknown' });
  expect(asked.slice(1).map(({ headers }) => headers['idempotency-key'])).toEqual(['customer:2', 'customer:2']);
});

test('a price that is missing, and a page under a domain that people are not sent to, are named', async () => {
  answers['POST /v1/checkout/sessions'] = { body: { ...session, url: 'https://pay.example.com/c/pay/cs_test_1' } };
  await expect(connect().openCheckout({ ...wanted, price: 'gone' }, 'checkout:1')).rejects.toMatchObject({
    kind: 'refused',
    code: 'price-missing',
  });
  await expect(connect().openCheckout(wanted, 'checkout:1')).rejects.toMatchObject({ kind: 'refused', code: 'checkout-origin' });
});

test('the account tells what is missing before somebody wants to pay', async () => {
  const endpoint = {
    object: 'webhook_endpoint',
    status: 'enabled',
    url: 'https://work.example.com/api/webhooks/stripe',
    api_version: '2024-06-20',
  };
  answers['GET /v1/account'] = { body: { object: 'account', id: 'acct_1' } };
  answers['GET /v1/webhook_endpoints'] = { body: listOf(endpoint, { ...endpoint, status: 'disabled', url: 'https://old.example.com' }) };
  expect(await connect().check(['starter', 'team'])).toEqual({
    account: 'acct_1',
    livemode: false,
    apiVersion: API_VERSION,
    endpoints: [{ url: endpoint.url, apiVersion: '2024-06-20' }],
    missingPrices: ['team'],
  });
});

function connect(apiUrl = here()): Payments {
  const made = createStripe({
    secretKey,
    webhookSecrets: [],
    apiUrl,
    checkoutOrigin: null,
    tax: false,
    promotionCodes: false,
    managedPayments: false,
    clock: systemClock,
    log: quietLog,
  });
  payments.push(made);
  return made;
}

async function read(changes: object) {
  answers['GET /v1/checkout/sessions/cs_test_1'] = { body: { ...session, ...changes } };
  return connect().checkout('cs_test_1');
}

function listOf(...data: object[]) {
  return { object: 'list', url: '/v1/x', has_more: false, data };
}

function here(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
