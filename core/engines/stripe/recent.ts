// What Stripe lists, to be compared with what we have. Lists go by when something was made, not by when it changed.

import type { Stripe } from 'stripe';
import type { News, Payments } from '#core/ports/payments.ts';
import type { Client } from './client.ts';
import { expectObject, idOf, textIn } from './read.ts';

const PAGE = 100;

export function recentAt(client: Client): Payments['recent'] {
  return {
    async *checkouts(since, until) {
      const wanted = { created: { gte: seconds(since), lte: seconds(until) }, status: 'complete' as const };
      for await (const session of all(client, (stripe, page) => stripe.checkout.sessions.list({ ...wanted, ...page })))
        yield expectObject(session, 'checkout.session').id;
    },

    async *changedPayments(since) {
      const created = { gte: seconds(since) };
      const lists = [
        all(client, (stripe, page) => stripe.refunds.list({ created, ...page })),
        all(client, (stripe, page) => stripe.disputes.list({ created, ...page })),
        all(client, (stripe, page) => stripe.radar.earlyFraudWarnings.list({ created, ...page })),
      ];
      for (const list of lists)
        for await (const { payment_intent: intent } of list) {
          const id = idOf(intent);
          if (id !== null) yield id;
        }
    },

    async *undelivered(kinds, since) {
      const wanted = { delivery_success: false, types: [...kinds], created: { gte: seconds(since) } };
      for await (const event of all(client, (stripe, page) => stripe.events.list({ ...wanted, ...page })))
        yield readEvent(expectObject(event, 'event'));
    },
  };
}

function readEvent({ id, type, livemode, data }: Stripe.Event): News {
  // Not every object has one.
  return { id, kind: type, objectId: textIn((data.object as { id?: unknown }).id), livemode: livemode === true };
}

type Page = Pick<Stripe.PaginationParams, 'limit' | 'starting_after'>;

/** Each page is a call of its own, with its own limit of time. */
async function* all<T extends { readonly id: string }>(
  client: Client,
  list: (stripe: Stripe, page: Page) => Promise<Stripe.ApiList<T>>,
): AsyncGenerator<T> {
  let after: string | undefined;
  while (true) {
    const page: Page = { limit: PAGE, ...(after !== undefined && { starting_after: after }) };
    const { data, has_more: hasMore } = expectObject(await client.ask((stripe) => list(stripe, page)), 'list');
    yield* data;
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return;
  }
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
