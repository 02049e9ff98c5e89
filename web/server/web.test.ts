import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { countFailedKeys } from './requests/failed-keys.ts';
import { nobody, openDoor } from './testing/open-door.ts';
import type { Actor } from '#core/domain/actor.ts';

const olga = { userId: 'u1', teamId: 't1', role: 'owner', email: 'olga@example.com' } as Actor;
const taskId = '01890000-0000-7000-8000-000000000001';
/** Knows one key and nothing else. */
const knowsOlga = { team: { actorByKey: async (key: string) => (key === 'olgas-key' ? olga : null) } };

test('an address that does not exist is said to be nothing, in the one shape of errors', async () => {
  const { fetch } = await openDoor({});
  const answer = await fetch('/nothing/here?secret=1');
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await answer.json()).toEqual({
    error: {
      code: 'route.unknown',
      message: 'Page not found.',
      wayForward: 'Check the address.',
      requestId: answer.headers.get('x-request-id'),
    },
  });
});

test('a browser that opens a wrong address reads words instead of JSON', async () => {
  const { fetch } = await openDoor({});
  const answer = await fetch('/nothing/here', { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await answer.text()).toContain('<h1>Page not found.</h1>');
  expect((await fetch('/api/nothing', { headers: { Accept: 'text/html' } })).headers.get('content-type')).toBe(
    'application/json; charset=utf-8',
  );
});

test.each([
  ['/api/tasks/create', 'GET', 'OPTIONS, POST'],
  ['/api/tasks', 'DELETE', 'OPTIONS, GET, HEAD'],
  [`/api/tasks/${taskId}`, 'PATCH', 'OPTIONS, GET, HEAD'],
  [`/api/tasks/${taskId}/cancel`, 'GET', 'OPTIONS, POST'],
  ['/healthz', 'POST', 'OPTIONS, GET, HEAD'],
  ['/f/abc', 'PUT', 'OPTIONS, GET, HEAD'],
])('%s says which methods it knows when asked to %s', async (path, method, allow) => {
  const { fetch } = await openDoor({});
  const answer = await fetch(path, { method });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  expect(await answer.json()).toMatchObject({ error: { code: 'method.wrong' } });
  const options = await fetch(path, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow'), await options.text()]).toEqual([204, allow, '']);
});

test('a HEAD request gets the headers of a GET and no body', async () => {
  const { fetch } = await openDoor({});
  const answer = await fetch('/healthz', { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '11', '']);
});

test('every answer tells browsers not to guess, frame, remember or pass it on', async () => {
  const { fetch } = await openDoor({});
  for (const path of ['/healthz', '/', '/nothing', '/api/tasks']) {
    const { headers } = await fetch(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('strict-transport-security')).toBe(false);
    expect(headers.has('x-powered-by')).toBe(false);
  }
});

test('browsers are told to stay with https where people reach us by it', async () => {
  const { fetch } = await openDoor({}, { publicUrl: 'https://impacter.test' });
  expect((await fetch('/healthz')).headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
});

test('the style of a page is the one its policy allows', async () => {
  const { fetch } = await openDoor({});
  const answer = await fetch('/');
  const style = /<style>(.*)<\/style>/s.exec(await answer.text())![1]!;
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('base64');
  expect(answer.headers.get('content-security-policy')).toContain(`style-src 'sha256-${digest}'`);
});

test('a bug of ours tells the caller a request id and nothing else, and the log everything', async () => {
  const { fetch, lines } = await openDoor({
    ...knowsOlga,
    credits: { balance: () => Promise.reject(new Error('relation "wallets" does not exist: SELECT secret FROM wallets')) },
  });
  const answer = await fetch('/api/balance', { key: 'olgas-key' });
  const body = await answer.text();
  expect(answer.status).toBe(500);
  expect(JSON.parse(body)).toEqual({
    error: {
      code: 'our.fault',
      message: 'Something went wrong on our side.',
      wayForward: 'Try again. If it happens again, contact us with the request id.',
      requestId: answer.headers.get('x-request-id'),
    },
  });
  const failed = lines.find(({ words }) => words === 'request failed')!;
  expect(failed).toMatchObject({ level: 'error', facts: { requestId: answer.headers.get('x-request-id'), route: '/api/balance' } });
  expect(String(failed.facts['error'])).toContain('wallets');
});

test('a database that is down is said as such, with a hint when to come back', async () => {
  const { fetch } = await openDoor({ ...knowsOlga, tasks: { ask: () => Promise.reject(refuse('database.unavailable')) } });
  const answer = await fetch('/api/tasks/create', { key: 'olgas-key', json: { requestText: 'find 5 leads' } });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.json()).toMatchObject({
    error: { code: 'database.unavailable', message: 'We could not save your request, so it was not accepted and nothing was charged.' },
  });
});

test('a request is one line in the log, with ids and the route, and without keys, text or the address', async () => {
  const { fetch, lines } = await openDoor({ ...knowsOlga, tasks: { get: () => Promise.reject(refuse('task.not-found')) } });
  await (await fetch(`/api/tasks/${taskId}?note=private`, { key: 'olgas-key' })).text();
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines[0]).toEqual({
    level: 'info',
    facts: {
      requestId: expect.any(String),
      method: 'GET',
      route: '/api/tasks/:id',
      status: 404,
      durationMs: expect.any(Number),
      userId: 'u1',
      teamId: 't1',
      taskId,
    },
    words: 'request answered',
  });
  expect(JSON.stringify(lines)).not.toMatch(/olgas-key|private/);
});

test('a caller who hangs up is logged as one who never saw the answer', async () => {
  const asked = Promise.withResolvers<void>();
  const { url, lines } = await openDoor({ ...knowsOlga, credits: { balance: () => (asked.resolve(), new Promise(() => undefined)) } });
  const leaving = new AbortController();
  const answer = fetch(`${url}/api/balance`, { headers: { Authorization: 'Bearer olgas-key' }, signal: leaving.signal });
  await asked.promise;
  expect(lines).toEqual([]);
  leaving.abort();
  await expect(answer).rejects.toThrow('aborted');
  await vi.waitFor(() => expect(lines[0]?.facts).toMatchObject({ status: 499 }));
});

test.each([
  ['broken JSON', '{"requestText": "find', 400, 'request.malformed'],
  ['JSON that is no object', '["find 5 leads"]', 400, 'request.invalid'],
  ['a bare word', 'null', 400, 'request.malformed'],
  ['a megabyte too much', `{"requestText": "${'a'.repeat(1_000_001)}"}`, 413, 'request.too-large'],
])('%s is refused with words', async (_, body, status, code) => {
  const { fetch } = await openDoor(knowsOlga);
  const answer = await fetch('/api/tasks/create', {
    key: 'olgas-key',
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  });
  expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
});

test.each([
  ['application/x-www-form-urlencoded', {}],
  ['text/plain', {}],
  ['application/json; charset=latin1', {}],
  ['application/json', { 'Content-Encoding': 'gzip' }],
])('a body of type %s is refused as one we do not read', async (type, headers) => {
  const { fetch } = await openDoor(knowsOlga);
  const answer = await fetch('/api/tasks/create', {
    key: 'olgas-key',
    method: 'POST',
    body: '{"requestText":"find 5 leads"}',
    headers: { 'Content-Type': type, ...headers },
  });
  expect([answer.status, await answer.json()]).toMatchObject([415, { error: { code: 'request.wrong-type' } }]);
});

test('an address with a broken escape is the mistake of the caller, not ours', async () => {
  const { fetch } = await openDoor(knowsOlga);
  const answer = await fetch('/api/tasks/%E0%A4%A', { key: 'olgas-key' });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'request.malformed' } }]);
});

test('a flood that never ends is refused before it is read', async () => {
  const { url } = await openDoor(knowsOlga);
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(
    'POST /api/tasks/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer olgas-key\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{',
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 413 Payload Too Large/);
  socket.destroy();
});

test('a caller who never finishes the head of a request is let go', async () => {
  const { url } = await openDoor({}, { patience: { headersMs: 100 } });
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET /healthz HTTP/1.1\r\nHost:');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 408 Request Timeout/);
  await once(socket, 'close');
});

test('an error leads to a page of the portal only where there is a portal', async () => {
  const pageOf = async (settings: Parameters<typeof openDoor>[1]) => {
    const { fetch } = await openDoor(knowsOlga, settings);
    return ((await (await fetch('/api/balance', { key: 'nobodys-key' })).json()) as { error: { page?: string } }).error.page;
  };
  expect(await pageOf({})).toBeUndefined();
  expect(await pageOf({ portal: [(_request, response) => void response.end()] })).toBe('http://impacter.test/settings');
});

test('without a key nobody gets in, and a wrong key is said to be wrong', async () => {
  const { fetch } = await openDoor(knowsOlga);
  for (const headers of [
    {},
    { Authorization: 'Basic b2xnYTpvbGdh' },
    { Authorization: 'Bearer' },
    { Authorization: 'Bearer olgas-key olgas-key' },
  ]) {
    const answer = await fetch('/api/balance', { headers });
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.json()]).toMatchObject([
      401,
      'Bearer',
      { error: { code: 'login.needed' } },
    ]);
  }
  const answer = await fetch('/api/balance', { key: 'olgas-kex' });
  expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: 'key.unknown' } }]);
});

test('a key in the address opens nothing', async () => {
  const { fetch } = await openDoor(knowsOlga);
  expect((await fetch('/api/balance?key=olgas-key&access_token=olgas-key')).status).toBe(401);
});

test('who tries many wrong keys is asked to wait, and may go on after a minute', async () => {
  let nowMs = 0;
  const balance = has('1000000');
  const { fetch } = await openDoor({ ...knowsOlga, credits: { balance: async () => balance } }, { nowMs: () => nowMs });
  for (let i = 0; i < 20; i++) expect((await fetch('/api/balance', { key: `guess-${i}` })).status).toBe(401);
  nowMs = 15_000;
  const answer = await fetch('/api/balance', { key: 'olgas-key' });
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
    429,
    '45',
    { error: { code: 'request.too-many' } },
  ]);
  nowMs = 60_000;
  expect(await (await fetch('/api/balance', { key: 'olgas-key' })).json()).toEqual({ balance: { available: 1, inUse: 0, debt: 0 } });
});

test('a key that was good before is not kept waiting for what others try from the same address', async () => {
  const { fetch } = await openDoor({ ...knowsOlga, credits: { balance: async () => has('1000000') } });
  await fetch('/api/balance', { key: 'olgas-key' });
  for (let i = 0; i < 25; i++) await fetch('/api/balance', { key: `guess-${i}` });
  expect((await fetch('/api/balance', { key: 'guess-26' })).status).toBe(429);
  expect((await fetch('/api/balance', { key: 'olgas-key' })).status).toBe(200);
});

test('one customer of an IPv6 network is one address, and a neighbour is another', () => {
  const keys = countFailedKeys(() => 0);
  for (let i = 0; i < 20; i++) keys.failed(`2001:db8:0:1::${i}`, `guess-${i}`);
  expect(() => keys.mayTry('2001:db8:0:1:ffff::1', 'k')).toThrow('Too many requests');
  expect(() => keys.mayTry('2001:db8:0:2::1', 'k')).not.toThrow();
  expect(() => keys.mayTry('::1', 'k')).not.toThrow();
});

test('what callers say of their own address is believed only behind a proxy', async () => {
  const asks = async (trustProxy: number | undefined) => {
    const { fetch } = await openDoor(knowsOlga, trustProxy === undefined ? {} : { trustProxy });
    for (let i = 0; i < 20; i++) await fetch('/api/balance', { key: 'guess', headers: { 'X-Forwarded-For': `203.0.113.${i}` } });
    return (await fetch('/api/balance', { key: 'guess', headers: { 'X-Forwarded-For': '203.0.113.99' } })).status;
  };
  expect(await asks(undefined)).toBe(429);
  expect(await asks(1)).toBe(401);
});

test('a process that is up says so', async () => {
  const { fetch } = await openDoor({});
  const answer = await fetch('/healthz');
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
});

test('readiness names the part that does not answer', async () => {
  const { fetch } = await openDoor({
    operator: {
      health: async () => [
        { part: 'database', ok: true },
        { part: 'queue', ok: false, trouble: 'connection refused' },
      ],
    },
  });
  const answer = await fetch('/readyz');
  expect([answer.status, await answer.json()]).toEqual([
    503,
    {
      ok: false,
      parts: [
        { part: 'database', ok: true },
        { part: 'queue', ok: false, trouble: 'connection refused' },
      ],
    },
  ]);
});

test('readiness that cannot be told counts as not ready', async () => {
  const { fetch } = await openDoor({ operator: { health: () => Promise.reject(new Error('password "hunter2" refused')) } });
  const answer = await fetch('/readyz');
  expect([answer.status, await answer.text()]).toEqual([
    503,
    '{"ok":false,"parts":[{"part":"core","ok":false,"trouble":"health could not be told"}]}',
  ]);
});

test('a flood of questions whether we are ready asks each part once', async () => {
  let looks = 0;
  const health = async () => [{ part: 'database' as const, ok: ++looks > 0 }];
  const { fetch } = await openDoor({ operator: { health } });
  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch('/readyz')));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(looks).toBeLessThan(5);
});

test('metrics tell how long each route took and what the core counts', async () => {
  const { fetch } = await openDoor({
    operator: {
      gauges: async () => [
        { name: 'tasks', help: 'Tasks by status.', labels: { status: 'pending' }, value: 3 },
        { name: 'tasks', help: 'Tasks by status.', labels: { status: 'failed' }, value: 1 },
      ],
    },
  });
  await fetch('/f/');
  await vi.waitFor(async () =>
    expect(await (await fetch('/metrics')).text()).toContain(
      'http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
    ),
  );
  const text = await (await fetch('/metrics')).text();
  expect(text).toContain('# TYPE tasks gauge\ntasks{status="pending"} 3\ntasks{status="failed"} 1');
  expect(text).toContain('core_gauges_readable 1');
  expect(text).toContain('process_cpu_seconds_total');
});

test('metrics are read even while the core cannot count', async () => {
  const { fetch } = await openDoor({ operator: { gauges: () => Promise.reject(new Error('no database')) } });
  const answer = await fetch('/metrics');
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('core_gauges_readable 0')]);
});

test('metrics are not for those whom a proxy brings, and with a token only for those who show it', async () => {
  const open = await openDoor({ operator: { gauges: async () => [] } });
  expect((await open.fetch('/metrics', { headers: { 'X-Forwarded-For': '203.0.113.1' } })).status).toBe(401);
  const closed = await openDoor({ operator: { gauges: async () => [] } }, { metricsToken: 'for-prometheus' });
  expect((await closed.fetch('/metrics')).status).toBe(401);
  expect((await closed.fetch('/metrics', { key: 'for-prometheuz' })).status).toBe(401);
  expect((await closed.fetch('/metrics', { key: 'for-prometheus', headers: { 'X-Forwarded-For': '203.0.113.1' } })).status).toBe(200);
});

test('a page in a browser that gave its own name our address reads no metrics', async () => {
  const { url } = await openDoor({ operator: { gauges: async () => [] } });
  const statusFor = async (host: string) => {
    const [answer] = (await once(http.get(`${url}/metrics`, { headers: { Host: host } }), 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  const { host, port } = new URL(url);
  expect([await statusFor(host), await statusFor(`localhost:${port}`), await statusFor(`rebound.example.com:${port}`)]).toEqual([
    200, 200, 401,
  ]);
});

test('somebody in two teams may use the same Idempotency-Key in both', async () => {
  const asked: string[] = [];
  const teams: Record<string, Actor> = { 'key-of-one': olga, 'key-of-two': { ...olga, teamId: 't2' } as Actor };
  const { fetch } = await openDoor({
    team: { actorByKey: async (key) => teams[key] ?? null },
    tasks: {
      ask: async ({ key }) => {
        asked.push(key);
        throw refuse('ask.empty');
      },
    },
  });
  const headers = { 'Idempotency-Key': 'order-17' };
  for (const key of Object.keys(teams)) await fetch('/api/tasks/create', { key, headers, json: { requestText: 'find 3 leads' } });
  expect(asked).toEqual(['api:t1:u1:order-17', 'api:t2:u1:order-17']);
});

test('an answer to twenty thousand wrong fields is smaller than the request', async () => {
  const { fetch } = await openDoor(knowsOlga);
  const json = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 1]));
  const answer = await fetch('/api/tasks/create', { key: 'olgas-key', json });
  expect(answer.status).toBe(400);
  expect((await answer.text()).length).toBeLessThan(10_000);
});

test('the front page says what to do and leads to what can be tried', async () => {
  const { fetch } = await openDoor({}, { brandName: 'A&B <Ltd>', sandboxPages: [{ title: 'Talk to the bot', path: '/sandbox/slack' }] });
  const page = await (await fetch('/')).text();
  expect(page).toContain('<h1>A&#38;B &#60;Ltd&#62;</h1>');
  expect(page).toContain('<a href="/sandbox/slack">Talk to the bot</a>');
  const docs = await fetch('/docs/api');
  expect(docs.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await docs.text()).toBe(readFileSync('docs/api.md', 'utf8').replaceAll('http://localhost:3000', 'http://impacter.test'));
});

test('a webhook gets the bytes as they were sent, and other methods are told about it', async () => {
  const { fetch } = await openDoor(
    {},
    {
      mounts: [
        {
          method: 'POST',
          path: '/slack/events',
          async handle(request, response) {
            response.end(`got ${await text(request)} at ${request.url}`);
          },
        },
      ],
    },
  );
  const answer = await fetch('/slack/events?a=1', {
    method: 'POST',
    body: '{ "spaces" :  true }',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(await answer.text()).toBe('got { "spaces" :  true } at /slack/events?a=1');
  expect((await fetch('/slack/events')).headers.get('allow')).toBe('OPTIONS, POST');
});

test('two methods of one address may be answered by two listeners', async () => {
  const handle = async (request: IncomingMessage, response: ServerResponse) => void response.end(request.method);
  const { fetch } = await openDoor(
    {},
    {
      mounts: [
        { method: 'GET', path: '/slack/install', handle },
        { method: 'POST', path: '/slack/install', handle },
      ],
    },
  );
  expect(await (await fetch('/slack/install')).text()).toBe('GET');
  expect(await (await fetch('/slack/install', { method: 'POST' })).text()).toBe('POST');
  expect((await fetch('/slack/install', { method: 'PUT' })).headers.get('allow')).toBe('OPTIONS, GET, HEAD, POST');
});

test('a webhook that fails is answered and logged like any other route', async () => {
  const { fetch, lines } = await openDoor(
    {},
    { mounts: [{ method: 'POST', path: '/hook', handle: () => Promise.reject(new Error('boom')) }] },
  );
  expect((await fetch('/hook', { method: 'POST' })).status).toBe(500);
  await vi.waitFor(() =>
    expect(lines.map(({ words, facts }) => [words, facts['route']])).toEqual([
      ['request failed', '/hook'],
      ['request answered', '/hook'],
    ]),
  );
});

test('a sandbox answers everything below its path', async () => {
  const { fetch } = await openDoor(
    {},
    {
      sandboxToken: 'printed',
      mounts: [
        { path: '/sandbox/slack', below: true, handle: (request, response) => void response.end(`${request.method} ${request.url}`) },
      ],
    },
  );
  expect(await (await fetch('/sandbox/slack', { key: 'printed' })).text()).toBe('GET /sandbox/slack');
  expect(await (await fetch('/sandbox/slack/say/hello', { method: 'PUT', key: 'printed' })).text()).toBe('PUT /sandbox/slack/say/hello');
  expect((await fetch('/sandbox/slackers')).status).toBe(404);
});

test('the portal answers what is left, but never for the API', async () => {
  const { fetch } = await openDoor({}, { portal: [(request, response) => void response.end(`portal ${request.url}`)] });
  expect(await (await fetch('/')).text()).toBe('portal /');
  expect(await (await fetch('/dashboard?tab=1')).text()).toBe('portal /dashboard?tab=1');
  expect((await fetch('/api/nothing')).status).toBe(404);
});

test('a stop lets running requests end, and does not wait for connections that nobody uses', async () => {
  const { promise: going, resolve: go } = Promise.withResolvers<void>();
  const { promise: asked, resolve: begin } = Promise.withResolvers<void>();
  const door = await openDoor({
    ...knowsOlga,
    credits: { balance: async () => (begin(), await going, has('5000000')) },
  });
  const running = door.fetch('/api/balance', { key: 'olgas-key' });
  await asked;
  const stopped = door.stop(60_000);
  go();
  expect(await (await running).json()).toEqual({ balance: { available: 5, inUse: 0, debt: 0 } });
  await stopped;
  await expect(fetch(`${door.url}/healthz`)).rejects.toThrow('fetch failed');
});

test('a request that comes on an open connection during a stop is told to come back', async () => {
  const { promise: going, resolve: go } = Promise.withResolvers<void>();
  const { promise: asked, resolve: begin } = Promise.withResolvers<void>();
  const door = await openDoor({
    ...knowsOlga,
    credits: { balance: async () => (begin(), await going, has('5000000')) },
  });
  let read = 0;
  const count = () => void read++;
  subscribe('http.server.request.start', count);
  onTestFinished(() => void unsubscribe('http.server.request.start', count));
  const socket = net.connect(Number(new URL(door.url).port), '127.0.0.1');
  const request = 'GET /api/balance HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer olgas-key\r\n\r\n';
  socket.write(request);
  await asked;
  const stopped = door.stop(60_000);
  socket.write(request);
  await vi.waitFor(() => expect(read).toBe(2));
  go();
  const [first, second] = (await text(socket)).split(/(?=HTTP\/1.1)/);
  expect(first).toMatch(/^HTTP\/1.1 200 OK/);
  expect(second).toMatch(/^HTTP\/1.1 503 Service Unavailable.*Connection: close.*"code":"service.stopping"/is);
  await stopped;
});

test('a stop does not wait for ever', async () => {
  const { promise: asked, resolve: begin } = Promise.withResolvers<void>();
  const door = await openDoor({ ...knowsOlga, credits: { balance: () => (begin(), new Promise(() => undefined)) } });
  const cut = door.fetch('/api/balance', { key: 'olgas-key' }).catch(() => 'cut');
  await asked;
  await door.stop(50);
  expect(await cut).toBe('cut');
});

test('a port that is taken is named', async () => {
  const { url } = await openDoor({});
  const { createWeb } = await import('./web.ts');
  const { quietLog } = await import('#core/testing/runner/quiet-log.ts');
  const port = Number(new URL(url).port);
  const second = createWeb({
    app: {} as never,
    auth: nobody,
    log: quietLog,
    security: { note() {}, nameOf: () => '', counts: () => ({}) as never },
    publicUrl: url,
    brandName: 'Impacter',
  });
  await expect(second.start(port, '127.0.0.1')).rejects.toThrow(`port ${port} is taken by another program`);
});

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function has(available: string) {
  return { available, inUse: '0', debt: '0', version: 1, colour: 'green', words: 'Enough' } as const;
}
