// What becomes of notifications of Stripe: the real SDK against the sandbox, sent over HTTP to a product with a worker. The
// notifications are signed here, so that they say what no sandbox would say.

import { Stripe } from 'stripe';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';

const OPS = 'ops@example.com';
const HOUR_MS = 3_600_000;
const clock = clockByHand();
const world = forAll(async () => {
  // Its own notifications go nowhere: each test says what is told.
  const billing = await openBillingStage({ clock });
  const stage = await openStage({ clock, settings: { ...billing.settings, OPERATOR_EMAILS: OPS } });
  const sdk = sdkAt(billing.url, billing.settings.STRIPE_SECRET_KEY!);
  return {
    ...stage,
    billing,
    sdk,
    secret: billing.settings.STRIPE_WEBHOOK_SECRET!,
    async stop() {
      await stage.stop();
      await billing.stop();
    },
  };
});

test('the same notification ten times in parallel is one row, is handled once, and credits once', async () => {
  const { ada, checkoutId } = await paidCheckout();
  const told = news(checkoutId);
  await Promise.all(Array.from({ length: 10 }, () => tell(told)));
  await vi.waitFor(async () => expect(await rowsOf(checkoutId)).toEqual([{ state: 'done', tries: 1, trouble: null, body: null }]));
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('ten different notifications of one checkout credit it once', async () => {
  const { ada, checkoutId } = await paidCheckout();
  await Promise.all(Array.from({ length: 10 }, () => tell(news(checkoutId))));
  await settled(checkoutId);
  expect(await rowsOf(checkoutId)).toHaveLength(10);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('a notification of a payment credits the checkout that made it', async () => {
  const { ada, paymentId } = await paidCheckout();
  await tell(news(paymentId, { kind: 'payment_intent.succeeded' }));
  await settled(paymentId);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('a checkout that Stripe still calls open after it told that it was completed is asked for again', async () => {
  const ada = await world().person(0);
  const checkoutId = await openFor(ada);
  await tell(news(checkoutId));
  await vi.waitFor(async () => expect(await rowsOf(checkoutId)).toMatchObject([{ state: 'open', tries: 1, trouble: 'still-open' }]));
  for (const waitMs of [2_000, 4_000, 8_000]) clock.forward(waitMs);
  await vi.waitFor(async () => {
    clock.forward(8_000);
    expect(await rowsOf(checkoutId)).toMatchObject([{ state: 'done' }]);
  });
  expect(await ada.ledger()).toEqual([]);
});

test('one that could not be handled is tried again by itself, and credits once', async () => {
  const { ada, checkoutId } = await paidCheckout();
  await failures(2);
  await tell(news(checkoutId));
  await vi.waitFor(async () => expect(await rowsOf(checkoutId)).toMatchObject([{ state: 'open', tries: 1, trouble: expect.any(String) }]));
  expect(await ada.ledger()).toEqual([]);
  clock.forward(2_000);
  await vi.waitFor(async () => expect(await rowsOf(checkoutId)).toMatchObject([{ state: 'open', tries: 2, trouble: expect.any(String) }]));
  clock.forward(4_000);
  await settled(checkoutId);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('one that could not be handled is taken at once when it is told again, however often', async () => {
  const { ada, checkoutId } = await paidCheckout();
  const told = news(checkoutId);
  await failures(4);
  await tell(told);
  for (let tries = 1; tries <= 4; tries++) {
    await vi.waitFor(async () => expect(await rowsOf(checkoutId)).toMatchObject([{ tries, trouble: expect.any(String) }]));
    if (tries < 4) clock.forward(2 ** tries * 1_000);
  }
  // Left to itself it would wait for 16 s.
  for (let i = 0; i < 3; i++) await tell(told);
  await settled(checkoutId, { timeout: 8_000 });
  await tell(told);
  expect(await rowsOf(checkoutId)).toMatchObject([{ state: 'done' }]);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('a worker that died with a notification in hand is followed by another one after a minute', async () => {
  const { ada, checkoutId } = await paidCheckout();
  const { core } = world();
  // As if it had been claimed a moment ago.
  await core.store.news.keep(
    { id: `evt_${newId()}`, kind: 'x', objectId: checkoutId, livemode: false, body: '{}', left: 'not-followed' },
    clock.now(),
  );
  await core.store.money.query(
    { text: `UPDATE stripe_news SET state = 'open', trouble = NULL, tries = 1, next_at = $2 WHERE object_id = $1` },
    [checkoutId, new Date(clock.now().getTime() + 60_000)],
  );
  expect(await ada.ledger()).toEqual([]);
  clock.forward(60_000);
  await settled(checkoutId);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('a purchase of a pack that only a newer version sells waits for that version, and operators are told of none', async () => {
  const { core, sdk, mails } = world();
  const [team] = (await sdk.prices.list({ lookup_keys: ['impacter_team_v1_usd'] })).data;
  await sdk.prices.create({ currency: 'usd', unit_amount: 9_900, product: team!.product as string, lookup_key: 'impacter_team_v2_usd' });
  const [price] = (await sdk.prices.list({ lookup_keys: ['impacter_team_v2_usd'] })).data;
  const { id, url } = await sdk.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price: price!.id, quantity: 1 }],
    customer_creation: 'always',
    success_url: 'https://example.com',
  });
  await world().billing.pay(url!);
  await tell(news(id));
  await vi.waitFor(async () => expect(await rowsOf(id)).toMatchObject([{ state: 'open', trouble: 'newer-price' }]));
  expect(await world().app.billing.done(null, id, '198.51.100.1')).toEqual({ kind: 'unclear' });
  expect((await mails(OPS, 0)).filter(({ text }) => text.includes(id))).toEqual([]);
  await core.store.money.query({ text: `UPDATE stripe_news SET state = 'left', trouble = 'other-mode' WHERE object_id = $1` }, [id]);
});

test('what an older version left is taken up within an hour', async () => {
  const { ada, checkoutId } = await paidCheckout();
  const { core } = world();
  const kept = { kind: 'x', objectId: checkoutId, livemode: false, body: '{}' };
  await core.store.news.keep({ ...kept, id: `evt_${newId()}`, left: 'not-followed' }, clock.now());
  clock.forward(HOUR_MS);
  await settled(checkoutId);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('refunds, disputes, charges and reports of fraud lead to their payment, which is credited first', async () => {
  const { ada, paymentId } = await paidCheckout();
  const { billing, sdk, core } = world();
  const refund = await billing.refund(paymentId, 500);
  await tell(news(refund.id, { kind: 'customer.created' }));
  await settled(refund.id);
  expect(await ada.ledger()).toEqual(['purchase 500', 'clawback 100']);

  await billing.warnOfFraud(paymentId);
  const { latest_charge: charge } = await sdk.paymentIntents.retrieve(paymentId);
  await tell(news(charge as string, { kind: 'charge.refunded' }));
  await settled(charge as string);
  const { rows } = await core.store.money.query({ text: 'SELECT fraud_warned_at FROM purchases WHERE payment_id = $1' }, [paymentId]);
  expect(rows).toEqual([{ fraud_warned_at: expect.any(Date) }]);

  // Left by a version that did not follow disputes.
  const dispute = await billing.dispute(paymentId);
  const kept = { kind: 'charge.dispute.created', objectId: dispute.id, livemode: false, body: '{}' };
  await core.store.news.keep({ ...kept, id: `evt_${newId()}`, left: 'not-followed' }, clock.now());
  clock.forward(HOUR_MS);
  await settled(dispute.id);
  expect(await ada.ledger()).toEqual(['purchase 500', 'clawback 100', 'clawback 400']);
});

test('an operator hears of notifications that could not be handled for an hour', async () => {
  const { mails } = world();
  const unknown = `cs_test_${newId().replaceAll('-', '')}`;
  await tell(news(unknown));
  await vi.waitFor(async () => expect(await rowsOf(unknown)).toMatchObject([{ state: 'open', trouble: 'unknown-checkout' }]));
  clock.forward(HOUR_MS);
  clock.forward(60_000);
  expect(await mails(OPS)).toMatchObject([{ kind: 'alarm', subject: expect.stringContaining('Payments are not credited') }]);
  await world().core.store.money.query({ text: `UPDATE stripe_news SET state = 'left', trouble = 'other-mode' WHERE object_id = $1` }, [
    unknown,
  ]);
});

const kinds = [
  'checkout.session.completed',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'charge.refunded',
  'charge.dispute.created',
  'customer.deleted',
  'moon.landed',
];

test('notifications with contradictory names and shared ids credit what was paid and was named, once, and take nothing', async () => {
  const { core } = world();
  const claims = fc.record({
    event: fc.nat(5),
    object: fc.nat(7),
    kind: fc.constantFrom(...kinds),
    livemode: fc.constantFrom(false, false, true),
    thin: fc.boolean(),
    // What the object in it says of itself.
    lies: fc.constantFrom(
      {},
      { payment_status: 'paid', status: 'complete' },
      { status: 'expired' },
      { amount_total: -1, amount: Number.MAX_VALUE },
    ),
    metadata: fc.constantFrom({}, { purchase: newId(), pack: 'scale' }, { pack: 'starter' }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(claims, { minLength: 1, maxLength: 14 }), async (all) => {
      const ada = await world().person(0);
      const [paid, other, open, expired] = [await pay(ada), await pay(ada), await openFor(ada), await openFor(ada)];
      await world().sdk.checkout.sessions.expire(expired);
      const objects = [paid.checkoutId, paid.paymentId, other.checkoutId, other.paymentId, open, expired, 'in_1', `ch_${newId()}`];
      const run = newId().replaceAll('-', '');
      const told = new Map<string, { object: string; livemode: boolean }>();
      for (const { event, object, kind, livemode, thin, lies, metadata } of all) {
        const [id, objectId] = [`evt_${run}${event}`, objects[object]!];
        if (!told.has(id)) told.set(id, { object: objectId, livemode });
        const inside = { id: objectId, ...lies, metadata, client_reference_id: newId() };
        expect(await tell({ ...(thin ? thinNews(objectId, { kind }) : news(objectId, { kind, inside })), id, livemode })).toBe(200);
      }
      await vi.waitFor(async () => {
        // What is said to be completed and is not is looked at a few times.
        clock.forward(8_000);
        const { rows } = await core.store.money.query({ text: `SELECT 1 FROM stripe_news WHERE starts_with(id, $1) AND state = 'open'` }, [
          `evt_${run}`,
        ]);
        expect(rows).toEqual([]);
      });
      const named = new Set([...told.values()].flatMap((one) => (one.livemode ? [] : [one.object])));
      const credited = [paid, other].filter(({ checkoutId, paymentId }) => named.has(checkoutId) || named.has(paymentId));
      expect(await ada.ledger()).toEqual(credited.map(() => 'purchase 500'));
    }),
    { numRuns: 12 },
  );
});

test('an endpoint of an older API version, and prices that are missing, are told at start', async () => {
  const { sdk, another, url } = world();
  const { data } = await sdk.prices.list({ lookup_keys: ['impacter_team_v1_usd'] });
  await sdk.prices.update(data[0]!.id, { active: false });
  const endpoint = await sdk.webhookEndpoints.create({ url: url + NEWS_PATH, api_version: '2024-06-20', enabled_events: ['*'] });
  const told: object[] = [];
  const log = { ...heardLog(), error: (facts: object, words: string) => void told.push({ ...facts, words }) };
  const second = await another({}, { log });
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(told).toEqual([
    {
      problem: `the webhook endpoint ${url}${NEWS_PATH} uses API version 2024-06-20, not ${Stripe.API_VERSION}`,
      mend: expect.stringContaining(Stripe.API_VERSION),
      words: 'Stripe account needs attention',
    },
    expect.objectContaining({ problem: 'these prices are missing: impacter_team_v1_usd' }),
  ]);
  await second.stop();
  await sdk.webhookEndpoints.del(endpoint.id);
  await sdk.prices.update(data[0]!.id, { active: true });
});

async function paidCheckout() {
  const ada = await world().person(0);
  return { ada, ...(await pay(ada)) };
}

async function pay(person: Person): Promise<{ checkoutId: string; paymentId: string }> {
  const { url } = await world().app.billing.buy(person, { pack: 'starter', saveCard: false });
  const { leadsTo } = await world().billing.pay(url);
  const checkoutId = new URL(leadsTo!).searchParams.get('checkout')!;
  const { payment_intent: intent } = await world().sdk.checkout.sessions.retrieve(checkoutId);
  return { checkoutId, paymentId: intent as string };
}

/** A checkout that nobody has paid. */
async function openFor(person: Person): Promise<string> {
  const { url } = await world().app.billing.buy(person, { pack: 'starter', saveCard: false });
  return /cs_\w+/.exec(url)![0];
}

function news(objectId: string, { kind = 'checkout.session.completed', inside = { id: objectId } as object } = {}) {
  const id = `evt_${newId().replaceAll('-', '')}`;
  return { id, object: 'event', api_version: Stripe.API_VERSION, livemode: false, type: kind, data: { object: inside } };
}

function thinNews(objectId: string, { kind }: { kind: string }) {
  const id = `evt_${newId().replaceAll('-', '')}`;
  return { id, object: 'v2.core.event', livemode: false, type: `v1.${kind}`, related_object: { id: objectId, type: 'checkout.session' } };
}

async function tell(event: object): Promise<number> {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(clock.now().getTime() / 1000);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: world().secret, timestamp });
  const answer = await fetch(world().url + NEWS_PATH, { method: 'POST', headers: { 'Stripe-Signature': signature }, body: payload });
  await answer.arrayBuffer();
  return answer.status;
}

async function rowsOf(objectId: string) {
  const { rows } = await world().core.store.money.query<{ state: string; tries: number; trouble: string | null; body: string | null }>(
    { text: 'SELECT state, tries, trouble, body FROM stripe_news WHERE object_id = $1' },
    [objectId],
  );
  return rows;
}

/** So many of the next looks at a checkout fail at Stripe. */
function failures(many: number): Promise<void> {
  return world().billing.fault(
    ...Array.from({ length: many }, () => ({ what: 'internal-error' as const, on: 'GET /v1/checkout/sessions' })),
  );
}

async function settled(objectId: string, within: { timeout?: number } = {}): Promise<void> {
  await vi.waitFor(async () => {
    const rows = await rowsOf(objectId);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ state }) => state !== 'done')).toEqual([]);
  }, within);
}

function sdkAt(url: string, key: string): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, { host: hostname, port, protocol: 'http' });
}
