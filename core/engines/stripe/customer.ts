// A customer's saved cards, and the page where they are kept.

import { PaymentsError, type Payments, type SavedCard } from '#core/ports/payments.ts';
import type { Client } from './client.ts';
import { couldBe, expectObject, idOf, textIn } from './read.ts';

/** Nobody keeps more of them. */
const CARDS_MOST = 100;

export async function readCard(client: Client, customerId: string): Promise<SavedCard | null> {
  if (!couldBe(customerId, 'cus_')) return null;
  const customer = await client.find((stripe) => stripe.customers.retrieve(customerId));
  if (customer === null || expectObject(customer, 'customer').deleted === true) return null;
  const usual = idOf(
    (customer as { invoice_settings?: { default_payment_method?: string | { id: string } | null } }).invoice_settings
      ?.default_payment_method,
  );
  const { data } = expectObject(
    await client.ask((stripe) => stripe.customers.listPaymentMethods(customerId, { type: 'card', limit: CARDS_MOST })),
    'list',
  );
  const method = data.find(({ id }) => id === usual) ?? data.toSorted((a, b) => b.created - a.created)[0];
  const card = method?.card;
  const fingerprint = textIn(card?.fingerprint);
  if (method === undefined || card === undefined || fingerprint === null) return null;
  const { brand, last4, exp_month: month, exp_year: year } = card;
  return { id: method.id, fingerprint, brand, last4, expires: { month, year } };
}

/** What Stripe does not know any more is deleted. */
export async function deleteCustomer(client: Client, customerId: string): Promise<void> {
  if (!couldBe(customerId, 'cus_')) return;
  await client.find((stripe) => stripe.customers.del(customerId));
}

export async function openPortal(
  client: Client,
  origins: readonly string[],
  customer: string,
  returnUrl: string,
): ReturnType<Payments['openPortal']> {
  const { url } = expectObject(
    await client.ask((stripe) => stripe.billingPortal.sessions.create({ customer, return_url: returnUrl })),
    'billing_portal.session',
  );
  if (textIn(url) === null || !URL.canParse(url) || !origins.includes(new URL(url).origin))
    throw new PaymentsError('refused', 'portal-origin', 'Stripe opened the customer portal under another domain');
  return { url };
}
