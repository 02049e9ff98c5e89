// A server on loopback that answers as it is told, for tests of what we send to Stripe through the real SDK and of what we make
// of its answers.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import type { Payments } from '#core/ports/payments.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { createStripe } from '../stripe.ts';

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** `cut` ends the connection instead. */
  readonly body: object | 'cut';
}

export interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: URLSearchParams;
}

export const SECRET_KEY = 'sk_test_thatMustNotBeTold';

export interface Answering {
  /** By method and path: `GET /v1/prices`. What is not here is a 404 without an `error`. */
  answers: Record<string, Answer>;
  readonly asked: Asked[];
  connect(apiUrl?: string): Payments;
}

/** For a whole test file; each test begins with one price and nothing asked. */
export function answering(): Answering {
  const server = createServer();
  const opened: Payments[] = [];
  const asked: Asked[] = [];
  const world: Answering = {
    answers: {},
    asked,
    connect(apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`) {
      const options = { tax: false, promotionCodes: false, managedPayments: false };
      const made = createStripe({
        secretKey: SECRET_KEY,
        webhookSecrets: [],
        apiUrl,
        checkoutOrigin: null,
        ...options,
        clock: systemClock,
        log: quietLog,
      });
      opened.push(made);
      return made;
    },
  };
  beforeAll(async () => {
    server.on('request', async (request, response) => {
      const line = `${request.method} ${request.url!.split('?')[0]}`;
      const query = request.url!.split('?')[1] ?? '';
      asked.push({ line, headers: request.headers, body: new URLSearchParams((await text(request)) || query) });
      const { status = 200, headers = {}, body } = world.answers[line] ?? { status: 404, body: { message: 'Not Found' } };
      if (body === 'cut') request.socket.destroy();
      else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    world.answers = { 'GET /v1/prices': { body: listOf({ object: 'price', id: 'price_1', lookup_key: 'starter' }) } };
    asked.length = 0;
  });
  afterAll(() => {
    for (const each of opened) each.close();
    server.closeAllConnections();
    server.close();
  });
  return world;
}

export function listOf(...data: object[]) {
  return { object: 'list', url: '/v1/x', has_more: false, data };
}

export const session = {
  id: 'cs_test_1',
  object: 'checkout.session',
  livemode: false,
  mode: 'payment',
  status: 'complete',
  payment_status: 'paid',
  payment_intent: { id: 'pi_1', object: 'payment_intent', status: 'succeeded' },
  customer: 'cus_1',
  customer_details: { email: 'Ada@Example.com', name: 'Ada' },
  currency: 'usd',
  amount_total: 2500,
  metadata: { purchase: 'our purchase', pack: 'starter' },
  client_reference_id: 'what a payer set',
  line_items: {
    object: 'list',
    has_more: false,
    data: [
      {
        object: 'item',
        quantity: 1,
        currency: 'usd',
        price: {
          object: 'price',
          id: 'price_1',
          lookup_key: 'starter',
          unit_amount: 2500,
          currency: 'usd',
          recurring: null,
          type: 'one_time',
        },
      },
    ],
  },
};
