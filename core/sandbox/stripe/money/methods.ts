// Payment methods and the customers they belong to.

import type { Stripe } from 'stripe';
import { detailsOf, methodOfToken, testMethod, type TestMethod } from '../cards.ts';
import { idOf, newObjectId } from '../ids.ts';
import { tell } from '../news/event.ts';
import { invalid, noSuch } from '../wire/problem.ts';
import type { World } from '../world.ts';

interface Payer {
  readonly email: string | null;
  readonly name: string | null;
}

export function newMethod(world: World, method: TestMethod, { email, name }: Payer = { email: null, name: null }): Stripe.PaymentMethod {
  const id = newObjectId('pm_1');
  world.store.put('method_inside', { id, number: method.number });
  return world.store.put('payment_method', {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: noAddress, email, name, phone: null, tax_id: null },
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    ...detailsOf(method),
  });
}

/** A method by its id, or a new one for a token such as `pm_card_visa`. */
export function methodNamed(world: World, named: string, param: string): Stripe.PaymentMethod {
  const token = methodOfToken(named);
  if (token !== null) return newMethod(world, token);
  const method = world.store.get('payment_method', named);
  if (method === null) throw noSuch('PaymentMethod', named, param);
  return method;
}

export function behaviourOf(world: World, methodId: string): TestMethod {
  const method = testMethod(world.store.get('method_inside', methodId)?.number ?? '');
  if (method === null) throw new Error(`the sandbox does not know what ${methodId} is`);
  return method;
}

export function attach(world: World, method: Stripe.PaymentMethod, customerId: string): Stripe.PaymentMethod {
  const owner = idOf(method.customer);
  if (owner === customerId) return method;
  if (owner !== null)
    throw invalid('The payment method you provided has already been attached to a customer.', { param: 'payment_method' });
  const attached = world.store.put('payment_method', { ...method, customer: customerId });
  tell(world, 'payment_method.attached', attached);
  return attached;
}

export function detach(world: World, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  if (method.customer === null)
    throw invalid('The payment method you provided is not attached to a customer so detachment is impossible.', {
      param: 'payment_method',
    });
  const detached = world.store.put('payment_method', { ...method, customer: null });
  tell(world, 'payment_method.detached', detached);
  return detached;
}

const noAddress: Stripe.Address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
