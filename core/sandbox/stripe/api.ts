// One request to the API: who asks, for what, with which parameters, and whether it was asked before.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { loseAnswer } from '../aws/faults.ts';
import type { Fault, Troubles } from './faults.ts';
import { newObjectId } from './ids.ts';
import { routes } from './routes/routes.ts';
import type { Route } from './routes/route.ts';
import { Answers } from './wire/answers.ts';
import { readBody } from './wire/body.ts';
import { expanded } from './wire/expand.ts';
import { readForm, type Form } from './wire/form.ts';
import { failure, invalid, Problem, Refused, unknownRoute } from './wire/problem.ts';
import { readParams } from './wire/rules.ts';
import { API_VERSION, byItself, type World } from './world.ts';

interface Reply {
  readonly status: number;
  readonly body: string;
}

export function answerApi(world: World, troubles: Troubles): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const answers = new Answers(world);

  return async (request, response) => {
    const requestId = newObjectId('req_', 14);
    response.setHeader('Request-Id', requestId);
    response.setHeader('Stripe-Version', API_VERSION);
    const { pathname, search } = new URL(request.url ?? '/', world.url);
    const fault = troubles.forRequest(`${request.method} ${pathname}`);
    if (fault?.what === 'cut') return void request.destroy();
    if (fault?.what === 'lose-answer') loseAnswer(response);
    const reply = await replyTo(request, response, { pathname, search, requestId, fault }).catch((error: unknown) => {
      if (error instanceof Problem) return asReply(error);
      world.log.warn({ error, path: pathname }, 'Stripe sandbox failed');
      return asReply(failure());
    });
    // The rest of a refused request is not wanted, and could not be told apart from what comes next on this connection.
    if (!request.complete) response.setHeader('Connection', 'close');
    response
      .writeHead(reply.status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(reply.body) })
      .end(reply.body);
  };

  async function replyTo(
    request: IncomingMessage,
    response: ServerResponse,
    { pathname, search, requestId, fault }: { pathname: string; search: string; requestId: string; fault: Fault | null },
  ): Promise<Reply> {
    const body = await readBody(request);
    checkKey(request, world.settings.secretKey);
    const [route, id] = routeTo(request.method ?? '', pathname);
    const version = request.headers['stripe-version'];
    if (version !== undefined && version !== API_VERSION)
      throw invalid(`Invalid Stripe API version: ${String(version).slice(0, 50)}. The sandbox speaks ${API_VERSION}.`);
    if (fault?.what === 'rate-limit')
      throw new Problem(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' });

    const key = route.method === 'POST' ? headerOf(request, 'idempotency-key') : null;
    const asked = `${route.method} ${pathname}\n${body}`;
    if (key !== null) {
      response.setHeader('Idempotency-Key', key);
      const kept = answers.take(key, asked);
      if (kept !== null) {
        response.setHeader('Idempotent-Replayed', 'true');
        response.setHeader('Original-Request', kept.requestId);
        return kept;
      }
    }
    try {
      if (fault !== null && fault.delayMs > 0) await sleep(fault.delayMs);
      const form = readForm(route.method === 'POST' ? body : search.slice(1));
      return world.store.change(() => {
        world.cause = { id: requestId, idempotency_key: key };
        const reply =
          fault?.what === 'internal-error' ? asReply(failure()) : done(route, id, form, pathname, fault?.what === 'internal-error-late');
        if (key !== null) answers.keep(key, asked, { requestId, ...reply });
        return reply;
      });
    } finally {
      world.cause = byItself;
      if (key !== null) answers.release(key);
    }
  }

  function done(route: Route, id: string, form: Form, path: string, failsLate: boolean): Reply {
    const given = readParams(route.table, form) as { readonly expand?: readonly string[] };
    const answer = route.run({ world, given, id, path });
    if (failsLate) return asReply(failure());
    if (answer instanceof Refused) return asReply(answer);
    return { status: 200, body: JSON.stringify(expanded(world.store, answer, given.expand ?? [])) };
  }
}

function asReply({ status, facts }: Problem | Refused): Reply {
  return { status, body: JSON.stringify({ error: facts }) };
}

function routeTo(method: string, pathname: string): [route: Route, id: string] {
  for (const { route, pattern } of patterns) {
    const match = route.method === method ? pattern.exec(pathname) : null;
    if (match !== null) return [route, decodeURIComponent(match[1] ?? '')];
  }
  throw unknownRoute(method, pathname);
}

const patterns = routes.map((route) => ({ route, pattern: new RegExp(`^${route.path.replace(':id', '([\\w%-]+)')}$`) }));

function checkKey(request: IncomingMessage, secretKey: string): void {
  const header = headerOf(request, 'authorization') ?? '';
  const basic = /^Basic (.+)$/.exec(header)?.[1];
  const given = basic === undefined ? /^Bearer (.+)$/.exec(header)?.[1] : Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
  if (given === undefined)
    throw new Problem(401, {
      type: 'invalid_request_error',
      message:
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    });
  const digest = (words: string) => createHash('sha256').update(words).digest();
  if (!timingSafeEqual(digest(given), digest(secretKey)))
    throw new Problem(401, { type: 'invalid_request_error', message: `Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(12)}` });
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
