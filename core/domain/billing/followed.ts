// Which objects of Stripe we follow, by how their ids begin. Notifications say much more, and nothing of it is believed: their
// kinds come late, twice and in any order. What is not here yet is kept, and taken up by the version that follows it.

/**
 * `payment`: a payment intent, which leads to the checkout that made it. `of-payment`: what happened to one, which leads to
 * that: charges, refunds, disputes and reports of fraud.
 */
export type Followed = 'checkout' | 'payment' | 'of-payment';

const prefixes: Readonly<Record<string, Followed>> = {
  cs_: 'checkout',
  pi_: 'payment',
  ch_: 'of-payment',
  py_: 'of-payment',
  re_: 'of-payment',
  pyr_: 'of-payment',
  du_: 'of-payment',
  dp_: 'of-payment',
  issfr_: 'of-payment',
};

export const followedPrefixes: readonly string[] = Object.keys(prefixes);

export function followed(objectId: string): Followed | null {
  return prefixes[objectId.slice(0, objectId.indexOf('_') + 1)] ?? null;
}

/**
 * What a webhook endpoint is told. More than is followed: what a later version follows is kept until then, and an endpoint need
 * not be changed for it.
 */
export const toldKinds: readonly string[] = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'radar.early_fraud_warning.created',
];
