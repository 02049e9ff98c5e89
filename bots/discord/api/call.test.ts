import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import { discordCalls, type Asked } from './call.ts';
import { DiscordAway, DiscordNo } from './errors.ts';
import { countInvalid, INVALID_MOST } from './invalid.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let answer: Answer;
const seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: Buffer }[] = [];
const server = createServer(async (request, response) => {
  seen.push({ method: request.method!, url: request.url!, headers: request.headers, body: await buffer(request) });
  answer(response, request);
});
let apiUrl: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});
afterAll(async () => {
  server.closeAllConnections();
  await once(server.close(), 'close');
});

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));

const message: Asked = { method: 'POST', path: '/channels/123456789012345678/messages', body: { content: 'hi' } };

test.each<[string, Answer, object]>([
  ['a server error', json(502, {}), { surelyNotDone: false }],
  ['a cut connection', (response) => void response.socket!.destroy(), { surelyNotDone: false }],
  ['a page where JSON was due', (response) => void response.end('<html>'), { surelyNotDone: false }],
  ['a limit', json(429, { retry_after: 1.337, global: false }, { 'X-RateLimit-Scope': 'shared' }), { retryAfterMs: 1337, scope: 'shared' }],
  ['a limit of everything', json(429, { retry_after: 0.5, global: true }), { retryAfterMs: 500, scope: 'global' }],
  [
    'a limit in front of Discord',
    (response) => void response.writeHead(429, { 'Retry-After': '7' }).end('x'),
    { retryAfterMs: 7000, code: 0 },
  ],
  ['a refusal', json(403, { code: 50013, message: 'Missing Permissions' }), { status: 403, code: 50013, retryAfterMs: null }],
  [
    'a wrong form',
    json(400, { code: 50035, errors: { components: { 0: { content: { _errors: [{ code: 'TOO_LONG', message: 'secret words' }] } } } } }),
    { code: 50035, message: 'Discord answered POST with 400, code 50035 (components.0.content TOO_LONG)' },
  ],
])('%s is told as what it is', async (_, given, outcome) => {
  answer = given;
  await expect(calls()(message, soon())).rejects.toMatchObject(outcome);
});

test('a call that never left is told apart', async () => {
  const closed = createServer();
  await once(closed.listen(0, '127.0.0.1'), 'listening');
  const { port } = closed.address() as AddressInfo;
  await once(closed.close(), 'close');
  const away = calls({ apiUrl: `http://127.0.0.1:${port}/api` })(message, soon());
  await expect(away).rejects.toMatchObject({ name: 'DiscordAway', surelyNotDone: true });
  await expect(calls()(message, AbortSignal.abort())).rejects.toMatchObject({ surelyNotDone: true });
});

test('a refused token is used again, and an empty answer is an answer', async () => {
  const call = calls();
  answer = json(401, { code: 0, message: '401: Unauthorized' });
  await expect(call(message, soon())).rejects.toMatchObject({ status: 401 });
  answer = (response) => void response.writeHead(204).end();
  expect(await call(message, soon())).toBeNull();
  expect(seen.at(-1)).toMatchObject({ url: '/api/v10/channels/123456789012345678/messages', headers: { authorization: 'Bot secret' } });
});

test('files go along as parts of a form', async () => {
  answer = json(200, {});
  await calls()({ ...message, files: [{ name: 'leads.csv', mime: 'text/csv', bytes: Buffer.from('name\nAnn') }] }, soon());
  const { headers, body } = seen.at(-1)!;
  const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': headers['content-type']! } }).formData();
  expect(form.get('payload_json')).toBe('{"content":"hi"}');
  const file = form.get('files[0]') as File;
  expect([file.name, file.type, await file.text()]).toEqual(['leads.csv', 'text/csv', 'name\nAnn']);
});

test('a channel whose bucket is empty is not called, and another one is', async () => {
  const call = calls();
  answer = json(200, {}, { 'X-RateLimit-Bucket': 'abc', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset-After': '4.5' });
  await call(message, soon());
  const before = seen.length;
  await expect(call(message, soon())).rejects.toMatchObject({
    status: 429,
    retryAfterMs: expect.toSatisfy((ms: number) => ms > 3000 && ms <= 4500),
  });
  expect(seen.length).toBe(before);
  await call({ ...message, path: '/channels/223456789012345678/messages' }, soon());
  expect(seen.length).toBe(before + 1);
});

test('an answer to an interaction waits for nothing, and its token is in no error', async () => {
  let taken = 0;
  const call = calls({ take: async () => (taken++, 1_000) });
  const asked: Asked = { method: 'PATCH', path: '/webhooks/1/very-secret/messages/@original', body: {}, as: 'interaction' };
  answer = json(404, { code: 10015, message: 'Unknown Webhook very-secret' });
  const no = await call(asked, soon()).catch((error: unknown) => error);
  expect(no).toBeInstanceOf(DiscordNo);
  answer = (response) => void response.socket!.destroy();
  const away = await call(asked, soon()).catch((error: unknown) => error);
  expect(away).toBeInstanceOf(DiscordAway);
  for (const error of [no, away] as Error[]) expect(`${error.stack} ${String(error.cause)}`).not.toContain('very-secret');
  expect(seen.at(-1)!.headers.authorization).toBeUndefined();
  expect(taken).toBe(0);
});

test('refusals are counted as Discord counts them, and halfway to its ban we stop by ourselves', async () => {
  const counted: string[] = [];
  const call = calls({ invalid: () => counted.push('x') });
  for (const given of [json(401, {}), json(403, {}), json(429, {}), json(429, {}, { 'X-RateLimit-Scope': 'shared' }), json(404, {})]) {
    answer = given;
    await call(message, soon()).catch(() => undefined);
  }
  expect(counted).toHaveLength(3);

  let at = new Date('2026-11-30T10:00:00Z');
  const invalid = countInvalid({ now: () => at });
  for (let i = 0; i < INVALID_MOST; i++) {
    expect(invalid.waitMs()).toBeNull();
    invalid.count();
  }
  expect(invalid.waitMs()).toBe(600_000);
  at = new Date('2026-11-30T10:10:00Z');
  expect(invalid.waitMs()).toBeNull();
});

function calls(more: { apiUrl?: string; take?: () => Promise<number | null>; invalid?: () => void } = {}) {
  return discordCalls(
    { token: 'secret', apiUrl: more.apiUrl ?? apiUrl },
    { budgets: { take: more.take ?? (async () => null) }, clock: systemClock, pulse: { invalid: more.invalid ?? (() => undefined) } },
  );
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
