// Opening a checkout, and its end without a payment. How one is paid: pay.ts.

import type { Stripe } from 'stripe';
import { idOf, newObjectId } from '../ids.ts';
import { after } from '../jobs.ts';
import { tell } from '../news/event.ts';
import type { createSession } from '../params/checkout.ts';
import { mergeMetadata } from '../wire/metadata.ts';
import { invalid, noSuch } from '../wire/problem.ts';
import type { Given } from '../wire/rules.ts';
import type { World } from '../world.ts';
import { customerNamed } from './customers.ts';
import { couponIn } from './discounts.ts';
import { totalsOf } from './totals.ts';

type SessionGiven = Given<typeof createSession>;

const MINUTE_S = 60;
const DAY_S = 24 * 60 * MINUTE_S;
/** Stripe's least, in the smallest unit; it differs a little from currency to currency. */
const LEAST = 50;
const MOST = 99_999_999;

export function openSession(world: World, given: SessionGiven): Stripe.Checkout.Session {
  const { store } = world;
  const mode = given.mode ?? 'payment';
  if (mode !== 'payment') throw invalid(`The sandbox plays checkouts in payment mode only, not ${mode}.`, { param: 'mode' });
  if ((given.ui_mode ?? 'hosted_page') !== 'hosted_page') throw invalid('The sandbox plays hosted checkouts only.', { param: 'ui_mode' });
  if (given.success_url === undefined) throw missing('success_url');
  if (given.line_items === undefined || given.line_items.length === 0) throw missing('line_items');
  checkTogether(given);
  if (given.customer !== undefined) customerNamed(world, given.customer, 'customer');

  const lines = given.line_items.map((line, i) => newLine(world, line, `line_items[${i}]`));
  const [currency, ...others] = new Set(lines.map((line) => line.currency));
  if (others.length > 0) throw invalid('All line items must have the same currency.', { param: 'line_items' });
  const taxed = given.automatic_tax?.enabled ?? false;
  const discounts = discountsGiven(world, given);
  const totals = totalsOf(lines, couponIn(world, { discounts }), taxed);
  if (totals.total !== 0 && totals.total < LEAST)
    throw invalid('The Checkout Session’s total amount due must add up to at least $0.50 usd.', { code: 'amount_too_small' });
  if (totals.total > MOST) throw invalid('Amount must be no more than $999,999.99', { code: 'amount_too_large' });

  const id = newObjectId('cs_test_', 58);
  const session: Stripe.Checkout.Session = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: given.adaptive_pricing?.enabled ?? false },
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: null,
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    automatic_tax: {
      enabled: taxed,
      liability: taxed ? { type: 'self' } : null,
      provider: taxed ? 'stripe' : null,
      status: taxed ? 'complete' : null,
    },
    billing_address_collection: given.billing_address_collection ?? null,
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: world.now(),
    currency: currency ?? null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: given.custom_text?.after_submit ?? null,
      shipping_address: null,
      submit: given.custom_text?.submit ?? null,
      terms_of_service_acceptance: null,
    },
    customer: given.customer ?? null,
    customer_account: null,
    customer_creation: given.customer === undefined ? (given.customer_creation ?? 'if_required') : null,
    customer_details: given.customer_email === undefined ? null : payer(given.customer_email, null),
    customer_email: given.customer_email ?? null,
    discounts,
    expires_at: expiryOf(world, given.expires_at),
    integration_identifier: null,
    invoice: null,
    invoice_creation: {
      enabled: given.invoice_creation?.enabled ?? false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: given.invoice_creation?.invoice_data?.description ?? null,
        footer: given.invoice_creation?.invoice_data?.footer ?? null,
        issuer: null,
        metadata: mergeMetadata({}, given.invoice_creation?.invoice_data?.metadata),
        rendering_options: null,
      },
    },
    livemode: false,
    locale: given.locale ?? null,
    managed_payments: { enabled: given.managed_payments?.enabled ?? false },
    metadata: mergeMetadata({}, given.metadata),
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card', 'sepa_debit'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: given.submit_type ?? null,
    subscription: null,
    success_url: given.success_url,
    tax_id_collection: { enabled: given.tax_id_collection?.enabled ?? false, required: 'never' },
    total_details: { amount_discount: totals.discount, amount_shipping: 0, amount_tax: totals.tax },
    ui_mode: 'hosted_page',
    url: `${world.url}/c/pay/${id}`,
    wallet_options: null,
  };
  store.put('session', session);
  store.put('checkout_inside', {
    id,
    lines: totals.lines,
    intentMetadata: mergeMetadata({}, given.payment_intent_data?.metadata),
    description: given.payment_intent_data?.description ?? null,
    saveCard: given.payment_intent_data?.setup_future_usage !== undefined,
    updatesName: given.customer_update?.name === 'auto',
    confirming: null,
  });
  after(world, session.expires_at * 1000 - world.nowMs(), 'expire', id);
  return session;
}

/** Ends an open one. Gives it back as it is where it is open no more. */
export function expire(world: World, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  if (session.status !== 'open') return session;
  const expired = world.store.put('session', { ...session, status: 'expired', url: null });
  tell(world, 'checkout.session.expired', expired);
  return expired;
}

/** Who pays, as a session shows them. */
export function payer(email: string | null, name: string | null): Stripe.Checkout.Session.CustomerDetails {
  return { address: null, business_name: null, email, individual_name: null, name, phone: null, tax_exempt: 'none', tax_ids: [] };
}

function newLine(
  world: World,
  { price: priceId, quantity = 1, metadata }: NonNullable<SessionGiven['line_items']>[number],
  at: string,
): Stripe.LineItem {
  if (priceId === undefined) throw missing(`${at}[price]`);
  const price = world.store.get('price', priceId);
  if (price === null) throw noSuch('price', priceId, `${at}[price]`);
  if (!price.active) throw invalid(`The price specified is inactive. This field only accepts active prices.`, { param: `${at}[price]` });
  if (quantity === 0) throw invalid('Quantity must be greater than 0.', { param: `${at}[quantity]` });
  const sum = (price.unit_amount ?? 0) * quantity;
  return {
    id: newObjectId('li_1'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: sum,
    amount_tax: 0,
    amount_total: sum,
    currency: price.currency,
    description: world.store.get('product', idOf(price.product))?.name ?? null,
    metadata: mergeMetadata({}, metadata),
    price,
    quantity,
  };
}

function checkTogether(given: SessionGiven): void {
  const exclusive = (one: keyof SessionGiven, other: keyof SessionGiven) => {
    if (given[one] !== undefined && given[other] !== undefined)
      throw invalid(`You may only specify one of these parameters: ${one}, ${other}.`, { param: one });
  };
  exclusive('customer', 'customer_email');
  exclusive('customer', 'customer_creation');
  if (given.discounts !== undefined && given.allow_promotion_codes !== undefined) exclusive('allow_promotion_codes', 'discounts');
  if (given.customer_update !== undefined && given.customer === undefined)
    throw invalid('`customer_update` can only be used with `customer`.', { param: 'customer_update' });
  if (given.customer !== undefined && given.tax_id_collection?.enabled && given.customer_update?.name !== 'auto')
    throw invalid(
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.',
      {
        param: 'customer_update',
      },
    );
  // Stripe is the seller then: taxes and invoices are its own.
  if (given.managed_payments?.enabled)
    for (const name of ['automatic_tax', 'tax_id_collection', 'invoice_creation'] as const)
      if (given[name] !== undefined) throw invalid(`You cannot use \`${name}\` with managed payments.`, { param: name });
}

function discountsGiven(world: World, { discounts = [] }: SessionGiven): Stripe.Checkout.Session.Discount[] {
  return discounts.map(({ coupon, promotion_code: code }, i) => {
    const at = `discounts[${i}]`;
    if ((coupon === undefined) === (code === undefined))
      throw invalid('You must specify either a coupon or a promotion code.', { param: at });
    if (coupon !== undefined && world.store.get('coupon', coupon) === null) throw noSuch('coupon', coupon, `${at}[coupon]`);
    if (code !== undefined && world.store.get('promotion_code', code) === null)
      throw noSuch('promotion code', code, `${at}[promotion_code]`);
    return { coupon: coupon ?? null, promotion_code: code ?? null };
  });
}

function expiryOf(world: World, wanted: number | undefined): number {
  const now = world.now();
  if (wanted === undefined) return now + DAY_S;
  if (wanted < now + 30 * MINUTE_S)
    throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', { param: 'expires_at' });
  if (wanted > now + DAY_S)
    throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', { param: 'expires_at' });
  return wanted;
}

function missing(param: string) {
  return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}
