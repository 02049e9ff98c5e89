// What was paid becomes credits once, whoever tells of it and in whatever order. Checkouts are opened by the product at
// Stripe's sandbox through the real client, and paid on its page.

import pg from 'pg';
import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import type { Paying } from '#core/testing/visitors/payer.ts';
import { kindsWrittenTo, mailOf, PASSWORD, proxied, tokenIn, visitor } from '#core/testing/visitors/visitor.ts';
import { fulfil } from './fulfil.ts';

const OPS = 'ops@operators.example';
const DELAYED = 'AT611904300234573201';
const billing = forAll(() => openBillingStage());
const stage = forAll(() =>
  openStage({ settings: { ...proxied, ...billing().settings, OPERATOR_EMAILS: OPS, STRIPE_PROMOTION_CODES: 'true' } }),
);
const app = () => stage().app;
const told = (checkout: string) => fulfil(stage().core, checkout, 'news');
/** Callers have addresses of their own, so that nobody is slowed down by the others. */
const newAddress = () => `203.0.113.${1 + (addresses++ % 250)}`;
let addresses = 0;
const newMail = () => `${newId().slice(-12)}@example.com`;

test('a stranger who pays has an account with the credits, a way into it by mail and a receipt, and is not logged in', async () => {
  const email = newMail();
  const checkout = await bought(email, { name: 'Grace Hopper' });
  const done = await app().billing.done(null, checkout, '203.0.113.1');
  expect(done).toEqual({ kind: 'paid', credits: '2625000000', team: null, mailedTo: `${email[0]}•••@example.com` });
  expect(await kindsWrittenTo(stage(), email)).toEqual(['welcome', 'receipt']);
  expect(await paidTo(email)).toEqual([{ credits: '2625000000', money: '11000 usd', source: 'stripe' }]);

  const receipt = await mailOf(stage(), email, 'receipt');
  expect(receipt.text).toMatch(/added to “Grace Hopper” on Impacter[^]*Credits: 2,625\nPaid: \$110\n[^]*\/credits\n/);
  const grace = visitor(stage(), newAddress());
  expect((await grace.logIn(email, '')).status).toBe(401);
  await grace.auth('/reset-password', { token: tokenIn(await mailOf(stage(), email, 'welcome')), newPassword: PASSWORD });
  expect((await grace.logIn(email)).status).toBe(200);
});

test('what was opened for a team goes to that team, whatever address stands in the checkout', async () => {
  const ada = await stage().person(0);
  const open = async () => (await app().billing.buy(ada, { pack: 'starter', saveCard: false })).url;
  const checkout = await pay(await open(), {});
  expect(await app().billing.done(ada, checkout, '203.0.113.1')).toMatchObject({ kind: 'paid', team: 'Ada', mailedTo: null });

  // The next one is for the same customer, whose address is somebody else's by now.
  const customer = await stage().core.store.customers.of(ada.teamId);
  const other = newMail();
  await stripe().customers.update(customer!, { email: other });
  const second = await pay(await open(), {});
  expect(await stripe().checkout.sessions.retrieve(second)).toMatchObject({ customer, customer_details: { email: other } });
  expect(await told(second)).toMatchObject({ kind: 'paid', purchase: { teamId: ada.teamId } });
  expect(await ada.ledger()).toEqual(['purchase 500', 'purchase 500']);
  expect(await stage().core.store.people.findByEmail(other)).toBeNull();
  expect([await kindsWrittenTo(stage(), other), await kindsWrittenTo(stage(), ada.email)]).toEqual([[], ['receipt', 'receipt']]);
});

test('a stranger who pays for a known address brings its owner credits and a receipt, and no card of theirs', async () => {
  const ada = await stage().person(0);
  await member(ada.userId);
  const checkout = await bought(ada.email.toUpperCase());
  expect(await told(checkout)).toMatchObject({ kind: 'paid', repeated: false, purchase: { teamId: ada.teamId } });
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['security', 'receipt']);
  expect(await stage().core.store.customers.of(ada.teamId)).toBeNull();
});

test('the same address in three spellings, paid for in one second, is one account with all of the credits', async () => {
  const email = newMail();
  const checkouts = await Promise.all([email, email.toUpperCase(), email.replace('e', 'E')].map((typed) => bought(typed)));
  const outcomes = await Promise.all(checkouts.map(told));
  expect(new Set(outcomes.map((outcome) => outcome.kind === 'paid' && outcome.purchase.teamId)).size).toBe(1);
  expect((await paidTo(email)).map(({ credits }) => credits)).toEqual(['2625000000', '2625000000', '2625000000']);
});

test('a password that a stranger set in advance opens nothing, and ends when the owner chooses one', async () => {
  const email = newMail();
  const eve = visitor(stage(), newAddress());
  await eve.auth('/sign-up/email', { email, password: 'chosen by eve before', name: 'Eve' });
  await told(await bought(email));
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify', 'welcome', 'receipt']);
  expect((await eve.logIn(email, 'chosen by eve before')).status).toBe(403);

  const owner = visitor(stage(), newAddress());
  await owner.auth('/reset-password', { token: tokenIn(await mailOf(stage(), email, 'welcome')), newPassword: PASSWORD });
  expect((await owner.logIn(email)).status).toBe(200);
  expect((await eve.logIn(email, 'chosen by eve before')).status).toBe(401);
});

test('ten requests about one checkout at the same moment credit it once and send one welcome and one receipt', async () => {
  const email = newMail();
  const checkout = await bought(email);
  const outcomes = await Promise.all([
    ...Array.from({ length: 5 }, () => told(checkout)),
    ...Array.from({ length: 5 }, () => app().billing.done(null, checkout, '203.0.113.2')),
  ]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(10).fill('paid'));
  expect(await paidTo(email)).toHaveLength(1);
  expect(await kindsWrittenTo(stage(), email)).toEqual(['welcome', 'receipt']);
});

test('a delayed payment waits for the bank, is credited once when it arrives, and stays credited', async () => {
  const email = newMail();
  const checkout = await bought(email, { card: DELAYED });
  expect([await told(checkout), await told(checkout)]).toEqual([{ kind: 'pending' }, { kind: 'pending' }]);
  expect(await kindsWrittenTo(stage(), email)).toEqual([]);
  await billing().settle(checkout, true);
  expect(await told(checkout)).toMatchObject({ kind: 'paid', repeated: false });
  expect(await told(checkout)).toMatchObject({ kind: 'paid', repeated: true });
  expect(await paidTo(email)).toHaveLength(1);
});

test('a delayed payment that fails credits nothing, and its buyer hears of it once', async () => {
  const email = newMail();
  const checkout = await bought(email, { card: DELAYED });
  await told(checkout);
  await billing().settle(checkout, false);
  expect([await told(checkout), await told(checkout)]).toEqual([{ kind: 'failed' }, { kind: 'failed' }]);
  expect(await kindsWrittenTo(stage(), email)).toEqual(['payment-failed']);
  expect(await stage().core.store.people.findByEmail(email)).toBeNull();
});

test('a checkout that nobody paid credits nothing, and expires', async () => {
  const { url } = await app().billing.buyAsStranger({ pack: 'starter', caller: newAddress() });
  expect(await told(idIn(url))).toEqual({ kind: 'open' });
  await stripe().checkout.sessions.expire(idIn(url));
  expect(await told(idIn(url))).toEqual({ kind: 'expired' });
  expect(await stage().core.store.purchases.byCheckout(idIn(url))).toMatchObject({ state: 'expired', teamId: null });
  expect(await app().billing.done(null, 'cs_test_nobody', '203.0.113.3')).toEqual({ kind: 'unknown' });
});

test('a checkout whose answer was lost again and again finds its purchase when it is paid', async () => {
  const ada = await stage().person(0);
  // Stripe's client asks twice by itself, and we ask it twice.
  await billing().fault(...Array.from({ length: 4 }, () => ({ what: 'lose-answer', on: 'POST /v1/checkout/sessions' }) as const));
  await expect(app().billing.buy(ada, { pack: 'starter', saveCard: false })).rejects.toMatchObject({ code: 'payments.unavailable' });
  const { data } = await stripe().checkout.sessions.list({ limit: 10 });
  const [orphan, ...others] = data.filter(({ customer_email: typed }) => typed === ada.email);
  expect(others).toEqual([]);
  await billing().pay(orphan!.url!, { email: ada.email });
  expect(await told(orphan!.id)).toMatchObject({ kind: 'paid', purchase: { teamId: ada.teamId, checkoutId: orphan!.id } });
  expect(await ada.ledger()).toEqual(['purchase 500']);
  const { rows } = await stage().core.store.money.query({ text: 'SELECT state FROM purchases WHERE team_id = $1' }, [ada.teamId]);
  expect(rows).toEqual([{ state: 'paid' }]);
});

test('a paid checkout whose purchase was lost is credited to the address that paid it', async () => {
  const email = newMail();
  const checkout = await bought(email);
  await stage().core.store.money.query({ text: 'DELETE FROM purchases WHERE checkout_id = $1' }, [checkout]);
  expect(await told(checkout)).toMatchObject({ kind: 'paid', repeated: false });
  expect(await told(checkout)).toMatchObject({ kind: 'paid', repeated: true });
  expect(await paidTo(email)).toHaveLength(1);
});

test.each([
  ['quantity', { quantity: 3 }],
  ['pack', { pack: 'scale' }],
  ['foreign-price', { price: { currency: 'usd', unit_amount: 100 } }],
] as const)('a checkout that somebody made by hand is refused by name: %s', async (why, { ...wanted }) => {
  const email = newMail();
  const [team] = (await stripe().prices.list({ lookup_keys: ['impacter_team_v1_usd'] })).data;
  const price = 'price' in wanted ? (await stripe().prices.create({ ...wanted.price, product: team!.product as string })).id : team!.id;
  const { id, url } = await stripe().checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price, quantity: 'quantity' in wanted ? wanted.quantity : 1 }],
    ...('pack' in wanted && { metadata: { pack: wanted.pack } }),
    customer_creation: 'always',
    success_url: 'https://shop.example',
  });
  await pay(url!, { email });
  expect([await told(id), await told(id)]).toEqual([
    { kind: 'unfit', why },
    { kind: 'unfit', why },
  ]);
  expect(await stage().core.store.people.findByEmail(email)).toBeNull();
  // Each is told of once, however soon it follows another one; a sale that is not ours only by the hour.
  expect(await decisionsAskedOn(id)).toBe(why === 'foreign-price' ? 0 : 1);
  expect((await stage().mails(OPS)).at(0)!.text).toContain('at Stripe does not fit what is sold here');
});

test.each([
  ['refunded', (checkout: string) => billing().refund(checkout), 0],
  ['refunded in part', (checkout: string) => billing().refund(checkout, 5_500), 1312.5],
  ['disputed', (checkout: string) => billing().dispute(checkout), 0],
] as const)('a payment that was %s before anything was credited brings only the credits that are left of it', async (_, takeBack, left) => {
  const email = newMail();
  const checkout = await bought(email);
  await takeBack(checkout);
  expect(await app().billing.done(null, checkout, newAddress())).toMatchObject({ kind: 'paid' });
  expect(await told(checkout)).toMatchObject({ kind: 'paid', repeated: true });
  const { rows } = await stage().core.store.money.query<{ balance: string; debt: string }>(
    { text: 'SELECT w.balance, w.debt FROM wallets w JOIN purchases p ON p.wallet_id = w.id WHERE p.checkout_id = $1' },
    [checkout],
  );
  expect(rows).toMatchObject([{ balance: String(left * 1_000_000), debt: '0' }]);
});

test('a payment that operators were asked to decide on is not credited later, because they may have granted its credits', async () => {
  const email = newMail();
  const checkout = await bought(email);
  const { purchases } = stage().core.store;
  const { id } = (await purchases.byCheckout(checkout))!;
  await purchases.trouble(id, 'foreign-price');
  expect(await told(checkout)).toEqual({ kind: 'unfit', why: 'foreign-price' });
  expect(await stage().core.store.people.findByEmail(email)).toBeNull();
  // A status that an older version did not know was never a payment.
  await purchases.trouble(id, 'status');
  expect(await told(checkout)).toMatchObject({ kind: 'paid' });
});

test('a checkout of another installation in the same account is left to that one', async () => {
  const email = newMail();
  const [team] = (await stripe().prices.list({ lookup_keys: ['impacter_team_v1_usd'] })).data;
  const { id, url } = await stripe().checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price: team!.id, quantity: 1 }],
    metadata: { purchase: newId(), pack: 'team', site: 'https://staging.example.com' },
    success_url: 'https://staging.example.com',
  });
  await pay(url!, { email });
  expect(await told(id)).toEqual({ kind: 'elsewhere' });
  expect(await app().billing.done(null, id, newAddress())).toEqual({ kind: 'unknown' });
  expect([await stage().core.store.people.findByEmail(email), await decisionsAskedOn(id)]).toEqual([null, 0]);
});

test('somebody whose email address has a domain in another script gets their credits', async () => {
  const name = newMail().split('@')[0]!;
  expect(await told(await bought(`${name}@例え.jp`))).toMatchObject({ kind: 'paid' });
  expect(await paidTo(`${name}@xn--r8jz45g.jp`)).toHaveLength(1);
});

test('a promotion code that takes all of it off brings the credits for nothing', async () => {
  const email = newMail();
  const { id: coupon } = await stripe().coupons.create({ percent_off: 100, duration: 'once' });
  const { code } = await stripe().promotionCodes.create({ promotion: { type: 'coupon', coupon }, code: 'ALLFREE' });
  const checkout = await bought(email, { code });
  expect(await told(checkout)).toMatchObject({ kind: 'paid', purchase: { paymentId: checkout, paid: 0n } });
  expect(await paidTo(email)).toEqual([{ credits: '2625000000', money: '0 usd', source: 'stripe' }]);
  expect((await mailOf(stage(), email, 'receipt')).text).toContain('Paid: $0\n');
});

test('the ledger is right after all of this', async () => {
  const { rows } = await stage().core.store.money.query({ text: `SELECT 1 FROM transactions WHERE type = 'purchase'` }, []);
  expect(rows.length).toBeGreaterThan(8);
  const client = new pg.Client({ connectionString: stage().databaseUrl });
  await client.connect();
  expect(await verifyLedger(client)).toMatchObject({ wrong: null });
  await client.end();
});

async function bought(email: string, paying: Paying = {}): Promise<string> {
  const { url } = await app().billing.buyAsStranger({ pack: 'team', caller: newAddress() });
  return pay(url, { email, ...paying });
}

/** Gives the checkout's id. */
async function pay(url: string, paying: Paying): Promise<string> {
  const paid = await billing().pay(url, paying);
  expect(paid).toMatchObject({ error: null, leadsTo: expect.any(String) });
  return idIn(url);
}

function idIn(url: string): string {
  return /cs_\w+/.exec(url)![0];
}

/** How many emails to operators are about this checkout alone. */
async function decisionsAskedOn(checkout: string): Promise<number> {
  const { rows } = await stage().core.store.money.query({ text: 'SELECT 1 FROM mails WHERE starts_with(key, $1)' }, [
    `alarm:purchase-unfit:${checkout}:`,
  ]);
  return rows.length;
}

async function paidTo(email: string): Promise<{ credits: string; money: string; source: string }[]> {
  const found = (await stage().core.store.people.findByEmail(email))!;
  const { rows } = await stage().core.store.money.query<{ credits: string; money: string; source: string }>(
    {
      text: `SELECT t.credits::text, t.amount || ' ' || t.currency AS money, l.source FROM transactions t JOIN lots l ON l.id = t.lots[1]
             WHERE t.wallet_id = $1 AND t.type = 'purchase' ORDER BY t.seq`,
    },
    [found.walletId],
  );
  return rows;
}

/** Somebody with a password, who has shown that the address is theirs. */
async function member(userId: string): Promise<void> {
  const { url } = await stage().core.auth.linkToSetPassword(userId as never, 3_600_000);
  await visitor(stage(), newAddress()).auth('/reset-password', { token: new URL(url).searchParams.get('token')!, newPassword: PASSWORD });
}

let client: Stripe | undefined;
function stripe(): Stripe {
  const { hostname, port } = new URL(billing().url);
  return (client ??= new Stripe(billing().settings.STRIPE_SECRET_KEY!, { host: hostname, port, protocol: 'http', telemetry: false }));
}
