// Answers a call of the REST API, and refuses in the order in which Discord does: unknown route, token, limits, what the path
// names, permission, the body, then whatever the route itself looks at.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, jsonIn } from '#bots/stand-in/body.ts';
import { busyMs } from '#bots/stand-in/faults.ts';
import { isRecord } from '#bots/stand-in/check.ts';
import { complaintsOf, type Complain } from '../checks/spec.ts';
import type { BucketState } from '../limits/buckets.ts';
import { DiscordNo, invalid, TooMany } from '../no.ts';
import type { World } from '../world.ts';
import { majorOf, type Answer, type Call, type Route, type Upload } from './route.ts';
import { findRoute } from './routes.ts';

const mostCalls = 10_000;
/** A request with files may have so many bytes in all (docs, Uploading Files). */
const mostRequestBytes = 25 * 1024 * 1024;

export async function answerRest(world: World, pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = findRoute(request.method ?? 'GET', pathname);
  const name = found === null ? `${request.method} unknown` : `${found.route.method} ${found.route.path}`;
  const channel = found?.params['channel'] ?? null;
  const note = (status: number, code: number) => {
    world.calls.push({ route: name, channel, status, code, at: world.clock.now().toISOString() });
    world.calls.splice(0, world.calls.length - mostCalls);
  };
  try {
    if (found === null) throw new DiscordNo(0);
    const { route, params } = found;
    if (!isAllowed(world, route, request)) return refuse(response, 401, { message: '401: Unauthorized', code: 0 }, note);
    const query = new URL(request.url!, 'http://discord').searchParams;
    // Read whole in any case: a connection with half a request in it is of no use to anybody.
    const sent = await sentWith(request);
    const call: Call = { world, params, query, ...sent };
    if (route.posts) world.limits.post(route.posts(call));
    headers(response, world, world.limits.call(route.limit, majorOf(call), route.as === 'token'));
    const complain = route.method === 'GET' || route.method === 'DELETE' ? noComplaints : await complaintsOf();
    const bound = route.bind(call);
    if (sent.isTooLarge) throw new DiscordNo(40005);
    if (sent.body === undefined) throw new DiscordNo(50109);
    const schema = typeof route.schema === 'function' ? route.schema(call) : (route.schema ?? null);
    const wrong = schema === null ? [] : complain(schema, sent.body);
    if (wrong.length > 0) throw invalid(wrong);
    world.refusals.meet(name);
    const effect = bound((sent.body ?? {}) as never);
    world.faults.end(world.faults.next(name), response, () => {
      const answer = effect();
      note(answer.status, 0);
      return answer;
    });
  } catch (error) {
    if (error instanceof TooMany) return tooMany(response, error, note);
    if (!(error instanceof DiscordNo)) throw error;
    const { status, code, message, more } = error;
    const wait: Record<string, string> =
      status === 429 ? { 'Retry-After': String(Math.ceil(Number(more['retry_after'] ?? 1))), 'X-RateLimit-Scope': 'user' } : {};
    refuse(response, status, { message, code, ...more }, note, wait);
  }
}

type Note = (status: number, code: number) => void;

function refuse(
  response: ServerResponse,
  status: number,
  body: { readonly code: number; readonly message: string },
  note: Note,
  more: Record<string, string> = {},
): void {
  note(status, body.code);
  send(response, status, body, more);
}

function tooMany(response: ServerResponse, { retryAfterMs, scope, message }: TooMany, note: Note): void {
  const isGlobal = scope === 'global';
  note(429, 0);
  send(
    response,
    429,
    { message, retry_after: Math.ceil(retryAfterMs) / 1000, global: isGlobal },
    {
      'Retry-After': String(Math.ceil(retryAfterMs / 1000)),
      'X-RateLimit-Scope': scope,
      ...(isGlobal && { 'X-RateLimit-Global': 'true' }),
    },
  );
}

/** Of a call without a body. */
const noComplaints: Complain = () => [];

/** The bodies of faults. */
export const faultBodies = {
  busy: { message: 'You are being rate limited.', retry_after: busyMs / 1000, global: false },
  broken: { message: '500: Internal Server Error', code: 0 },
  missing: { message: '404: Not Found', code: 0 },
};

/** What a route gave, with its own status; anything else as it is. */
export function sendAnswer(response: ServerResponse, status: number, body: unknown, more: Record<string, string> = {}): void {
  if (isAnswer(body)) send(response, body.status, body.body, more);
  else send(response, status, body, { ...(status === 429 && { 'X-RateLimit-Scope': 'user' }), ...more });
}

/** Nothing where the connection is gone. An answer without a body says nothing of its type either. */
export function send(response: ServerResponse, status: number, body: unknown, more: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return;
  if (status === 204) return void response.writeHead(204, more).end();
  response.writeHead(status, { 'Content-Type': 'application/json', ...more }).end(JSON.stringify(body));
}

function isAnswer(body: unknown): body is Answer {
  return isRecord(body) && Object.keys(body).length === 2 && typeof body['status'] === 'number' && 'body' in body;
}

function isAllowed({ token, state }: World, { as }: Route, { headers: { authorization = '' } }: IncomingMessage): boolean {
  if (as !== 'bot') return true;
  return authorization === `Bot ${token}` && !state.meta().isRevoked;
}

function headers(response: ServerResponse, world: World, { name, limit, remaining, resetMs }: BucketState): void {
  const afterMs = resetMs - world.clock.now().getTime();
  response.setHeader('X-RateLimit-Bucket', name);
  response.setHeader('X-RateLimit-Limit', String(limit));
  response.setHeader('X-RateLimit-Remaining', String(remaining));
  response.setHeader('X-RateLimit-Reset', (resetMs / 1000).toFixed(3));
  response.setHeader('X-RateLimit-Reset-After', (afterMs / 1000).toFixed(3));
}

interface Sent extends Pick<Call, 'body' | 'files'> {
  readonly isTooLarge: boolean;
}

/** `body` undefined: no JSON. */
async function sentWith(request: IncomingMessage): Promise<Sent> {
  const bytes = await bodyOf(request);
  const type = request.headers['content-type'] ?? '';
  if (bytes === null || bytes.length > mostRequestBytes) return { body: {}, files: [], isTooLarge: true };
  if (bytes.length === 0) return { body: {}, files: [], isTooLarge: false };
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { body: Object.fromEntries(new URLSearchParams(String(bytes))), files: [], isTooLarge: false };
  if (!type.startsWith('multipart/form-data')) return { body: jsonIn(String(bytes)), files: [], isTooLarge: false };
  const form = await new Response(new Uint8Array(bytes), { headers: { 'Content-Type': type } }).formData();
  const files: Upload[] = [];
  for (const [field, value] of form) {
    const [, n] = /^files\[(\d+)\]$/.exec(field) ?? [];
    if (n === undefined || typeof value === 'string') continue;
    files.push({ n, name: value.name, mime: value.type || 'application/octet-stream', bytes: Buffer.from(await value.arrayBuffer()) });
  }
  const payload = form.get('payload_json');
  return { body: payload === null ? {} : jsonIn(typeof payload === 'string' ? payload : await payload.text()), files, isTooLarge: false };
}
