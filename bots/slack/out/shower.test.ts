// Slack takes fifty edits a minute in a workspace, whatever its channels are: what is over is shown, and steps take what is left.

import { expect, test, vi } from 'vitest';
import type { AgentOutcome, AgentStep } from '#core/ports/agents.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { slackStage } from '#core/testing/stages/slack-stage.ts';
import { readable } from '../testing/stage.ts';

const CHANNELS = 6;
const STEPS = 30;

test('in six channels with steps all the time, each post says that its task is done within seconds of its end, and Slack refuses no edit', async () => {
  const clock = clockByHand();
  const runs = new Map<number, { step: (step: AgentStep) => void; end: (outcome: AgentOutcome) => void }>();
  const agents = agentsThat((job, watch) => {
    const { promise, resolve } = Promise.withResolvers<AgentOutcome>();
    runs.set(job.quantity!, { step: (step) => watch.step(step), end: resolve });
    return promise;
  });
  const { people, core, goingOn } = await slackStage({ clock, agents, tierFactor: 1 });
  // Where the app is no agent, work is shown by edits alone.
  await people.team('T1', { agent: false });
  const channels = Array.from({ length: CHANNELS }, (_, i) => `C1${i}`);
  const threads = new Map<string, string>();
  for (const [i, channel] of channels.entries()) {
    await people.channel('T1', channel, { name: `sales-${i}` });
    threads.set(channel, (await people.say(channel, `@impacter find me ${i + 1} leads in Miami`, { from: 'U1' })).thread);
    await goingOn(async () => expect(runs.size).toBe(i + 1));
  }
  const first = async (channel: string) => {
    const [post] = (await people.messages(channel, threads.get(channel)!)).filter(({ isBot }) => isBot);
    return readable(post!.blocks).split('\n')[0];
  };
  for (let i = 0; i < STEPS; i++) {
    for (const { step } of runs.values()) step({ id: String(i), title: `Page ${i}`, state: 'running' });
    await vi.waitFor(async () => {
      const { rows } = await core.store.money.query<{ count: number }>(
        { text: `SELECT count(*)::int AS count FROM task_events WHERE kind = 'step'` },
        [],
      );
      expect(rows[0]!.count).toBe((i + 1) * CHANNELS);
    });
    clock.forward(1_000);
  }
  for (const [leads, { end }] of runs) end(done('Here.', [csvOf('leads.csv', leads)]));
  const endedMs = clock.now().getTime();
  await goingOn(async () => expect(await Promise.all(channels.map(first))).toEqual(channels.map(() => '● Done')), 250);
  const edits = await people.calls('chat.update');
  expect(edits.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  // Steps were shown too.
  expect(edits.length).toBeGreaterThan(2 * CHANNELS);
  expect(clock.now().getTime() - endedMs).toBeLessThan(30_000);
});
