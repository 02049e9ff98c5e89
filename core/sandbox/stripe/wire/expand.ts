// `expand[]=line_items.data.price`: ids become the objects that they name, and lists that are usually left out are put in.

import { idOf } from '../ids.ts';
import type { Kind, Kinds } from '../kinds.ts';
import type { Store } from '../store.ts';
import { invalid } from './problem.ts';

type Shown = Record<string, unknown>;
/** What stands behind a field. */
type Behind = Kind | ((store: Store, object: { readonly id: string }) => unknown);

const DEPTH_MOST = 4;

/** By `object`: the fields that can be expanded. */
const fields: Readonly<Record<string, Readonly<Record<string, Behind>>>> = {
  'billing_portal.session': { configuration: 'billing_configuration' },
  charge: { customer: 'customer', payment_intent: 'payment_intent', refunds: refundsOf },
  'checkout.session': { customer: 'customer', invoice: 'invoice', line_items: linesOf, payment_intent: 'payment_intent' },
  customer: {},
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  invoice: { customer: 'customer' },
  payment_intent: { customer: 'customer', latest_charge: 'charge', payment_method: 'payment_method' },
  payment_method: { customer: 'customer' },
  price: { product: 'product' },
  promotion_code: { customer: 'customer' },
  'radar.early_fraud_warning': { charge: 'charge', payment_intent: 'payment_intent' },
  refund: { charge: 'charge', payment_intent: 'payment_intent' },
};

/** Fields of what has no `object` of its own. */
const inner: Readonly<Record<string, Behind>> = {
  coupon: 'coupon',
  promotion_code: 'promotion_code',
  default_payment_method: 'payment_method',
};

/** A copy of the answer with all of these expanded. Throws a Problem for what cannot be. */
export function expanded(store: Store, answer: object, paths: readonly string[]): object {
  if (paths.length === 0) return answer;
  const copy = structuredClone(answer) as Shown;
  for (const path of paths) {
    const names = path.split('.');
    if (names.filter((name) => name !== 'data').length > DEPTH_MOST)
      throw invalid(`You cannot expand more than ${DEPTH_MOST} levels of a property. Property: ${path}`, { param: 'expand' });
    expandIn(store, copy, names, path);
  }
  return copy;
}

function expandIn(store: Store, place: unknown, [name, ...rest]: readonly string[], path: string): void {
  if (name === undefined || place === null) return;
  if (Array.isArray(place)) {
    for (const each of place) expandIn(store, each, [name, ...rest], path);
    return;
  }
  if (typeof place !== 'object') throw cannot(path);
  const object = place as Shown;
  const type = typeof object['object'] === 'string' ? object['object'] : null;
  const behind = type === null ? inner[name] : (fields[type] ?? {})[name];
  if (behind === undefined) {
    // Only what is there anyway can be gone through on the way to something.
    const next = object[name];
    if (typeof next !== 'object') throw cannot(path);
    return expandIn(store, next, rest, path);
  }
  if (typeof behind === 'function') object[name] ??= structuredClone(behind(store, object as unknown as { id: string }));
  else if (typeof object[name] === 'string') {
    const found: Kinds[Kind] | null = store.get(behind, object[name]);
    if (found !== null) object[name] = structuredClone(found);
  }
  expandIn(store, object[name] ?? null, rest, path);
}

function cannot(path: string) {
  return invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
}

function linesOf(store: Store, { id }: { readonly id: string }): object {
  const lines = store.get('checkout_inside', id)?.lines ?? [];
  const SHOWN = 10;
  return { object: 'list', data: lines.slice(0, SHOWN), has_more: lines.length > SHOWN, url: `/v1/checkout/sessions/${id}/line_items` };
}

function refundsOf(store: Store, { id }: { readonly id: string }): object {
  const data = store.all('refund').filter(({ charge }) => idOf(charge) === id);
  return { object: 'list', data: data.toReversed().slice(0, 10), has_more: data.length > 10, url: `/v1/charges/${id}/refunds` };
}
