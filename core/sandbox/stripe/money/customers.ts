// Customers.

import type { Stripe } from 'stripe';
import { newObjectId } from '../ids.ts';
import { tell } from '../news/event.ts';
import { noSuch } from '../wire/problem.ts';
import type { World } from '../world.ts';

export function newCustomer(
  world: World,
  { email, name, more = {} }: { email: string | null; name: string | null; more?: Partial<Stripe.Customer> },
): Stripe.Customer {
  const customer = world.store.put('customer', {
    id: newObjectId('cus_', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email,
    invoice_prefix: newObjectId('', 8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...more,
  });
  tell(world, 'customer.created', customer);
  return customer;
}

/** A customer that a parameter names, and who is still there. */
export function customerNamed(world: World, id: string, param?: string): Stripe.Customer {
  const customer = world.store.get('customer', id);
  if (customer === null || isGone(world, id)) throw noSuch('customer', id, param);
  return customer;
}

export function isGone(world: World, id: string): boolean {
  return world.store.get('customer_gone', id) !== null;
}
