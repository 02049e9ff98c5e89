// What a checkout at Stripe says, in our words, and what is told where Stripe answers with an error. The real SDK, and a server
// on loopback that answers as it is told.

import { expect, test } from 'vitest';
import { answering, listOf, SECRET_KEY, session, type Answer } from './testing/answering.ts';

const at = answering();

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
  at.answers['GET /v1/checkout/sessions'] = { body: listOf(session) };
  expect(await at.connect().checkoutOf('pi_1')).toBe('cs_test_1');
  at.answers['GET /v1/checkout/sessions'] = { body: listOf() };
  expect(await at.connect().checkoutOf('pi_1')).toBeNull();
});

test('only Stripe can say that there is no such checkout, and only what could be one is asked for', async () => {
  at.answers['GET /v1/checkout/sessions/cs_gone'] = {
    status: 404,
    body: { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such checkout.session' } },
  };
  expect(await at.connect().checkout('cs_gone')).toBeNull();
  const before = at.asked.length;
  for (const id of ['pi_1', '../customers', 'cs_', 'cs_1?expand=x', `cs_${'x'.repeat(300)}`])
    expect(await at.connect().checkout(id)).toBeNull();
  expect(at.asked.length).toBe(before);
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
    { status: 401, body: { error: { type: 'invalid_request_error', message: `Invalid API Key: ${SECRET_KEY}` } } },
    'later',
    'StripeAuthenticationError',
  ],
  [
    'a key that may not',
    { status: 403, body: { error: { type: 'invalid_request_error', code: 'more_permissions_required' } } },
    'later',
    'more_permissions_required',
  ],
  ['an end of the connection', { body: 'cut' }, 'unknown', 'ECONNRESET'],
] as const)('%s is told as what it is, without anything that somebody typed', async (_, answer, kind, code) => {
  at.answers['GET /v1/checkout/sessions/cs_test_1'] = answer as Answer;
  const error: unknown = await at
    .connect()
    .checkout('cs_test_1')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'PaymentsError', kind, code: expect.stringMatching(code) });
  expect(JSON.stringify([(error as Error).message, (error as Error).cause ?? null, error])).not.toMatch(
    /thatMustNotBeTold|sorry|example\.com/,
  );
});

async function read(changes: object) {
  at.answers['GET /v1/checkout/sessions/cs_test_1'] = { body: { ...session, ...changes } };
  return at.connect().checkout('cs_test_1');
}
