// The invoice that a checkout makes.

import type { Stripe } from 'stripe';
import { idOf, newObjectId } from '../ids.ts';
import { tell } from '../news/event.ts';
import type { World } from '../world.ts';
import { written } from '../stock.ts';

/** One for a checkout that is done; it is paid when the money is there. */
export function makeInvoice(
  world: World,
  session: Stripe.Checkout.Session,
  lines: readonly Stripe.LineItem[],
  { isPaid }: { isPaid: boolean },
): Stripe.Invoice {
  const { store } = world;
  const id = newObjectId('in_1');
  const { footer = null, description = null, metadata = {} } = session.invoice_creation?.invoice_data ?? {};
  const total = session.amount_total ?? 0;
  const tax = session.total_details?.amount_tax ?? 0;
  const customerId = idOf(session.customer);
  const customer = store.get('customer', customerId);
  if (customer !== null) store.put('customer', { ...customer, next_invoice_sequence: (customer.next_invoice_sequence ?? 1) + 1 });
  const invoice: Stripe.Invoice = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: world.brandName,
    account_tax_ids: null,
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: total,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: session.automatic_tax.enabled, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: world.now(),
    currency: session.currency ?? 'usd',
    custom_fields: null,
    customer: customerId,
    customer_account: null,
    customer_address: null,
    customer_email: session.customer_details?.email ?? null,
    customer_name: session.customer_details?.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description,
    discounts: [],
    due_date: null,
    effective_at: world.now(),
    ending_balance: 0,
    footer,
    from_invoice: null,
    hosted_invoice_url: `${world.url}/i/${id}`,
    invoice_pdf: `${world.url}/i/${id}`,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: 'list', data: lines.map((line) => lineOf(id, line, world)), has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata,
    next_payment_attempt: null,
    number: `${customer?.invoice_prefix ?? 'SANDBOX'}-${String(customer?.next_invoice_sequence ?? 1).padStart(4, '0')}`,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: world.now(),
    period_start: world.now(),
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'open',
    status_transitions: { finalized_at: world.now(), marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: session.amount_subtotal ?? 0,
    subtotal_excluding_tax: session.amount_subtotal ?? 0,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total - tax,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: world.now(),
  };
  store.put('invoice', invoice);
  tell(world, 'invoice.created', invoice);
  tell(world, 'invoice.finalized', invoice);
  return isPaid ? payInvoice(world, invoice) : invoice;
}

export function payInvoice(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  const paid = world.store.put('invoice', {
    ...invoice,
    status: 'paid',
    attempted: true,
    attempt_count: 1,
    amount_paid: invoice.total,
    amount_remaining: 0,
    status_transitions: { ...invoice.status_transitions, paid_at: world.now() },
  });
  tell(world, 'invoice.paid', paid);
  tell(world, 'invoice.payment_succeeded', paid);
  return paid;
}

function lineOf(invoice: string, line: Stripe.LineItem, world: World): Stripe.InvoiceLineItem {
  const { price, quantity } = line;
  return {
    id: newObjectId('il_1'),
    object: 'line_item',
    amount: line.amount_total,
    currency: line.currency,
    description: line.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    parent: null,
    period: { start: world.now(), end: world.now() },
    pretax_credit_amounts: [],
    pricing:
      price === null
        ? null
        : {
            type: 'price_details',
            price_details: { price: price.id, product: idOf(price.product) ?? '' },
            unit_amount_decimal: price.unit_amount_decimal,
          },
    quantity,
    quantity_decimal: quantity === null ? null : written(quantity),
    subscription: null,
    subtotal: line.amount_subtotal,
    taxes: [],
  };
}
