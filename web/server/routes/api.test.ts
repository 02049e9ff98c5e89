// The API in front of the whole product: real PostgreSQL, queue, storage and agents, all through fetch.

import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { Agents } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import { systemClock } from '#core/engines/clock.ts';
import { newId } from '#core/domain/ids.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import { forAll, openStage, stage, type Person } from '#core/testing/stages/stage.ts';
import type { takenAnswer } from '../answers.ts';
import type { ErrorAnswer } from '../requests/errors.ts';
import type { ShownLetter } from '#core/flows/messages/conversation.ts';
import type { PartHealth } from '#core/ports/health.ts';

const usual = forAll(() => openStage());

test('a program asks for leads, watches, and downloads exactly as many as it is billed for', async () => {
  const { api, owner } = await apiOf(500);
  const created = await api('/api/tasks/create', owner, { requestText: 'find me 100 leads in Miami' });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    task: {
      id: expect.any(String),
      type: 'lead-generation',
      because: 'read as lead-generation because of “leads”',
      quantity: { asked: 100, unit: 'leads', stated: true },
      position: 0,
    },
    estimate: { low: expect.any(Number), high: expect.any(Number), held: expect.any(Number) },
    balance: { available: 500 - created.body.estimate.held },
    conversationId: expect.any(String),
    links: {
      task: expect.stringMatching(/\/api\/tasks\/[0-9a-f-]{36}$/),
      cancel: expect.stringMatching(/\/cancel$/),
      events: expect.stringMatching(/\/api\/events\?task=/),
      letters: expect.stringMatching(/\/letters$/),
    },
  });

  const kinds = await eventsUntil('completed', api.url(`/api/events?task=${created.body.task.id}&after=0-0`), owner);
  expect([kinds[0], kinds.at(-1)]).toEqual(['accepted', 'completed']);

  const { task } = (await api(`/api/tasks/${created.body.task.id}`, owner)).body;
  expect(task).toMatchObject({
    status: 'completed',
    creditsHeld: 0,
    creditsUsed: 100,
    quantity: { asked: 100, delivered: 100, unit: 'leads' },
    result: { sample: true },
  });
  expect((await api('/api/balance', owner)).body).toEqual({ balance: { available: 400, inUse: 0, debt: 0 } });

  const link = await fetch(task.files.find(({ name }) => name.endsWith('.csv'))!.url!, { redirect: 'manual' });
  expect([link.status, link.headers.get('cache-control'), link.headers.get('referrer-policy'), await link.text()]).toEqual([
    302,
    'no-store',
    'no-referrer',
    '',
  ]);
  const csv = await (await fetch(link.headers.get('location')!)).text();
  expect(csv.trim().split('\n')).toHaveLength(101);

  const { letters, next } = (await api(`/api/conversations/${created.body.conversationId}/letters`, owner)).body;
  expect([letters.map(({ kind }) => kind), next]).toEqual([['accepted', 'result'], 2]);
  expect((await api(`/api/conversations/${created.body.conversationId}/letters?after=2`, owner)).body).toEqual({ letters: [], next: 2 });
});

test('the same request under the same Idempotency-Key, ten times at once, is one task with one answer', async () => {
  const { api, owner } = await apiOf(500);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => api('/api/tasks/create', owner, { requestText: 'find 10 leads' }, { 'Idempotency-Key': 'order-17' })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(9);
  expect((await api('/api/tasks', owner)).body.tasks).toHaveLength(1);

  const other = await api('/api/tasks/create', owner, { requestText: 'find 11 leads' }, { 'Idempotency-Key': 'order-17' });
  expect([other.status, other.body.error.code]).toEqual([422, 'request.key-reused']);
  const bad = await api('/api/tasks/create', owner, { requestText: 'find 10 leads' }, { 'Idempotency-Key': 'two words' });
  expect([bad.status, bad.body.error.fields?.[0]?.name]).toEqual([400, 'Idempotency-Key']);
});

test('two people may use the same Idempotency-Key', async () => {
  const { api, owner, person } = await apiOf(500);
  const other = await person(500);
  const key = { 'Idempotency-Key': 'order-17' };
  const mine = await api('/api/tasks/create', owner, { requestText: 'find 10 leads' }, key);
  const theirs = await api('/api/tasks/create', other, { requestText: 'find 20 leads' }, key);
  expect([mine.status, theirs.status, theirs.headers.has('idempotency-replayed')]).toEqual([201, 201, false]);
  expect(theirs.body.task.id).not.toBe(mine.body.task.id);
});

test('who is short of credits is told how many are needed, and nothing is held', async () => {
  const { api, owner } = await apiOf(9);
  const refused = await api('/api/tasks/create', owner, { requestText: 'find 100 leads' }, { 'Idempotency-Key': 'k' });
  expect([refused.status, refused.body.error]).toMatchObject([
    402,
    {
      code: 'credits.short',
      message: expect.stringMatching(/^This needs [\d.]+ credits and you have 9\.$/),
    },
  ]);
  expect((await api('/api/balance', owner)).body.balance).toEqual({ available: 9, inUse: 0, debt: 0 });
  const again = await api('/api/tasks/create', owner, { requestText: 'find 100 leads' }, { 'Idempotency-Key': 'k' });
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([402, 'true']);
});

test('a text that asks for no work is answered, holds nothing, and a number nobody gave is told to be the usual one', async () => {
  const { api, owner } = await apiOf(500);
  const thanks = await api('/api/tasks/create', owner, { requestText: 'Thanks for the 100 leads!' });
  expect(thanks).toMatchObject({ status: 400, body: { error: { code: 'ask.thanks', message: 'You’re welcome.' } } });
  expect((await api('/api/balance', owner)).body).toEqual({ balance: { available: 500, inUse: 0, debt: 0 } });
  const usualNumber = await api('/api/tasks/create', owner, { requestText: 'find the 2026 conference contacts' });
  expect(usualNumber.body.task).toMatchObject({ quantity: { asked: 25, unit: 'leads', stated: false } });
  const byUse = await api('/api/tasks/create', owner, { requestText: 'research three competitors' });
  expect(byUse.body.task).toMatchObject({ quantity: null });
});

test('what is somebody else’s answers exactly like what never was', async () => {
  const { api, owner, person } = await apiOf(500);
  const stranger = await person(500);
  const { body } = await api('/api/tasks/create', owner, { requestText: 'find 10 leads' });
  const ways = [
    (id: string) => api(`/api/tasks/${id}`, stranger),
    (id: string) => api(`/api/tasks/${id}/cancel`, stranger, {}),
    (id: string) => api(`/api/tasks/${id}/retry`, stranger, {}),
    (id: string) => api(`/api/events?task=${id}`, stranger),
    (id: string) => api(`/api/conversations/${id}/letters`, stranger),
    (id: string) => api('/api/tasks/create', stranger, { requestText: 'and 10 more', conversationId: id }),
  ];
  for (const [i, way] of ways.entries()) {
    const foreign = await way(i < 4 ? body.task.id : body.conversationId);
    const unknown = await way(newId());
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body.error, requestId: '' }).toEqual({ ...unknown.body.error, requestId: '' });
  }
  expect((await api('/api/tasks/not-an-id', stranger)).body.error.code).toBe('task.not-found');
  expect((await api('/api/tasks', stranger)).body).toEqual({ tasks: [], next: null });
  expect((await api(`/api/tasks?before=${body.task.id}`, stranger)).body).toEqual({ tasks: [], next: null });
});

test('a history is read page by page, newest first, without a gap', async () => {
  const { api, owner } = await apiOf(500);
  const ids: string[] = [];
  for (let i = 1; i <= 5; i++) ids.unshift((await api('/api/tasks/create', owner, { requestText: `find ${i} leads` })).body.task.id);
  const pages: string[][] = [];
  for (let next: string | null = ''; next !== null;) {
    const { body }: { body: Body } = await api(`/api/tasks?limit=2${next && `&before=${next}`}`, owner);
    pages.push(body.tasks.map(({ id }) => id));
    next = body.next;
  }
  expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
});

test('a conversation goes on where it was, and the next task waits its turn', async () => {
  const { api, owner } = await apiOf(500);
  const first = await api('/api/tasks/create', owner, { requestText: 'find 10 leads', from: 'terminal' });
  const second = await api('/api/tasks/create', owner, { requestText: 'and 10 more leads', conversationId: first.body.conversationId });
  expect([second.status, second.body.conversationId]).toEqual([201, first.body.conversationId]);
  await vi.waitFor(async () => expect((await api(`/api/tasks/${second.body.task.id}`, owner)).body.task.status).toBe('completed'));
});

test('a task can be stopped once it was asked for, and asked for again once it is over', async () => {
  const { api, owner } = await apiOf(500, await stage({ agents: agentsThatWait() }));
  const { body: created } = await api('/api/tasks/create', owner, { requestText: 'find 100 leads' });
  const path = `/api/tasks/${created.task.id}`;
  const early = await api(`${path}/retry`, owner, {});
  expect([early.status, early.body.error.code]).toEqual([409, 'task.running']);

  const canceled = await api(`${path}/cancel`, owner, {});
  expect([canceled.status, canceled.body.task.id]).toEqual([200, created.task.id]);
  await vi.waitFor(async () => expect((await api(path, owner)).body.task.status).toBe('canceled'));
  expect((await api('/api/balance', owner)).body.balance).toEqual({ available: 500, inUse: 0, debt: 0 });
  const late = await api(`${path}/cancel`, owner, {});
  expect([late.status, late.body.error.code]).toEqual([409, 'task.over']);

  const key = { 'Idempotency-Key': 'again' };
  const retried = await api(`${path}/retry`, owner, undefined, key, 'POST');
  expect([retried.status, retried.body.conversationId]).toEqual([201, created.conversationId]);
  expect((await api(`/api/tasks/${retried.body.task.id}`, owner)).body.task.retryOf).toBe(created.task.id);
  const repeated = await api(`${path}/retry`, owner, {}, key);
  expect([repeated.body, repeated.headers.get('idempotency-replayed')]).toEqual([retried.body, 'true']);
});

test('a file is kept, goes with one request, and with nobody else’s', async () => {
  const { api, owner, person } = await apiOf(500);
  const stranger = await person(500);
  const upload = () =>
    api.upload('/api/files?name=' + encodeURIComponent('../../my clients.csv'), owner, 'name,city\nAda,Miami\n', {
      'Content-Type': 'text/csv; charset=utf-8',
    });
  const { status, body } = await upload();
  expect([status, body]).toEqual([201, { file: { id: expect.any(String), name: 'my clients.csv', sizeBytes: 20 } }]);
  const files = [body.file.id];
  expect((await api('/api/tasks/create', stranger, { requestText: 'research these clients', files })).body.error).toMatchObject({
    code: 'files.missing',
    fields: [{ name: 'files' }],
  });
  expect((await api('/api/tasks/create', owner, { requestText: 'research these clients', files }, { 'Idempotency-Key': 'f' })).status).toBe(
    201,
  );
  expect((await api('/api/tasks/create', owner, { requestText: 'research these clients', files }, { 'Idempotency-Key': 'f' })).status).toBe(
    201,
  );
  expect((await api('/api/tasks/create', owner, { requestText: 'research them again', files })).body.error.code).toBe('files.missing');
});

test('a file that cannot be kept is refused with words', async () => {
  const { api, owner } = await apiOf(500);
  const refusals = {
    'without a name': await api.upload('/api/files', owner, 'x'),
    'with an empty name': await api.upload('/api/files?name=', owner, 'x'),
    'with two names': await api.upload('/api/files?name=a&name=b', owner, 'x'),
    'with nothing in it': await api.upload('/api/files?name=a.txt', owner, ''),
    'with more than 50 MB': await api.upload('/api/files?name=a.bin', owner, new Uint8Array(50_000_001)),
    'without its length': await api.upload('/api/files?name=a.bin', owner, new Blob(['x']).stream()),
    'without a key': await api.upload('/api/files?name=a.txt', null, 'x'),
  };
  expect(Object.fromEntries(Object.entries(refusals).map(([how, { status, body }]) => [how, `${status} ${body.error.code}`]))).toEqual({
    'without a name': '400 request.invalid',
    'with an empty name': '400 request.invalid',
    'with two names': '400 request.invalid',
    'with nothing in it': '400 file.empty',
    'with more than 50 MB': '413 file.too-large',
    'without its length': '411 request.length-needed',
    'without a key': '401 login.needed',
  });
});

test('bad input is refused with words that fit it, and costs nothing', async () => {
  const { api, owner } = await apiOf(500);
  const create = (requestText: unknown, more: object = {}) => api('/api/tasks/create', owner, { requestText, ...more });
  const refusals = {
    'empty text': await create(''),
    'blank text': await create(' \n\t '),
    'nothing but control characters': await create('\u0000\u0001\u001b\u202e\ud800'),
    'nothing but dots': await create('…'),
    '100 kB of text': await create('a'.repeat(100_001)),
    'too many characters': await create('a'.repeat(20_001)),
    'a million characters': await create('a'.repeat(1_000_000)),
    'an unknown type': await create('find 5 leads', { type: 'cooking' }),
    'an unknown type in the text': await create('type: cooking make soup'),
    'a negative quantity': await create('find -5 leads'),
    'a quantity of nothing': await create('find 0 leads'),
    'a huge quantity': await create('find 99999999999999999999 leads'),
    'half a lead': await create('get 2.5 leads'),
    'no object': await api('/api/tasks/create', owner, ['find 5 leads']),
    'no field': await api('/api/tasks/create', owner, {}),
    'a wrong field': await api('/api/tasks/create', owner, { text: 'find 5 leads' }),
    'malformed JSON': await api.upload('/api/tasks/create', owner, '{"requestText":', { 'Content-Type': 'application/json' }),
    'no JSON': await api.upload('/api/tasks/create', owner, 'find 5 leads', { 'Content-Type': 'text/plain' }),
    'a wrong key': await api('/api/tasks/create', { apiKey: 'imp_guessed' }, { requestText: 'find 5 leads' }),
    'an expired or invented link': await api('/f/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', null),
    'an unknown route': await api('/api/task/create', owner, { requestText: 'find 5 leads' }),
    'a wrong method': await api('/api/tasks/create', owner),
  };
  expect(
    Object.fromEntries(
      Object.entries(refusals).map(([what, { status, body }]) => [
        what,
        [status, body.error.code, ...(body.error.fields ?? []).map(({ name }) => name)].join(' '),
      ]),
    ),
  ).toEqual({
    'empty text': '400 ask.empty requestText',
    'blank text': '400 ask.empty requestText',
    'nothing but control characters': '400 ask.empty requestText',
    'nothing but dots': '400 ask.empty requestText',
    '100 kB of text': '413 ask.too-long requestText',
    'too many characters': '413 ask.too-long requestText',
    'a million characters': '413 request.too-large',
    'an unknown type': '400 request.invalid type',
    'an unknown type in the text': '400 type.unknown requestText',
    'a negative quantity': '400 quantity.not-positive requestText',
    'a quantity of nothing': '400 quantity.not-positive requestText',
    'a huge quantity': '400 quantity.too-many requestText',
    'half a lead': '400 quantity.not-whole requestText',
    'no object': '400 request.invalid request',
    'no field': '400 request.invalid requestText',
    'a wrong field': '400 request.invalid requestText text',
    'malformed JSON': '400 request.malformed',
    'no JSON': '415 request.wrong-type',
    'a wrong key': '401 key.unknown',
    'an expired or invented link': '404 link.unknown',
    'an unknown route': '404 route.unknown',
    'a wrong method': '405 method.wrong',
  });
  expect((await api('/api/tasks', owner)).body.tasks).toEqual([]);
  expect((await api('/api/balance', owner)).body.balance).toEqual({ available: 500, inUse: 0, debt: 0 });
});

test('control characters in a request are left out, and the rest is understood', async () => {
  const { api, owner } = await apiOf(500);
  const { body } = await api('/api/tasks/create', owner, { requestText: 'find\u0000 5 \u202eleads\ud800 in Miami\u001b[31m' });
  expect((await api(`/api/tasks/${body.task.id}`, owner)).body.task.requestText).toBe('find 5 leads in Miami[31m');
});

test('a link works for a week for everybody, and afterwards for its owner', async () => {
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
  const { api, owner, person } = await apiOf(500, await stage({ clock }));
  const stranger = await person(0);
  const { body } = await api('/api/tasks/create', owner, { requestText: 'find 3 leads' });
  await vi.waitFor(async () => expect((await api(`/api/tasks/${body.task.id}`, owner)).body.task.status).toBe('completed'));
  const link = new URL((await api(`/api/tasks/${body.task.id}`, owner)).body.task.files[0]!.url!).pathname;

  aheadMs = 6.9 * 86_400_000;
  expect((await api.head(link, null)).status).toBe(302);
  aheadMs = 7.1 * 86_400_000;
  expect((await api(link, null)).body.error).toMatchObject({
    code: 'link.expired',
    message: 'This link has expired.',
    wayForward: 'Log in to download the file.',
  });
  expect((await api(link, stranger)).status).toBe(410);
  expect((await api.head(link, null)).status).toBe(410);
  expect((await api.head(link, owner)).status).toBe(302);

  const page = await fetch(api.url(link), { headers: { Accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([
    410,
    'text/html; charset=utf-8',
    'no-store',
  ]);
  expect(await page.text()).toMatch(
    /<html lang="en">.*<title>This link has expired\..*<h1>This link has expired\.<\/h1>\s*<p>Log in to download the file\.<\/p>/s,
  );
  expect((await api(link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A'), null)).status).toBe(404);
});

test('a revoked key opens nothing any more', async () => {
  const { api, owner, core } = await apiOf(500);
  await core.store.money.query({ text: 'UPDATE api_keys SET revoked_at = now() WHERE user_id = $1' }, [owner.userId]);
  expect((await api('/api/balance', owner)).body.error.code).toBe('key.unknown');
});

test('readiness looks at every part, and says which one is away', async () => {
  let storage = true;
  const product = await stage({
    withCore: (core) => ({
      ...core,
      files: { ...core.files, check: (signal) => (storage ? core.files.check(signal) : Promise.reject(new Error('bucket is gone'))) },
    }),
  });
  const { api } = await apiOf(0, product);
  const allWell = { ok: true, parts: ['database', 'queue', 'workers', 'storage', 'agents'].map((part) => ({ part, ok: true })) };
  await vi.waitFor(async () => expect((await api('/readyz', null)).body).toEqual(allWell));
  storage = false;
  // Answers are shared for a second, so the next one may still be the last.
  await vi.waitFor(async () => {
    const away = await api('/readyz', null);
    expect([away.status, away.body.parts[3]]).toEqual([503, { part: 'storage', ok: false, trouble: 'bucket is gone' }]);
  });
  expect((await api('/healthz', null)).status).toBe(200);
});

test('readiness says when nobody works, and no more once somebody does in any process', async () => {
  const { url, another } = await stage({ settings: { ROLES: 'web' } });
  const get = (path: string) => fetch(url + path);
  const workers = async () => {
    const answer = await get('/readyz');
    const { parts } = (await answer.json()) as { parts: PartHealth[] };
    return [answer.status, parts.find(({ part }) => part === 'workers')];
  };
  const trouble = 'nobody takes tasks: no process with the role worker is connected to the queue';
  expect(await workers()).toEqual([503, { part: 'workers', ok: false, trouble }]);
  expect((await get('/healthz')).status).toBe(200);
  expect(await (await get('/metrics')).text()).toContain('impacter_workers 0');

  const worker = await another({ ROLES: 'worker' });
  await vi.waitFor(async () => expect(await workers()).toEqual([200, { part: 'workers', ok: true }]));
  expect(await (await get('/metrics')).text()).toContain('impacter_workers 1');
  await worker.stop();
  await vi.waitFor(async () => expect(await workers()).toEqual([503, { part: 'workers', ok: false, trouble }]));
});

test('while the database is away the API says so, and afterwards all goes on, open streams too', async () => {
  const { api, owner, wire } = await apiOf(500, await stage({ wired: true }));
  const key = { 'Idempotency-Key': 'order-17' };
  const kinds = eventsUntil('completed', api.url('/api/events'), owner);
  await vi.waitFor(async () => expect(await (await fetch(api.url('/metrics'))).text()).toContain('http_event_streams_open 1'));

  wire.cut();
  const refused = await api('/api/tasks/create', owner, { requestText: 'find 10 leads' }, key);
  expect([refused.status, refused.headers.get('retry-after'), refused.body.error.code]).toEqual([503, '5', 'database.unavailable']);
  expect((await api('/healthz', null)).status).toBe(200);
  const { status, body } = await api('/readyz', null);
  expect([status, body.parts.find(({ part }) => part === 'database')]).toMatchObject([503, { ok: false }]);

  wire.mend();
  await vi.waitFor(async () => expect((await api('/api/tasks/create', owner, { requestText: 'find 10 leads' }, key)).status).toBe(201));
  expect(await kinds).toEqual(expect.arrayContaining(['accepted', 'completed']));
  expect((await api('/api/tasks', owner)).body.tasks).toHaveLength(1);
});

test('metrics count what waits', async () => {
  const { api, owner } = await apiOf(500, await stage({ agents: agentsThatWait() }));
  await api('/api/tasks/create', owner, { requestText: 'find 5 leads' });
  await vi.waitFor(async () => expect(await (await fetch(api.url('/metrics'))).text()).toContain('impacter_tasks{status="processing"} 1'));
});

/** Whatever an answer may have; each test knows which it gets. */
type Body = ReturnType<typeof takenAnswer> &
  ErrorAnswer & {
    task: TaskView;
    tasks: TaskView[];
    next: string | null;
    letters: ShownLetter[];
    balance: { available: number; inUse: number; debt: number };
    file: { id: string };
    parts: PartHealth[];
  };

type Asker = Pick<Person, 'apiKey'> | null;

/** A whole product, somebody with credits, and ways to ask its API. */
async function apiOf(credits: number, product = usual()) {
  const { url, person, core, wire } = product;
  const send = async (path: string, asker: Asker, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }) => {
    const answer = await fetch(url + path, { redirect: 'manual', ...init, headers: { ...bearer(asker), ...init.headers } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as Body };
  };
  const api = Object.assign(
    (path: string, asker: Asker, json?: unknown, headers: Record<string, string> = {}, method?: string) =>
      send(
        path,
        asker,
        json === undefined
          ? { method: method ?? 'GET', headers }
          : { method: 'POST', body: JSON.stringify(json), headers: { 'Content-Type': 'application/json', ...headers } },
      ),
    {
      url: (path: string) => url + path,
      head: (path: string, asker: Asker) => send(path, asker, { method: 'HEAD' }),
      upload: (path: string, asker: Asker, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
        send(path, asker, { method: 'POST', body, headers, duplex: 'half' }),
    },
  );
  return { api, owner: await person(credits), person, core, wire };
}

function bearer(asker: Asker): Record<string, string> {
  return asker === null ? {} : { Authorization: `Bearer ${asker.apiKey}` };
}

/** The kinds of all events, up to the first of this one. */
async function eventsUntil(last: string, url: string, { apiKey }: Person): Promise<string[]> {
  const leaving = new AbortController();
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${apiKey}` }, signal: leaving.signal });
  const kinds: string[] = [];
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop()!;
    kinds.push(...lines.filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)).kind as string));
    if (kinds.includes(last)) break;
  }
  leaving.abort();
  return kinds;
}

/** They take a task, and work on it until they are told to stop. */
function agentsThatWait(): Agents {
  const closing = new AbortController();
  return {
    async run(_job, watch, signal) {
      await watch.sending({ gateway: 'test', bootId: 'test' });
      await watch.accepted();
      const stop = AbortSignal.any([signal, closing.signal]);
      if (!stop.aborted) await once(stop, 'abort');
      if (closing.signal.aborted) return { kind: 'detached' };
      const usage = { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 };
      return { kind: 'stopped', by: 'signal', text: '', files: [], sample: false, usage };
    },
    check: async () => undefined,
    close: async () => closing.abort(),
  };
}
