// What somebody who pays, and the product that sent them, get from the sandbox's checkout.

import { expect, test } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { payAt } from '#core/testing/visitors/payer.ts';
import { openSandbox } from './testing/open-sandbox.ts';

const sandbox = forAll(openSandbox);
const MINUTE = 60_000;
const invoiced = {
  customer_creation: 'always',
  invoice_creation: { enabled: true, invoice_data: { footer: 'Refunds: see /terms.' } },
} as const;

test('a checkout is opened and paid: the session, its payment, its invoice and its customer say so', async () => {
  const { stripe, checkout } = sandbox();
  const opened = await checkout({
    ...invoiced,
    client_reference_id: 'p1',
    metadata: { purchase: 'p1' },
    payment_intent_data: { metadata: { purchase: 'p1' } },
    custom_text: { submit: { message: 'Credits do not expire.' } },
  });
  expect(opened).toMatchObject({ status: 'open', payment_status: 'unpaid', payment_intent: null, customer: null, amount_total: 2_500 });
  expect(await (await fetch(opened.url!)).text()).toContain('Credits do not expire.');

  const paid = await payAt(opened.url!, { email: 'Ada@Example.com', name: 'Ada Byron' });
  expect(paid).toMatchObject({ status: 303, leadsTo: `http://127.0.0.1:1/done?checkout=${opened.id}` });
  const session = await stripe.checkout.sessions.retrieve(opened.id, {
    expand: ['line_items', 'payment_intent.latest_charge', 'invoice', 'customer'],
  });
  expect(session).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    client_reference_id: 'p1',
    customer_details: { email: 'Ada@Example.com', name: 'Ada Byron' },
    customer: { object: 'customer', email: 'Ada@Example.com' },
    metadata: { purchase: 'p1' },
    line_items: { data: [{ quantity: 1, price: { lookup_key: 'starter_usd', unit_amount: 2_500 } }], has_more: false },
    payment_intent: {
      status: 'succeeded',
      amount_received: 2_500,
      metadata: { purchase: 'p1' },
      latest_charge: { status: 'succeeded', paid: true, payment_method_details: { card: { last4: '4242', brand: 'visa' } } },
    },
    invoice: { status: 'paid', amount_paid: 2_500, footer: 'Refunds: see /terms.' },
  });
  const invoice = session.invoice as { hosted_invoice_url: string };
  expect(await (await fetch(invoice.hosted_invoice_url)).text()).toContain('Refunds: see /terms.');
  expect((await payAt(opened.url!)).page).toContain('You’ve paid already');
});

test.each([
  ['a declined card', '4000000000000002', 'Your card was declined.', 'generic_decline'],
  ['too little money', '4000 0000 0000 9995', 'Your card has insufficient funds.', 'insufficient_funds'],
  ['an expired card', '4000000000000069', 'Your card has expired.', 'expired_card'],
])('%s is told on the page, the checkout stays open, and another card pays it', async (_, card, error, declineCode) => {
  const { stripe, checkout } = sandbox();
  const { id, url } = await checkout();
  expect(await payAt(url!, { card })).toMatchObject({ status: 402, leadsTo: null, error });
  expect(await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })).toMatchObject({
    status: 'open',
    payment_intent: { status: 'requires_payment_method', last_payment_error: { decline_code: declineCode } },
  });
  expect((await payAt(url!)).leadsTo).toContain(id);
  expect(await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })).toMatchObject({
    payment_status: 'paid',
    payment_intent: { status: 'succeeded', last_payment_error: null },
  });
});

test.each([
  ['a real card number', { number: '4111 1111 1111 1111' }, 'Your card number is invalid. Use one of the test cards.'],
  ['a card that has expired', { expires: '01 / 20' }, 'Your card’s expiration date is in the past.'],
  ['no security code', { cvc: '' }, 'Your card’s security code is incomplete.'],
  ['no email', { email: 'ada' }, 'Enter a valid email.'],
])('%s is refused before anything is charged', async (_, fields, error) => {
  const { stripe, checkout } = sandbox();
  const { id, url } = await checkout();
  const body = new URLSearchParams({
    act: 'pay',
    by: 'card',
    email: 'a@b.example',
    number: '4242424242424242',
    expires: '12/34',
    cvc: '123',
    ...fields,
  });
  const answer = await fetch(url!, { method: 'POST', body });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(error)]);
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', payment_intent: null });
});

test('a card whose bank asks pays once its owner confirmed, and not when they decline', async () => {
  const { stripe, checkout } = sandbox();
  const card = '4000002760003184';
  const [confirmed, refused] = [await checkout(), await checkout()];
  expect((await payAt(confirmed.url!, { card, bank: 'confirm' })).leadsTo).toContain(confirmed.id);
  expect((await payAt(refused.url!, { card, bank: 'refuse' })).error).toContain('unable to authenticate');
  expect([
    (await stripe.checkout.sessions.retrieve(confirmed.id)).payment_status,
    (await stripe.checkout.sessions.retrieve(refused.id)).status,
  ]).toEqual(['paid', 'open']);
});

test('a bank debit completes the checkout unpaid; the money comes some minutes later, or never', async () => {
  const { stripe, checkout, orders } = sandbox();
  const [comes, fails] = [await checkout(invoiced), await checkout(invoiced)];
  await payAt(comes.url!, { card: 'AT61 1904 3002 3457 3201' });
  await payAt(fails.url!, { card: 'AT861904300235473202' });
  const now = async (id: string) => {
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent', 'invoice'] });
    const { payment_intent: intent, invoice } = session as unknown as Record<string, { status: string }>;
    return [session.status, session.payment_status, intent!.status, invoice!.status];
  };
  expect(await now(comes.id)).toEqual(['complete', 'unpaid', 'processing', 'open']);
  await orders({ advanceMs: 3 * MINUTE });
  expect(await now(comes.id)).toEqual(['complete', 'paid', 'succeeded', 'paid']);
  expect(await now(fails.id)).toEqual(['complete', 'unpaid', 'requires_payment_method', 'open']);
  const told = (await stripe.events.list({ type: 'checkout.session.*', limit: 4 })).data.map(({ type }) => type.split('.')[2]!);
  expect(told.toSorted()).toEqual(['async_payment_failed', 'async_payment_succeeded', 'completed', 'completed']);
});

test('a promotion code takes a part off, or everything: then there is no payment', async () => {
  const { stripe, checkout } = sandbox();
  const codeFor = async (percent: number, code: string) => {
    const coupon = await stripe.coupons.create({ percent_off: percent });
    await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code, max_redemptions: 1 });
  };
  await codeFor(20, 'SOME');
  await codeFor(100, 'ALL');
  const [some, all, late] = await Promise.all([1, 2, 3].map(() => checkout({ allow_promotion_codes: true })));
  expect((await payAt(some!.url!, { code: 'none' })).error).toBe('This promotion code is invalid.');
  await payAt(some!.url!, { code: 'some' });
  expect(await stripe.checkout.sessions.retrieve(some!.id, { expand: ['payment_intent'] })).toMatchObject({
    amount_subtotal: 2_500,
    amount_total: 2_000,
    total_details: { amount_discount: 500 },
    payment_status: 'paid',
    payment_intent: { amount_received: 2_000 },
  });
  await payAt(all!.url!, { code: 'ALL' });
  expect(await stripe.checkout.sessions.retrieve(all!.id)).toMatchObject({
    amount_total: 0,
    payment_status: 'no_payment_required',
    payment_intent: null,
    status: 'complete',
    customer_details: { email: 'ada@example.com' },
  });
  expect((await payAt(late!.url!, { code: 'ALL' })).error).toBe('This promotion code is invalid.');
  const closed = await checkout();
  expect((await payAt(closed.url!, { code: 'SOME' })).page).not.toContain('Discount');
});

test('yen have no smaller unit, and one checkout has one currency', async () => {
  const { checkout, price } = sandbox();
  const [usd, jpy] = [await price('starter_usd'), await price('starter_jpy')];
  const { url, amount_total: total } = await checkout({ line_items: [{ price: jpy.id, quantity: 2 }] });
  expect([total, await (await fetch(url!)).text()]).toEqual([7_600, expect.stringContaining('Pay ¥7,600')]);
  await expect(checkout({ line_items: [{ price: usd.id }, { price: jpy.id }] })).rejects.toThrow('same currency');
});

test('tax is added where it is asked for', async () => {
  const { stripe, checkout } = sandbox();
  const { id, url } = await checkout({ automatic_tax: { enabled: true } });
  expect(await (await fetch(url!)).text()).toContain('$30.00');
  await payAt(url!);
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
    amount_subtotal: 2_500,
    amount_total: 3_000,
    total_details: { amount_tax: 500 },
  });
});

test('a guest is no customer unless the checkout makes one; a card is kept only where it was asked for, and then charged without its owner', async () => {
  const { stripe, checkout } = sandbox();
  const guest = await checkout();
  await payAt(guest.url!);
  expect((await stripe.checkout.sessions.retrieve(guest.id)).customer).toBeNull();

  const customer = await stripe.customers.create({ email: 'bo@example.com' });
  const plain = await checkout({ customer: customer.id });
  expect((await payAt(plain.url!, { email: 'eve@example.com' })).leadsTo).not.toBeNull();
  expect((await stripe.checkout.sessions.retrieve(plain.id)).customer_details?.email).toBe('bo@example.com');
  expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toEqual([]);

  const keeping = await checkout({ customer: customer.id, payment_intent_data: { setup_future_usage: 'off_session' } });
  await payAt(keeping.url!, { card: '4000002760003184', bank: 'confirm' });
  const [card] = (await stripe.paymentMethods.list({ customer: customer.id })).data;
  const charge = (payment_method: string) =>
    stripe.paymentIntents.create({ amount: 900, currency: 'usd', customer: customer.id, payment_method, off_session: true, confirm: true });
  await expect(charge(card!.id)).rejects.toMatchObject({
    code: 'authentication_required',
    decline_code: 'authentication_required',
    payment_intent: { status: 'requires_payment_method' },
  });
  const visa = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  expect(await charge(visa.id)).toMatchObject({ status: 'succeeded' });
  const other = await stripe.customers.create({});
  const theirs = await stripe.paymentMethods.attach('pm_card_visa', { customer: other.id });
  await expect(charge(theirs.id)).rejects.toThrow('does not belong to the Customer');
});

test('a checkout that nobody pays expires at its time, and cannot be paid then', async () => {
  const { stripe, checkout, orders } = sandbox();
  const now = (await stripe.customers.create({})).created;
  await expect(checkout({ expires_at: now + 10 * 60 })).rejects.toThrow('at least 30 minutes');
  const { id, url } = await checkout({ expires_at: now + 60 * 60 });
  await orders({ advanceMs: 59 * MINUTE });
  expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
  await orders({ advanceMs: 2 * MINUTE });
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired', url: null });
  expect(await payAt(url!)).toMatchObject({ status: 410, leadsTo: null });
  expect((await stripe.events.list({ type: 'checkout.session.expired', limit: 1 })).data).toMatchObject([{ data: { object: { id } } }]);
});

test('a refund in three parts, a dispute, and its end are told as they happen', async () => {
  const { stripe, checkout, act } = sandbox();
  const { id, url } = await checkout();
  await payAt(url!);
  const intent = (await stripe.checkout.sessions.retrieve(id)).payment_intent as string;
  const refunded = async () =>
    ((await stripe.paymentIntents.retrieve(intent, { expand: ['latest_charge'] })).latest_charge as { amount_refunded: number })
      .amount_refunded;
  const sums = [];
  for (const amount of [500, 700, 300]) {
    await stripe.refunds.create({ payment_intent: intent, amount });
    sums.push(await refunded());
  }
  expect(sums).toEqual([500, 1_200, 1_500]);
  await expect(stripe.refunds.create({ payment_intent: intent, amount: 1_001 })).rejects.toThrow('greater than unrefunded amount');

  expect((await act({ act: 'dispute', payment: id, inquiry: false })).status).toBe(200);
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent })).data;
  expect(dispute).toMatchObject({ status: 'needs_response', amount: 1_000 });
  await expect(stripe.refunds.create({ payment_intent: intent })).rejects.toMatchObject({ code: 'charge_disputed' });
  await act({ act: 'move-dispute', dispute: dispute!.id, to: 'lost' });
  expect((await act({ act: 'move-dispute', dispute: dispute!.id, to: 'prevented' })).status).toBe(400);
  await act({ act: 'move-dispute', dispute: dispute!.id, to: 'appeal_under_review' });
  await act({ act: 'move-dispute', dispute: dispute!.id, to: 'won' });
  await stripe.refunds.create({ payment_intent: intent });
  expect(await refunded()).toBe(2_500);
  const told = (await stripe.events.list({ types: ['charge.dispute.*', 'refund.created'], limit: 20 })).data;
  expect(told.map(({ type }) => type).slice(0, 9)).toEqual([
    'refund.created',
    'charge.dispute.closed',
    'charge.dispute.funds_reinstated',
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.created',
    'refund.created',
    'refund.created',
  ]);
});

test.each([
  ['4000000000000259', ['needs_response'], 0],
  ['4000000000001976', ['warning_needs_response'], 0],
  ['4000000000005423', [], 1],
])('card %s brings about what it is for', async (card, statuses, warnings) => {
  const { stripe, checkout } = sandbox();
  const { id, url } = await checkout();
  await payAt(url!, { card });
  const intent = (await stripe.checkout.sessions.retrieve(id)).payment_intent as string;
  const disputes = await stripe.disputes.list({ payment_intent: intent });
  const warned = await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent });
  expect([disputes.data.map(({ status }) => status), warned.data.length]).toEqual([statuses, warnings]);
});

test('a refund that fails gives the payment back its money', async () => {
  const { stripe, checkout, orders } = sandbox();
  const { id, url } = await checkout();
  await payAt(url!, { card: '4000000000005126' });
  const intent = (await stripe.checkout.sessions.retrieve(id)).payment_intent as string;
  const { id: refund } = await stripe.refunds.create({ payment_intent: intent });
  await orders({ advanceMs: MINUTE });
  expect(await stripe.refunds.retrieve(refund, { expand: ['charge'] })).toMatchObject({
    status: 'failed',
    charge: { amount_refunded: 0, refunded: false },
  });
  expect((await stripe.events.list({ type: 'refund.failed', limit: 1 })).data).toMatchObject([{ data: { object: { id: refund } } }]);
});
