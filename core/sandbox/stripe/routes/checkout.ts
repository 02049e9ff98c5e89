import { idOf } from '../ids.ts';
import { expire, openSession } from '../money/sessions.ts';
import { createSession, expireSession, listLineItems, listSessions, retrieveSession, updateSession } from '../params/checkout.ts';
import { page, pageOf, within } from '../wire/lists.ts';
import { mergeMetadata } from '../wire/metadata.ts';
import { invalid, noSuch } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { route, type Route } from './route.ts';

export const checkoutRoutes: readonly Route[] = [
  route('POST', '/v1/checkout/sessions', createSession, ({ world, given }) => openSession(world, given)),
  route('GET', '/v1/checkout/sessions', listSessions, ({ world, given, path }) => {
    const { customer, customer_details: payer, payment_intent: intent, status, created } = given;
    const sessions = world.store
      .all('session')
      .filter((each) => within(each.created, created))
      .filter((each) => status === undefined || each.status === status)
      .filter((each) => customer === undefined || idOf(each.customer) === customer)
      .filter((each) => intent === undefined || idOf(each.payment_intent) === intent)
      .filter((each) => payer === undefined || each.customer_details?.email === payer.email);
    return page(sessions, given, path);
  }),
  route('GET', '/v1/checkout/sessions/:id', retrieveSession, ({ world, id }) => sessionOf(world, id)),
  route('POST', '/v1/checkout/sessions/:id', updateSession, ({ world, id, given }) => {
    const session = sessionOf(world, id);
    return world.store.put('session', { ...session, metadata: mergeMetadata(session.metadata, given.metadata) });
  }),
  route('POST', '/v1/checkout/sessions/:id/expire', expireSession, ({ world, id }) => {
    const session = sessionOf(world, id);
    if (session.status !== 'open')
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      );
    return expire(world, session);
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', listLineItems, ({ world, id, given, path }) => {
    sessionOf(world, id);
    return pageOf(world.store.get('checkout_inside', id)?.lines ?? [], given, path);
  }),
];

function sessionOf(world: World, id: string) {
  const session = world.store.get('session', id);
  if (session === null) throw noSuch('checkout.session', id);
  return session;
}
