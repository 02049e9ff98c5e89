// What a product without settings for Stripe has in its place.

import { expect, onTestFinished, test, vi } from 'vitest';
import { pricesIn, NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { offerOf } from '#core/domain/credits/packs.ts';
import { newId } from '#core/domain/ids.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';
import { payAt } from '#core/testing/visitors/payer.ts';

const usual = forAll(() => openStage());

test('a pack is bought at the sandbox with no setting at all, and its news reach the product', async () => {
  const { core, url } = usual();
  const { wanted, id, url: pay } = await openStarter(core);
  expect(core.payments!.origins).toContain(new URL(pay).origin);
  expect((await payAt(pay)).leadsTo).toBe(`${core.settings.publicUrl}/buy/done?checkout=${id}`);
  expect(await core.payments!.checkout(id)).toMatchObject({
    status: 'complete',
    payment: 'paid',
    reference: wanted.purchaseId,
    email: 'ada@example.com',
    total: 2_500n,
    lines: [{ price: wanted.price, unitAmount: 2_500n, quantity: 1, isRecurring: false }],
  });
  await vi.waitFor(async () => expect(await kindsOf(core, id)).toEqual(['checkout.session.completed']));
  expect(await core.payments!.check(pricesIn(['usd', 'eur', 'jpy']))).toMatchObject({
    livemode: false,
    missingPrices: [],
    hasPortal: true,
    endpoints: [{ url: `http://127.0.0.1:${new URL(url).port}${NEWS_PATH}` }],
  });
});

test('a second process in the folder sells through the same sandbox', async () => {
  const { product, another } = usual();
  const second = await another();
  const third = await another();
  expect([second.outside.till!.url, third.outside.till!.url]).toEqual([product.outside.till!.url, product.outside.till!.url]);
});

test('a test moves what happens at Stripe by hand: processes that share it are told, in the order that was asked for', async () => {
  const clock = clockByHand();
  const billing = await openBillingStage({ clock });
  onTestFinished(billing.stop);
  const { core, url, another } = await stage({ settings: billing.settings, clock });
  const other = await another();
  const { id, url: pay } = await openStarter(core);

  await billing.newsTo(url);
  await billing.news.order({ how: 'duplicate', type: 'checkout.session.completed' }, { how: 'drop', type: 'payment_intent.succeeded' });
  await billing.pay(pay);
  await billing.news.sent();
  expect(await kindsOf(core, id)).toEqual(['checkout.session.completed']);
  const { paymentId } = (await other.core.payments!.checkout(id))!;
  expect(await kindsOf(core, paymentId!)).toEqual(['payment_intent.created']);

  await billing.refund(id, 500);
  const { id: dispute } = await billing.dispute(paymentId!);
  await billing.news.sent();
  await billing.newsTo(NOBODY_LISTENS);
  await billing.lose(dispute);
  await billing.advance(60 * 60_000);
  expect(await kindsOf(core, dispute)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
  await billing.newsTo(other.url);
  await billing.advance(24 * 60 * 60_000);
  expect(await kindsOf(core, dispute)).toContain('charge.dispute.closed');
  await billing.newsTo(null);
  await billing.warnOfFraud(paymentId!);
  await billing.news.sent();
  expect((await billing.overview()).events[0]).toMatchObject({ type: 'radar.early_fraud_warning.created', deliveries: [] });
  expect((await billing.overview()).payments).toMatchObject([
    { id: paymentId, refunded: 500, disputes: [{ id: dispute, status: 'lost' }] },
  ]);
});

const NOBODY_LISTENS = 'http://127.0.0.1:9';

async function openStarter(core: Core) {
  const wanted = {
    purchaseId: newId(),
    site: 'https://impacter.example',
    pack: 'starter',
    price: offerOf('starter', 'usd').price,
    customerId: null,
    email: null,
    saveCard: true,
    expiresAt: new Date(core.clock.now().getTime() + 2 * 60 * 60_000),
    successUrl: `${core.settings.publicUrl}/buy/done?checkout={CHECKOUT_SESSION_ID}`,
    cancelUrl: `${core.settings.publicUrl}/buy`,
    terms: 'Credits do not expire.',
    invoiceFooter: '',
  };
  return { wanted, ...(await core.payments!.openCheckout(wanted, `checkout:${wanted.purchaseId}`)) };
}

/** What the product was told of an object. */
async function kindsOf({ store }: Core, objectId: string): Promise<string[]> {
  const text = 'SELECT kind FROM stripe_news WHERE object_id = $1 ORDER BY kind';
  return (await store.money.query<{ kind: string }>({ text }, [objectId])).rows.map(({ kind }) => kind);
}
