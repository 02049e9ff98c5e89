// What happens at Stripe and is never told: found within a quarter of an hour, by the product's own worker.

import { Stripe } from 'stripe';
import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf } from '#core/testing/visitors/visitor.ts';

const OPS = 'ops@operators.example';
const MINUTE_MS = 60_000;
const clock = clockByHand();
// Its notifications go nowhere.
const billing = forAll(() => openBillingStage({ clock }));
const stage = forAll(() => openStage({ clock, settings: { ...billing().settings, OPERATOR_EMAILS: OPS } }));

test('what was paid while the endpoint was down is credited within one interval, once', async () => {
  const ada = await stage().person(0);
  const [one, other] = [await paid(ada), await paid(ada)];
  const stranger = `${one.paymentId.slice(-12).toLowerCase()}@example.com`;
  const { url } = await stage().app.billing.buyAsStranger({ pack: 'starter', caller: '203.0.113.9' });
  await billing().pay(url, { email: stranger });
  await billing().refund(other.paymentId, 500);
  await round();
  expect(await ada.ledger()).toEqual(['purchase 500', 'purchase 500', 'clawback 100']);
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['receipt', 'receipt', 'refund']);
  expect(await kindsWrittenTo(stage(), stranger)).toEqual(['welcome', 'receipt']);
  await round();
  expect(await ada.ledger()).toHaveLength(3);
});

test('a payment whose purchase was lost, and one whose checkout was never heard of, are found in the lists', async () => {
  const ada = await stage().person(0);
  const { checkoutId } = await paid(ada);
  const { money } = stage().core.store;
  await money.query({ text: 'DELETE FROM purchases WHERE checkout_id = $1' }, [checkoutId]);
  await billing().fault(...Array.from({ length: 4 }, () => ({ what: 'lose-answer', on: 'POST /v1/checkout/sessions' }) as const));
  const grace = await stage().person(0);
  await expect(stage().app.billing.buy(grace, { pack: 'starter', saveCard: false })).rejects.toMatchObject({
    code: 'payments.unavailable',
  });
  const { data } = await stripe().checkout.sessions.list({ limit: 5 });
  await billing().pay(data.find((each) => each.customer_email === grace.email)!.url!, { email: grace.email });
  // Who never paid, and whose checkout was never heard of either.
  await billing().fault(...Array.from({ length: 2 }, () => ({ what: 'internal-error', on: 'POST /v1/checkout/sessions' }) as const));
  const alan = await stage().person(0);
  await expect(stage().app.billing.buy(alan, { pack: 'starter', saveCard: false })).rejects.toMatchObject({ code: 'payments.unavailable' });
  await round();
  expect([await ada.ledger(), await grace.ledger(), await alan.ledger()]).toEqual([['purchase 500'], ['purchase 500'], []]);
  clock.forward(3 * 60 * MINUTE_MS);
  await round();
  const { rows } = await money.query({ text: 'SELECT state FROM purchases WHERE team_id = $1' }, [alan.teamId]);
  expect(rows).toEqual([{ state: 'expired' }]);
});

test('a dispute that is decided weeks later, and a refund that fails weeks later, are noticed though no list has them', async () => {
  const ada = await stage().person(0);
  const [disputed, refunded] = [await paid(ada), await paid(ada)];
  const dispute = await billing().dispute(disputed.paymentId);
  const refund = await billing().refund(refunded.paymentId);
  await round();
  await round();
  expect((await ada.ledger()).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'clawback 500',
    'clawback 500',
    'purchase 500',
    'purchase 500',
  ]);
  for (let days = 0; days < 20; days += 5) {
    clock.forward(5 * 24 * 60 * MINUTE_MS);
    await round();
  }
  await billing().failRefund(refund.id);
  await billing().win(dispute.id);
  await round();
  expect((await ada.ledger()).slice(4)).toEqual(['restore 500', 'restore 500']);
});

test('an event that could not be delivered is handled, whatever it names', async () => {
  const ada = await stage().person(0);
  await billing().newsTo('http://127.0.0.1:9');
  const { checkoutId } = await paid(ada);
  await billing().news.sent();
  await billing().newsTo(null);
  await round();
  await vi.waitFor(async () => {
    const { rows } = await stage().core.store.money.query<{ kind: string; state: string }>(
      { text: 'SELECT kind, state FROM stripe_news WHERE object_id = $1' },
      [checkoutId],
    );
    expect(rows).toEqual([{ kind: 'checkout.session.completed', state: 'done' }]);
  });
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('a difference that outlives two rounds raises an alarm, and is forgotten when it is gone', async () => {
  const ada = await stage().person(0);
  const { checkoutId } = await paid(ada);
  const { money } = stage().core.store;
  // A price that somebody changed in the account does not fit what is sold.
  await money.query({ text: `UPDATE purchases SET state = 'expired', ended_at = now() WHERE checkout_id = $1` }, [checkoutId]);
  await money.query({ text: 'ALTER TABLE purchases DISABLE TRIGGER purchases_guard' }, []);
  await money.query({ text: 'UPDATE purchases SET credits = credits + 1 WHERE checkout_id = $1' }, [checkoutId]);
  const differences = async () => (await money.query({ text: 'SELECT key, what, facts, rounds FROM billing_differences' }, [])).rows;
  await round();
  const difference = { key: `checkout:${checkoutId}`, what: 'unfit', facts: { why: 'other-purchase' } };
  expect(await differences()).toEqual([{ ...difference, rounds: 1 }]);
  expect(await kindsWrittenTo(stage(), OPS)).toEqual(['alarm']);
  await round();
  expect(await differences()).toEqual([{ ...difference, rounds: 2 }]);
  expect(await kindsWrittenTo(stage(), OPS)).toEqual(['alarm', 'alarm']);
  expect((await mailOf(stage(), OPS, 'alarm')).text).toContain(
    `1 differences could not be repaired in two rounds:\n\n${checkoutId}: unfit`,
  );
  await money.query({ text: 'UPDATE purchases SET credits = credits - 1, trouble = NULL WHERE checkout_id = $1' }, [checkoutId]);
  await money.query({ text: 'ALTER TABLE purchases ENABLE TRIGGER purchases_guard' }, []);
  await round();
  expect(await differences()).toEqual([]);
  expect(await ada.ledger()).toEqual(['purchase 500']);
});

test('while Stripe is away a round ends without an answer, and the next one looks as far back', async () => {
  const ada = await stage().person(0);
  // More failures than the rounds that may follow before the payment is seen: one of the test before may still be going on.
  await billing().fault(...Array.from({ length: 20 }, () => ({ what: 'internal-error', on: 'GET /v1/refunds' }) as const));
  clock.forward(MINUTE_MS);
  const paidAt = clock.now().toISOString();
  await paid(ada);
  const soon = { interval: 100, timeout: 20_000 };
  await vi.waitFor(async () => {
    clock.forward(5 * MINUTE_MS);
    expect(await ada.ledger()).toEqual(['purchase 500']);
  }, soon);
  expect(((await until()) ?? '') < paidAt).toBe(true);
  await vi.waitFor(async () => {
    clock.forward(5 * MINUTE_MS);
    expect(((await until()) ?? '') > paidAt).toBe(true);
  }, soon);
});

test('operators hear when no comparison could be finished for hours', async () => {
  await billing().fault(...Array.from({ length: 200 }, () => ({ what: 'internal-error', on: 'GET /v1/disputes' }) as const));
  await vi.waitFor(
    async () => {
      clock.forward(15 * MINUTE_MS);
      expect(await alarms()).toContain('Impacter: Payments are not being compared with Stripe');
    },
    { interval: 100, timeout: 20_000 },
  );
});

async function alarms(): Promise<string[]> {
  const mails = await stage().mailbox.to(OPS);
  return mails.map(({ subject }) => subject);
}

/** Lets a quarter of an hour pass, and waits for the round that follows. */
async function round(): Promise<void> {
  const before = await until();
  clock.forward(15 * MINUTE_MS);
  await vi.waitFor(
    async () => {
      if ((await until()) === before) {
        clock.forward(MINUTE_MS);
        throw new Error('the round has not ended');
      }
    },
    { interval: 200, timeout: 8_000 },
  );
}

async function until(): Promise<string | null> {
  const lease = await stage().core.store.leases.read('stripe reconciler');
  return (lease?.state as { until?: string } | undefined)?.until ?? null;
}

async function paid(person: Person): Promise<{ checkoutId: string; paymentId: string }> {
  const { url } = await stage().app.billing.buy(person, { pack: 'starter', saveCard: false });
  await billing().pay(url, { email: person.email });
  const checkoutId = /cs_\w+/.exec(url)![0];
  const { payment_intent: intent } = await stripe().checkout.sessions.retrieve(checkoutId);
  return { checkoutId, paymentId: intent as string };
}

function stripe(): Stripe {
  const { hostname, port } = new URL(billing().url);
  return new Stripe(billing().settings.STRIPE_SECRET_KEY!, { host: hostname, port, protocol: 'http' });
}
