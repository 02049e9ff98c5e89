// Notifications of Stripe in both of its forms: a snapshot carries the object as it was, a thin one its name. Only the name is
// read, since the object is asked for again. An event of a shape we do not know still has an id, and is kept as one that names
// nothing.

import { z } from 'zod';

/** Ids go into the database and back into addresses. */
const id = z.string().regex(/^[\w.:-]{1,255}$/);
const objectId = id.nullable().catch(null);
const kind = z
  .string()
  .regex(/^[\w.[\]-]{1,200}$/)
  .catch('unknown');
const livemode = z.boolean().catch(false);

const snapshot = z.object({
  object: z.literal('event'),
  id,
  type: kind,
  livemode,
  data: z.object({ object: z.object({ id: objectId }).catch({ id: null }) }).catch({ object: { id: null } }),
});

const thin = z.object({
  object: z.literal('v2.core.event'),
  id,
  type: kind,
  livemode,
  related_object: z.object({ id: objectId }).nullable().catch(null),
});

const unknownForm = z.object({ id, type: kind, livemode });

/** As `News` of core/ports/payments.ts. */
export const stripeNews = z.union([
  snapshot.transform((event) => ({
    id: event.id,
    kind: event.type,
    objectId: event.data.object.id,
    livemode: event.livemode,
  })),
  thin.transform((event) => ({
    id: event.id,
    // `v1.checkout.session.completed` tells the same as the snapshot without `v1.`.
    kind: event.type.replace(/^v1\./, ''),
    objectId: event.related_object?.id ?? null,
    livemode: event.livemode,
  })),
  unknownForm.transform((event) => ({ id: event.id, kind: event.type, objectId: null, livemode: event.livemode })),
]);
