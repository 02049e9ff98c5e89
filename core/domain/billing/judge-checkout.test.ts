import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allOffers, offerOf, packBehind } from '../credits/packs.ts';
import { judgeCheckout, type JudgedCheckout } from './judge-checkout.ts';

const offer = offerOf('team', 'usd');
const line = { price: offer.price, unitAmount: offer.amount, currency: 'usd', quantity: 1, isRecurring: false };
const paid: JudgedCheckout = {
  livemode: false,
  mode: 'payment',
  status: 'complete',
  payment: 'paid',
  asyncFailed: false,
  paymentId: 'pi_1',
  currency: 'usd',
  total: offer.amount,
  pack: 'team',
  lines: [line],
  hasMoreLines: false,
};
const judged = (change: Partial<JudgedCheckout>, livemode = false) => judgeCheckout({ ...paid, ...change }, livemode);
const withLine = (change: Partial<typeof line>) => judged({ lines: [{ ...line, ...change }] });

test('a paid checkout of a pack credits what the table says, whatever was paid for it', () => {
  expect(judged({})).toEqual({ kind: 'credit', offer, paid: 11_000n });
  expect(judged({ total: 5_500n })).toEqual({ kind: 'credit', offer, paid: 5_500n });
  expect(judged({ total: 13_090n, pack: null })).toEqual({ kind: 'credit', offer, paid: 13_090n });
  expect(judged({ total: 0n, payment: 'no_payment_required', paymentId: null })).toEqual({ kind: 'credit', offer, paid: 0n });
});

test.each([
  [{ status: 'open', payment: 'unpaid' }, { kind: 'open' }],
  [{ status: 'expired', payment: 'unpaid' }, { kind: 'expired' }],
  [{ payment: 'unpaid' }, { kind: 'pending' }],
  [{ payment: 'unpaid', asyncFailed: true }, { kind: 'failed' }],
] as const)('a checkout that is %j credits nothing yet, and is no trouble', (change, judgment) => {
  expect(judged(change)).toEqual(judgment);
});

test.each([
  ['livemode', () => judged({}, true)],
  ['livemode', () => judged({ livemode: true })],
  ['mode', () => judged({ mode: 'other' })],
  ['status', () => judged({ status: 'other' })],
  ['status', () => judged({ payment: 'other' })],
  ['lines', () => judged({ lines: [] })],
  ['lines', () => judged({ lines: [line, line] })],
  ['lines', () => judged({ hasMoreLines: true })],
  ['foreign-price', () => withLine({ price: 'gold' })],
  ['foreign-price', () => withLine({ price: null as never })],
  ['recurring', () => withLine({ isRecurring: true })],
  ['quantity', () => withLine({ quantity: 0 })],
  ['quantity', () => withLine({ quantity: 10 ** 9 })],
  ['quantity', () => withLine({ quantity: Number.NaN })],
  ['quantity', () => withLine({ quantity: null as never })],
  ['currency', () => withLine({ currency: 'jpy' })],
  ['currency', () => judged({ currency: 'jpy' })],
  ['amount', () => withLine({ unitAmount: 110n })],
  ['amount', () => withLine({ unitAmount: null as never })],
  ['pack', () => judged({ pack: 'scale' })],
  ['total', () => judged({ total: null })],
  ['total', () => judged({ total: -1n })],
  ['total', () => judged({ total: 10n ** 30n })],
  ['total', () => judged({ payment: 'no_payment_required', paymentId: null })],
  ['no-payment', () => judged({ paymentId: null })],
] as const)('a paid checkout is refused by name: %s', (why, judge) => {
  expect(judge()).toEqual({ kind: 'unfit', why });
});

test('a pack version that this version of the product does not know yet is left to a newer one', () => {
  const newer = { lines: [{ ...line, price: 'impacter_team_v2_usd' }] };
  expect(judged(newer)).toEqual({ kind: 'newer' });
  const renamed = { ...paid, lines: [{ ...line, price: 'pack_team_usd' }] };
  expect(judgeCheckout(renamed, false, 'pack_team_usd')).toEqual({ kind: 'newer' });
  expect(judgeCheckout(renamed, false, 'impacter_team_v1_usd')).toEqual({ kind: 'unfit', why: 'foreign-price' });
});

test('whatever a checkout says, it credits only a pack of ours at its price, once, in our mode', () => {
  /** Right nine times out of ten, so that most checkouts have one or two things wrong with them. */
  const often = <T>(right: T, wrong: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 9, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: wrong });
  const checkouts = fc.constantFrom(...allOffers()).chain((sold) =>
    fc.record<JudgedCheckout>({
      livemode: often(false, fc.boolean()),
      mode: often<JudgedCheckout['mode']>('payment', fc.constant('other')),
      status: often<JudgedCheckout['status']>('complete', fc.constantFrom('open', 'expired', 'other')),
      payment: often<JudgedCheckout['payment']>('paid', fc.constantFrom('no_payment_required', 'unpaid', 'other')),
      asyncFailed: fc.boolean(),
      paymentId: often<string | null>('pi_1', fc.constant(null)),
      currency: often<string>(sold.currency, fc.oneof(fc.constantFrom('usd', 'eur', 'jpy'), fc.string())),
      total: often<bigint | null>(sold.amount, fc.oneof(fc.bigInt(), fc.constant(null))),
      pack: often<string | null>(sold.pack, fc.oneof(fc.constantFrom('starter', 'team', 'scale'), fc.string())),
      lines: fc.array(
        fc.record({
          price: often<string | null>(sold.price, fc.oneof(fc.string(), fc.constant(null))),
          unitAmount: often<bigint | null>(sold.amount, fc.bigInt()),
          currency: often<string>(sold.currency, fc.constantFrom('usd', 'eur', 'jpy')),
          quantity: often<number | null>(1, fc.oneof(fc.integer(), fc.double(), fc.constant(null))),
          isRecurring: often(false, fc.boolean()),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      hasMoreLines: often(false, fc.boolean()),
    }),
  );
  let credited = 0;
  fc.assert(
    fc.property(checkouts, (given) => {
      const judgment = judgeCheckout(given, false);
      if (judgment.kind !== 'credit') return;
      credited++;
      expect(given).toMatchObject({ livemode: false, mode: 'payment', status: 'complete', hasMoreLines: false });
      expect(['paid', 'no_payment_required']).toContain(given.payment);
      const bought = packBehind(given.lines[0]!.price)!;
      expect(judgment).toEqual({ kind: 'credit', offer: bought, paid: given.total });
      const { price, amount: unitAmount, currency } = bought;
      expect(given.lines).toEqual([{ price, unitAmount, currency, quantity: 1, isRecurring: false }]);
    }),
    { numRuns: 2_000 },
  );
  expect(credited).toBeGreaterThan(50);
});
