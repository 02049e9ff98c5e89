// `/slack/events`: everything that Slack tells us over HTTP.

import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mount } from '#bots/adapter.ts';
import { readRawBody } from '#bots/raw-body.ts';
import type { Clock } from '#core/ports/clock.ts';
import { envelopeSchema } from './shapes.ts';
import { taker, type TakeDeps } from './take.ts';
import { verify } from './verify.ts';

export interface HttpDeps extends TakeDeps {
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

/** Events that are told again come in the same bytes: of so many it need not be read again that they are taken. */
const KEPT_MOST = 5_000;

export function slackEvents(deps: HttpDeps): Mount {
  const { secrets, clock, log } = deps;
  const take = taker(deps);
  const taken = new Set<string>();
  return { method: 'POST', path: '/slack/events', handle };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cameMs = performance.now();
    const bytes = await readRawBody(request);
    const verdict = verify(request.headers, bytes, secrets, clock.now());
    if (verdict !== 'ok') {
      log.warn({ verdict }, 'request refused that Slack did not sign, or long ago');
      return refuse(response, 401);
    }
    const digest = hash('sha256', bytes, 'base64');
    if (taken.has(digest)) return end(response, 200);
    const body = parsed(request, bytes);
    // Slack asks whether we speak TLS.
    if (body?.['ssl_check'] === '1') return end(response, 200);
    const envelope = envelopeSchema.safeParse(body).data;
    if (body === null || envelope === undefined) {
      log.warn({}, 'request of Slack of a shape that we do not know');
      return refuse(response, 400);
    }
    if (envelope.type === 'url_verification') return end(response, 200, envelope.challenge ?? '');
    const outcome = await take(envelope, body, cameMs);
    if (outcome.kind === 'taken') {
      // What is no event has no id, and is never told again.
      if (envelope.event_id !== undefined) keep(digest);
      end(response, 200, outcome.answer);
    } else if (outcome.kind === 'never') refuse(response, outcome.status);
    else end(response, 503);
  }

  function keep(digest: string): void {
    taken.add(digest);
    if (taken.size > KEPT_MOST) taken.delete(taken.values().next().value!);
  }
}

/** Events come as JSON, presses and commands as forms. */
function parsed({ headers }: IncomingMessage, bytes: Buffer): Record<string, unknown> | null {
  try {
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return objectIn(bytes.toString());
    const form = new URLSearchParams(bytes.toString());
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : objectIn(payload);
  } catch {
    return null;
  }
}

function objectIn(text: string): Record<string, unknown> | null {
  const value: unknown = JSON.parse(text);
  return value instanceof Object && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** Telling it again is no use. */
function refuse(response: ServerResponse, status: number): void {
  response.setHeader('X-Slack-No-Retry', '1');
  end(response, status);
}

function end(response: ServerResponse, status: number, answer?: unknown): void {
  if (answer === undefined || answer === '') response.writeHead(status).end();
  else if (typeof answer === 'string') response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(answer);
  else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
}
