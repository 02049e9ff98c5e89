// What the real SDK gets from every method that is played, and what somebody gets who asks wrongly.

import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { payAt } from '#core/testing/visitors/payer.ts';
import { routes } from './routes/routes.ts';
import { openSandbox, SECRET_KEY } from './testing/open-sandbox.ts';
import { API_VERSION } from './world.ts';

const sandbox = forAll(openSandbox);

test('the real SDK uses every method that is played, and reads what it expects', async () => {
  const { client, checkout, act } = sandbox();
  const stripe = client();
  const used = new Set<string>();
  stripe.on('request', ({ method, path }: { method: string; path: string }) => used.add(`${method} ${templateOf(path)}`));

  // What is sold.
  const product = await stripe.products.create({ name: 'Pack', metadata: { pack: 'one' } });
  expect(await stripe.products.update(product.id, { description: 'Credits', metadata: { pack: '', size: '2' } })).toMatchObject({
    description: 'Credits',
    metadata: { size: '2' },
  });
  expect(await stripe.products.retrieve(product.id)).toMatchObject({ name: 'Pack', active: true });
  expect((await stripe.products.list({ ids: [product.id] })).data.map(({ id }) => id)).toEqual([product.id]);
  const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 900, lookup_key: 'moving' });
  expect(price.unit_amount_decimal?.toString()).toBe('900');
  await expect(stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 950, lookup_key: 'moving' })).rejects.toThrow(
    'already uses that lookup key',
  );
  const dearer = await stripe.prices.create({
    product: product.id,
    currency: 'eur',
    unit_amount: 950,
    lookup_key: 'moving',
    transfer_lookup_key: true,
  });
  expect((await stripe.prices.list({ lookup_keys: ['moving', 'none'], expand: ['data.product'] })).data).toMatchObject([
    { id: dearer.id, product: { name: 'Pack' } },
  ]);
  expect(await stripe.prices.retrieve(price.id)).toMatchObject({ lookup_key: null });
  expect(await stripe.prices.update(price.id, { active: false })).toMatchObject({ active: false });
  await expect(checkout({ line_items: [{ price: price.id, quantity: 1 }] })).rejects.toThrow('inactive');
  const coupon = await stripe.coupons.create({ percent_off: 100, duration: 'once' });
  expect(await stripe.coupons.retrieve(coupon.id)).toMatchObject({ percent_off: 100, valid: true });
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'FREE' });
  expect(await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] })).toMatchObject({
    promotion: { coupon: { percent_off: 100 } },
  });
  expect((await stripe.promotionCodes.list({ code: 'free', active: true })).data).toHaveLength(1);
  expect(await stripe.promotionCodes.update(code.id, { active: false })).toMatchObject({ active: false });

  // Who buys.
  const customer = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada', metadata: { team: 't1' } });
  expect(await stripe.customers.update(customer.id, { name: 'Ada Byron' })).toMatchObject({ name: 'Ada Byron', metadata: { team: 't1' } });
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email: 'ada@example.com' });
  expect((await stripe.customers.list({ email: 'ada@example.com' })).data).toHaveLength(1);
  expect((await stripe.customers.list({ email: 'Ada@example.com' })).data).toEqual([]);
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const debit = await stripe.paymentMethods.attach('pm_sepaDebit_success_delayed', { customer: customer.id });
  expect(await stripe.paymentMethods.retrieve(card.id)).toMatchObject({ card: { brand: 'visa', last4: '4242' }, customer: customer.id });
  expect((await stripe.paymentMethods.list({ customer: customer.id, type: 'sepa_debit' })).data.map(({ id }) => id)).toEqual([debit.id]);
  expect((await stripe.customers.listPaymentMethods(customer.id)).data.map(({ id }) => id)).toEqual([debit.id, card.id]);
  expect(await stripe.paymentMethods.detach(debit.id)).toMatchObject({ customer: null });
  const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://127.0.0.1:1/credits' });
  expect(new URL(portal.url).origin).toBe(sandbox().url);
  expect((await stripe.billingPortal.configurations.list({ is_default: true })).data).toHaveLength(1);

  // Checkouts.
  const opened = await checkout({ customer: customer.id, metadata: { purchase: 'p1' }, invoice_creation: { enabled: true } });
  expect(await stripe.checkout.sessions.update(opened.id, { metadata: { more: 'yes' } })).toMatchObject({
    metadata: { purchase: 'p1', more: 'yes' },
  });
  expect((await stripe.checkout.sessions.listLineItems(opened.id)).data).toMatchObject([
    { quantity: 1, price: { lookup_key: 'starter_usd' } },
  ]);
  const other = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price: dearer.id }],
    success_url: 'http://127.0.0.1:1/',
  });
  expect(await stripe.checkout.sessions.expire(other.id)).toMatchObject({ status: 'expired', url: null });
  await expect(stripe.checkout.sessions.expire(other.id)).rejects.toThrow('status of expired');
  await payAt(opened.url!);
  const paid = await stripe.checkout.sessions.retrieve(opened.id);
  expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid' });
  const since = { gte: opened.created - 60 };
  expect((await stripe.checkout.sessions.list({ created: since, status: 'complete' })).data.map(({ id }) => id)).toContain(opened.id);
  expect((await stripe.checkout.sessions.list({ payment_intent: paid.payment_intent as string })).data).toHaveLength(1);
  expect(await stripe.invoices.retrieve(paid.invoice as string)).toMatchObject({ status: 'paid', customer: customer.id });

  // Charges without a checkout.
  const intent = await stripe.paymentIntents.create({ amount: 1_200, currency: 'usd', customer: customer.id });
  expect(intent.status).toBe('requires_payment_method');
  const done = await stripe.paymentIntents.confirm(intent.id, { payment_method: card.id });
  expect(done).toMatchObject({ status: 'succeeded', amount_received: 1_200 });
  expect((await stripe.paymentIntents.list({ customer: customer.id, limit: 1 })).data.map(({ id }) => id)).toEqual([intent.id]);
  const charge = await stripe.charges.retrieve(done.latest_charge as string, { expand: ['payment_intent'] });
  expect(charge).toMatchObject({ amount: 1_200, paid: true, payment_intent: { id: intent.id } });
  expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  const dropped = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  expect(await stripe.paymentIntents.cancel(dropped.id)).toMatchObject({ status: 'canceled' });
  expect(await stripe.paymentIntents.retrieve(dropped.id)).toMatchObject({ status: 'canceled' });
  await expect(stripe.paymentIntents.cancel(intent.id)).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });

  // What follows.
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 200 });
  expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ amount: 200, status: 'succeeded', charge: charge.id });
  expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(1);
  await expect(stripe.refunds.cancel(refund.id)).rejects.toThrow('only refunds that require an action');
  await act({ act: 'dispute', payment: charge.id, inquiry: false });
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
  expect(await stripe.disputes.update(dispute!.id, { evidence: { product_description: 'Credits' } })).toMatchObject({
    status: 'under_review',
  });
  expect(await stripe.disputes.close(dispute!.id)).toMatchObject({ status: 'lost' });
  expect(await stripe.disputes.retrieve(dispute!.id, { expand: ['charge'] })).toMatchObject({ charge: { disputed: true } });
  await act({ act: 'warn', payment: intent.id });
  const [warning] = (await stripe.radar.earlyFraudWarnings.list({ charge: charge.id })).data;
  expect(await stripe.radar.earlyFraudWarnings.retrieve(warning!.id)).toMatchObject({ actionable: true, payment_intent: intent.id });

  // Events and endpoints.
  const [event] = (await stripe.events.list({ types: ['charge.dispute.closed'] })).data;
  expect(await stripe.events.retrieve(event!.id)).toMatchObject({ api_version: API_VERSION, data: { object: { id: dispute!.id } } });
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:1/',
    enabled_events: ['charge.refunded'],
    api_version: API_VERSION,
  });
  expect(endpoint.secret).toMatch(/^whsec_\w{32}$/);
  expect(await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).toMatchObject({ status: 'disabled' });
  const again = await stripe.webhookEndpoints.retrieve(endpoint.id);
  expect(again.secret).toBeUndefined();
  expect((await stripe.webhookEndpoints.list()).data.map(({ id }) => id)).toContain(endpoint.id);
  expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ deleted: true });
  expect(await stripe.accounts.retrieveCurrent()).toMatchObject({ object: 'account', charges_enabled: true });

  expect(await stripe.customers.del(customer.id)).toMatchObject({ deleted: true });
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
  await expect(stripe.customers.update(customer.id, { name: 'Eve' })).rejects.toMatchObject({ code: 'resource_missing' });

  expect(routes.map(({ method, path }) => `${method} ${path}`).filter((each) => !used.has(each))).toEqual([]);
});

const pack = { mode: 'payment', success_url: 'http://127.0.0.1:1/' };

test.each([
  [
    'an unknown parameter',
    'checkout/sessions',
    { ...pack, payment_method_types: ['card'] },
    { code: 'parameter_unknown', param: 'payment_method_types' },
  ],
  [
    'an unknown one within another',
    'checkout/sessions',
    { ...pack, line_items: [{ prise: 'x' }] },
    { code: 'parameter_unknown', param: 'line_items[0][prise]' },
  ],
  ['a missing parameter', 'payment_intents', { amount: 500 }, { code: 'parameter_missing', param: 'currency' }],
  ['no lines', 'checkout/sessions', pack, { code: 'parameter_missing', param: 'line_items' }],
  ['no whole number', 'payment_intents', { amount: '12.50', currency: 'usd' }, { code: 'parameter_invalid_integer', param: 'amount' }],
  ['less than nothing', 'payment_intents', { amount: -500, currency: 'usd' }, { code: 'parameter_invalid_integer', param: 'amount' }],
  ['too little', 'payment_intents', { amount: 49, currency: 'usd' }, { code: 'amount_too_small' }],
  ['an empty text', 'customers', { email: '' }, { code: 'parameter_invalid_empty', param: 'email' }],
  ['a word that is none', 'checkout/sessions', { ...pack, mode: 'gift' }, { param: 'mode' }],
  [
    'something that is not there',
    'payment_intents',
    { amount: 500, currency: 'usd', customer: 'cus_none' },
    { code: 'resource_missing', param: 'customer' },
  ],
  ['no address', 'checkout/sessions', { ...pack, success_url: 'javascript:x' }, { code: 'url_invalid', param: 'success_url' }],
  ['a list that is none', 'prices', { product: 'x', currency: 'usd', expand: 'product' }, { param: 'expand' }],
  ['something that is not played', 'customers', { shipping: { name: 'Ada' } }, { param: 'shipping' }],
  ['metadata that is too long', 'customers', { metadata: { note: 'x'.repeat(501) } }, { param: 'metadata[note]' }],
])('%s is refused by name', async (_, path, params, error) => {
  const { client } = sandbox();
  const answer = client().rawRequest('POST', `/v1/${path}`, params);
  await expect(answer).rejects.toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, raw: error });
});

test('an unknown address is refused with an error in it, which the SDK needs to notice it', async () => {
  const { stripe } = sandbox();
  await expect(stripe.subscriptions.list()).rejects.toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 404,
    message: expect.stringMatching(/^Unrecognized request URL \(GET: \/v1\/subscriptions\)/),
  });
  await expect(stripe.checkout.sessions.retrieve('cs_none')).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
});

test('a foreign key, no key, another version and a body without end are refused', async () => {
  const { client, url } = sandbox();
  await expect(client({ key: 'sk_test_of_somebody' }).customers.list()).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
  expect((await fetch(`${url}/v1/customers`)).status).toBe(401);
  await expect(client({ version: '2024-06-20' }).customers.list()).rejects.toThrow('Invalid Stripe API version: 2024-06-20');
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const large = await fetch(`${url}/v1/customers`, { method: 'POST', headers, body: `email=${'x'.repeat(2 ** 21)}` }).catch(() => null);
  expect(large?.status ?? 413).toBe(413);
  const deep = await fetch(`${url}/v1/customers`, { method: 'POST', headers, body: `${'a[b]'.padEnd(60, '[c]')}=1` });
  expect(deep.status).toBe(400);
  const odd = await fetch(`${url}/v1/customers`, { method: 'POST', headers, body: 'metadata[__proto__]=x&metadata[constructor]=y' });
  expect((await odd.json()) as object).toMatchObject({ metadata: { constructor: 'y' } });
});

test('one key is one act: the same request is answered the same, another one is refused', async () => {
  const { stripe } = sandbox();
  const options = { idempotencyKey: 'one act' };
  const first = await stripe.customers.create({ email: 'once@example.com' }, options);
  const second = await stripe.customers.create({ email: 'once@example.com' }, options);
  expect(second.id).toBe(first.id);
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
  await expect(stripe.customers.create({ email: 'twice@example.com' }, options)).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
  expect((await stripe.customers.list({ email: 'once@example.com' })).data).toHaveLength(1);

  // What was wrong was not begun, so its key is free.
  const wrong = { idempotencyKey: 'wrong at first' };
  await expect(stripe.paymentIntents.create({ amount: 1, currency: 'usd' }, wrong)).rejects.toMatchObject({ code: 'amount_too_small' });
  await expect(stripe.paymentIntents.create({ amount: 100, currency: 'usd' }, wrong)).resolves.toBeDefined();

  // A decline was tried, and is answered again as it was.
  const declined = { amount: 500, currency: 'usd', confirm: true, payment_method: 'pm_card_chargeDeclined' };
  const tries = await Promise.all(
    [1, 2].map((_, i) => stripe.paymentIntents.create(declined, { idempotencyKey: `declined ${i}` }).catch((error: unknown) => error)),
  );
  const same = await stripe.paymentIntents.create(declined, { idempotencyKey: 'declined 0' }).catch((error: unknown) => error);
  expect(tries[0]).toMatchObject({ type: 'StripeCardError', code: 'card_declined', decline_code: 'generic_decline', statusCode: 402 });
  expect((same as Stripe.errors.StripeCardError).payment_intent?.id).toBe((tries[0] as Stripe.errors.StripeCardError).payment_intent?.id);
});

test('what is refused leaves no trace, however far it had come', async () => {
  const { stripe, settled, heard } = sandbox();
  await settled();
  heard.length = 0;
  const newest = async () => (await stripe.paymentIntents.list({ limit: 1 })).data[0]?.id;
  const before = await newest();
  await expect(stripe.paymentIntents.create({ amount: 500, currency: 'usd', confirm: true })).rejects.toThrow('missing a payment method');
  await expect(stripe.paymentIntents.create({ amount: 500, currency: 'usd', expand: ['none'] })).rejects.toThrow('cannot be expanded');
  await settled();
  expect([await newest(), heard]).toEqual([before, []]);
});

test('a key is kept for a day, and two requests at once with one key are one', async () => {
  const { stripe, orders } = sandbox();
  await orders({ faults: [{ what: 'slow', on: 'POST /v1/customers', delayMs: 200 }] });
  const create = () => stripe.customers.create({ email: 'both@example.com' }, { idempotencyKey: 'at once' });
  const slow = create();
  await expect.poll(() => create().catch((error: unknown) => error)).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  const { id } = await slow;
  expect((await create()).id).toBe(id);
  await orders({ advanceMs: 24 * 60 * 60_000 });
  expect((await create()).id).not.toBe(id);
});

test.each([
  ['lose-answer', 'StripeConnectionError', true],
  ['cut', 'StripeConnectionError', false],
  ['internal-error-late', 'StripeAPIError', true],
  ['internal-error', 'StripeAPIError', false],
  ['rate-limit', 'StripeRateLimitError', false],
] as const)('%s: the request ends with %s, and what was done is done once', async (what, type, isDone) => {
  const { client, stripe, orders } = sandbox();
  const email = `${what}@example.com`;
  const create = () => client().customers.create({ email }, { idempotencyKey: what });
  // The SDK asks once more by itself when a connection ends.
  const strikes = type === 'StripeConnectionError' ? 2 : 1;
  await orders({ faults: Array.from({ length: strikes }, () => ({ what, on: 'POST /v1/customers' })) });
  await expect(create()).rejects.toMatchObject({ type });
  const { data } = await stripe.customers.list({ email });
  expect(data).toHaveLength(isDone ? 1 : 0);
});

test('a lost answer, asked for again, is the same object', async () => {
  const { stripe, orders, checkout } = sandbox();
  const { data: before } = await stripe.checkout.sessions.list({ limit: 1 });
  const price = await sandbox().price('starter_usd');
  const params = { ...pack, line_items: [{ price: price.id, quantity: 1 }] } as const;
  await orders({ faults: Array.from({ length: 2 }, () => ({ what: 'lose-answer' as const, on: 'POST /v1/checkout/sessions' })) });
  await expect(stripe.checkout.sessions.create(params as object, { idempotencyKey: 'lost' })).rejects.toMatchObject({
    type: 'StripeConnectionError',
  });
  await orders({ advanceMs: 0 });
  const made = await stripe.checkout.sessions.create(params as object, { idempotencyKey: 'lost' });
  const { data } = await stripe.checkout.sessions.list({ ending_before: before[0]!.id });
  expect(data.map(({ id }) => id)).toEqual([made.id]);
  expect((await checkout()).id).not.toBe(made.id);
});

/** `/v1/customers/cus_1/payment_methods` is that of any customer. */
function templateOf(path: string): string {
  const { pathname } = new URL(path, 'http://stripe');
  return routes.find((route) => new RegExp(`^${route.path.replace(':id', '[^/]+')}$`).test(pathname))?.path ?? pathname;
}
