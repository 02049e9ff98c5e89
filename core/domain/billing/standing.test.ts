import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credits, micro } from '../credits/credits.ts';
import { standingOf, type JudgedPayment } from './standing.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const at = new Date('2026-12-01T12:00:00Z');
const bought = { credits: credits(500), paid: 2_500n, currency: 'usd' };

function refund(amount: bigint | null, { counts = true, currency = 'usd', daysAgo = 0 } = {}) {
  return { id: `re_${amount}`, amount, currency, counts, createdAt: new Date(at.getTime() - daysAgo * DAY_MS) };
}

function dispute(standing: JudgedPayment['disputes'][number]['standing']) {
  return { id: `du_${standing}`, standing, createdAt: at };
}

function judged(payment: Partial<JudgedPayment>, purchase = bought) {
  return standingOf(purchase, { refunds: [], disputes: [], warnedAt: null, ...payment }, at);
}

test.each([
  ['nothing happened', {}, 500, 'none'],
  ['two fifths of the money went back', { refunds: [refund(500n), refund(500n)] }, 300, 'none'],
  ['all of it went back', { refunds: [refund(2_500n)] }, 0, 'none'],
  ['a refund failed', { refunds: [refund(2_500n, { counts: false })] }, 500, 'none'],
  ['a bank asks', { disputes: [dispute('inquiry')] }, 500, 'inquiry'],
  ['a dispute is open', { refunds: [refund(500n)], disputes: [dispute('open')] }, 400, 'open'],
  ['a dispute is lost', { refunds: [refund(500n)], disputes: [dispute('over'), dispute('lost')] }, 0, 'lost'],
  ['a dispute is over', { refunds: [refund(500n)], disputes: [dispute('over')] }, 400, 'none'],
  ['one is over and another one open', { disputes: [dispute('open'), dispute('over'), dispute('inquiry')] }, 500, 'open'],
  ['a dispute has a status that nobody knows', { disputes: [dispute('other')] }, 500, 'inquiry'],
] as const)('%s', (_, payment, left, standing) => {
  expect(judged(payment)).toMatchObject({ left: credits(left), dispute: standing });
});

test('a refund in another currency, or without a whole amount, is left to the operator', () => {
  expect(judged({ refunds: [refund(500n, { currency: 'eur' })] })).toBe('refund-currency');
  expect(judged({ refunds: [refund(null)] })).toBe('refund-amount');
  expect(judged({ refunds: [refund(null, { counts: false })] })).toMatchObject({ refunded: 0n });
});

test('a payment is watched while a refund may fail and a dispute may move on', () => {
  expect(judged({})).toMatchObject({ watchedUntil: null });
  expect(judged({ refunds: [refund(1n, { daysAgo: 10 })] })).toMatchObject({ watchedUntil: new Date(at.getTime() + 20 * DAY_MS) });
  expect(judged({ refunds: [refund(1n, { daysAgo: 31 })] })).toMatchObject({ watchedUntil: null });
  expect(judged({ disputes: [dispute('lost')] })).toMatchObject({ watchedUntil: new Date(at.getTime() + 365 * DAY_MS) });
  expect(judged({ disputes: [dispute('over')] })).toMatchObject({ watchedUntil: null });
});

const purchases = fc.record({
  credits: fc.bigInt(1n, 10n ** 13n).map(micro),
  paid: fc.bigInt(0n, 10n ** 9n),
  currency: fc.constant('usd'),
});
const payments = fc.record({
  refunds: fc.array(fc.tuple(fc.bigInt(0n, 10n ** 9n), fc.boolean()).map(([amount, counts]) => refund(amount, { counts }))),
  disputes: fc.array(fc.constantFrom('inquiry', 'open', 'lost', 'over', 'other' as const).map(dispute)),
  warnedAt: fc.constant(null),
});

test('what is left is never less than nothing and never more than was bought, and no order of refunds and disputes changes it', () => {
  fc.assert(
    fc.property(purchases, payments, fc.bigInt(0n, 10n ** 9n), (purchase, payment, more) => {
      const standing = standingOf(purchase, payment, at);
      if (typeof standing === 'string') throw new Error(standing);
      expect(standing.left >= 0n && standing.left <= purchase.credits && standing.refunded <= purchase.paid).toBe(true);
      const turned = { ...payment, refunds: payment.refunds.toReversed(), disputes: payment.disputes.toReversed() };
      expect(standingOf(purchase, turned, at)).toEqual(standing);
      const refunded = standingOf(purchase, { ...payment, refunds: [...payment.refunds, refund(more)] }, at);
      if (typeof refunded === 'string') throw new Error(refunded);
      expect(refunded.left <= standing.left).toBe(true);
    }),
  );
});
