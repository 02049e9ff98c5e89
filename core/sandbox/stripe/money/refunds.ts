// Refunds: parts of a payment that go back. One can fail afterwards, and then the money is still ours.

import type { Stripe } from 'stripe';
import { idOf, newObjectId } from '../ids.ts';
import { after } from '../jobs.ts';
import { tell } from '../news/event.ts';
import { invalid } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { behaviourOf } from './methods.ts';

/** By the sandbox's clock. */
export const REFUND_FAILS_MS = 60_000;

export interface RefundWanted {
  /** In the smallest unit; all that is left when null. */
  readonly amount: number | null;
  readonly reason: Stripe.Refund.Reason | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export function refund(world: World, charge: Stripe.Charge, { amount, reason, metadata }: RefundWanted): Stripe.Refund {
  const { store } = world;
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== 'succeeded')
    throw invalid('This charge has not been paid, so it cannot be refunded.', { code: 'charge_not_refundable' });
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  if (store.all('dispute').some((each) => idOf(each.charge) === charge.id && !each.is_charge_refundable))
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
  const sum = amount ?? left;
  if (sum > left)
    throw invalid(`Refund amount (${sum}) is greater than unrefunded amount on charge (${left})`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  const isCard = charge.id.startsWith('ch_');
  const made = store.put('refund', {
    id: newObjectId(isCard ? 're_3' : 'pyr_1'),
    object: 'refund',
    amount: sum,
    balance_transaction: null,
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: isCard ? { card: { type: 'refund' }, type: 'card' } : { type: 'sepa_debit' },
    metadata: { ...metadata },
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  });
  const changed = recount(world, charge);
  tell(world, 'refund.created', made);
  tell(world, 'charge.refunded', changed);
  if (charge.payment_method !== null && behaviourOf(world, charge.payment_method).after === 'refund-fails')
    after(world, REFUND_FAILS_MS, 'fail-refund', made.id);
  return made;
}

export function failRefund(world: World, before: Stripe.Refund): Stripe.Refund {
  if (before.status === 'failed' || before.status === 'canceled') return before;
  const failed = world.store.put('refund', { ...before, status: 'failed', failure_reason: 'unknown' });
  const charge = world.store.get('charge', idOf(failed.charge));
  if (charge !== null) recount(world, charge);
  tell(world, 'refund.failed', failed);
  tell(world, 'refund.updated', failed);
  tell(world, 'charge.refund.updated', failed);
  return failed;
}

/** The charge says how much of it went back for good. */
function recount(world: World, charge: Stripe.Charge): Stripe.Charge {
  const counting = world.store
    .all('refund')
    .filter((each) => idOf(each.charge) === charge.id && each.status !== 'failed' && each.status !== 'canceled');
  const refunded = counting.reduce((sum, { amount }) => sum + amount, 0);
  return world.store.put('charge', { ...charge, amount_refunded: refunded, refunded: refunded === charge.amount });
}
