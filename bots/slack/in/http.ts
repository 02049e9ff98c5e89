// `/slack/events`: everything that Slack tells us over HTTP. It is acknowledged once it is written down, and not before: what is not
// acknowledged, Slack tells again. What can never be taken says so, or Slack would tell that again too.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mount } from '#bots/adapter.ts';
import { readRawBody } from '#bots/raw-body.ts';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { TokensOf } from '../tokens-of.ts';
import type { Bolt } from './bolt.ts';
import { envelopeSchema, type Envelope } from './shapes.ts';
import { receivingTeam } from './teams.ts';
import { verify } from './verify.ts';

export interface HttpDeps {
  readonly secrets: readonly string[];
  readonly tokens: TokensOf;
  readonly bolt: () => Promise<Bolt>;
  readonly clock: Clock;
  readonly log: Log;
}

export function slackEvents({ secrets, tokens, bolt, clock, log }: HttpDeps): Mount {
  return { method: 'POST', path: '/slack/events', handle };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cameMs = performance.now();
    const bytes = await readRawBody(request);
    const verdict = verify(request.headers, bytes, secrets, clock.now());
    if (verdict !== 'ok') {
      log.warn({ verdict }, 'request refused that Slack did not sign, or long ago');
      return never(response, 401);
    }
    const body = parsed(request, bytes);
    // Slack asks whether we speak TLS.
    if (body?.['ssl_check'] === '1') return end(response, 200);
    const envelope = envelopeSchema.safeParse(body).data;
    if (body === null || envelope === undefined) {
      log.warn({}, 'request of Slack of a shape that we do not know');
      return never(response, 400);
    }
    if (envelope.type === 'url_verification') return end(response, 200, envelope.challenge ?? '');
    await take(envelope, body, response, cameMs);
  }

  async function take(envelope: Envelope, body: Record<string, unknown>, response: ServerResponse, cameMs: number) {
    const team = receivingTeam(envelope);
    const about = { team, eventId: envelope.event_id ?? null, type: envelope.type };
    try {
      if (team === null || (await tokens.of(team)) === null) {
        log.warn(about, 'request of a workspace where the app is not installed');
        return never(response, 404);
      }
      const { acknowledged, answer } = await (await bolt()).handle(body, { cameMs });
      if (acknowledged) end(response, 200, answer);
      else {
        log.warn(about, 'nobody listens to this request');
        never(response, 404);
      }
    } catch (error) {
      if (isRefusal(error) && error.code === 'request.invalid') {
        log.warn({ ...about, error }, 'request of Slack that the core does not take');
        return never(response, 400);
      }
      log.warn({ ...about, error }, 'request not taken; Slack will tell it again');
      end(response, 503);
    }
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
function never(response: ServerResponse, status: number): void {
  response.setHeader('X-Slack-No-Retry', '1');
  end(response, status);
}

function end(response: ServerResponse, status: number, answer?: unknown): void {
  if (answer === undefined || answer === '') response.writeHead(status).end();
  else if (typeof answer === 'string') response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(answer);
  else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
}
