// Auto top-up from a balance that falls to credits that are there, at Stripe's sandbox through the real client. Time is set by
// hand, and the product's own worker does it; where two of them must meet, its steps are taken here as well.

import { expect, test, vi } from 'vitest';
import type { Actor } from '#core/domain/actor.ts';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId } from '#core/domain/ids.ts';
import { PaymentsError, type Payments } from '#core/ports/payments.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf } from '#core/testing/visitors/visitor.ts';
import pg from 'pg';
import { fulfil } from './fulfil.ts';
import { chargeTopUps, planTopUps } from './run-top-ups.ts';
import { settlePayment } from './settle-payment.ts';
import { settleTopUpOf } from './settle-top-up.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const VISA = '4242424242424242';
const MASTERCARD = '5555555555554444';
const DECLINED_LATER = '4000000000000341';
const ASKS_EACH_TIME = '4000002760003184';
const clock = clockByHand();
// Its notifications go nowhere: what is charged is known from the answer, or looked for.
const billing = forAll(() => openBillingStage({ clock }));
const stage = forAll(() => openStage({ clock, settings: billing().settings }));
const payments = () => stage().core.payments!;

test('1,000 holds in the same second that cross the threshold are one charge, however many workers look', async () => {
  const ada = await withCard({ below: '400' }, 700);
  let over = false;
  const looking = [1, 2, 3].map(async () => {
    while (!over) await look();
  });
  await Promise.all(Array.from({ length: 1_000 }, () => hold(ada, 1)));
  over = true;
  await Promise.all(looking);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid']));
  expect(await charges(ada)).toBe(1);
  expect((await ada.ledger()).filter((line) => line.startsWith('purchase'))).toEqual(['purchase 500', 'purchase 500']);
  const receipt = await mailOf(stage(), ada.email, 'receipt', 2);
  expect(receipt.text).toContain('Auto top-up charged your saved card and added the credits');
});

test('a worker that was slow to read the card plans nothing once another one has bought', async () => {
  const ada = await withCard({ below: '501' }, 0, VISA, { quiet: true });
  const read = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  const card: Payments['card'] = async (customerId) => {
    const found = await payments().card(customerId);
    read.resolve();
    await going.promise;
    return found;
  };
  const slow = planTopUps(stage().core, { ...payments(), card });
  await read.promise;
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid']));
  going.resolve();
  await slow;
  expect([await topUpsOf(ada), await charges(ada)]).toEqual([['paid'], 1]);
});

test('a team at its monthly limit is charged no more, hears of it once, and is charged again the next month', async () => {
  // Months are those of UTC, and none ends during this test.
  const now = clock.now();
  clock.forward(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10) - now.getTime());
  const ada = await withCard({ below: '10000', monthlyCap: '60', dailyMost: '10' }, 0);
  for (let n = 0; n < 4; n++) {
    await round();
    clock.forward(HOUR_MS);
  }
  expect(await topUpsOf(ada)).toEqual(['paid', 'paid']);
  expect((await kindsWrittenTo(stage(), ada.email)).filter((kind) => kind === 'top-up-failed')).toHaveLength(1);
  expect((await mailOf(stage(), ada.email, 'top-up-failed')).text).toContain('would exceed your monthly limit of $60');
  // Whoever raises the limit hears of that one as well.
  await turnOn(ada, { below: '10000', monthlyCap: '80', dailyMost: '10' });
  for (let n = 0; n < 3; n++) {
    await round();
    clock.forward(HOUR_MS);
  }
  expect(await topUpsOf(ada)).toEqual(['paid', 'paid', 'paid']);
  expect((await mailOf(stage(), ada.email, 'top-up-failed', 2)).text).toContain('would exceed your monthly limit of $80');
  clock.forward(32 * DAY_MS);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid', 'paid', 'paid', 'paid']));
});

test('only so many are charged in a day, with a pause between two', async () => {
  const ada = await withCard({ below: '10000', monthlyCap: '1000', dailyMost: '2', pauseMinutes: '60' }, 0);
  await round();
  await round();
  expect(await topUpsOf(ada)).toEqual(['paid']);
  clock.forward(HOUR_MS);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid', 'paid']));
  clock.forward(2 * HOUR_MS);
  await round();
  expect(await topUpsOf(ada)).toEqual(['paid', 'paid']);
  clock.forward(DAY_MS);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toHaveLength(3));
});

test.each([
  ['a smaller pack', { pack: 'starter' }, ['11000', '2500']],
  ['a lower limit', { monthlyCap: '120' }, ['11000']],
])('whoever agrees to %s while a charge is planned is charged nothing else', async (_, change, amounts) => {
  const before = { below: '10000', pack: 'team', monthlyCap: '220' };
  const ada = await withOneTopUp(before);
  const later = laterBy(HOUR_MS);
  await planTopUps(later, payments());
  expect(await topUpsOf(ada)).toEqual(['paid', 'planned']);
  await turnOn(ada, { ...before, ...change });
  await look(later);
  await look(later);
  expect(await amountsOf(ada)).toEqual(amounts);
});

test('what was planned in the last second of a month counts toward the month in which it is charged', async () => {
  const now = clock.now();
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  const ada = await withOneTopUp({ below: '10000' });
  await planTopUps(laterBy(monthMs - 1_000 - clock.now().getTime()), payments());
  expect(await topUpsOf(ada)).toEqual(['paid', 'planned']);
  clock.forward(monthMs + 1_000 - clock.now().getTime());
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid', 'paid']));
  expect((await stage().app.billing.topUp(ada)).agreed).toMatchObject({ charged: '$25' });
});

test('buying, and saving a card, turn nothing on; turning it on takes a card, a yes and a fresh login, which the audit log keeps', async () => {
  const ada = await stage().person(0);
  const set = (changes: object) => stage().app.billing.setTopUp(loggedIn(ada), { ...wanted, agreed: true, ...changes });
  await expect(set({})).rejects.toMatchObject({ facts: { fields: [{ name: 'agreed', problem: 'Save a card first.' }] } });
  await buy(ada, VISA);
  await round();
  expect((await stage().app.billing.topUp(ada)).agreed).toBeNull();
  expect(await topUpsOf(ada)).toEqual([]);
  for (const [changes, name] of [
    [{ agreed: false }, 'agreed'],
    [{ below: '0' }, 'below'],
    [{ below: '-5' }, 'below'],
    [{ pack: 'all' }, 'pack'],
    [{ monthlyCap: '24' }, 'monthlyCap'],
    [{ monthlyCap: 'NaN' }, 'monthlyCap'],
    [{ monthlyCap: '' }, 'monthlyCap'],
    [{ monthlyCap: '1000001' }, 'monthlyCap'],
    [{ dailyMost: '11' }, 'dailyMost'],
    [{ pauseMinutes: '0' }, 'pauseMinutes'],
  ] as const)
    await expect(set(changes)).rejects.toMatchObject({ code: 'request.invalid', facts: { fields: [{ name }] } });
  const { confirmedAt: _, ...stale } = loggedIn(ada);
  await expect(stage().app.billing.setTopUp(stale, { ...wanted, agreed: true })).rejects.toMatchObject({ code: 'login.confirm' });
  // A key acts for a program.
  await expect(stage().app.billing.setTopUp(ada, { ...wanted, agreed: true })).rejects.toMatchObject({ code: 'not.allowed' });
  await set({});
  await set({ below: '50' });
  await stage().app.billing.endTopUp(ada);
  expect((await audit(ada)).filter(({ act }) => act.startsWith('top-up.'))).toMatchObject([
    { act: 'top-up.on', actor: `user:${ada.userId}`, facts: { below: '100000000', price: '$25', cap: '$100', daily: 3, card: '4242' } },
    { act: 'top-up.changed', facts: { below: '50000000' } },
    { act: 'top-up.off' },
  ]);
  await hold(ada, 480);
  await round();
  expect(await topUpsOf(ada)).toEqual([]);
});

test('two declines pause it until the card changes; each time the owner gets an email that says so', async () => {
  const ada = await withCard({ below: '10000', dailyMost: '10' }, 0, DECLINED_LATER);
  await round();
  expect(await topUpsOf(ada)).toEqual(['declined']);
  expect((await mailOf(stage(), ada.email, 'top-up-failed')).text).toMatch(/Your card was declined[^]*tries again later/);
  // Not again at once.
  clock.forward(HOUR_MS / 2);
  await round();
  expect(await topUpsOf(ada)).toEqual(['declined']);
  for (let n = 0; n < 4; n++) {
    clock.forward(2 * HOUR_MS);
    await round();
  }
  expect(await topUpsOf(ada)).toEqual(['declined', 'declined']);
  expect((await mailOf(stage(), ada.email, 'top-up-failed', 2)).text).toContain('paused until a different card is saved');
  expect((await stage().app.billing.topUp(ada)).agreed).toMatchObject({ standing: 'declined' });
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['receipt', 'top-up-failed', 'top-up-failed']);
  // Known at once where the card was saved by a purchase.
  await buy(ada, MASTERCARD);
  clock.forward(1_000);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['declined', 'declined', 'paid']));
});

test('a bank that wants the cardholder to confirm charges nothing, and the email leads to where they can', async () => {
  const ada = await withCard({ below: '10000' }, 0, ASKS_EACH_TIME);
  await round();
  expect(await topUpsOf(ada)).toEqual(['declined']);
  const mail = await mailOf(stage(), ada.email, 'top-up-failed');
  expect(mail.text).toMatch(/asks you to confirm the payment of \$25[^]*nothing was charged[^]*\/buy\/starter\?currency=usd\n/);
});

test('a removed card, and a customer that Stripe does not know any more, are told once, and nothing is charged', async () => {
  const ada = await withCard({ below: '10000' }, 0);
  const customer = (await stage().core.store.customers.of(ada.teamId))!;
  await stage().core.store.money.query({ text: `UPDATE teams SET stripe_customer_id = 'cus_deletedSince' WHERE id = $1` }, [ada.teamId]);
  for (let n = 0; n < 3; n++) {
    await round();
    clock.forward(HOUR_MS);
  }
  expect(await topUpsOf(ada)).toEqual([]);
  expect((await mailOf(stage(), ada.email, 'top-up-failed')).text).toContain('there is no saved card');
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['receipt', 'top-up-failed']);
  await stage().core.store.money.query({ text: 'UPDATE teams SET stripe_customer_id = $2 WHERE id = $1' }, [ada.teamId, customer]);
  clock.forward(HOUR_MS);
  await round();
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid']));
  // The next card is removed as well.
  await stage().core.store.money.query({ text: `UPDATE teams SET stripe_customer_id = 'cus_deletedSince' WHERE id = $1` }, [ada.teamId]);
  clock.forward(HOUR_MS);
  await round();
  await mailOf(stage(), ada.email, 'top-up-failed', 2);
});

test('whoever turned it off while their card was looked for is told of no missing card', async () => {
  const ada = await withOneTopUp({ below: '10000' });
  const theirs = await stage().core.store.customers.of(ada.teamId);
  const card: Payments['card'] = async (customerId) => {
    if (customerId !== theirs) return payments().card(customerId);
    await stage().app.billing.endTopUp(ada);
    return null;
  };
  await planTopUps(laterBy(HOUR_MS), { ...payments(), card });
  expect((await stage().app.billing.topUp(ada)).agreed).toMatchObject({ standing: 'off' });
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['receipt', 'receipt']);
});

test('a charge that Stripe refuses after an answer was lost counts toward the limit, for it may have gone through', async () => {
  const ada = await withOneTopUp({ below: '10000', monthlyCap: '60' });
  const answers = (kind: PaymentsError['kind']) => () => Promise.reject(new PaymentsError(kind, 'told', 'by a test'));
  await planTopUps(laterBy(HOUR_MS), payments());
  await chargeTopUps(laterBy(HOUR_MS), { ...payments(), charge: answers('unknown') });
  expect(await topUpsOf(ada)).toEqual(['paid', 'sent']);
  await chargeTopUps(laterBy(2 * HOUR_MS), { ...payments(), findCharge: answers('refused') });
  expect(await topUpsOf(ada)).toEqual(['paid', 'failed']);
  expect((await stage().app.billing.topUp(ada)).agreed).toMatchObject({ standing: 'cap', charged: '$50' });
});

test('a payment that names a top-up of nobody is told to operators, and is not looked at for ever', async () => {
  const charge = { paymentId: 'pi_1', topUpId: 'forged', status: 'paid', received: 2_500n, currency: 'usd', livemode: false } as const;
  const chargeOf = () => Promise.resolve({ ...charge, site: stage().core.settings.publicUrl });
  await expect(settleTopUpOf({ ...stage().core, payments: { ...payments(), chargeOf } }, 'pi_1')).resolves.toBeNull();
});

test.each(['lose-answer', 'cut', 'internal-error', 'rate-limit'] as const)(
  'when Stripe answers a charge with %s, there is one charge and one grant in the end',
  async (what) => {
    const ada = await withCard({ below: '550' }, 0);
    await billing().fault(...Array.from({ length: 3 }, () => ({ what, on: 'POST /v1/payment_intents' }) as const));
    for (let n = 0; n < 12; n++) {
      await round();
      clock.forward(2 * 60_000);
    }
    await vi.waitFor(async () => expect((await topUpsOf(ada)).at(-1)).toBe('paid'));
    expect((await topUpsOf(ada)).filter((state) => state === 'paid')).toHaveLength(1);
    expect(await charges(ada)).toBe(1);
    expect((await ada.ledger()).filter((line) => line.startsWith('purchase'))).toEqual(['purchase 500', 'purchase 500']);
    expect((await kindsWrittenTo(stage(), ada.email)).filter((kind) => kind === 'receipt')).toHaveLength(2);
  },
);

test('whoever dies between any two steps leaves one charge, one grant and one email', async () => {
  for (let step = 1; step <= 4; step++) {
    const ada = await withCard({ below: '550' }, 0, VISA, { quiet: true });
    await expect(look(dyingAt(step, ada))).resolves.toBeUndefined();
    clock.forward(61_000);
    await round();
    clock.forward(61_000);
    await round();
    await vi.waitFor(async () => expect([step, await topUpsOf(ada)]).toEqual([step, ['paid']]));
    expect([step, await charges(ada)]).toEqual([step, 1]);
    expect((await ada.ledger()).filter((line) => line.startsWith('purchase'))).toEqual(['purchase 500', 'purchase 500']);
    expect((await kindsWrittenTo(stage(), ada.email)).filter((kind) => kind === 'receipt')).toHaveLength(2);
  }
});

test('an open dispute and a report of fraud pause it; the dispute until it is over, the report until somebody says yes again', async () => {
  const ada = await withCard({ below: '10000', dailyMost: '10' }, 0);
  const paymentId = await buy(ada, VISA);
  const dispute = await billing().dispute(paymentId);
  await settlePayment(stage().core, paymentId);
  await round();
  expect([await topUpsOf(ada), (await stage().app.billing.topUp(ada)).agreed?.standing]).toEqual([[], 'disputed']);
  await billing().win(dispute.id);
  await settlePayment(stage().core, paymentId);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid']));
  const reported = await buy(ada, VISA);
  await billing().warnOfFraud(reported);
  await settlePayment(stage().core, reported);
  clock.forward(HOUR_MS);
  await round();
  expect([await topUpsOf(ada), (await stage().app.billing.topUp(ada)).agreed?.standing]).toEqual([['paid'], 'fraud']);
  await turnOn(ada, { below: '10000', dailyMost: '10' });
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid', 'paid']));
});

test('a top-up is refunded like any other purchase, and is not charged again before somebody confirms the settings', async () => {
  const ada = await withCard({ below: '501' }, 0);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid']));
  const [bought] = (await stage().app.billing.payments(ada)).payments;
  expect(bought).toMatchObject({ isTopUp: true, money: '$25', state: 'paid' });
  const paymentId = (await stage().core.store.purchases.byId(bought!.id))!.paymentId!;
  await billing().refund(paymentId);
  await settlePayment(stage().core, paymentId);
  expect((await ada.ledger()).at(-1)).toBe('clawback 500');
  expect((await mailOf(stage(), ada.email, 'refund')).text).toContain('Auto top-up is paused until someone in the team confirms');
  clock.forward(HOUR_MS);
  await round();
  expect([await topUpsOf(ada), (await stage().app.billing.topUp(ada)).agreed?.standing]).toEqual([['paid'], 'refunded']);
  await turnOn(ada, { below: '501' });
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid', 'paid']));
});

test('members who can’t buy see and set nothing, and a frozen team is charged nothing', async () => {
  const { app, core, person } = stage();
  const people = [await person(0), await person(0)] as const;
  const { actors } = await sharedTeam(core, 'Acme', [
    [people[0], 'owner'],
    [people[1], 'approver'],
  ] as const);
  await expect(app.billing.topUp(actors[1])).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.billing.setTopUp(loggedIn(actors[1]), { ...wanted, agreed: true })).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.billing.portal(actors[1], '/credits')).rejects.toMatchObject({ code: 'not.allowed' });
  const ada = await withCard({ below: '10000' }, 0, VISA, { quiet: true });
  await core.store.money.query({ text: 'UPDATE teams SET frozen_at = now() WHERE id = $1' }, [ada.teamId]);
  await round();
  expect(await topUpsOf(ada)).toEqual([]);
});

test('the customer portal opens for a team that is no customer yet, and for one whose customer was deleted', async () => {
  const ada = await stage().person(0);
  const { url } = await stage().app.billing.portal(ada, '/credits');
  expect(new URL(url).origin).toBe(billing().url);
  const customer = await stage().core.store.customers.of(ada.teamId);
  expect(customer).toMatch(/^cus_/);
  await stage().core.store.money.query({ text: `UPDATE teams SET stripe_customer_id = 'cus_gone' WHERE id = $1` }, [ada.teamId]);
  expect((await stage().app.billing.portal(ada, '/credits')).url).toContain('/p/session/');
  expect(await stage().core.store.customers.of(ada.teamId)).toMatch(/^cus_(?!gone)/);
});

test('the ledger is right after all of this', async () => {
  const client = new pg.Client({ connectionString: stage().databaseUrl });
  await client.connect();
  expect(await verifyLedger(client)).toMatchObject({ wrong: null });
  await client.end();
});

// --- The world.

const wanted = { below: '100', pack: 'starter', monthlyCap: '100', dailyMost: '3', pauseMinutes: '10' };

/** Has bought a pack with a card that is kept, and this much besides, and has turned it on. */
async function withCard(changes: Partial<typeof wanted>, amount: number, card = VISA, { quiet = false } = {}): Promise<Person> {
  const ada = await stage().person(amount);
  await buy(ada, card);
  if (quiet) await nobodyLooks();
  await turnOn(ada, changes);
  return ada;
}

/** Has bought once by it, so the worker waits for ten minutes before it looks at this team again. */
async function withOneTopUp(changes: Partial<typeof wanted>): Promise<Person> {
  const ada = await withCard(changes, 0);
  await round();
  await vi.waitFor(async () => expect(await topUpsOf(ada)).toEqual(['paid']));
  return ada;
}

/** A process whose time is ahead: the product's worker, which is behind, finds nothing of what it plans to be due. */
function laterBy(ms: number): ReturnType<typeof stage>['core'] {
  const { core } = stage();
  return { ...core, clock: { ...clock, now: () => new Date(clock.now().getTime() + ms) } };
}

/** The worker has just looked, and does so again after two seconds. */
async function nobodyLooks(): Promise<void> {
  await round();
}

function turnOn(person: Actor, changes: Partial<typeof wanted>): Promise<void> {
  return stage().app.billing.setTopUp(loggedIn(person), { ...wanted, ...changes, agreed: true });
}

/** Gives the payment's id. */
async function buy(person: Person, card: string): Promise<string> {
  const { url } = await stage().app.billing.buy(person, { pack: 'starter', saveCard: true });
  const paid = await billing().pay(url, { email: person.email, card, bank: 'confirm' });
  expect(paid.error).toBeNull();
  const outcome = await fulfil(stage().core, /cs_\w+/.exec(url)![0], 'news');
  if (outcome.kind !== 'paid') throw new Error(outcome.kind);
  return outcome.purchase.paymentId!;
}

async function hold(person: Person, amount: number): Promise<void> {
  const request = {
    hold: newId<HoldId>(),
    task: newId<TaskId>(),
    wallet: person.walletId as never,
    credits: credits(amount),
    member: null,
  };
  await stage().core.store.ledger.hold({ ...request, channel: null, actor: null }, clock.now());
}

/** What a worker does every two seconds. */
async function look(core = stage().core): Promise<void> {
  await planTopUps(core, core.payments!);
  await chargeTopUps(core, core.payments!);
}

/** Until a worker has nothing left to do now. */
async function round(): Promise<void> {
  await look();
  await look();
  // The product's own worker may have one in hand.
  await vi.waitFor(async () => {
    const { rows } = await stage().core.store.money.query({ text: `SELECT 1 FROM topups WHERE state = 'planned' AND tries > 0` }, []);
    expect(rows).toEqual([]);
  });
}

/** A process that dies at the nth step: what it did until then stays, and nothing follows. */
function dyingAt(step: number, { teamId }: Person): ReturnType<typeof stage>['core'] {
  const { core } = stage();
  const { topUps } = core.store;
  const dies = () => Promise.reject(new Error('killed'));
  const only =
    <Given extends { teamId: string }, T>(verb: (topUp: Given, at: Date) => Promise<T>, after: boolean) =>
    async (topUp: Given, at: Date) => {
      if (topUp.teamId !== teamId) return verb(topUp, at);
      if (after) await verb(topUp, at);
      return dies();
    };
  const charge: Payments['charge'] = async (...call) => {
    await payments().charge(...call);
    return dies();
  };
  return {
    ...core,
    payments: step === 4 ? { ...payments(), charge } : payments(),
    store: {
      ...core.store,
      topUps: {
        ...topUps,
        ...(step === 1 && { plan: only(topUps.plan.bind(topUps), true) }),
        ...(step === 2 && { send: only(topUps.send.bind(topUps), false) }),
        ...(step === 3 && { send: only(topUps.send.bind(topUps), true) }),
      },
    },
  };
}

async function topUpsOf({ teamId }: Person): Promise<string[]> {
  const { rows } = await stage().core.store.money.query<{ state: string }>(
    { text: 'SELECT state FROM topups WHERE team_id = $1 ORDER BY planned_at, id' },
    [teamId],
  );
  return rows.map(({ state }) => state);
}

async function amountsOf({ teamId }: Person): Promise<string[]> {
  const { rows } = await stage().core.store.money.query<{ amount: string }>(
    { text: `SELECT amount FROM topups WHERE team_id = $1 AND state <> 'planned' ORDER BY planned_at, id` },
    [teamId],
  );
  return rows.map(({ amount }) => amount);
}

/** Charges that went through at Stripe, apart from checkouts. */
async function charges({ email }: Person): Promise<number> {
  const { payments: all } = await billing().overview();
  return all.filter((each) => each.email === email && each.checkoutId === null && each.status === 'succeeded').length;
}

async function audit({ teamId }: Person) {
  const { rows } = await stage().core.store.money.query<{ act: string; actor: string; facts: object }>(
    { text: 'SELECT act, actor, facts FROM audit_entries WHERE team_id = $1 ORDER BY id' },
    [teamId],
  );
  return rows;
}
