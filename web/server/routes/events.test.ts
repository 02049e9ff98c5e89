// The mechanics of event streams; what is in them is tested on a whole product in api.test.ts.

import { once } from 'node:events';
import net from 'node:net';
import { expect, test, vi } from 'vitest';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { App } from '#core/flows/app.ts';
import { openDoor, type SomeVerbs } from '../testing/open-door.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { EventCursor, EventLine } from '#core/flows/live/event-line.ts';

const olga = { userId: 'u1', teamId: 't1', role: 'owner', email: 'olga@example.com' } as Actor;
const key = 'olgas-key';
const taskId = '01890000-0000-7000-8000-000000000001';

test('a stream tells what happens, with a cursor to come back with', async () => {
  const { fetch } = await openDoor(
    coreThatSays(line('7-1', 'accepted', { held: '12500000', type: 'research' }), null, line('7-2', 'completed', { charged: '12000000' })),
  );
  const answer = await fetch('/api/events', { key });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
  expect(answer.headers.get('x-accel-buffering')).toBe('no');
  expect(await answer.text()).toBe(
    [
      'retry: 3000',
      `id: 7-1\ndata: {"taskId":"${taskId}","kind":"accepted","at":"2026-11-23T10:00:00.000Z","data":{"held":12.5,"type":"research"}}`,
      ': still here',
      `id: 7-2\ndata: {"taskId":"${taskId}","kind":"completed","at":"2026-11-23T10:00:00.000Z","data":{"charged":12}}`,
      '',
    ].join('\n\n'),
  );
});

test.each([
  ['/api/events', {}, 'now'],
  ['/api/events?after=7-1', {}, '7-1'],
  ['/api/events?after=7-1', { 'Last-Event-ID': '9-4' }, '9-4'],
  ['/api/events', { 'Last-Event-ID': '' }, 'now'],
])('%s with %j goes on behind %s', async (path, headers: Record<string, string>, after) => {
  const events = vi.fn<App['live']['events']>(async function* () {});
  const { fetch } = await openDoor({ ...knowsOlga, live: { ...knowsOlga.live, events } });
  await (await fetch(path, { key, headers })).text();
  expect(events.mock.calls[0]![1]).toEqual({ after });
});

test("a stream about somebody else's task is refused before it begins", async () => {
  const { fetch } = await openDoor({ ...knowsOlga, tasks: { get: () => Promise.reject(refuse('task.not-found')) } });
  const answer = await fetch(`/api/events?task=${taskId}`, { key });
  expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'task.not-found' } }]);
});

test('a HEAD request for a stream gets its headers and is over', async () => {
  const core = coreThatWaits();
  const { fetch } = await openDoor(core);
  const answer = await fetch('/api/events', { key, method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
  expect(core.listening()).toBe(0);
});

test('who leaves is forgotten at once', async () => {
  const core = coreThatWaits();
  const { fetch } = await openDoor({ ...core, operator: { gauges: async () => [] } });
  const leaving = new AbortController();
  await fetch('/api/events', { key, signal: leaving.signal });
  expect(core.listening()).toBe(1);
  leaving.abort();
  await vi.waitFor(() => expect(core.listening()).toBe(0));
  expect(await (await fetch('/metrics')).text()).toContain('http_event_streams_open 0');
});

test('a person has twenty streams, and the next one is refused with words', async () => {
  const core = coreThatWaits();
  const ada = { ...olga, userId: 'u2' } as Actor;
  const { fetch } = await openDoor({ ...core, team: { actorByKey: async (given) => (given === key ? olga : ada) } });
  const leaving = new AbortController();
  for (let i = 0; i < 20; i++) await fetch('/api/events', { key, signal: i === 0 ? leaving.signal : null });
  const refused = await fetch('/api/events', { key });
  expect([refused.status, await refused.json()]).toMatchObject([
    429,
    { error: { code: 'streams.too-many', message: 'You already have 20 event streams open.' } },
  ]);
  expect((await fetch('/api/events', { key: 'adas-key' })).status).toBe(200);
  leaving.abort();
  await vi.waitFor(() => expect(core.listening()).toBe(20));
  expect((await fetch('/api/events', { key })).status).toBe(200);
});

test('a stream ends when its key is revoked', async () => {
  let nowMs = 0;
  let revoked = false;
  const { fetch } = await openDoor(
    {
      ...knowsOlga,
      team: { actorByKey: async () => (revoked ? null : olga) },
      live: {
        ...knowsOlga.live,
        async *events() {
          yield line('7-1', 'accepted', {});
          revoked = true;
          yield line('7-2', 'started', {});
          nowMs = 60_000;
          yield null;
          yield line('7-3', 'completed', {});
        },
      },
    },
    { nowMs: () => nowMs },
  );
  const told = await (await fetch('/api/events', { key })).text();
  expect(told.match(/^id: .*$/gm)).toEqual(['id: 7-1', 'id: 7-2']); // looked at once a minute
});

test('a page is also told its balance, and when to start over', async () => {
  const live = vi.fn<App['live']['items']>(async function* () {
    const wallet = {
      available: '12500000',
      inUse: '0',
      debt: '0',
      version: 7,
      colour: 'yellow',
      words: 'Enough for about 1 typical task',
    } as const;
    yield { kind: 'balance', balance: wallet };
    yield { kind: 'reset', cursor: '9-9' as EventCursor };
    yield { kind: 'line', line: line('9-10', 'completed', { charged: '12000000' }) };
    yield { kind: 'beat' };
  });
  const { fetch } = await openDoor({ ...knowsOlga, live: { ...knowsOlga.live, items: live } });
  const answer = await fetch('/api/events?live=1', { key, headers: { 'Last-Event-ID': '7-1' } });
  expect(await answer.text()).toBe(
    [
      'retry: 3000',
      'event: balance\ndata: {"available":12.5,"inUse":0,"debt":0,"version":7,"colour":"yellow","words":"Enough for about 1 typical task"}',
      'id: 9-9\nevent: reset\ndata: {}',
      `id: 9-10\ndata: {"taskId":"${taskId}","kind":"completed","at":"2026-11-23T10:00:00.000Z","data":{"charged":12}}`,
      'event: beat\ndata: {}',
      '',
    ].join('\n\n'),
  );
  expect(live.mock.calls[0]!.slice(0, 2)).toEqual([expect.objectContaining({ userId: 'u1' }), { after: '7-1' }]);
});

test('a page does not watch one task alone', async () => {
  const { fetch } = await openDoor(knowsOlga);
  const answer = await fetch(`/api/events?live=1&task=${taskId}`, { key });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'request.invalid' } }]);
});

test('who was logged out is heard of: his streams end at once, and those of others go on', async () => {
  const revoked = new Set<string>();
  let tell: (userId: string | null) => void = () => {};
  const core = coreThatWaits();
  const ada = { ...olga, userId: 'u2' } as Actor;
  const { fetch } = await openDoor({
    ...core,
    team: { actorByKey: async (given) => (revoked.has(given) ? null : given === key ? olga : ada) },
    live: {
      ...core.live,
      onSessionEnd(call) {
        tell = call;
        return () => {};
      },
    },
  });
  const streams = [
    await fetch('/api/events', { key }),
    await fetch('/api/events', { key }),
    await fetch('/api/events', { key: 'adas-key' }),
  ];
  tell('u1'); // about another key of hers
  tell('u2');
  await vi.waitFor(() => expect(core.listening()).toBe(3));
  const ended = 'retry: 3000\n\nretry: 200\n\n'; // so that a page finds out at once
  revoked.add(key);
  tell('u1');
  expect(await Promise.all(streams.slice(0, 2).map((stream) => stream.text()))).toEqual([ended, ended]);
  await vi.waitFor(() => expect(core.listening()).toBe(1));
  revoked.add('adas-key');
  tell(null); // word of it may have been lost, so everybody is looked at
  expect(await streams[2]!.text()).toBe(ended);
});

test('a stop ends all streams and says when to come back', async () => {
  const core = coreThatWaits();
  const door = await openDoor(core);
  const answer = await door.fetch('/api/events', { key });
  await door.stop();
  expect(await answer.text()).toMatch(/^retry: 3000\n\nretry: [1-4]\d{3}\n\n$/);
  expect(core.listening()).toBe(0);
});

test('a stream outlives an absence of the database, and goes on behind its last line', async () => {
  const asked: (string | null)[] = [];
  const { fetch, lines } = await openDoor({
    ...knowsOlga,
    live: {
      ...knowsOlga.live,
      async *events(_actor, { after }) {
        asked.push(after);
        if (asked.length === 2) throw refuse('database.unavailable');
        yield line(`7-${asked.length}`, 'step', {});
        if (asked.length === 1) throw Object.assign(new Error('connection lost'), { code: 'database.unavailable' });
      },
    },
  });
  const told = await (await fetch('/api/events', { key })).text();
  expect(told.match(/^id: .*$/gm)).toEqual(['id: 7-1', 'id: 7-3']);
  expect(asked).toEqual(['now', '7-1', '7-1']);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a stream that breaks in the core ends, so that its reader comes back', async () => {
  const { fetch, lines } = await openDoor({
    ...knowsOlga,
    live: {
      ...knowsOlga.live,
      async *events() {
        yield line('7-1', 'accepted', {});
        throw new Error('connection lost');
      },
    },
  });
  expect(await (await fetch('/api/events', { key })).text()).toContain('id: 7-1');
  expect(lines).toContainEqual({
    level: 'error',
    facts: { requestId: expect.any(String), error: expect.any(Error) },
    words: 'event stream cut',
  });
});

test('a reader who does not read holds the core back, and does not fill our memory', async () => {
  let said = 0;
  const { url } = await openDoor({
    ...knowsOlga,
    live: {
      ...knowsOlga.live,
      async *events(_actor, _from, signal) {
        while (!signal.aborted) {
          said += 1;
          yield line(`7-${said}`, 'step', { words: 'x'.repeat(100_000) });
        }
      },
    },
  });
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`);
  await once(socket, 'readable'); // and reads nothing
  await vi.waitFor(async () => {
    const before = said;
    await new Promise((resolve) => setImmediate(resolve));
    expect(said).toBe(before);
  });
  expect(said).toBeLessThan(1000);
  socket.destroy();
});

const knowsOlga = {
  team: { actorByKey: async (given: string) => (given === key ? olga : null) },
  live: { cursor: async () => 'now' as EventCursor },
};

function line(cursor: string, kind: string, data: object): EventLine {
  return { cursor: cursor as EventCursor, taskId: taskId as EventLine['taskId'], kind, data, at: '2026-11-23T10:00:00.000Z' };
}

function coreThatSays(...lines: (EventLine | null)[]): SomeVerbs {
  return {
    ...knowsOlga,
    live: {
      ...knowsOlga.live,
      async *events() {
        yield* lines;
      },
    },
  };
}

function coreThatWaits() {
  let listening = 0;
  const events: App['live']['events'] = async function* (_actor, _from, signal) {
    listening += 1;
    try {
      while (!signal.aborted) {
        await once(signal, 'abort');
        yield null;
      }
    } finally {
      listening -= 1;
    }
  };
  return { ...knowsOlga, live: { ...knowsOlga.live, events }, listening: () => listening };
}
