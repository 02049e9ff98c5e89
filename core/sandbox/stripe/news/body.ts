// An event as it goes out: its text, and the signature over exactly that text.

import { createHmac } from 'node:crypto';
import type { Stripe } from 'stripe';

const OLD_VERSION = '2024-06-20';

/** As Stripe writes it: with line breaks, so that nobody gets away with parsing it and writing it again. */
export function whole(event: Stripe.Event): string {
  return JSON.stringify(event, null, 2);
}

export function ofOldVersion(event: Stripe.Event): string {
  return whole({ ...event, api_version: OLD_VERSION });
}

/** Without the object: whoever wants to know how it is has to ask. */
export function thin({ id, type, created, livemode, data }: Stripe.Event): string {
  const object = data.object as { readonly id: string; readonly object: string };
  const related = { id: object.id, type: object.object, url: `/v1/${object.object.replace('.', '/')}s/${object.id}` };
  const facts = {
    id,
    object: 'v2.core.event',
    type: `v1.${type}`,
    created: new Date(created * 1000).toISOString(),
    livemode,
    related_object: related,
  };
  return JSON.stringify(facts, null, 2);
}

/** The header `Stripe-Signature`: one signature for each secret. */
export function signed(body: string, secrets: readonly string[], atS: number): string {
  const marks = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${atS}.${body}`).digest('hex')}`);
  return [`t=${atS}`, ...marks].join(',');
}
