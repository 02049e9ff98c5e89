// An event for everything that happens to an object, as it is at that moment, and its way to every endpoint that wants it.

import type { Stripe } from 'stripe';
import { newObjectId } from '../ids.ts';
import { API_VERSION, type World } from '../world.ts';

/** Within the change that it tells of. */
export function tell(world: World, type: Stripe.Event.Type, object: object): void {
  const { store } = world;
  const id = newObjectId('evt_1');
  const wanting = store
    .all('webhook_endpoint')
    .filter(({ status, enabled_events }) => status === 'enabled' && enabled_events.some((each) => each === '*' || each === type));
  const event = {
    id,
    object: 'event',
    api_version: API_VERSION,
    created: world.now(),
    data: { object },
    livemode: false,
    pending_webhooks: wanting.length,
    request: world.cause,
    type,
  } satisfies Stripe.EventBase;
  store.put('event', event as unknown as Stripe.Event);
  for (const endpoint of wanting)
    store.put('delivery_due', {
      id: `${id}:${endpoint.id}`,
      eventId: id,
      endpointId: endpoint.id,
      state: 'due',
      tries: 0,
      nextAtMs: world.nowMs(),
      status: null,
    });
  world.wake();
}
