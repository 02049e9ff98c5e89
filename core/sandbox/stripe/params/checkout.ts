// Parameters of checkout sessions.

import type { Stripe } from 'stripe';
import {
  address,
  bool,
  emptyable,
  expand,
  integer,
  list,
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

type Create = Stripe.Checkout.SessionCreateParams;

const message = object({ message: needed(text(1_200)) });

export const createSession = {
  adaptive_pricing: object({ enabled: bool } satisfies Shape<Create['adaptive_pricing'] & {}>),
  after_expiration: notPlayed,
  allow_promotion_codes: bool,
  allowed_payment_method_types: notPlayed,
  automatic_tax: object({ enabled: needed(bool), liability: notPlayed } satisfies Shape<Stripe.Checkout.SessionCreateParams.AutomaticTax>),
  billing_address_collection: oneOf('auto', 'required'),
  branding_settings: notPlayed,
  cancel_url: address,
  client_reference_id: text(200),
  consent_collection: notPlayed,
  currency: text(3),
  custom_fields: notPlayed,
  custom_text: object({
    after_submit: emptyable(message),
    shipping_address: notPlayed,
    submit: emptyable(message),
    terms_of_service_acceptance: notPlayed,
  } satisfies Shape<Stripe.Checkout.SessionCreateParams.CustomText>),
  customer: text(),
  customer_account: notPlayed,
  customer_creation: oneOf('always', 'if_required'),
  customer_email: text(800),
  customer_update: object({
    address: oneOf('auto', 'never'),
    name: oneOf('auto', 'never'),
    shipping: notPlayed,
  } satisfies Shape<Stripe.Checkout.SessionCreateParams.CustomerUpdate>),
  discounts: list(object({ coupon: text(), promotion_code: text() } satisfies Shape<Stripe.Checkout.SessionCreateParams.Discount>), 1),
  excluded_payment_method_types: list(text(), 50),
  expand,
  expires_at: integer(),
  integration_identifier: notPlayed,
  invoice_creation: object({
    enabled: needed(bool),
    invoice_data: object({
      account_tax_ids: notPlayed,
      custom_fields: notPlayed,
      description: text(1_500),
      footer: text(5_000),
      issuer: notPlayed,
      metadata,
      rendering_options: notPlayed,
    } satisfies Shape<Stripe.Checkout.SessionCreateParams.InvoiceCreation.InvoiceData>),
  } satisfies Shape<Stripe.Checkout.SessionCreateParams.InvoiceCreation>),
  line_items: list(
    object({
      adjustable_quantity: notPlayed,
      metadata,
      price: text(),
      price_data: notPlayed,
      quantity: integer({ least: 0, most: 999_999 }),
      tax_rates: notPlayed,
    } satisfies Shape<Stripe.Checkout.SessionCreateParams.LineItem>),
    100,
  ),
  locale: text(),
  managed_payments: object({ enabled: bool } satisfies Shape<Stripe.Checkout.SessionCreateParams.ManagedPayments>),
  metadata,
  mode: oneOf('payment', 'setup', 'subscription'),
  name_collection: notPlayed,
  optional_items: notPlayed,
  origin_context: notPlayed,
  payment_intent_data: object({
    application_fee_amount: notPlayed,
    capture_method: notPlayed,
    description: text(1_000),
    metadata,
    on_behalf_of: notPlayed,
    receipt_email: notPlayed,
    setup_future_usage: oneOf('off_session', 'on_session'),
    shipping: notPlayed,
    statement_descriptor: notPlayed,
    statement_descriptor_suffix: notPlayed,
    transfer_data: notPlayed,
    transfer_group: notPlayed,
  } satisfies Shape<Stripe.Checkout.SessionCreateParams.PaymentIntentData>),
  payment_method_collection: notPlayed,
  payment_method_configuration: notPlayed,
  payment_method_data: notPlayed,
  payment_method_options: notPlayed,
  permissions: notPlayed,
  phone_number_collection: notPlayed,
  redirect_on_completion: notPlayed,
  return_url: notPlayed,
  saved_payment_method_options: notPlayed,
  setup_intent_data: notPlayed,
  shipping_address_collection: notPlayed,
  shipping_options: notPlayed,
  submit_type: oneOf('auto', 'book', 'donate', 'pay'),
  subscription_data: notPlayed,
  success_url: address,
  tax_id_collection: object({
    enabled: needed(bool),
    required: notPlayed,
  } satisfies Shape<Stripe.Checkout.SessionCreateParams.TaxIdCollection>),
  ui_mode: oneOf('hosted_page', 'embedded_page', 'elements', 'form'),
  wallet_options: notPlayed,
} satisfies Shape<Create>;

export const listSessions = {
  ...paged,
  created: range,
  customer: text(),
  customer_account: notPlayed,
  customer_details: object({ email: needed(text()) } satisfies Shape<Stripe.Checkout.SessionListParams.CustomerDetails>),
  payment_intent: text(),
  payment_link: notPlayed,
  status: oneOf('open', 'complete', 'expired'),
  subscription: notPlayed,
} satisfies Shape<Stripe.Checkout.SessionListParams>;

export const retrieveSession = retrieved satisfies Shape<Stripe.Checkout.SessionRetrieveParams>;
export const expireSession = retrieved satisfies Shape<Stripe.Checkout.SessionExpireParams>;
export const listLineItems = { ...paged } satisfies Shape<Stripe.Checkout.SessionListLineItemsParams>;
export const updateSession = {
  collected_information: notPlayed,
  expand,
  line_items: notPlayed,
  metadata: emptyable(metadata),
  payment_intent_data: notPlayed,
  shipping_options: notPlayed,
} satisfies Shape<Stripe.Checkout.SessionUpdateParams>;
