// Who may open a checkout, and what they are told when none can be opened.

import { expect, test } from 'vitest';
import type { Actor } from '#core/domain/actor.ts';
import type { TeamId } from '#core/domain/ids.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { portalVisitor, wordsOf } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';

const billing = forAll(() => openBillingStage());
const stage = forAll(
  () => openStage({ portal: true, settings: { ...proxied, ...billing().settings, STRIPE_CURRENCIES: 'usd,eur' } }),
  60_000,
);
const closed = forAll(() => openStage({ portal: true, settings: { ...proxied, STRIPE_SECRET_KEY: 'off' } }), 60_000);
const mute = forAll(() => openStage({ portal: true, settings: { ...proxied, ...billing().settings, SES_FROM: 'off' } }), 60_000);
const starter = { pack: 'starter', saveCard: false };

test('owners, admins and billing members buy for their team; others are told whom to ask, and open nothing', async () => {
  const { app, core, person } = stage();
  const people = [await person(0), await person(0), await person(0), await person(0)] as const;
  const { actors } = await sharedTeam(core, 'Acme', [
    [people[0], 'owner'],
    [people[1], 'admin'],
    [people[2], 'billing'],
    [people[3], 'approver'],
  ] as const);
  for (const actor of actors.slice(0, 3)) {
    expect((await app.billing.pack(actor, 'starter')).team).toEqual({ name: 'Acme', mayBuy: true, ask: [] });
    expect((await app.billing.buy(actor, starter)).url).toMatch(/\/c\/pay\/cs_test_/);
  }
  expect((await app.billing.pack(actors[3], 'starter')).team).toEqual({ name: 'Acme', mayBuy: false, ask: ['Ada', 'Ada', 'Ada'] });
  const before = await purchases(actors[3].teamId);
  await expect(app.billing.buy(actors[3], starter)).rejects.toMatchObject({ code: 'not.allowed' });
  expect(await purchases(actors[3].teamId)).toEqual(before);
});

test('a team that is being deleted, and one whose credits are on hold, buy nothing', async () => {
  const { app, core, person } = stage();
  for (const [change, code] of [
    ["deletion_asked_at = now(), deletion_asked_by = personal_of, deletion_at = now() + interval '1 day'", 'team.leaving'],
    ['frozen_at = now()', 'wallet.frozen'],
  ] as const) {
    const ada: Actor = await person(0);
    await core.store.money.query({ text: `UPDATE teams SET ${change} WHERE id = $1` }, [ada.teamId]);
    await expect(app.billing.buy(ada, starter)).rejects.toMatchObject({ code });
  }
});

test.each([
  ['is away', 'cut', 4],
  ['fails', 'internal-error', 2],
  ['is busy', 'rate-limit', 1],
] as const)('while Stripe %s, people are told that payments are unavailable, and can buy a moment later', async (_, what, times) => {
  const ada = await stage().person(0);
  await stage().app.billing.buy(ada, starter); // what the price is called there is known by now
  await billing().fault(...Array.from({ length: times }, () => ({ what, on: 'POST /v1/checkout/sessions' }) as const));
  await expect(stage().app.billing.buy(ada, starter)).rejects.toMatchObject({ code: 'payments.unavailable', status: 503 });
  expect((await stage().app.billing.buy(ada, starter)).url).toContain('/c/pay/');
  expect(await purchases(ada.teamId)).toEqual(['open at Stripe', 'open', 'open at Stripe']);
});

test('a team whose customer was deleted at Stripe can buy, and becomes a new customer', async () => {
  const { app, core, person } = stage();
  const ada = await person(0);
  await core.store.customers.keep(ada.teamId, 'cus_deletedInTheDashboard');
  const { url } = await app.billing.buy(ada, starter);
  expect(await core.store.customers.of(ada.teamId)).toBeNull();
  const { leadsTo } = await billing().pay(url);
  const checkout = new URL(leadsTo!).searchParams.get('checkout')!;
  expect(await app.billing.done(ada, checkout, '198.51.100.9')).toMatchObject({ kind: 'paid' });
  expect(await core.store.customers.of(ada.teamId)).toMatch(/^cus_(?!deleted)/);
});

test('a stranger opens so many checkouts in an hour, and keeps nobody else from it', async () => {
  const { billing: selling } = stage().app;
  for (let n = 0; n < 20; n++) await selling.buyAsStranger({ pack: 'starter', caller: '198.51.100.7' });
  await expect(selling.buyAsStranger({ pack: 'starter', caller: '198.51.100.7' })).rejects.toMatchObject({ code: 'request.too-many' });
  expect((await selling.buyAsStranger({ pack: 'starter', caller: '198.51.100.8' })).url).toContain('/c/pay/');
  // Whoever has an IPv6 address has all that begin like it.
  for (let n = 0; n < 20; n++) await selling.buyAsStranger({ pack: 'starter', caller: `2001:db8:1:1::${n}` });
  await expect(selling.buyAsStranger({ pack: 'starter', caller: '2001:db8:1:1::99' })).rejects.toMatchObject({ code: 'request.too-many' });
});

test('packs are shown and sold in each currency that is set, and in the usual one to who names another', async () => {
  const stranger = portalVisitor(stage());
  for (const [wanted, price] of [
    ['', '$110'],
    ['?currency=eur', '€102'],
    ['?currency=jpy', '$110'],
    ['?currency=__proto__', '$110'],
  ] as const) {
    expect(wordsOf(await stranger.page(`/buy/team${wanted}`))).toContain(`Price ${price}`);
    expect(wordsOf(await stranger.page(`/buy${wanted}`))).toContain(price);
    const { to } = await stranger.post('/buy/team', { intent: 'buy', currency: wanted.slice('?currency='.length) });
    expect(wordsOf(await (await fetch(to!)).text())).toContain(`Pay ${price}.00`);
  }
});

test('there is no pack by another name, and a form sent from elsewhere opens nothing', async () => {
  const stranger = portalVisitor(stage());
  await stranger.page('/buy/gold', 404);
  await stranger.page('/buy/__proto__', 404);
  expect((await stranger.post('/buy/starter', { intent: 'buy' }, { Origin: 'https://shop.example' })).status).toBe(403);
  const { status, to } = await stranger.post('/buy/starter', { intent: 'buy', credits: '999999', price: '1' });
  expect([status, to]).toEqual([302, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/c\/pay\/cs_test_/)]);
});

test('the page that people come back to tells nothing to who made up its address', async () => {
  const stranger = portalVisitor(stage());
  for (const id of ['', 'cs_test_nobody', 'pi_1', '../customers', 'cs_1%00', 'x'.repeat(5_000)])
    expect(wordsOf(await stranger.page(`/buy/done?checkout=${encodeURIComponent(id)}`))).toContain('Checkout not found');
});

test('where no emails are sent, strangers are asked to log in first, because no link could reach them', async () => {
  const { app } = mute();
  await expect(app.billing.buyAsStranger({ pack: 'starter', caller: '198.51.100.7' })).rejects.toMatchObject({ code: 'mail.off' });
  const page = wordsOf(await portalVisitor(mute()).page('/buy/starter'));
  expect([page.includes('Log in to buy'), page.includes('Continue to payment')]).toEqual([true, false]);
});

test('a network that looks at checkouts too often is told to come back in an hour, and others are not', async () => {
  const { billing: selling } = stage().app;
  const look = (caller: string) => selling.done(null, 'no checkout', caller);
  for (let n = 0; n < 120; n++) expect(await look(`2001:db8:2:2::${n}`)).toEqual({ kind: 'unknown' });
  expect([await look('2001:db8:2:2::999'), await look('2001:db8:2:3::1')]).toEqual([{ kind: 'too-many' }, { kind: 'unknown' }]);
});

test('with Stripe off nothing is sold: pages say so, and no form opens anything', async () => {
  const { app, core } = closed();
  expect([core.payments, await app.billing.packs(), await app.billing.terms()]).toEqual([null, null, null]);
  const stranger = portalVisitor(closed());
  expect(wordsOf(await stranger.page('/buy'))).toContain('Credits can’t be bought here. Ask the team that runs Impacter for credits.');
  expect(await stranger.post('/buy/starter', { intent: 'buy' })).toMatchObject({ to: '/buy' });
  expect(wordsOf(await stranger.page('/'))).not.toContain('Buy credits');
  expect(wordsOf(await stranger.page('/buy/done?checkout=cs_test_1'))).toContain('Payments are turned off');
  expect(wordsOf(await stranger.page('/terms'))).not.toContain('Buying credits');
  await stranger.signUp(stranger.email);
  expect(wordsOf(await stranger.page('/credits'))).toContain('Credits can’t be bought here.');
  await expect(app.billing.buy(await stranger.actor(), starter)).rejects.toMatchObject({ code: 'billing.off' });
});

test('the terms stand on their page, beside the pack, and at the checkout', async () => {
  const stranger = portalVisitor(stage());
  for (const page of ['/terms', '/buy/team']) expect(wordsOf(await stranger.page(page))).toContain('Credits that you bought don’t expire.');
  const { to } = await stranger.post('/buy/team', { intent: 'buy' });
  const checkout = await (await fetch(to!)).text();
  expect(checkout).toContain(`By paying you agree to the terms of Impacter: ${stage().core.settings.publicUrl}/terms.`);
});

async function purchases(teamId: TeamId): Promise<string[]> {
  const { rows } = await stage().core.store.money.query<{ is: string }>(
    {
      text: `SELECT state || CASE WHEN checkout_id IS NULL THEN '' ELSE ' at Stripe' END AS is FROM purchases WHERE team_id = $1 ORDER BY id`,
    },
    [teamId],
  );
  return rows.map((row) => row.is);
}
