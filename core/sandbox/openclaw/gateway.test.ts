// The sandbox keeps the rules that the real gateway showed. It is met here by the official client alone.
import { GatewayClient, type GatewayClientOptions } from '@openclaw/gateway-client';
import type { EventFrame, HelloOk } from '@openclaw/gateway-protocol/frame-guards';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { agentBrief } from '#core/domain/tasks/agent-brief.ts';
import { deviceOf, deviceProofs, newDeviceKey } from '#core/engines/openclaw/device.ts';
import { stageAgents, type AgentsStage } from '#core/testing/stages/agents-stage.ts';
import type { Json } from './wire.ts';

let stage: AgentsStage;
let clients: GatewayClient[];
beforeEach(async () => {
  stage = await stageAgents({}, { requests: 'any' });
  clients = [];
});
afterEach(async () => {
  for (const client of clients) await client.stopAndWait();
  await stage.close();
});

interface Connected {
  readonly hello: HelloOk;
  readonly events: EventFrame[];
  ask(method: string, params?: object): Promise<Json>;
  /** The last answer of a run, and whether a first one came. */
  run(params: Json): Promise<Json>;
}

function connect(some: Partial<GatewayClientOptions> = {}): Promise<Connected> {
  const events: EventFrame[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Connected>();
  const client = new GatewayClient({
    url: stage.sandbox.url,
    token: stage.sandbox.token,
    scopes: ['operator.read', 'operator.write'],
    minProtocol: 4,
    maxProtocol: 4,
    deviceIdentity: null,
    onEvent: (event) => events.push(event),
    onConnectError: reject,
    onHelloOk: (hello) =>
      resolve({
        hello,
        events,
        ask: (method, params = {}) => client.request<Json>(method, params),
        run: (params) => client.request<Json>('agent', params, { expectFinal: true, timeoutMs: 60_000 }),
      }),
    ...some,
  });
  clients.push(client);
  client.start();
  return promise;
}

const key = 'agent:lead-generation:one';
const work = (idempotencyKey: string, some: Json = {}): Json => ({
  message: 'find me 2 leads',
  agentId: 'lead-generation',
  sessionKey: key,
  idempotencyKey,
  extraSystemPrompt: agentBrief({ type: 'lead-generation', quantity: 2, unit: 'leads', teamId: 'team-1', runId: idempotencyKey }),
  ...some,
});

describe('who may connect', () => {
  test('the right token is greeted with limits, methods and the id of this start', async () => {
    const { hello } = await connect();
    expect(hello).toMatchObject({
      protocol: 4,
      server: { bootId: expect.any(String) as string },
      auth: { scopes: ['operator.read', 'operator.write'] },
      policy: { maxPayload: 26_214_400 },
    });
    const before = hello.server.bootId;
    stage.sandbox.control.restart();
    expect((await connect()).hello.server.bootId).not.toBe(before);
  });

  test.each([
    ['a wrong token', { token: 'wrong' }, 'AUTH_TOKEN_MISMATCH'],
    ['another protocol', { minProtocol: 3, maxProtocol: 3 }, 'PROTOCOL_MISMATCH'],
    ['a client id of its own', { clientName: 'my-service' as 'cli' }, 'client.id'],
    [
      'a device whose key it does not have',
      { deviceIdentity: { ...deviceOf(newDeviceKey()), privateKeyPem: newDeviceKey() }, hostDeps: deviceProofs },
      'DEVICE_AUTH_SIGNATURE_INVALID',
    ],
  ])('%s is refused', async (_who, some, why) => {
    const error = await connect(some).catch((reason: unknown) => reason as Error & { details?: unknown });
    expect(`${(error as Error).message} ${JSON.stringify((error as { details?: unknown }).details)}`).toContain(why);
  });

  test('a device that proves its key is greeted', async () => {
    expect((await connect({ deviceIdentity: deviceOf(newDeviceKey()), hostDeps: deviceProofs })).hello.protocol).toBe(4);
  });
});

describe('what may be asked', () => {
  test.each([
    ['an unknown method', 'agent.fly', {}, 'unknown method: agent.fly'],
    ['parameters of another shape', 'agent', { message: 1 }, 'invalid agent params'],
    ['a field that is not part of it', 'agent.wait', { runId: 'x', patience: 1 }, 'has patience, which is not part of it'],
    [
      'an unknown agent',
      'agent',
      { message: 'x', agentId: 'nobody', sessionKey: 'agent:nobody:x', idempotencyKey: 'k' },
      'unknown agent id "nobody"',
    ],
    [
      'a session of another agent',
      'agent',
      { message: 'x', agentId: 'general', sessionKey: key, idempotencyKey: 'k' },
      'does not match session key agent',
    ],
    ['a folder of its own choice', 'agent', { ...work('k'), cwd: '/' }, 'cwd is reserved'],
    ['a model of its own choice', 'agent', { ...work('k'), model: 'x' }, 'overrides are not authorized'],
    ['a file that is no picture', 'agent', { ...work('k'), attachments: [{ mimeType: 'application/pdf', content: 'x' }] }, 'only image/*'],
    ['a file outside of the workspace', 'agents.workspace.get', { agentId: 'general', path: '../x' }, 'invalid workspace path'],
    ['a file that is not there', 'agents.workspace.get', { agentId: 'general', path: 'x' }, 'workspace file not found'],
    ['a file of a session that never was', 'sessions.files.get', { sessionKey: 'agent:general:no', path: 'x' }, 'session not found'],
  ])('%s is refused as INVALID_REQUEST', async (_what, method, params, message) => {
    const { ask } = await connect();
    await expect(ask(method, params)).rejects.toMatchObject({
      gatewayCode: 'INVALID_REQUEST',
      message: expect.stringContaining(message) as string,
    });
  });

  test('a reader may not give work, and nobody but an administrator commands to the gateway', async () => {
    const { ask } = await connect({ scopes: ['operator.read'] });
    await expect((await connect()).ask('agent', work('k', { message: '/reset' }))).rejects.toMatchObject({
      gatewayCode: 'FORBIDDEN',
      details: { missingScope: 'operator.admin' },
    });
    await expect(ask('agent', work('k'))).rejects.toMatchObject({
      gatewayCode: 'FORBIDDEN',
      details: { code: 'MISSING_SCOPE', missingScope: 'operator.write' },
    });
  });
});

describe('a key', () => {
  test('stands for one run: in flight while it goes on, its whole answer after, whatever the message says then', async () => {
    stage.sandbox.control.set({ held: true });
    const [one, two] = [await connect(), await connect()];
    const first = one.run(work('k'));
    await vi.waitFor(async () => expect(await two.ask('agent', work('k'))).toMatchObject({ status: 'in_flight' }));
    stage.sandbox.control.set({ held: false });
    const answer = await first;
    expect(answer).toMatchObject({ status: 'ok', result: { payloads: [{ mediaUrls: ['./team-1/k/sample-leads.csv'] }] } });
    await vi.waitFor(async () => expect(await two.ask('agent', work('k', { message: 'something else' }))).toEqual(answer));
    expect(stage.sandbox.control.runCounts()).toEqual({ k: 1 });
  });

  test('is forgotten some time after the end: then the work would begin again', async () => {
    const { run } = await connect();
    await run(work('k'));
    stage.sandbox.control.set({ answersKeptMs: 0 });
    await vi.waitFor(async () => expect(await run(work('k'))).toMatchObject({ status: 'ok' }));
    expect(stage.sandbox.control.runCounts()).toEqual({ k: 2 });
  });

  test('from before a restart fails without any work, and whoever waits for it hears nothing', async () => {
    await (await connect()).run(work('done'));
    stage.sandbox.control.set({ hang: true });
    void (await connect()).run(work('cut')).catch(() => {});
    await vi.waitFor(() => expect(stage.sandbox.control.runCounts()['cut']).toBe(1));
    stage.sandbox.control.restart();
    stage.sandbox.control.set({ hang: false });
    const { ask, run } = await connect();
    await expect(run(work('done'))).rejects.toMatchObject({
      gatewayCode: 'UNAVAILABLE',
      message: 'keyed user is outside the current turn',
    });
    await expect(run(work('cut'))).rejects.toMatchObject({
      gatewayCode: 'UNAVAILABLE',
      message: 'Pending input ownership ended; submit a new turn',
    });
    expect(await ask('agent.wait', { runId: 'done', timeoutMs: 10 })).toEqual({ runId: 'done', status: 'timeout' });
    expect((await ask('tasks.list', { sessionKey: key }))['tasks']).toMatchObject([
      { runId: 'cut', status: 'cancelled' },
      { runId: 'done', status: 'completed' },
    ]);
    expect(stage.sandbox.control.runCounts()).toEqual({ done: 1, cut: 1 });
  });
});

describe('a run', () => {
  test('can be waited for, described and read from its transcript, and all of them agree on what it used', async () => {
    const { ask, run } = await connect();
    const answer = await run(work('k'));
    expect(await ask('agent.wait', { runId: 'k', timeoutMs: 10 })).toMatchObject({ status: 'ok', endedAt: expect.any(Number) as number });
    const { agentMeta } = (answer['result'] as { meta: { agentMeta: { usage: { input: number; output: number }; costUsd: number } } }).meta;
    const { session } = (await ask('sessions.describe', { key })) as { session: Json };
    expect(session).toMatchObject({
      status: 'done',
      lastRunId: 'k',
      inputTokens: agentMeta.usage.input,
      outputTokens: agentMeta.usage.output,
      estimatedCostUsd: agentMeta.costUsd,
    });
    const { messages } = (await ask('chat.history', { sessionKey: key })) as {
      messages: { role: string; usage?: { input: number }; __openclaw: Json }[];
    };
    expect(messages[0]).toMatchObject({ role: 'user', __openclaw: { idempotencyKey: 'k:user' } });
    expect(messages.reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0)).toBe(agentMeta.usage.input);
  });

  test('may be stopped by its own connection, its own device or an administrator, and by nobody else', async () => {
    stage.sandbox.control.set({ hang: true });
    const device = deviceOf(newDeviceKey());
    const own = await connect({ deviceIdentity: device, hostDeps: deviceProofs });
    const stranger = await connect();
    const strangeDevice = await connect({ deviceIdentity: deviceOf(newDeviceKey()), hostDeps: deviceProofs });
    const sameDevice = await connect({ deviceIdentity: device, hostDeps: deviceProofs });
    const admin = await connect({ scopes: ['operator.read', 'operator.write', 'operator.admin'] });
    for (const [index, method, friend] of [
      [0, 'sessions.abort', own],
      [1, 'sessions.abort', sameDevice],
      [2, 'chat.abort', admin],
    ] as const) {
      const runId = `k${index}`;
      const ended = own.run(work(runId));
      await vi.waitFor(() => expect(stage.sandbox.control.runCounts()[runId]).toBe(1));
      for (const other of [stranger, strangeDevice])
        await expect(other.ask('sessions.abort', { key, runId })).rejects.toThrow('unauthorized');
      expect(await friend.ask(method, method === 'chat.abort' ? { sessionKey: key, runId } : { key, runId })).toEqual({
        ok: true,
        abortedRunId: runId,
        status: 'aborted',
      });
      expect(await ended).toMatchObject({ status: 'timeout', summary: 'aborted', stopReason: 'rpc' });
      expect(await own.ask('agent.wait', { runId, timeoutMs: 10 })).toMatchObject({ status: 'error', stopReason: 'rpc' });
    }
    expect(await own.ask('sessions.abort', { key })).toEqual({ ok: true, abortedRunId: null, status: 'no-active-run' });
  });

  test('ends at the time limit that was asked for', async () => {
    stage.sandbox.control.set({ hang: true });
    const { run } = await connect();
    expect(await run(work('k', { timeout: 1 }))).toMatchObject({
      status: 'timeout',
      stopReason: 'timeout',
      timeoutPhase: 'provider',
      result: { payloads: [{ isError: true }] },
    });
  });

  test('waits for the run before it in the same session, while eight others go on', async () => {
    stage.sandbox.control.set({ hang: true });
    const { ask, run } = await connect();
    const runs = Array.from({ length: 9 }, (_, index) => run(work(`k${index}`, { sessionKey: `agent:lead-generation:s${index}` })));
    runs.push(run(work('same', { sessionKey: 'agent:lead-generation:s0' })));
    await vi.waitFor(() => expect(Object.keys(stage.sandbox.control.runCounts())).toHaveLength(8));
    await vi.waitFor(async () => {
      const { tasks } = (await ask('tasks.list', { status: 'queued' })) as { tasks: { runId: string }[] };
      expect(tasks.map(({ runId }) => runId).toSorted()).toEqual(['k8', 'same']);
    });
    for (const runId of ['same', ...Array.from({ length: 9 }, (_, index) => `k${index}`)]) await ask('sessions.abort', { runId });
    await Promise.all(runs);
    expect(stage.sandbox.control.runCounts()).not.toHaveProperty('same');
  });

  test('of an agent may be heard by those alone who follow it, its tool calls only by those who asked for them', async () => {
    const scoped = ['session-scoped-events'];
    const follower = await connect({ caps: [...scoped, 'tool-events'] });
    const plainFollower = await connect({ caps: scoped });
    const bystander = await connect({ caps: scoped });
    const unscoped = await connect({ caps: ['tool-events'] });
    await follower.ask('sessions.messages.subscribe', { key: key.toUpperCase() });
    await plainFollower.ask('sessions.messages.subscribe', { key });
    const dispatcher = await connect({ caps: [...scoped, 'tool-events'] });
    await dispatcher.run(work('k'));
    await bystander.ask('health');
    const heard = ({ events }: Connected) =>
      [
        ...new Set(events.map(({ event, payload }) => (event === 'agent' ? `agent ${(payload as { stream: string }).stream}` : event))),
      ].toSorted();
    const all = ['agent assistant', 'agent item', 'agent lifecycle', 'chat', 'session.message', 'task'];
    expect(heard(follower)).toEqual([...all, 'agent tool'].toSorted());
    expect(heard(plainFollower)).toEqual(all);
    expect(heard(dispatcher)).toEqual(['agent tool', 'task']);
    expect(heard(bystander)).toEqual(['task']);
    expect(heard(unscoped)).toEqual(['agent assistant', 'agent item', 'agent lifecycle', 'chat', 'task']);
  });
});

describe('over HTTP', () => {
  const call = (path: string, some: RequestInit = {}) =>
    fetch(stage.sandbox.url.replace('ws', 'http') + path, { headers: { authorization: `Bearer ${stage.sandbox.token}` }, ...some });

  test('it says whether it is ready', async () => {
    expect((await call('/healthz', { headers: {} })).status).toBe(200);
    expect((await call('/readyz', { headers: {} })).status).toBe(200);
    stage.sandbox.control.set({ refuse: 'starting' });
    expect((await call('/readyz', { headers: {} })).status).toBe(503);
  });

  test('another process counts runs and makes things go wrong, with the token only', async () => {
    await (await connect()).run(work('k'));
    expect(await (await call('/sandbox/runs')).json()).toEqual({ runs: { k: 1 } });
    const set = await call('/sandbox/faults', {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.sandbox.token}` },
      body: JSON.stringify({ modelError: 'boom' }),
    });
    expect(await set.json()).toMatchObject({ modelError: 'boom' });
    await expect((await connect()).run(work('k2'))).rejects.toThrow('boom');
    expect((await call('/sandbox/faults', { method: 'POST', body: '{"colour":1}' })).status).toBe(400);
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) expect((await call('/sandbox/runs', { headers })).status).toBe(401);
    expect((await call('/nothing')).status).toBe(404);
  });

  test('counts of runs outlive the process', async () => {
    await (await connect()).run(work('k'));
    expect((await call('/sandbox/restart', { method: 'POST' })).status).toBe(200);
    expect(await (await call('/sandbox/runs')).json()).toEqual({ runs: { k: 1 } });
  });
});
