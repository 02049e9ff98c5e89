// Parameters of customers, payment methods and the billing portal.

import type { Stripe } from 'stripe';
import {
  address,
  bool,
  emptyable,
  expand,
  metadata,
  notPlayed,
  object,
  oneOf,
  paged,
  range,
  retrieved,
  text,
  type Shape,
} from '../wire/rules.ts';

const place = object({
  city: text(),
  country: text(),
  line1: text(),
  line2: text(),
  postal_code: text(),
  state: text(),
} satisfies Shape<Stripe.AddressParam>);

/** What a customer is made with and changed by. */
const customer = {
  address: emptyable(place),
  balance: notPlayed,
  business_name: notPlayed,
  cash_balance: notPlayed,
  description: text(),
  email: text(512),
  expand,
  individual_name: notPlayed,
  invoice_prefix: notPlayed,
  metadata: emptyable(metadata),
  name: text(256),
  next_invoice_sequence: notPlayed,
  phone: text(20),
  preferred_locales: notPlayed,
  shipping: notPlayed,
  source: notPlayed,
  tax: notPlayed,
  tax_exempt: notPlayed,
  validate: notPlayed,
};

export const createCustomer = {
  ...customer,
  invoice_settings: notPlayed,
  payment_method: text(),
  tax_id_data: notPlayed,
  test_clock: notPlayed,
} satisfies Shape<Stripe.CustomerCreateParams>;

export const updateCustomer = {
  ...customer,
  default_source: notPlayed,
  invoice_settings: object({
    custom_fields: notPlayed,
    default_payment_method: text(),
    footer: notPlayed,
    rendering_options: notPlayed,
  } satisfies Shape<Stripe.CustomerUpdateParams.InvoiceSettings>),
} satisfies Shape<Stripe.CustomerUpdateParams>;

export const retrieveCustomer = retrieved satisfies Shape<Stripe.CustomerRetrieveParams>;
export const deleteCustomer = {} satisfies Shape<Stripe.CustomerDeleteParams>;

export const listCustomers = { ...paged, created: range, email: text(), test_clock: notPlayed } satisfies Shape<Stripe.CustomerListParams>;

const methodType = oneOf('card', 'sepa_debit');
const redisplay = oneOf('always', 'limited', 'unspecified');

export const listMethods = {
  ...paged,
  allow_redisplay: redisplay,
  customer: text(),
  customer_account: notPlayed,
  type: methodType,
} satisfies Shape<Stripe.PaymentMethodListParams>;

export const listMethodsOfCustomer = {
  ...paged,
  allow_redisplay: redisplay,
  type: methodType,
} satisfies Shape<Stripe.CustomerListPaymentMethodsParams>;

export const retrieveMethod = retrieved satisfies Shape<Stripe.PaymentMethodRetrieveParams>;
export const attachMethod = { customer: text(), customer_account: notPlayed, expand } satisfies Shape<Stripe.PaymentMethodAttachParams>;
export const detachMethod = retrieved satisfies Shape<Stripe.PaymentMethodDetachParams>;

export const createPortalSession = {
  after_expiration: notPlayed,
  configuration: text(),
  customer: text(),
  customer_account: notPlayed,
  expand,
  flow_data: notPlayed,
  locale: text(),
  on_behalf_of: notPlayed,
  return_url: address,
} satisfies Shape<Stripe.BillingPortal.SessionCreateParams>;

export const listConfigurations = {
  ...paged,
  active: bool,
  is_default: bool,
} satisfies Shape<Stripe.BillingPortal.ConfigurationListParams>;
