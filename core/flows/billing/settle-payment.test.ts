// What refunds and disputes make of credits that were bought: they happen at Stripe's sandbox, and the product is told that
// something happened, in whatever order.

import pg from 'pg';
import fc from 'fast-check';
import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import type { Purchase } from '#core/domain/billing/purchase.ts';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId } from '#core/domain/ids.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf } from '#core/testing/visitors/visitor.ts';
import { fulfil } from './fulfil.ts';
import { settlePayment } from './settle-payment.ts';

// By hand, so that upkeep returns no hold whose task it does not know.
const clock = clockByHand();
const billing = forAll(() => openBillingStage({ clock }));
const stage = forAll(() => openStage({ clock, settings: billing().settings }));
const settle = (paymentId: string) => settlePayment(stage().core, paymentId);

test('a refund in three parts takes its part of the credits each time, and a dispute that is lost afterwards takes the rest', async () => {
  const { ada, paymentId } = await bought();
  for (const [amount, left] of [
    [500, 400],
    [1, 399.8],
    [999, 200],
  ] as const) {
    await billing().refund(paymentId, amount);
    expect([await settle(paymentId), await settle(paymentId)]).toEqual(['settled', 'settled']);
    expect(await standing(ada, paymentId)).toMatchObject({ balance: left, left });
  }
  const dispute = await billing().dispute(paymentId);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toEqual({ balance: 0, debt: 0, left: 0, soft: 200, refunded: 1500, dispute: 'open' });
  await billing().lose(dispute.id);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toEqual({ balance: 0, debt: 0, left: 0, soft: 0, refunded: 1500, dispute: 'lost' });
  expect(await ada.ledger()).toEqual(['purchase 500', 'clawback 100', 'clawback 0.2', 'clawback 199.8', 'clawback 200']);
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['receipt', 'refund', 'refund', 'refund', 'dispute', 'dispute']);
  expect((await mailOf(stage(), ada.email, 'refund')).text).toMatch(/Refunded so far: \$15\nLeft of this purchase: 200 credits/);
});

test('a dispute that is won after a later refund gives back what the refund left', async () => {
  const { ada, paymentId } = await bought();
  // An inquiry can be refunded, and the bank may go on all the same.
  const dispute = await billing().inquire(paymentId);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 500, dispute: 'inquiry' });
  await billing().refund(paymentId, 500);
  await billing().move(dispute.id, 'needs_response');
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 0, left: 0, soft: 400, dispute: 'open' });
  await billing().win(dispute.id);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toEqual({ balance: 400, debt: 0, left: 400, soft: 0, refunded: 500, dispute: 'none' });
});

test('an open dispute holds back what is free of that purchase alone, and nothing that came from elsewhere', async () => {
  const { ada, paymentId } = await bought();
  const other = await buy(ada);
  await spend(ada, 120);
  const dispute = await billing().dispute(paymentId);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 500, debt: 0, soft: 380 });
  expect((await stage().app.credits.overview(ada)).heldBack).toBe('380000000');
  await billing().move(dispute.id, 'prevented');
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 880, debt: 0, soft: 0, left: 500 });
  expect((await stage().app.credits.overview(ada)).heldBack).toBeNull();
  await billing().refund(other);
  await settle(other);
  expect(await standing(ada, other)).toMatchObject({ balance: 380, left: 0 });
});

test('an appeal changes nothing until it ends', async () => {
  const { ada, paymentId } = await bought();
  await spend(ada, 120);
  const dispute = await billing().dispute(paymentId);
  await settle(paymentId);
  await billing().lose(dispute.id);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 0, debt: 120, left: 0, dispute: 'lost' });
  await billing().move(dispute.id, 'appeal_under_review');
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 0, debt: 120, left: 0, dispute: 'lost' });
  await billing().win(dispute.id);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toEqual({ balance: 380, debt: 0, left: 500, soft: 0, refunded: 0, dispute: 'none' });
  expect(await kindsWrittenTo(stage(), ada.email)).toEqual(['receipt', 'dispute', 'dispute', 'dispute']);
});

test('a refund that fails gives the credits back, and the owner hears of it', async () => {
  const { ada, paymentId } = await bought();
  const refund = await billing().refund(paymentId);
  await settle(paymentId);
  await billing().failRefund(refund.id);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toEqual({ balance: 500, debt: 0, left: 500, soft: 0, refunded: 0, dispute: 'none' });
  expect((await mailOf(stage(), ada.email, 'refund', 2)).subject).toBe('A refund didn’t go through');
});

test('a refund while all is held: the task ends as estimated, the debt is shown, and the next purchase pays it', async () => {
  const { ada, paymentId } = await bought();
  const held = await hold(ada, 500);
  await billing().refund(paymentId);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 500, debt: 500, left: 0 });
  await held.charge(90);
  // What comes back pays first.
  expect(await stage().app.credits.balance(ada)).toMatchObject({ available: '0', debt: '90000000' });
  expect((await mailOf(stage(), ada.email, 'refund')).text).toContain('Owed: 500 credits');
  const next = await buy(ada);
  expect(await standing(ada, next)).toMatchObject({ balance: 410, debt: 0, left: 500 });
});

test('what returns from a hold while a dispute is open is held back by the next look, and the debt does not grow', async () => {
  const { ada, paymentId } = await bought();
  const held = await hold(ada, 200);
  const dispute = await billing().dispute(paymentId);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 200, debt: 0, soft: 300 });
  await held.charge(50);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 0, debt: 0, soft: 450 });
  await billing().win(dispute.id);
  await settle(paymentId);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 450, debt: 0, soft: 0 });
});

test('what an older look saw is not applied after what a later one saw', async () => {
  const { ada, paymentId } = await bought();
  const { core } = stage();
  const { promise: wait, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: asked, resolve: hasAsked } = Promise.withResolvers<void>();
  const slow = {
    ...core,
    payments: {
      ...core.payments!,
      async standing(id: string) {
        const seen = await core.payments!.standing(id);
        hasAsked();
        await wait;
        return seen;
      },
    },
  };
  const before = settlePayment(slow, paymentId);
  await asked;
  await billing().refund(paymentId);
  expect(await settle(paymentId)).toBe('settled');
  goOn();
  expect(await before).toBe('older');
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 0, left: 0 });
});

test('what nobody bought is nothing to settle, and a payment that Stripe does not know takes nothing', async () => {
  const { ada, paymentId } = await bought();
  expect(await settle('pi_nobody')).toBe('none');
  await stage().core.store.money.query({ text: 'ALTER TABLE purchases DISABLE TRIGGER purchases_guard' }, []);
  await stage().core.store.money.query({ text: 'UPDATE purchases SET payment_id = $2 WHERE payment_id = $1' }, [paymentId, 'pi_gone']);
  expect(await settle('pi_gone')).toBe('missing');
  await stage().core.store.money.query({ text: 'UPDATE purchases SET payment_id = $2 WHERE payment_id = $1' }, ['pi_gone', paymentId]);
  await stage().core.store.money.query({ text: 'ALTER TABLE purchases ENABLE TRIGGER purchases_guard' }, []);
  expect(await standing(ada, paymentId)).toMatchObject({ balance: 500 });
});

/** A payment at Stripe, and what may happen to it next. */
class Case {
  private readonly refunds: string[] = [];
  private dispute = '';
  private status: 'none' | 'inquiry' | 'open' | 'lost' | 'appealed' = 'none';

  private readonly paymentId: string;

  constructor(paymentId: string) {
    this.paymentId = paymentId;
  }

  /** One of what may happen now. */
  happen(which: number): Promise<void> {
    const next = [...this.moves[this.status], ...(this.refunds.length > 0 ? [() => this.failRefund()] : [])];
    return next[which % next.length]!();
  }

  private readonly move = (to: Parameters<ReturnType<typeof billing>['move']>[1], status: Case['status']) => async () => {
    await billing().move(this.dispute, to);
    this.status = status;
  };

  private readonly begin = (how: 'dispute' | 'inquire', status: Case['status']) => async () => {
    this.dispute = (await billing()[how](this.paymentId)).id;
    this.status = status;
  };

  /** All of it may be gone already. */
  private readonly refund = async () => {
    const made = await billing()
      .refund(this.paymentId, 333)
      .catch(() => null);
    if (made !== null) this.refunds.push(made.id);
  };

  private async failRefund(): Promise<void> {
    await billing().failRefund(this.refunds.pop()!);
  }

  private readonly moves: Record<Case['status'], (() => Promise<void>)[]> = {
    none: [this.begin('dispute', 'open'), this.refund, this.begin('inquire', 'inquiry'), this.refund],
    inquiry: [this.refund, this.move('needs_response', 'open'), this.move('warning_closed', 'none')],
    open: [this.move('won', 'none'), this.move('lost', 'lost'), this.move('under_review', 'open'), this.move('prevented', 'none')],
    lost: [this.move('appeal_under_review', 'appealed')],
    appealed: [this.move('won', 'none'), this.move('lost', 'lost')],
  };
}

const doings = ['hear', 'hear', 'hear-twice', 'spend', 'hold', 'close'] as const;
/** What happens, and what we do before something else happens: perhaps nothing, and then it is as if it had never been told. */
const step = fc.record({ which: fc.nat(11), doings: fc.array(fc.constantFrom(...doings), { maxLength: 3 }) });

test(
  'every order, repeat and loss of what is told ends at the same number, and the ledger adds up each time',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (story) => {
        const { ada, paymentId } = await bought();
        const atStripe = new Case(paymentId);
        let held: Awaited<ReturnType<typeof hold>> | null = null;
        const doIt: Record<(typeof doings)[number], () => Promise<unknown>> = {
          hear: () => settle(paymentId),
          'hear-twice': () => Promise.all([settle(paymentId), settle(paymentId)]),
          spend: () => spend(ada, 40),
          hold: async () => (held ??= await hold(ada, 70)),
          async close() {
            await held?.charge(30);
            held = null;
          },
        };
        for (const { which, doings: all } of story) {
          await atStripe.happen(which);
          for (const each of all) await doIt[each]();
        }
        await doIt.close();
        await settle(paymentId);
        const end = await standing(ada, paymentId);
        const { refunded, lost, open } = await atStripeNow(paymentId);
        const left = lost ? 0 : Number(500_000_000n - (500_000_000n * BigInt(refunded)) / 2500n) / 1e6;
        if (open) expect(end.left + end.soft).toBeCloseTo(left, 6);
        else expect(end).toMatchObject({ left, soft: 0 });
        const lines = await ada.ledger();
        await settle(paymentId);
        expect(await ada.ledger()).toEqual(lines);
        expect(await wrongInLedger()).toBeNull();
      }),
      { numRuns: 20 },
    );
  },
);

async function bought(): Promise<{ ada: Person; paymentId: string }> {
  const ada = await stage().person(0);
  return { ada, paymentId: await buy(ada) };
}

async function buy(person: Person): Promise<string> {
  const { url } = await stage().app.billing.buy(person, { pack: 'starter', saveCard: false });
  await billing().pay(url, { email: person.email });
  const outcome = await fulfil(stage().core, /cs_\w+/.exec(url)![0], 'news');
  if (outcome.kind !== 'paid') throw new Error(outcome.kind);
  return outcome.purchase.paymentId!;
}

/** In credits; refunded in cents. */
async function standing(person: Person, paymentId: string) {
  const { rows } = await stage().core.store.money.query<
    Record<'balance' | 'debt' | 'left' | 'soft' | 'refunded', string> & { dispute: Purchase['dispute'] }
  >(
    {
      text: `SELECT w.balance, w.debt, ledger_payment_left($2) AS left, p.soft_taken AS soft, p.refunded, p.dispute
             FROM wallets w JOIN purchases p ON p.wallet_id = w.id WHERE w.id = $1 AND p.payment_id = $2`,
    },
    [person.walletId, paymentId],
  );
  const { balance, debt, left, soft, refunded, dispute } = rows[0]!;
  const whole = (text: string) => Number(text) / 1e6;
  return { balance: whole(balance), debt: whole(debt), left: whole(left), soft: whole(soft), refunded: Number(refunded), dispute };
}

/** A task at work; ending it charges that much of what was held. Nothing where there was not enough. */
async function hold(person: Person, amount: number): Promise<{ charge(used: number): Promise<void> }> {
  const { ledger } = stage().core.store;
  const [task, at] = [newId<TaskId>(), clock.now()];
  const request = {
    hold: newId<HoldId>(),
    task,
    wallet: person.walletId as never,
    credits: credits(amount),
    member: null,
    channel: null,
    actor: null,
  };
  const { outcome } = await ledger.hold(request, at);
  return {
    async charge(used) {
      if (outcome === 'held') await ledger.close({ task, charge: credits(used) }, at);
    },
  };
}

async function spend(person: Person, amount: number): Promise<void> {
  await (await hold(person, amount)).charge(amount);
}

async function atStripeNow(paymentId: string): Promise<{ refunded: number; lost: boolean; open: boolean }> {
  const { hostname, port } = new URL(billing().url);
  const stripe = new Stripe(billing().settings.STRIPE_SECRET_KEY!, { host: hostname, port, protocol: 'http' });
  const of = { payment_intent: paymentId };
  const [refunds, disputes] = await Promise.all([stripe.refunds.list(of), stripe.disputes.list(of)]);
  const statuses = disputes.data.map(({ status }) => status as string);
  const lost = statuses.some((status) => status === 'lost' || status.startsWith('appeal_'));
  return {
    refunded: refunds.data.filter(({ status }) => status !== 'failed').reduce((sum, { amount }) => sum + amount, 0),
    lost,
    open: !lost && statuses.some((status) => status === 'needs_response' || status === 'under_review'),
  };
}

async function wrongInLedger(): Promise<unknown> {
  const client = new pg.Client({ connectionString: stage().databaseUrl });
  await client.connect();
  try {
    return (await verifyLedger(client)).wrong;
  } finally {
    await client.end();
  }
}
