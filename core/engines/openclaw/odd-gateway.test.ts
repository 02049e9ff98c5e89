// Gateways that are not what they should be: too old, not set up for us, or answering in ways nobody foresaw.
import http from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { systemClock } from '#core/engines/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { clockByHand, passTimeUntil } from '#core/testing/runner/clock-by-hand.ts';
import { jobOf, stageAgents, watching } from '#core/testing/stages/agents-stage.ts';
import { newDeviceKey } from './device.ts';
import { createOpenClaw } from './openclaw.ts';

const idle = new AbortController().signal;
const hello = {
  type: 'hello-ok',
  protocol: 4,
  server: { version: 'x', bootId: 'b1', connId: 'c1' },
  features: { methods: [], events: [] },
  snapshot: { presence: [], health: {}, stateVersion: { presence: 0, health: 0 }, uptimeMs: 1 },
  auth: { role: 'operator', scopes: ['operator.read', 'operator.write'] },
  policy: { maxPayload: 1_000_000, maxBufferedBytes: 1_000_000, tickIntervalMs: 30_000 },
};

/** What the gateway answers to a method, perhaps by how often it was asked: one answer, or several after one another. */
let answers: Record<string, object | ((time: number) => object)>;
let server: http.Server;
let logged: string[];
beforeEach(async () => {
  answers = { connect: hello };
  logged = [];
  server = http.createServer();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }));
      const times = new Map<string, number>();
      client.on('message', (data) => {
        const { id, method } = JSON.parse((data as Buffer).toString()) as { id: string; method: string };
        const time = (times.get(method) ?? 0) + 1;
        times.set(method, time);
        const given = answers[method];
        const all = typeof given === 'function' ? given(time) : given;
        for (const answer of [all ?? {}].flat() as { error?: object }[])
          client.send(JSON.stringify({ type: 'res', id, ok: answer.error === undefined, payload: answer, error: answer.error }));
      });
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function writingLog(): Log {
  const write = (facts: object, words: string) => void logged.push(`${words} ${JSON.stringify(facts)}`);
  return { debug: write, info: write, warn: write, error: write, child: writingLog };
}

async function withAgents<T>(act: (agents: ReturnType<typeof createOpenClaw>) => Promise<T>, clock = systemClock): Promise<T> {
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const agents = createOpenClaw({
    url,
    token: 'a secret',
    deviceKey: newDeviceKey(),
    gatewayName: 'odd',
    clock,
    log: writingLog(),
  });
  try {
    return await act(agents);
  } finally {
    await agents.close();
  }
}

test.each([
  ['does not tell its restarts apart', { ...hello, server: { version: 'x', connId: 'c1' } }, /OpenClaw 2026\.8 or newer/],
  [
    'has not approved our device',
    { ...hello, auth: { role: 'operator', scopes: [] } },
    /does not allow us operator\.read and operator\.write\. Approve this device/,
  ],
])(
  'a gateway that %s takes no work, and says what to do; once that is mended, the work that waited is done',
  async (_what, greeting, reason) => {
    answers['connect'] = greeting;
    Object.assign(answers, {
      agent: { runId: 'r', status: 'ok' },
      'agents.workspace.list': { entries: [], totalEntries: 0 },
      'sessions.files.list': { files: [] },
    });
    const clock = clockByHand();
    const watch = watching();
    await withAgents(async (agents) => {
      const running = agents.run(jobOf(), watch, idle);
      await expect(agents.check()).rejects.toThrow(reason);
      expect(watch.told).toEqual([]);
      answers['connect'] = hello;
      expect(await passTimeUntil(running, clock)).toMatchObject({ kind: 'done' });
    }, clock);
  },
);

test('work that no gateway takes until its deadline was never begun, and says why', async () => {
  answers['connect'] = { ...hello, auth: { role: 'operator', scopes: [] } };
  const clock = clockByHand();
  const watch = watching();
  const outcome = await withAgents((agents) => passTimeUntil(agents.run(jobOf(), watch, idle), clock), clock);
  expect(outcome).toEqual({ kind: 'unreachable', reason: expect.stringContaining('Approve this device') as string });
  expect(watch.told).toEqual([]);
});

test('a gateway without our agents does not pass the check, which names the missing ones', async () => {
  answers['agents.list'] = { agents: ['general', 'research', 'social-media', 'web-scraping', 'content-creation'].map((id) => ({ id })) };
  await expect(withAgents((agents) => agents.check())).rejects.toThrow('The gateway has no agent called lead-generation, email-campaign.');
});

test('a check of a gateway that is not there says why', async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const agents = createOpenClaw({
    url: 'ws://127.0.0.1:1',
    token: 't',
    deviceKey: newDeviceKey(),
    gatewayName: 'none',
    clock: systemClock,
    log: writingLog(),
  });
  const enough = new AbortController();
  const checked = agents.check(enough.signal);
  checked.catch(() => undefined);
  await vi.waitFor(() => expect(logged.join()).toContain('agents gateway cannot be reached'));
  enough.abort();
  await expect(checked).rejects.toThrow('ECONNREFUSED');
  await agents.close();
  server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

test('a plain address on the open internet is refused before our token goes out', async () => {
  const clock = clockByHand();
  const agents = createOpenClaw({
    url: 'ws://gateway.example.com',
    token: 't',
    deviceKey: newDeviceKey(),
    gatewayName: 'far',
    clock,
    log: writingLog(),
  });
  expect(await passTimeUntil(agents.run(jobOf(), watching(), idle), clock)).toEqual({
    kind: 'unreachable',
    reason: expect.stringContaining('Use wss://') as string,
  });
  await agents.close();
});

test.each([
  ['nothing we know', {}, 'lost'],
  ['a state we do not know', { runId: 'r', status: 'pondering' }, 'lost'],
  ['an end without a result', { runId: 'r', status: 'ok' }, 'done'],
])('an answer of %s does not bring us down', async (_what, reply, kind) => {
  Object.assign(answers, { agent: reply, 'agents.workspace.list': { entries: [], totalEntries: 0 }, 'sessions.files.list': { files: [] } });
  expect(await withAgents((agents) => agents.run(jobOf(), watching(), idle))).toMatchObject({ kind });
});

test('a gateway that lists folders without end is given up, and the person is told', async () => {
  const entries = Array.from({ length: 100 }, (_, i) => ({ path: `results/${i}`, kind: 'directory' }));
  const listing = Promise.withResolvers<void>();
  const list = () => (listing.resolve(), { entries, totalEntries: 1e12 });
  Object.assign(answers, { agent: { runId: 'r', status: 'ok' }, 'agents.workspace.list': list });
  const clock = clockByHand();
  const outcome = withAgents((agents) => agents.run(jobOf(), watching(), idle), clock);
  await listing.promise;
  expect(await passTimeUntil(outcome, clock)).toMatchObject({
    kind: 'failed',
    reason: 'The agent finished, but its files could not be fetched.',
  });
});

test('a run that began before us is stopped by us, and its end is learned, not guessed', async () => {
  Object.assign(answers, {
    'tasks.list': { tasks: [] },
    'sessions.describe': { session: null },
    'sessions.files.list': { files: [] },
    'agents.workspace.list': { entries: [], totalEntries: 0 },
    'sessions.abort': { ok: true, abortedRunId: 'r', status: 'aborted' },
    agent: (time: number) => (time === 1 ? { runId: 'r', status: 'in_flight' } : { runId: 'r', status: 'timeout', stopReason: 'rpc' }),
    'agent.wait': { runId: 'r', status: 'error', endedAt: 1, stopReason: 'rpc' },
  });
  const cancel = new AbortController();
  const job = jobOf({ phase: 'dispatched', bootId: 'b1' });
  const watch = watching({ accepted: async () => cancel.abort() });
  expect(await withAgents((agents) => agents.run(job, watch, cancel.signal))).toMatchObject({ kind: 'stopped', by: 'signal' });
});

test('work that a gateway takes and then drops because it goes down may be tried again', async () => {
  const error = { code: 'UNAVAILABLE', message: 'Gateway is draining; new tasks are not accepted' };
  answers['agent'] = [{ runId: 'r', status: 'accepted', acceptedAt: 1 }, { error }];
  expect(await withAgents((agents) => agents.run(jobOf(), watching(), idle))).toEqual({
    kind: 'lost',
    reason: 'The gateway stopped it to start anew.',
  });
});

test('neither words of people, nor instructions, nor tokens get into the log', async () => {
  const stage = await stageAgents({ faults: { cut: 'after-accepted' } });
  const agents = stage.open({ log: writingLog() });
  const message = 'find 3 leads for my very private business';
  await agents.run(jobOf({ message }), watching(), idle);
  stage.sandbox.control.set({ modelError: `cannot do: ${message}` });
  await agents.run(jobOf({ message }), watching(), idle);
  stage.sandbox.control.set({ down: true });
  await agents.run(jobOf({ message, timeoutMs: 100 }), watching(), idle);
  stage.sandbox.control.set({ down: false });
  await stage.close();
  expect(logged.length).toBeGreaterThan(2);
  for (const line of logged) expect(line).not.toMatch(/private|Quantity|a token for tests/);
});
