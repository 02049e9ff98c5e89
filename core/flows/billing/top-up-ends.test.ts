// How auto top-up ends where something is not as usual: a key that Stripe refuses, a bank that never answers, a refund, a team that is
// gone. No worker runs here; its steps are taken one by one, at Stripe's sandbox.

import { expect, test } from 'vitest';
import { PaymentsError, type Charge, type Payments } from '#core/ports/payments.ts';
import { MOVED } from '#core/store/billing/alerts.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import { eraseTeam } from '../privacy/erase.ts';
import { deleteCustomers } from '../privacy/erase-customers.ts';
import { fulfil } from './fulfil.ts';
import { chargeTopUps, planTopUps } from './run-top-ups.ts';
import { settlePayment } from './settle-payment.ts';
import { settleTopUp } from './settle-top-up.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OPS = 'ops@example.com';
const clock = clockByHand();
const billing = forAll(() => openBillingStage({ clock }));
const stage = forAll(() => openStage({ clock, settings: { ...billing().settings, ROLES: 'web', OPERATOR_EMAILS: OPS } }));
const payments = () => stage().core.payments!;

test('a key that Stripe does not take delays a charge, with one alarm, and the charge is made once the key is mended', async () => {
  const ada = await low();
  const charge = () => Promise.reject(new PaymentsError('later', 'api_key_expired', 'told by a test', { ofKey: true }));
  await planTopUps(stage().core, payments());
  for (let n = 0; n < 3; n++) {
    await chargeTopUps(stage().core, { ...payments(), charge });
    clock.forward(MINUTE_MS);
  }
  expect([await topUpsOf(ada), await alarms('payments-key')]).toEqual([['sent'], 1]);
  await chargeTopUps(stage().core, payments());
  expect(await topUpsOf(ada)).toEqual(['paid']);
});

test('a charge that no bank ever ends raises an alarm after three days, and holds up no other; paid after all, it is credited', async () => {
  const ada = await low();
  const processing: Charge = {
    paymentId: 'pi_slow',
    topUpId: null,
    site: null,
    livemode: false,
    status: 'processing',
    received: null,
    currency: 'usd',
  };
  const slow: Payments = { ...payments(), charge: () => Promise.resolve(processing), findCharge: () => Promise.resolve(processing) };
  await planTopUps(stage().core, payments());
  await chargeTopUps(stage().core, slow);
  clock.forward(3 * DAY_MS - MINUTE_MS);
  await chargeTopUps(stage().core, slow);
  expect([await topUpsOf(ada), await alarms('top-up-stuck')]).toEqual([['sent'], 0]);
  clock.forward(6 * MINUTE_MS);
  await chargeTopUps(stage().core, slow);
  expect([await topUpsOf(ada), await alarms('top-up-stuck')]).toEqual([['failed'], 1]);
  await planTopUps(stage().core, payments());
  expect(await topUpsOf(ada)).toEqual(['failed', 'planned']);

  const stuck = (await stage().core.store.topUps.failedSince(new Date(0), 10)).find(({ teamId }) => teamId === ada.teamId)!;
  await settleTopUp(stage().core, stuck, { ...processing, status: 'paid', received: 2_500n });
  expect((await ada.ledger()).at(-1)).toBe('purchase 500');
});

test('a refund of credits that somebody bought themselves buys no others, says so, and ends when they confirm the settings', async () => {
  const ada = await stage().person(0);
  const paymentId = await buy(ada);
  await turnOn(ada, { below: '100' });
  await billing().refund(paymentId);
  await settlePayment(stage().core, paymentId);
  expect((await ada.ledger()).at(-1)).toBe('clawback 500');
  await planTopUps(stage().core, payments());
  expect([await topUpsOf(ada), (await stage().app.billing.topUp(ada)).agreed?.standing]).toEqual([[], 'refunded']);
  expect(await sayings(ada.email, 'refund')).toMatchObject([{ pauses: true }]);
  clock.forward(MINUTE_MS);
  await turnOn(ada, { below: '100' });
  await planTopUps(stage().core, payments());
  expect(await topUpsOf(ada)).toEqual(['planned']);
});

test.each<[string, string, Partial<Payments>]>([
  ['in which another amount was taken', 'other-amount', { charge: () => Promise.resolve({ ...paid, received: 9_900n }) }],
  ['that Stripe refused', 'refused', { charge: () => Promise.reject(new PaymentsError('refused', 'told', 'by a test')) }],
])('a charge %s counts toward the month’s limit', async (_, why, answers) => {
  const ada = await low({ monthlyCap: '40' });
  await planTopUps(stage().core, payments());
  await chargeTopUps(stage().core, { ...payments(), ...answers });
  const { rows } = await stage().core.store.money.query({ text: 'SELECT state, why FROM topups WHERE team_id = $1' }, [ada.teamId]);
  expect(rows).toEqual([{ state: 'failed', why }]);
  expect((await stage().app.billing.topUp(ada)).agreed).toMatchObject({ standing: 'cap', charged: '$25' });
});

const paid: Charge = {
  paymentId: 'pi_other',
  topUpId: null,
  site: null,
  livemode: false,
  status: 'paid',
  received: 2_500n,
  currency: 'usd',
};

test('the audit log says that auto top-up stopped because no card was there', async () => {
  const ada = await low();
  await planTopUps(stage().core, payments());
  const charge = () => Promise.reject(new PaymentsError('refused', 'resource_missing', 'told by a test'));
  await chargeTopUps(stage().core, { ...payments(), charge });
  const [line] = await stage().app.team.audit(ada, { limit: 1 });
  expect(line).toMatchObject({ act: 'top-up.declined', words: expect.stringContaining('there is no saved card, and paused it') });
});

test('the customer of a team that is gone is deleted at Stripe, tried again until it is, and an operator hears of one that stays', async () => {
  const ada = await low();
  const { store } = stage().core;
  const customer = (await store.customers.of(ada.teamId))!;
  await eraseTeam(stage().core, ada.teamId);
  expect(await store.customers.of(ada.teamId)).toBeNull();
  const away = { ...payments(), deleteCustomer: () => Promise.reject(new PaymentsError('later', 'ECONNREFUSED', 'told by a test')) };
  await deleteCustomers(stage().core, away);
  expect([await payments().card(customer), await alarms('customers-left')]).toEqual([expect.anything(), 0]);
  clock.forward(4 * DAY_MS);
  await deleteCustomers(stage().core, away);
  expect(await alarms('customers-left')).toBe(1);
  clock.forward(DAY_MS);
  await deleteCustomers(stage().core, payments());
  expect(await payments().card(customer)).toBeNull();
  const { rows } = await store.money.query({ text: 'SELECT FROM erased_customers' }, []);
  expect(rows).toEqual([]);
});

test('a look for low balances reads the newest purchase of a team, however many it and others made', async () => {
  const [ada, bo] = [await stage().person(10), await stage().person(10)];
  const { money } = stage().core.store;
  for (const { teamId, walletId } of [ada, bo])
    await money.query(
      {
        text: `INSERT INTO purchases (id, kind, payment_id, team_id, wallet_id, pack, pack_version, credits, price, currency, paid, livemode, state, opened_at, paid_at, ended_at)
               SELECT uuidv7(), 'top-up', 'pi_' || $1 || n, $1::uuid, $2, 'starter', 1, 500000000, 'x', 'usd', 2500, false, 'paid', now() - make_interval(mins => n), now(), now()
               FROM generate_series(1, 3000) n`,
      },
      [teamId, walletId],
    );
  await money.query({ text: 'ANALYZE purchases' }, []);
  const { rows } = await money.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>({ text: `EXPLAIN (ANALYZE, FORMAT JSON) ${MOVED}` }, [
    clock.now(),
    200,
  ]);
  const reads = nodesOf(rows[0]!['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === 'purchases');
  expect(reads.map((node) => node['Actual Rows'])).toEqual(reads.map(() => expect.toSatisfy((each: number) => each <= 1)));
  expect(reads.length).toBeGreaterThan(0);
});

interface PlanNode {
  readonly 'Relation Name'?: string;
  /** Of one loop. */
  readonly 'Actual Rows': number;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

// --- The world.

const wanted = { below: '10000', pack: 'starter', monthlyCap: '100', dailyMost: '3', pauseMinutes: '10' };

/** Has bought a pack with a card that is kept, and is low. */
async function low(changes: Partial<typeof wanted> = {}): Promise<Person> {
  // Whoever was looked at in another test is not looked at again.
  await stage().core.store.money.query({ text: 'UPDATE topup_settings SET enabled = false' }, []);
  await stage().core.store.money.query(
    { text: `UPDATE topups SET next_at = now() + interval '10 years' WHERE state IN ('planned', 'sent')` },
    [],
  );
  const ada = await stage().person(0);
  await buy(ada);
  await turnOn(ada, changes);
  return ada;
}

function turnOn(person: Person, changes: Partial<typeof wanted>): Promise<void> {
  return stage().app.billing.setTopUp({ ...loggedIn(person), confirmedAt: clock.now() }, { ...wanted, ...changes, agreed: true });
}

/** Gives the payment's id. */
async function buy(person: Person): Promise<string> {
  const { url } = await stage().app.billing.buy(person, { pack: 'starter', saveCard: true });
  expect((await billing().pay(url, { email: person.email, card: '4242424242424242' })).error).toBeNull();
  const outcome = await fulfil(stage().core, /cs_\w+/.exec(url)![0], 'news');
  if (outcome.kind !== 'paid') throw new Error(outcome.kind);
  return outcome.purchase.paymentId!;
}

async function topUpsOf({ teamId }: Person): Promise<string[]> {
  const { rows } = await stage().core.store.money.query<{ state: string }>(
    { text: 'SELECT state FROM topups WHERE team_id = $1 ORDER BY planned_at, id' },
    [teamId],
  );
  return rows.map(({ state }) => state);
}

/** How often operators were told of it. */
async function alarms(kind: string): Promise<number> {
  const { rows } = await stage().core.store.money.query({ text: `SELECT 1 FROM mails WHERE key LIKE 'alarm:' || $1 || ':%'` }, [kind]);
  return rows.length;
}

async function sayings(email: string, kind: string): Promise<object[]> {
  const { open } = await stage().core.store.mails.claim(clock.now(), 1_000, 100);
  return open.filter((mail) => mail.to === email && mail.kind === kind).map((mail) => mail.saying());
}
