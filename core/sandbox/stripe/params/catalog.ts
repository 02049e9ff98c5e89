// Parameters of products, prices, coupons and promotion codes.

import type { Stripe } from 'stripe';
import {
  address,
  bool,
  decimal,
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

export const createProduct = {
  active: bool,
  default_price_data: notPlayed,
  description: text(40_000),
  expand,
  id: text(255),
  images: notPlayed,
  marketing_features: notPlayed,
  metadata,
  name: needed(text()),
  package_dimensions: notPlayed,
  shippable: notPlayed,
  statement_descriptor: notPlayed,
  tax_code: text(),
  tax_details: notPlayed,
  type: oneOf('good', 'service'),
  unit_label: text(12),
  url: address,
} satisfies Shape<Stripe.ProductCreateParams>;

export const updateProduct = {
  active: bool,
  default_price: text(),
  description: emptyable(text(40_000)),
  expand,
  images: notPlayed,
  marketing_features: notPlayed,
  metadata: emptyable(metadata),
  name: text(),
  package_dimensions: notPlayed,
  shippable: notPlayed,
  statement_descriptor: notPlayed,
  tax_code: emptyable(text()),
  tax_details: notPlayed,
  unit_label: emptyable(text(12)),
  url: emptyable(address),
} satisfies Shape<Stripe.ProductUpdateParams>;

export const retrieveProduct = retrieved satisfies Shape<Stripe.ProductRetrieveParams>;

export const listProducts = {
  ...paged,
  active: bool,
  created: range,
  ids: list(text()),
  shippable: notPlayed,
  type: notPlayed,
  url: notPlayed,
} satisfies Shape<Stripe.ProductListParams>;

export const createPrice = {
  active: bool,
  billing_scheme: oneOf('per_unit'),
  currency: needed(text(3)),
  currency_options: notPlayed,
  custom_unit_amount: notPlayed,
  expand,
  lookup_key: text(200),
  metadata,
  nickname: text(),
  product: text(),
  product_data: notPlayed,
  recurring: notPlayed,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  tiers: notPlayed,
  tiers_mode: notPlayed,
  transfer_lookup_key: bool,
  transform_quantity: notPlayed,
  unit_amount: integer({ least: 0, most: 99_999_999 }),
  unit_amount_decimal: notPlayed,
} satisfies Shape<Stripe.PriceCreateParams>;

export const updatePrice = {
  active: bool,
  currency_options: notPlayed,
  expand,
  lookup_key: text(200),
  metadata: emptyable(metadata),
  nickname: text(),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  transfer_lookup_key: bool,
} satisfies Shape<Stripe.PriceUpdateParams>;

export const retrievePrice = retrieved satisfies Shape<Stripe.PriceRetrieveParams>;

export const listPrices = {
  ...paged,
  active: bool,
  created: range,
  currency: text(3),
  lookup_keys: list(text(), 10),
  product: text(),
  recurring: notPlayed,
  type: oneOf('one_time', 'recurring'),
} satisfies Shape<Stripe.PriceListParams>;

export const createCoupon = {
  amount_off: integer({ least: 1 }),
  applies_to: notPlayed,
  currency: text(3),
  currency_options: notPlayed,
  duration: oneOf('forever', 'once', 'repeating'),
  duration_in_months: notPlayed,
  expand,
  id: text(255),
  max_redemptions: integer({ least: 1 }),
  metadata: emptyable(metadata),
  name: text(40),
  percent_off: decimal(0.01, 100),
  redeem_by: notPlayed,
} satisfies Shape<Stripe.CouponCreateParams>;

export const retrieveCoupon = retrieved satisfies Shape<Stripe.CouponRetrieveParams>;

export const createPromotionCode = {
  active: bool,
  code: text(500),
  customer: text(),
  customer_account: notPlayed,
  expand,
  expires_at: integer(),
  max_redemptions: integer({ least: 1 }),
  metadata,
  promotion: needed(object({ coupon: text(), type: needed(oneOf('coupon')) } satisfies Shape<Stripe.PromotionCodeCreateParams.Promotion>)),
  restrictions: notPlayed,
} satisfies Shape<Stripe.PromotionCodeCreateParams>;

export const updatePromotionCode = {
  active: bool,
  expand,
  metadata: emptyable(metadata),
  restrictions: notPlayed,
} satisfies Shape<Stripe.PromotionCodeUpdateParams>;

export const retrievePromotionCode = retrieved satisfies Shape<Stripe.PromotionCodeRetrieveParams>;

export const listPromotionCodes = {
  ...paged,
  active: bool,
  code: text(),
  coupon: text(),
  created: range,
  customer: text(),
  customer_account: notPlayed,
} satisfies Shape<Stripe.PromotionCodeListParams>;
