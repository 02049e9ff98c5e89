// What the sandbox answers besides Stripe's API, to whoever has its token: what happened, buttons to make more happen, and
// trouble to order.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { sandboxAct, sandboxOrders, type SandboxOrders } from '#core/contracts/stripe-sandbox.ts';
import { sameText } from '../aws/signature.ts';
import { act } from './acts.ts';
import type { Troubles } from './faults.ts';
import { overview } from './overview.ts';
import { OWN_ENDPOINT, ownEndpoint } from './routes/events.ts';
import { readBody } from './wire/body.ts';
import { Problem } from './wire/problem.ts';
import type { World } from './world.ts';

const SECRET_OVERLAPS_MS = 24 * 60 * 60_000;

type Answer = readonly [status: number, body: object];

/** True when the request was one of these, and is answered. */
export function answerControl(
  world: World,
  troubles: Troubles,
  passTime: (ms: number) => Promise<void>,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', world.url);
    if (!pathname.startsWith('/_sandbox/')) return false;
    const [status, body] = sameText(request.headers.authorization ?? '', `Bearer ${world.settings.controlToken}`)
      ? await answer(request, pathname).catch(asAnswer)
      : ([401, { error: 'unauthorized' }] as const);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };

  async function answer(request: IncomingMessage, pathname: string): Promise<Answer> {
    switch (`${request.method} ${pathname}`) {
      case 'GET /_sandbox/overview':
        return [200, overview(world)];
      case 'POST /_sandbox/acts': {
        const wanted = sandboxAct.safeParse(asJson(await readBody(request)));
        if (!wanted.success) return [400, { error: wanted.error.issues[0]!.message }];
        return [200, world.store.change(() => act(world, wanted.data))];
      }
      case 'POST /_sandbox/orders': {
        const wanted = sandboxOrders.safeParse(asJson(await readBody(request)));
        if (!wanted.success) return [400, { error: wanted.error.issues[0]!.message }];
        await take(wanted.data);
        return [200, {}];
      }
      default:
        return [404, { error: 'not found' }];
    }
  }

  async function take({ news = [], faults = [], advanceMs, newsUrl, rotateSecret }: SandboxOrders): Promise<void> {
    const orders = sandboxOrders.parse({ news, faults });
    troubles.orderNews(orders.news ?? []);
    troubles.orderFaults(orders.faults ?? []);
    const { store } = world;
    store.change(() => {
      const own = store.get('webhook_endpoint', OWN_ENDPOINT);
      if (newsUrl === null && own !== null) store.put('webhook_endpoint', { ...own, status: 'disabled' });
      if (newsUrl) store.put('webhook_endpoint', { ...(own ?? ownEndpoint(world, newsUrl)), url: newsUrl, status: 'enabled' });
      const { secrets = [] } = store.get('endpoint_secrets', OWN_ENDPOINT) ?? {};
      const before = secrets.length > 0 ? secrets : [{ secret: world.settings.webhookSecret, untilMs: null }];
      if (rotateSecret !== undefined) {
        const untilMs = world.nowMs() + SECRET_OVERLAPS_MS;
        const older = before.map((each) => ({ ...each, untilMs: each.untilMs ?? untilMs }));
        store.put('endpoint_secrets', { id: OWN_ENDPOINT, secrets: [{ secret: rotateSecret, untilMs: null }, ...older] });
      } else if (secrets.length === 0) store.put('endpoint_secrets', { id: OWN_ENDPOINT, secrets: before });
    });
    if (advanceMs !== undefined) await passTime(advanceMs);
  }
}

function asAnswer(error: unknown): Answer {
  if (error instanceof Problem) return [error.status, { error: error.message }];
  throw error;
}

function asJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
