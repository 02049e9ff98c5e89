// Socket Mode, in running products: what Slack tells over it is taken as it is over HTTP, whatever becomes of the connection.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { SlackNo, type Call } from '../api/call.ts';
import { defaultAppToken } from '../sandbox/server.ts';
import { openProduct } from '../testing/open-product.ts';
import { openSlackSocket } from './socket.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
const product = forAll(() => openProduct({ clock, agents, wired: true, appToken: defaultAppToken }), 60_000);
/** What was not acknowledged is told again soon. */
const soon = { socket: true, retriesMs: Array.from({ length: 200 }, () => 200) };

test('over a socket a request is answered, a command too, and a press', async () => {
  const { people, say, answer, told } = product();
  await people.hook(soon);
  await vi.waitFor(async () => expect(await people.socketCount()).toBe(1));
  const thread = await say('find me 3 leads in Miami');
  await answer(thread, /Done: 3 leads/);
  await people.command('C1', 'balance', 'U1');
  const alone = (await people.seen('C1', 'U1')).messages.at(-1);
  expect(alone).toMatchObject({ only: 'U1', text: expect.stringContaining('credits') });
  const posts = (await people.seen('C1', 'U1', { thread })).messages;
  const good = posts
    .flatMap(({ ts, buttons }) => buttons.map(({ value }) => ({ ts, value })))
    .find(({ value }) => value.startsWith('good'));
  await people.press('C1', good!.ts, good!.value, 'U1');
  await vi.waitFor(async () => expect(await told('U1', thread)).not.toEqual([]));
});

test('however often connections end, there are never more than processes, and nothing that is said is lost or done twice', async () => {
  const { people, say, tasks, another, owner } = product();
  await people.hook(soon);
  await another();
  let [most, watches] = [0, true];
  const watching = (async () => {
    while (watches) {
      most = Math.max(most, await people.socketCount());
      await sleep(5);
    }
  })();
  const back = () =>
    vi.waitFor(async () => {
      clock.forward(1_000);
      expect(await people.socketCount()).toBe(2);
    });
  await back();
  const before = (await owner.ledger()).filter((line) => line.startsWith('hold')).length;
  const threads: string[] = [];
  for (const reason of ['warning', 'refresh_requested', 'link_disabled', 'warning', 'refresh_requested'] as const) {
    const during = say('find me 2 leads in Miami');
    await people.dropSockets(reason);
    threads.push(await during, await say('find me 2 leads in Boston'));
    await back();
  }
  await vi.waitFor(async () => {
    clock.forward(200);
    expect(await Promise.all(threads.map((thread) => tasks(thread)))).toEqual(threads.map(() => ['completed']));
  });
  watches = false;
  await watching;
  expect([most, (await owner.ledger()).filter((line) => line.startsWith('hold')).length - before]).toEqual([2, threads.length]);
});

test('while the database is away nothing is acknowledged, and it is taken once it is back', async () => {
  const { people, say, wire, answers } = product();
  await people.hook(soon);
  const unconfirmed = async () => (await people.deliveries()).filter(({ status }) => status !== 200).length;
  const before = await unconfirmed();
  wire.cut();
  const thread = await say('find me 4 leads in Miami');
  await vi.waitFor(async () => expect(await unconfirmed()).toBeGreaterThan(before));
  wire.mend();
  // Whatever the outage interrupted is tried again by the clock.
  await vi.waitFor(async () => {
    clock.forward(200);
    expect((await answers(thread)).join('\n')).toMatch(/Done: 4 leads/);
  });
});

test('with a token that Slack does not take the product does not start, and says why; a Slack that is away is waited for', async () => {
  const no =
    (error: string): Call =>
    (method) =>
      Promise.reject(new SlackNo(method, error));
  await expect(openSlackSocket(deps(no('invalid_auth')))).rejects.toThrow('Slack does not take SLACK_APP_TOKEN');
  const calls: number[] = [];
  const socket = await openSlackSocket(
    deps((method) => {
      calls.push(calls.length);
      return Promise.reject(new SlackNo(method, 'internal_error'));
    }),
  );
  await vi.waitFor(() => {
    clock.forward(30_000);
    expect(calls.length).toBeGreaterThan(5);
  });
  await socket.stop();
  const asked = calls.length;
  clock.forward(60_000);
  await sleep(20);
  expect(calls).toHaveLength(asked);
});

test('what can never be taken is acknowledged without being done, and what is under way ends before the connection does', async () => {
  const slack = await slackByHand();
  const written = Promise.withResolvers<void>();
  const took: unknown[] = [];
  const socket = await openSlackSocket({
    ...deps(async () => ({ ok: true, url: slack.url })),
    bolt: async () => ({
      async handle(body) {
        took.push(body['event_id']);
        if (body['event_id'] === 'Ev2') await written.promise;
        return { acknowledged: true, answer: undefined };
      },
    }),
  });
  const there = await slack.connected;
  const acknowledged: string[] = [];
  there.on('message', (data) => acknowledged.push((JSON.parse(String(data as Buffer)) as { envelope_id: string }).envelope_id));
  const tell = (id: string, payload: object) => there.send(JSON.stringify({ type: 'events_api', envelope_id: id, payload }));
  const event = (id: string, more = {}) => ({ type: 'event_callback', team_id: 'T1', event_id: id, ...more });
  there.send('nonsense');
  tell('large', event('Ev0', { more: 'x'.repeat(1_000_000) }));
  tell('elsewhere', event('Ev1', { team_id: 'T9' }));
  await vi.waitFor(() => expect(acknowledged).toEqual(['large', 'elsewhere']));
  tell('slow', event('Ev2'));
  await vi.waitFor(() => expect(took).toEqual(['Ev2']));
  const stopped = socket.stop();
  tell('late', event('Ev3'));
  await sleep(20);
  expect(acknowledged).not.toContain('slow');
  written.resolve();
  await stopped;
  expect([took, acknowledged.at(-1)]).toEqual([['Ev2'], 'slow']);
});

test('operators read how old the connection is, and that it is gone while Slack is away', async () => {
  const { app, people, setDown } = product();
  const socket = async () => (await app.operator.health()).find(({ part }) => part === 'Slack socket');
  const age = async () => (await app.operator.gauges()).find(({ name }) => name === 'impacter_slack_socket_age_seconds')?.value;
  await vi.waitFor(async () => expect(await people.socketCount()).toBeGreaterThan(0));
  await vi.waitFor(async () => expect(await socket()).toEqual({ part: 'Slack socket', ok: true, isPlatform: true }));
  clock.forward(3_000);
  expect(await age()).toBeGreaterThanOrEqual(3);
  await setDown(true);
  await vi.waitFor(async () => expect(await socket()).toMatchObject({ ok: false, trouble: expect.stringMatching(/^no connection for/) }));
  expect(await age()).toBe(0);
  await setDown(false);
  await vi.waitFor(async () => {
    clock.forward(1_000);
    expect(await socket()).toMatchObject({ ok: true });
  });
});

function deps(call: Call): Parameters<typeof openSlackSocket>[0] {
  const tokens = { of: async (team: string) => (team === 'T1' ? ({} as never) : null) };
  return {
    appToken: 'xapp-1',
    call,
    tokens,
    bolt: () => Promise.reject(new Error('nothing is told')),
    pulse: { socket: () => undefined },
    clock,
    log: quietLog,
  };
}

async function slackByHand() {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const { promise: connected, resolve } = Promise.withResolvers<WebSocket>();
  server.on('connection', (socket) => {
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
    resolve(socket);
  });
  onTestFinished(() => {
    server.close();
    http.close();
  });
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/link`, connected };
}
