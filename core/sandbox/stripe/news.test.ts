// How events reach whoever listens: signed, again until they are taken, and in whatever disorder a test asked for.

import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { openSandbox, WEBHOOK_SECRET, type Heard } from './testing/open-sandbox.ts';

const sandbox = forAll(openSandbox);
const SECOND = 1_000;
const HOUR = 60 * 60 * SECOND;

/** Lets something happen, and gives back what was heard of it. */
async function heardOf(happens: () => Promise<unknown>): Promise<Heard[]> {
  const { heard, settled } = sandbox();
  await settled();
  heard.length = 0;
  await happens();
  await settled();
  return heard;
}

const newCustomer = () => sandbox().stripe.customers.create({ email: 'ada@example.com' });
const verified = ({ body, signature }: Heard, secret = WEBHOOK_SECRET) => sandbox().stripe.webhooks.constructEvent(body, signature, secret);

test('an event comes with its whole envelope, and the SDK verifies its signature', async () => {
  const { stripe } = sandbox();
  let id = '';
  const [first, ...more] = await heardOf(async () => {
    ({ id } = await stripe.customers.create({ email: 'ada@example.com' }, { idempotencyKey: 'told' }));
  });
  expect(more).toEqual([]);
  const event = verified(first!);
  expect(event).toMatchObject({
    object: 'event',
    type: 'customer.created',
    api_version: '2026-10-28.endive',
    livemode: false,
    pending_webhooks: 1,
    request: { id: expect.stringMatching(/^req_/), idempotency_key: 'told' },
    data: { object: { id, object: 'customer' } },
  });
  expect(await stripe.events.retrieve(event.id)).toMatchObject({ id: event.id, data: { object: { id } } });
  expect(() => verified(first!, 'whsec_other')).toThrow();
});

test('what is not taken with 2xx comes again later, with the same id, until it is; meanwhile it is listed as undelivered', async () => {
  const { answers, heard, orders, stripe } = sandbox();
  answers.push(500, 301, 400);
  const heardAtOnce = (await heardOf(newCustomer)).length;
  const [{ id }] = heard as [Heard];
  const undelivered = async () => (await stripe.events.list({ delivery_success: false })).data.map((event) => event.id);
  expect([heardAtOnce, await undelivered()]).toEqual([1, [id]]);
  await orders({ advanceMs: 5 * SECOND });
  await orders({ advanceMs: 30 * SECOND });
  expect(heard.length).toBe(3);
  await orders({ advanceMs: 2 * 60 * SECOND });
  await orders({ advanceMs: 72 * HOUR });
  expect(heard.map((each) => each.id)).toEqual([id, id, id, id]);
  expect(await undelivered()).toEqual([]);
});

test('somebody who is away for three days and more is given up', async () => {
  const { orders, overview, stripe } = sandbox();
  await orders({ newsUrl: 'http://127.0.0.1:9/' });
  await newCustomer();
  for (let i = 0; i < 12; i++) await orders({ advanceMs: 24 * HOUR });
  expect((await overview()).events[0]).toMatchObject({ deliveries: [{ state: 'lost', tries: 11, status: null }] });
  await orders({ newsUrl: `${sandbox().listener}/news` });
  expect((await stripe.webhookEndpoints.list()).data).toMatchObject([{ api_version: '2026-10-28.endive' }]);
});

test.each(['stale', 'future', 'wrong-secret'] as const)(
  '%s: the first try is signed wrongly, and the next one, of the same event, rightly',
  async (how) => {
    const { answers, orders, settled } = sandbox();
    await orders({ news: [{ how }] });
    answers.push(400);
    const heard = await heardOf(async () => {
      await newCustomer();
      await settled();
      await orders({ advanceMs: 5 * SECOND });
    });
    const ages = heard.map(({ signature }) => Math.round((Number(/t=(\d+)/.exec(signature)![1]) * 1000 - Date.now()) / (60 * SECOND)) + 0);
    expect([heard.map(({ id }) => id).every((id) => id === heard[0]!.id), ages]).toEqual([
      true,
      [{ stale: -15, future: 15, 'wrong-secret': 0 }[how], 0],
    ]);
    const marks = heard.map(({ body, signature }) => signature.includes(markOf(body, signature, WEBHOOK_SECRET)));
    expect(marks).toEqual([how !== 'wrong-secret', true]);
  },
);

test('duplicate: twice at once, with one id', async () => {
  await sandbox().orders({ news: [{ how: 'duplicate' }] });
  const heard = await heardOf(newCustomer);
  expect([heard.length, new Set(heard.map(({ id }) => id)).size]).toEqual([2, 1]);
});

test('reorder: an event comes after the one that followed it', async () => {
  const { orders, stripe } = sandbox();
  await orders({ news: [{ how: 'reorder', type: 'customer.created' }] });
  const heard = await heardOf(async () => {
    const { id } = await newCustomer();
    await stripe.customers.update(id, { name: 'Ada' });
  });
  expect(heard.map(({ type }) => type)).toEqual(['customer.updated', 'customer.created']);
});

test('delay and drop: one comes when its time has come, the other never', async () => {
  const { orders } = sandbox();
  await orders({ news: [{ how: 'delay', delayMs: HOUR }, { how: 'drop' }] });
  expect(
    await heardOf(async () => {
      await newCustomer();
      await newCustomer();
    }),
  ).toEqual([]);
  expect(await heardOf(() => orders({ advanceMs: HOUR }))).toHaveLength(1);
  expect(await heardOf(() => orders({ advanceMs: 72 * HOUR }))).toEqual([]);
});

test('thin: only what it is about, in the form that the SDK reads', async () => {
  const { orders, stripe } = sandbox();
  await orders({ news: [{ how: 'thin' }, { how: 'older-version' }] });
  const [first, old] = await heardOf(async () => {
    await newCustomer();
    await newCustomer();
  });
  const notification = stripe.parseEventNotification(first!.body, first!.signature, WEBHOOK_SECRET);
  expect(notification).toMatchObject({ id: first!.id, type: 'v1.customer.created', related_object: { type: 'customer' } });
  expect(first!.body).not.toContain('ada@example.com');
  expect(verified(old!).api_version).toBe('2024-06-20');
});

test('while a secret rotates both sign; a day later only the new one does', async () => {
  const { orders } = sandbox();
  await orders({ rotateSecret: 'whsec_new' });
  const [both] = await heardOf(newCustomer);
  expect([verified(both!).id, verified(both!, 'whsec_new').id]).toEqual([both!.id, both!.id]);
  await orders({ advanceMs: 24 * HOUR });
  const [one] = await heardOf(newCustomer);
  expect(() => verified(one!)).toThrow('No signatures found');
  expect(verified(one!, 'whsec_new').id).toBe(one!.id);
});

test('an endpoint of somebody else gets what it asked for, signed with its own secret, and nothing leaves this machine', async () => {
  const { stripe, overview, listener } = sandbox();
  const endpoint = await stripe.webhookEndpoints.create({ url: `${listener}/theirs`, enabled_events: ['customer.updated'] });
  const outside = await stripe.webhookEndpoints.create({
    url: listener.replace('127.0.0.1', '0.0.0.0'),
    enabled_events: ['customer.updated'],
  });
  const heard = await heardOf(async () => {
    const { id } = await newCustomer();
    await stripe.customers.update(id, { name: 'Ada' });
  });
  expect(heard.map(({ type }) => type).toSorted()).toEqual(['customer.created', 'customer.updated', 'customer.updated']);
  expect(heard.filter(({ body, signature }) => signature.includes(markOf(body, signature, endpoint.secret!)))).toHaveLength(1);
  expect((await overview()).events[0]!.deliveries.filter(({ state }) => state !== 'delivered')).toMatchObject([{ status: null }]);
  await stripe.webhookEndpoints.del(endpoint.id);
  await stripe.webhookEndpoints.del(outside.id);
});

test('an event is sent again for whoever asks, with its id', async () => {
  const { act } = sandbox();
  const [{ id }] = (await heardOf(newCustomer)) as [Heard];
  const again = await heardOf(() => act({ act: 'resend', event: id }));
  expect(again.map((each) => each.id)).toEqual([id]);
});

function markOf(body: string, signature: string, secret: string): string {
  return createHmac('sha256', secret)
    .update(`${/t=(\d+)/.exec(signature)![1]}.${body}`)
    .digest('hex');
}
