// What becomes of a notification of Stripe at the door: signed by the real SDK, sent over HTTP, kept in PostgreSQL.

import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';

const secrets = ['whsec_newAndLongEnoughForThis', 'whsec_oldAndLongEnoughForThis'];
const stripe = {
  STRIPE_SECRET_KEY: 'sk_test_nobodyIsAsked',
  STRIPE_WEBHOOK_SECRET: secrets.join(','),
  STRIPE_API_URL: 'http://127.0.0.1:9',
};
// No worker: what is kept stays as it is.
const stage = forAll(() => openStage({ wired: true, settings: { ...stripe, ROLES: 'web' } }));
let ids = 0;

test('a notification is kept as it came, and is open where we follow what it names', async () => {
  const body = JSON.stringify({ ...news({ objectId: 'cs_test_1' }), note: 'Ada \u0000 🙂 \ud800' }, null, 2);
  expect(await send(body)).toEqual([200, { kept: true }]);
  expect(await rows(body)).toEqual([
    {
      id: JSON.parse(body).id,
      kind: 'checkout.session.completed',
      object_id: 'cs_test_1',
      livemode: false,
      body,
      state: 'open',
      trouble: null,
      tries: 0,
    },
  ]);
});

test('the same notification ten times in parallel is one row', async () => {
  const body = JSON.stringify(news({ objectId: 'cs_test_2' }));
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(body)));
  expect(answers).toEqual(Array.from({ length: 10 }, () => [200, { kept: true }]));
  expect(await rows(body)).toHaveLength(1);
});

test.each([
  ['about an object that we do not follow', news({ objectId: 'cus_1', kind: 'customer.updated' }), 'not-followed'],
  ['of a kind nobody knows yet', news({ objectId: 'zz_1', kind: 'moon.landed' }), 'not-followed'],
  ['that names nothing', { ...news({}), data: {} }, 'not-followed'],
  ['about the other mode', { ...news({ objectId: 'cs_live_1' }), livemode: true }, 'other-mode'],
])('a notification %s is kept and left', async (_, event, trouble) => {
  const body = JSON.stringify(event);
  expect(await send(body)).toEqual([200, { kept: true }]);
  expect(await rows(body)).toMatchObject([{ state: 'left', trouble, body }]);
});

test.each([
  ['no signature', () => null],
  ['somebody else’s signature', (body: string) => signed(body, { secret: 'whsec_somebodyElse' })],
  ['a signature over other bytes', (body: string) => signed(`${body} `)],
  ['a time more than 300 s ago', (body: string) => signed(body, { seconds: -302 })],
  ['a time more than 300 s ahead', (body: string) => signed(body, { seconds: 302 })],
])('with %s not one row is written', async (_, sign) => {
  const body = JSON.stringify(news({ objectId: 'cs_test_3' }));
  const before = await count();
  expect(await send(body, sign(body))).toEqual([400, { kept: false }]);
  expect(await count()).toBe(before);
});

test('while its secret rotates, an endpoint is heard by the old one and the new one', async () => {
  for (const secret of secrets) {
    const body = JSON.stringify(news({ objectId: 'cs_test_4' }));
    expect(await send(body, signed(body, { secret }))).toEqual([200, { kept: true }]);
  }
});

test('a body above 1 MB is refused before it is read, and one of nearly 1 MB is kept', async () => {
  const large = (bytes: number) => {
    const event = { ...news({ objectId: 'cs_test_5' }), text: '' };
    return JSON.stringify({ ...event, text: 'x'.repeat(bytes - JSON.stringify(event).length) });
  };
  expect(await send(large(1_000_000))).toEqual([200, { kept: true }]);
  expect((await send(large(1_000_001)))[0]).toBe(413);
});

test('while the database is away the answer is 503, and afterwards the notification is kept', async () => {
  const body = JSON.stringify(news({ objectId: 'cs_test_6' }));
  stage().wire.cut();
  try {
    expect((await send(body))[0]).toBe(503);
  } finally {
    stage().wire.mend();
  }
  await expect.poll(async () => (await send(body))[0], { timeout: 10_000 }).toBe(200);
  expect(await rows(body)).toHaveLength(1);
});

test('with payments off, the webhook answers that there is no such address', async () => {
  const off = await stage().another({ STRIPE_SECRET_KEY: 'off' });
  const answer = await fetch(off.url + NEWS_PATH, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(404);
  await off.stop();
});

function news({ objectId = 'cs_test_0', kind = 'checkout.session.completed' }: { objectId?: string; kind?: string }) {
  return {
    id: `evt_${++ids}`,
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    type: kind,
    data: { object: { id: objectId } },
  };
}

function signed(payload: string, { secret = secrets[0]!, seconds = 0 } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(Date.now() / 1000) + seconds });
}

async function send(body: string, signature: string | null = signed(body)): Promise<[number, unknown]> {
  const headers = { 'Content-Type': 'application/json', ...(signature !== null && { 'Stripe-Signature': signature }) };
  const answer = await fetch(stage().url + NEWS_PATH, { method: 'POST', headers, body });
  return [answer.status, await answer.json()];
}

async function rows(body: string) {
  const { rows: found } = await stage().core.store.money.query(
    { text: 'SELECT id, kind, object_id, livemode, body, state, trouble, tries FROM stripe_news WHERE id = $1' },
    [(JSON.parse(body) as { id: string }).id],
  );
  return found;
}

async function count(): Promise<number> {
  const { rows: found } = await stage().core.store.money.query<{ many: number }>(
    { text: 'SELECT count(*)::int AS many FROM stripe_news' },
    [],
  );
  return found[0]!.many;
}
