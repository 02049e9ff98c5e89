import type { Stripe } from 'stripe';
import { idOf, newObjectId } from '../ids.ts';
import { customerNamed, isGone, newCustomer } from '../money/customers.ts';
import { attach, detach, methodNamed } from '../money/methods.ts';
import { tell } from '../news/event.ts';
import {
  attachMethod,
  createCustomer,
  createPortalSession,
  deleteCustomer,
  detachMethod,
  listConfigurations,
  listCustomers,
  listMethods,
  listMethodsOfCustomer,
  retrieveCustomer,
  retrieveMethod,
  updateCustomer,
} from '../params/customers.ts';
import { page, within } from '../wire/lists.ts';
import { mergeMetadata } from '../wire/metadata.ts';
import { invalid, noSuch } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { route, type Route } from './route.ts';

export const customerRoutes: readonly Route[] = [
  route('POST', '/v1/customers', createCustomer, ({ world, given }) => {
    const { email = null, name = null, address, description = null, phone = null, payment_method: method, metadata } = given;
    const more = { address: addressFrom(address), description, phone, metadata: mergeMetadata({}, metadata) };
    const customer = newCustomer(world, { email, name, more });
    if (method !== undefined) attach(world, methodNamed(world, method, 'payment_method'), customer.id);
    return customer;
  }),
  route('GET', '/v1/customers', listCustomers, ({ world, given, path }) => {
    const customers = world.store
      .all('customer')
      .filter(({ id }) => !isGone(world, id))
      .filter((each) => within(each.created, given.created))
      // Capitals count here, as they do at Stripe.
      .filter((each) => given.email === undefined || each.email === given.email);
    return page(customers, given, path);
  }),
  route('GET', '/v1/customers/:id', retrieveCustomer, ({ world, id }) => (isGone(world, id) ? gone(id) : customerNamed(world, id))),
  route('POST', '/v1/customers/:id', updateCustomer, ({ world, id, given }) => {
    const { address, expand: _, metadata, invoice_settings: settings, ...more } = given;
    const before = customerNamed(world, id);
    const method = settings?.default_payment_method;
    if (method !== undefined && idOf(world.store.get('payment_method', method)?.customer) !== id)
      throw noSuch('PaymentMethod', method, 'invoice_settings[default_payment_method]');
    const customer: Stripe.Customer = {
      ...before,
      ...more,
      ...(address !== undefined && { address: addressFrom(address) }),
      metadata: mergeMetadata(before.metadata, metadata),
      invoice_settings: { ...before.invoice_settings, ...(method !== undefined && { default_payment_method: method }) },
    };
    world.store.put('customer', customer);
    tell(world, 'customer.updated', customer);
    return customer;
  }),
  route('DELETE', '/v1/customers/:id', deleteCustomer, ({ world, id }) => {
    const customer = customerNamed(world, id);
    for (const method of world.store.all('payment_method')) if (idOf(method.customer) === id) detach(world, method);
    // The person is forgotten; their payments stay.
    world.store.put('customer', { ...customer, email: null, name: null, phone: null, address: null });
    world.store.put('customer_gone', { id });
    tell(world, 'customer.deleted', customer);
    return gone(id);
  }),
  route('GET', '/v1/customers/:id/payment_methods', listMethodsOfCustomer, ({ world, id, given, path }) => {
    customerNamed(world, id);
    return page(methodsOf(world, { ...given, customer: id }), given, path);
  }),

  route('GET', '/v1/payment_methods', listMethods, ({ world, given, path }) => page(methodsOf(world, given), given, path)),
  route('GET', '/v1/payment_methods/:id', retrieveMethod, ({ world, id }) => methodOf(world, id)),
  route('POST', '/v1/payment_methods/:id/attach', attachMethod, ({ world, id, given: { customer } }) => {
    if (customer === undefined) throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
    customerNamed(world, customer, 'customer');
    return attach(world, methodNamed(world, id, 'payment_method'), customer);
  }),
  route('POST', '/v1/payment_methods/:id/detach', detachMethod, ({ world, id }) => detach(world, methodOf(world, id))),

  route('POST', '/v1/billing_portal/sessions', createPortalSession, ({ world, given }) => {
    const { customer, configuration = 'bpc_sandbox', return_url: returnUrl = null, locale = null } = given;
    if (customer === undefined) throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
    customerNamed(world, customer, 'customer');
    if (world.store.get('billing_configuration', configuration) === null) throw noSuch('configuration', configuration, 'configuration');
    const id = newObjectId('bps_1');
    const session: Stripe.BillingPortal.Session = {
      id,
      object: 'billing_portal.session',
      configuration,
      created: world.now(),
      customer,
      customer_account: null,
      flow: null,
      livemode: false,
      locale,
      on_behalf_of: null,
      return_url: returnUrl,
      url: `${world.url}/p/session/${id}`,
    };
    return world.store.put('portal_session', session);
  }),
  route('GET', '/v1/billing_portal/configurations', listConfigurations, ({ world, given, path }) => {
    const { active, is_default: isDefault } = given;
    const all = world.store
      .all('billing_configuration')
      .filter((each) => (active === undefined || each.active === active) && (isDefault === undefined || each.is_default === isDefault));
    return page(all, given, path);
  }),
];

function addressFrom(given: Partial<Stripe.Address> | null | undefined): Stripe.Address | null {
  if (given === undefined || given === null) return null;
  return { city: null, country: null, line1: null, line2: null, postal_code: null, state: null, ...given };
}

function gone(id: string): Stripe.DeletedCustomer {
  return { id, object: 'customer', deleted: true };
}

function methodOf(world: World, id: string) {
  const method = world.store.get('payment_method', id);
  if (method === null) throw noSuch('PaymentMethod', id);
  return method;
}

function methodsOf(
  world: World,
  { customer, type, allow_redisplay: redisplay }: { customer?: string; type?: string; allow_redisplay?: string },
): Stripe.PaymentMethod[] {
  return world.store
    .all('payment_method')
    .filter((each) => (customer === undefined ? each.customer !== null : idOf(each.customer) === customer))
    .filter((each) => type === undefined || each.type === type)
    .filter((each) => redisplay === undefined || each.allow_redisplay === redisplay);
}
