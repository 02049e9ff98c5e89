// What agents promise, on any gateway: on the sandbox, and with OPENCLAW_TEST_URL and OPENCLAW_TEST_TOKEN on a real one whose
// agents have the product's names. (Not OPENCLAW_URL: who has that set would run tests on their own gateway unawares.)
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import type { Agents } from '#core/ports/agents.ts';
import { jobOf, stageAgents, watching, type AgentsStage } from '#core/testing/stages/agents-stage.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { newDeviceKey } from './device.ts';
import { createOpenClaw } from './openclaw.ts';

const real = process.env['OPENCLAW_TEST_URL'];
const idle = new AbortController().signal;
const deviceKey = newDeviceKey();

describe(`agents on ${real === undefined ? 'the sandbox' : 'a real gateway'}`, { timeout: 300_000 }, () => {
  let stage: AgentsStage | null = null;
  let agents: Agents;
  let other: Agents;

  beforeAll(async () => {
    if (real === undefined) stage = await stageAgents({ faults: { pace: { stepMs: 40 } } });
    agents = open();
    other = open();
  });
  afterAll(async () => {
    await agents.close();
    await other.close();
    await stage?.close();
  });

  function open() {
    if (stage !== null) return stage.open();
    return createOpenClaw({
      url: real!,
      token: process.env['OPENCLAW_TEST_TOKEN'] ?? '',
      deviceKey,
      gatewayName: 'real',
      clock: systemClock,
      log: quietLog,
    });
  }

  const small = (some: Parameters<typeof jobOf>[0] = {}) =>
    jobOf({
      type: 'general',
      message: 'Reply with one short sentence about tea.',
      quantity: null,
      timeoutMs: real === undefined ? 60_000 : 240_000,
      runId: `contract-${crypto.randomUUID()}`,
      ...some,
    });

  test('a check passes where every kind of agent is there', async () => {
    await agents.check();
  });

  test('a person gets words, and what they took is known', async () => {
    const watch = watching();
    const outcome = await agents.run(small(), watch, idle);
    expect(outcome).toMatchObject({ kind: 'done', text: expect.stringMatching(/\w/) as string });
    expect(outcome.kind === 'done' && outcome.usage.outputTokens).toBeGreaterThan(0);
    expect(watch.told.slice(0, 2)).toEqual(['sending', 'accepted']);
  });

  test('a run that a second process picks up while it goes on ends the same for both', async () => {
    const job = small();
    const sent = Promise.withResolvers<string>();
    const first = agents.run(job, watching({ sending: async ({ bootId }) => sent.resolve(bootId) }), idle);
    const second = other.run({ ...job, phase: 'dispatched', bootId: await sent.promise }, watching(), idle);
    const [one, two] = await Promise.all([first, second]);
    expect(one.kind).toBe('done');
    expect(two).toMatchObject({ kind: 'done', text: one.kind === 'done' && one.text });
    if (stage !== null) expect(stage.sandbox.control.runCounts()[job.runId]).toBe(1);
  });

  test('a person who cancels stops the agent, also from another process than the one that began', async () => {
    stage?.sandbox.control.set({ held: true }); // until it is stopped
    const job = small({ message: 'Write a story of three thousand words about tea.' });
    const sent = Promise.withResolvers<string>();
    const first = agents.run(job, watching({ sending: async ({ bootId }) => sent.resolve(bootId) }), idle);
    const cancel = new AbortController();
    const second = other.run(
      { ...job, phase: 'dispatched', bootId: await sent.promise },
      watching({ accepted: async () => cancel.abort() }),
      cancel.signal,
    );
    expect(await second).toMatchObject({ kind: 'stopped', by: 'signal' });
    expect(await first).toMatchObject({ kind: 'failed', reason: 'It was stopped at the gateway.' });
    stage?.sandbox.control.set({ held: false });
  });

  test('whoever has the wrong token is told so, and nothing is sent: the work waits until somebody mends it', async () => {
    const stranger =
      stage?.open({ token: 'wrong' }) ??
      createOpenClaw({ url: real!, token: 'wrong', deviceKey, gatewayName: 'real', clock: systemClock, log: quietLog });
    const [watch, enough] = [watching(), new AbortController()];
    const running = stranger.run(small(), watch, enough.signal);
    await expect(stranger.check()).rejects.toThrow('AUTH_TOKEN_MISMATCH');
    enough.abort();
    expect(await running).toMatchObject({ kind: 'stopped', by: 'signal' });
    expect(watch.told).toEqual([]);
    await stranger.close();
  });
});
