// Disputes: somebody's bank takes a payment back, or only asks about it, until it is decided who is right.

import type { Stripe } from 'stripe';
import { idOf, newObjectId } from '../ids.ts';
import { tell } from '../news/event.ts';
import { invalid } from '../wire/problem.ts';
import type { World } from '../world.ts';

export type DisputeStatus = Stripe.Dispute['status'];

const RESPONSE_WITHIN_S = 7 * 24 * 60 * 60;

/** No further moves, but an appeal of what was lost. */
const ended: readonly DisputeStatus[] = ['won', 'lost', 'warning_closed', 'prevented'];

export function openDispute(world: World, chargeId: string, { isInquiry = false, amount = 0 } = {}): Stripe.Dispute {
  const { store } = world;
  const charge = store.get('charge', chargeId)!;
  if (!charge.paid) throw invalid(`Charge ${chargeId} was not paid, so nobody can dispute it.`);
  if (store.all('dispute').some((each) => idOf(each.charge) === chargeId && !ended.includes(each.status)))
    throw invalid(`Charge ${chargeId} is disputed already.`);
  const intentId = idOf(charge.payment_intent);
  const disputed = store.put('charge', { ...charge, disputed: true });
  const dispute = store.put('dispute', {
    id: newObjectId('du_1'),
    object: 'dispute',
    amount: amount || charge.amount - charge.amount_refunded || charge.amount,
    balance_transactions: [],
    charge: disputed.id,
    created: world.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: world.now() + RESPONSE_WITHIN_S,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: '10.4',
    payment_intent: intentId,
    payment_method_details: {
      type: 'card',
      card: { brand: 'visa', case_type: isInquiry ? 'inquiry' : 'chargeback', network: 'visa', network_reason_code: '10.4' },
    },
    reason: 'fraudulent',
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  });
  tell(world, 'charge.dispute.created', dispute);
  if (!isInquiry) tell(world, 'charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** Moves a dispute on, with the events that Stripe sends for it. */
export function moveDispute(world: World, dispute: Stripe.Dispute, status: DisputeStatus): Stripe.Dispute {
  const isAppeal = status.startsWith('appeal_') || (dispute.status.startsWith('appeal_') && ['won', 'lost'].includes(status));
  if (dispute.status === status) return dispute;
  if (ended.includes(dispute.status) && !(dispute.status === 'lost' && isAppeal))
    throw invalid('This dispute is already closed', { param: 'dispute' });
  const moved = world.store.put('dispute', { ...dispute, status, is_charge_refundable: status.startsWith('warning_') || status === 'won' });
  // An inquiry moved no money until it became a dispute.
  if (dispute.status.startsWith('warning_') && (status === 'needs_response' || status === 'lost'))
    tell(world, 'charge.dispute.funds_withdrawn', moved);
  if (!ended.includes(status)) {
    tell(world, 'charge.dispute.updated', moved);
    return moved;
  }
  if (status === 'won' || (status === 'prevented' && !dispute.status.startsWith('warning_')))
    tell(world, 'charge.dispute.funds_reinstated', moved);
  tell(world, 'charge.dispute.closed', moved);
  return moved;
}

const noEvidence: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
