// Parameters of payment intents, charges, refunds, disputes, fraud warnings and invoices.

import type { Stripe } from 'stripe';
import {
  address,
  bool,
  emptyable,
  expand,
  integer,
  metadata,
  needed,
  notPlayed,
  object,
  oneOf,
  paged,
  range,
  retrieved,
  text,
  type Shape,
} from '../wire/rules.ts';

export const createIntent = {
  allowed_payment_method_types: notPlayed,
  amount: needed(integer({ least: 1, most: 99_999_999 })),
  amount_details: notPlayed,
  application_fee_amount: notPlayed,
  automatic_payment_methods: object({
    allow_redirects: oneOf('always', 'never'),
    enabled: needed(bool),
  } satisfies Shape<Stripe.PaymentIntentCreateParams.AutomaticPaymentMethods>),
  capture_method: oneOf('automatic', 'automatic_async'),
  confirm: bool,
  confirmation_method: notPlayed,
  confirmation_token: notPlayed,
  currency: needed(text(3)),
  customer: text(),
  customer_account: notPlayed,
  description: text(1_000),
  error_on_requires_action: bool,
  excluded_payment_method_types: notPlayed,
  expand,
  hooks: notPlayed,
  mandate: notPlayed,
  mandate_data: notPlayed,
  metadata,
  off_session: bool,
  on_behalf_of: notPlayed,
  payment_details: notPlayed,
  payment_method: text(),
  payment_method_configuration: notPlayed,
  payment_method_data: notPlayed,
  payment_method_options: notPlayed,
  radar_options: notPlayed,
  receipt_email: text(),
  return_url: address,
  setup_future_usage: oneOf('off_session', 'on_session'),
  shipping: notPlayed,
  statement_descriptor: notPlayed,
  statement_descriptor_suffix: text(22),
  transfer_data: notPlayed,
  transfer_group: notPlayed,
  use_stripe_sdk: notPlayed,
} satisfies Shape<Stripe.PaymentIntentCreateParams>;

export const confirmIntent = {
  allowed_payment_method_types: notPlayed,
  amount_details: notPlayed,
  amount_to_confirm: notPlayed,
  capture_method: notPlayed,
  confirmation_token: notPlayed,
  error_on_requires_action: bool,
  excluded_payment_method_types: notPlayed,
  expand,
  hooks: notPlayed,
  mandate: notPlayed,
  mandate_data: notPlayed,
  off_session: bool,
  payment_details: notPlayed,
  payment_method: text(),
  payment_method_data: notPlayed,
  payment_method_options: notPlayed,
  radar_options: notPlayed,
  receipt_email: notPlayed,
  return_url: address,
  setup_future_usage: notPlayed,
  shipping: notPlayed,
  use_stripe_sdk: notPlayed,
} satisfies Shape<Stripe.PaymentIntentConfirmParams>;

export const cancelIntent = {
  cancellation_reason: oneOf('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'),
  expand,
} satisfies Shape<Stripe.PaymentIntentCancelParams>;

export const retrieveIntent = { client_secret: notPlayed, expand } satisfies Shape<Stripe.PaymentIntentRetrieveParams>;

export const listIntents = {
  ...paged,
  created: range,
  customer: text(),
  customer_account: notPlayed,
} satisfies Shape<Stripe.PaymentIntentListParams>;

export const retrieveCharge = retrieved satisfies Shape<Stripe.ChargeRetrieveParams>;

export const listCharges = {
  ...paged,
  created: range,
  customer: text(),
  payment_intent: text(),
  transfer_group: notPlayed,
} satisfies Shape<Stripe.ChargeListParams>;

export const createRefund = {
  amount: integer({ least: 1 }),
  charge: text(),
  currency: notPlayed,
  customer: notPlayed,
  expand,
  instructions_email: notPlayed,
  metadata: emptyable(metadata),
  origin: notPlayed,
  payment_intent: text(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  refund_application_fee: notPlayed,
  reverse_transfer: notPlayed,
} satisfies Shape<Stripe.RefundCreateParams>;

export const retrieveRefund = retrieved satisfies Shape<Stripe.RefundRetrieveParams>;
export const cancelRefund = retrieved satisfies Shape<Stripe.RefundCancelParams>;
/** Lists of what happened to a payment. */
const ofPayment = { ...paged, charge: text(), created: range, payment_intent: text() };

export const listRefunds = ofPayment satisfies Shape<Stripe.RefundListParams>;

export const retrieveDispute = retrieved satisfies Shape<Stripe.DisputeRetrieveParams>;
export const closeDispute = retrieved satisfies Shape<Stripe.DisputeCloseParams>;
export const listDisputes = ofPayment satisfies Shape<Stripe.DisputeListParams>;

export const updateDispute = {
  // The rest of what can be said in evidence makes no difference here.
  evidence: object({ uncategorized_text: emptyable(text(20_000)), product_description: emptyable(text(20_000)) }),
  expand,
  intended_submission_method: notPlayed,
  metadata: emptyable(metadata),
  submit: bool,
} satisfies Shape<Stripe.DisputeUpdateParams>;

export const retrieveFraudWarning = retrieved satisfies Shape<Stripe.Radar.EarlyFraudWarningRetrieveParams>;
export const listFraudWarnings = ofPayment satisfies Shape<Stripe.Radar.EarlyFraudWarningListParams>;

export const retrieveInvoice = retrieved satisfies Shape<Stripe.InvoiceRetrieveParams>;
