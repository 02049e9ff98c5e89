import type { Stripe } from 'stripe';
import { newObjectId } from '../ids.ts';
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  listEvents,
  retrieveAccount,
  retrieveEndpoint,
  retrieveEvent,
  updateEndpoint,
} from '../params/events.ts';
import { page, within } from '../wire/lists.ts';
import { mergeMetadata } from '../wire/metadata.ts';
import { invalid, noSuch } from '../wire/problem.ts';
import { API_VERSION, type World } from '../world.ts';
import { route, type Route } from './route.ts';

const KEPT_S = 30 * 24 * 60 * 60;
/** Stripe's. */
const ENDPOINTS_MOST = 16;

export const eventRoutes: readonly Route[] = [
  route('GET', '/v1/events', listEvents, ({ world, given, path }) => {
    const { created, delivery_success: arrived, type, types } = given;
    if (type !== undefined && types !== undefined)
      throw invalid('You may only specify one of these parameters: type, types.', { param: 'type' });
    const missed = [...world.store.all('delivery_due'), ...world.store.all('delivery').filter(({ state }) => state === 'lost')];
    const undelivered = new Set(missed.map(({ eventId }) => eventId));
    const events = world.store
      .all('event')
      .filter((each) => each.created > world.now() - KEPT_S && within(each.created, created))
      .filter(
        (each) => (type === undefined || matches(each.type, type)) && (types === undefined || types.some((one) => matches(each.type, one))),
      )
      .filter((each) => arrived === undefined || arrived !== undelivered.has(each.id));
    return page(events, given, path);
  }),
  route('GET', '/v1/events/:id', retrieveEvent, ({ world, id }) => {
    const event = world.store.get('event', id);
    if (event === null || event.created <= world.now() - KEPT_S) throw noSuch('event', id);
    return event;
  }),

  route('POST', '/v1/webhook_endpoints', createEndpoint, ({ world, given }) => {
    const { url, enabled_events: events, api_version: version = null, description = null, metadata } = given;
    if (world.store.all('webhook_endpoint').length >= ENDPOINTS_MOST)
      throw invalid(`You have reached the maximum of ${ENDPOINTS_MOST} test webhook endpoints.`);
    const endpoint = world.store.put('webhook_endpoint', {
      id: newObjectId('we_1'),
      object: 'webhook_endpoint',
      api_version: version,
      application: null,
      created: world.now(),
      description,
      enabled_events: [...events],
      livemode: false,
      metadata: mergeMetadata({}, metadata),
      status: 'enabled',
      url,
    });
    const secret = newObjectId('whsec_', 32);
    world.store.put('endpoint_secrets', { id: endpoint.id, secrets: [{ secret, untilMs: null }] });
    // It is shown this once.
    return { ...endpoint, secret };
  }),
  route('GET', '/v1/webhook_endpoints', listEndpoints, ({ world, given, path }) => page(world.store.all('webhook_endpoint'), given, path)),
  route('GET', '/v1/webhook_endpoints/:id', retrieveEndpoint, ({ world, id }) => endpointOf(world, id)),
  route('POST', '/v1/webhook_endpoints/:id', updateEndpoint, ({ world, id, given }) => {
    const before = endpointOf(world, id);
    const { disabled, description, enabled_events: events, metadata, url } = given;
    return world.store.put('webhook_endpoint', {
      ...before,
      ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
      ...(description !== undefined && { description }),
      ...(events !== undefined && { enabled_events: [...events] }),
      ...(url !== undefined && { url }),
      metadata: mergeMetadata(before.metadata, metadata),
    });
  }),
  route('DELETE', '/v1/webhook_endpoints/:id', deleteEndpoint, ({ world, id }) => {
    endpointOf(world, id);
    world.store.remove('webhook_endpoint', id);
    return { id, object: 'webhook_endpoint', deleted: true } satisfies Stripe.DeletedWebhookEndpoint;
  }),

  route('GET', '/v1/account', retrieveAccount, ({ world }) => ({
    id: 'acct_sandbox',
    object: 'account',
    business_profile: { name: world.brandName },
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: true,
    settings: { dashboard: { display_name: world.brandName, timezone: 'Etc/UTC' } },
    type: 'standard',
  })),
];

/** `charge.*` is all of charges. */
function matches(type: string, wanted: string): boolean {
  return wanted === '*' || type === wanted || (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1)));
}

function endpointOf(world: World, id: string) {
  const endpoint = world.store.get('webhook_endpoint', id);
  if (endpoint === null) throw noSuch('webhook endpoint', id);
  return endpoint;
}

/** The endpoint that is there without anybody having made it, as a forwarding tool would be. */
export function ownEndpoint(world: World, url: string): Stripe.WebhookEndpoint {
  return {
    id: OWN_ENDPOINT,
    object: 'webhook_endpoint',
    api_version: API_VERSION,
    application: null,
    created: world.now(),
    description: 'The product that this sandbox belongs to',
    enabled_events: ['*'],
    livemode: false,
    metadata: {},
    status: 'enabled',
    url,
  };
}

export const OWN_ENDPOINT = 'we_sandbox';
