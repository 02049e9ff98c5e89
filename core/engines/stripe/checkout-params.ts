// What a checkout is opened with. Everything comes from the purchase's row and from settings, so that a repeated call is the
// same call. Never here: `payment_method_types` (the dashboard decides), `optional_items`, adjustable quantities and prices
// made up on the spot, because credits come from our table alone.

import type { Stripe } from 'stripe';
import type { CheckoutWanted } from '#core/ports/payments.ts';

export interface CheckoutOptions {
  /** Stripe works out taxes, and asks companies for their tax id. */
  readonly tax: boolean;
  readonly promotionCodes: boolean;
  /** Stripe is the seller. It then does taxes and invoices by itself, and no card is kept. */
  readonly managedPayments: boolean;
}

export function checkoutParams(
  wanted: CheckoutWanted,
  priceId: string,
  { tax, promotionCodes, managedPayments }: CheckoutOptions,
): Stripe.Checkout.SessionCreateParams {
  const { purchaseId, site, pack, customerId, email, saveCard, expiresAt, successUrl, cancelUrl, terms, invoiceFooter } = wanted;
  return {
    mode: 'payment',
    line_items: [{ price: priceId, quantity: 1 }],
    // For people who look for it in the dashboard: somebody who pays can set it elsewhere, so nothing reads it.
    client_reference_id: purchaseId,
    metadata: { purchase: purchaseId, site, pack },
    payment_intent_data: {
      metadata: { purchase: purchaseId },
      // Stripe says beside the button that the card will be kept. Its own tick box would keep it only for visits.
      ...(saveCard && !managedPayments && { setup_future_usage: 'off_session' }),
    },
    ...(customerId === null
      ? { customer_creation: 'always', ...(email !== null && { customer_email: email }) }
      : { customer: customerId, ...(!managedPayments && { customer_update: { name: 'auto', address: 'auto' } }) }),
    ...(managedPayments
      ? { managed_payments: { enabled: true } }
      : {
          invoice_creation: {
            enabled: true,
            invoice_data: { metadata: { purchase: purchaseId }, ...(invoiceFooter !== '' && { footer: invoiceFooter }) },
          },
          automatic_tax: { enabled: tax },
          tax_id_collection: { enabled: tax },
        }),
    allow_promotion_codes: promotionCodes,
    ...(terms !== '' && { custom_text: { submit: { message: terms } } }),
    expires_at: Math.floor(expiresAt.getTime() / 1000),
    success_url: successUrl,
    cancel_url: cancelUrl,
  };
}
