// Parameters of events, webhook endpoints and the account.

import type { Stripe } from 'stripe';
import {
  address,
  bool,
  emptyable,
  expand,
  list,
  metadata,
  needed,
  notPlayed,
  paged,
  range,
  retrieved,
  text,
  type Shape,
} from '../wire/rules.ts';

export const retrieveEvent = retrieved satisfies Shape<Stripe.EventRetrieveParams>;

export const listEvents = {
  ...paged,
  created: range,
  delivery_success: bool,
  type: text(),
  types: list(text(), 20),
} satisfies Shape<Stripe.EventListParams>;

export const createEndpoint = {
  api_version: text(),
  connect: notPlayed,
  description: emptyable(text()),
  enabled_events: needed(list(text(), 300)),
  expand,
  metadata: emptyable(metadata),
  url: needed(address),
} satisfies Shape<Stripe.WebhookEndpointCreateParams>;

export const updateEndpoint = {
  description: emptyable(text()),
  disabled: bool,
  enabled_events: list(text(), 300),
  expand,
  metadata: emptyable(metadata),
  url: address,
} satisfies Shape<Stripe.WebhookEndpointUpdateParams>;

export const retrieveEndpoint = retrieved satisfies Shape<Stripe.WebhookEndpointRetrieveParams>;
export const deleteEndpoint = {} satisfies Shape<Stripe.WebhookEndpointDeleteParams>;
export const listEndpoints = { ...paged } satisfies Shape<Stripe.WebhookEndpointListParams>;

export const retrieveAccount = retrieved satisfies Shape<Stripe.AccountRetrieveCurrentParams>;
