// Where Stripe tells us of payments. Its signature is over the bytes as they came, so nothing parses them before; and it is
// answered once they are written down, because Stripe tells again only what it got no good answer for.

import express, { type Request, type Response } from 'express';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { BodyLimit } from '../requests/body-limit.ts';
import type { PartsFor } from '../parts.ts';
import type { Route } from '../route.ts';

/** Stripe's are some kilobytes; one with a long list of lines may be hundreds. */
const body: BodyLimit = { mostBytes: 1_000_000 };
const parse = express.raw({ type: () => true, limit: body.mostBytes, inflate: false });

export function stripeRoutes({ app }: Pick<PartsFor<'billing'>, 'app'>): Route[] {
  return [
    {
      path: NEWS_PATH,
      body,
      async POST(request, response) {
        const heard = await app.billing.hear(await bytesOf(request, response), request.headers['stripe-signature']);
        if (heard === 'off') throw refuse('route.unknown');
        response
          .set('Cache-Control', 'no-store')
          .status(heard === 'kept' ? 200 : 400)
          .json({ kept: heard === 'kept' });
      },
    },
  ];
}

async function bytesOf(request: Request, response: Response): Promise<Uint8Array> {
  await new Promise<void>((done, failed) => parse(request, response, (error) => (error ? failed(error) : done())));
  return request.body instanceof Uint8Array ? request.body : new Uint8Array();
}
