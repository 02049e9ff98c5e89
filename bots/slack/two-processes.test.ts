// What one process of the product is told, every one of them knows; and nobody is looked up who did not speak to us.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import type { Adapter } from '../adapter.ts';
import { adapters } from '../adapters.ts';
import { slack } from './adapter.ts';
import { openProduct } from './testing/open-product.ts';

const clock = clockByHand();
const step = new Map<number, () => void>();
const agents = agentsThat(async ({ quantity }, watch, signal) => {
  if (quantity === 9 || quantity === 8) {
    const { promise, resolve } = Promise.withResolvers<void>();
    let steps = 0;
    step.set(quantity, () => {
      steps++;
      watch.step({ id: `${steps}`, title: `Step ${steps}`, state: 'running' });
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
  }
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
const world = forAll(() => openProduct({ clock, agents }), 60_000);

test('a profile that changed is looked up anew by every process, whichever was told of it', async () => {
  const { people, another, tell, envelope, url } = world();
  const other = await another();
  const { botUser } = await people.team('T1');
  let n = 0;
  const ask = async (at: string) => {
    const ts = `1700000400.00000${++n}`;
    expect(await tell(at, envelope({ type: 'message', channel: 'C1', user: 'U2', text: `<@${botUser}> find me 2 leads`, ts }))).toBe(200);
    return ts;
  };
  const lookUps = async () => (await people.calls('users.info')).length;
  for (const at of [url, other.url!]) {
    const ts = await ask(at);
    expect(await world().tasks(ts)).toHaveLength(1);
  }
  const before = await lookUps();
  await people.user('T1', { id: 'U2', name: 'Bo', role: 'guest' });
  expect(await tell(url, envelope({ type: 'user_change', user: { id: 'U2' } }))).toBe(200);
  // A guest may not ask, and the other process knows it.
  await vi.waitFor(async () => {
    const ts = await ask(other.url!);
    expect(await world().tasks(ts)).toEqual([]);
  });
  expect(await lookUps()).toBe(before + 1);
});

test('work that goes on after somebody else’s Stop is shown as going on, whichever process was told of the Stop', async () => {
  const { people, say, tasks, another, goingOn, envelope, tell } = world();
  // It hears, and edits nothing.
  const hearing: Adapter = {
    ...(slack as Adapter),
    async start(context) {
      const { shower: _, ...started } = await (slack as Adapter).start(context);
      return started;
    },
  };
  const other = await another({}, { adapters: [...adapters.filter(({ platform }) => platform !== 'slack'), hearing] });
  const thread = await say('find me 9 leads in Miami');
  const status = async () => (await people.status('C1', thread))?.status;
  await vi.waitFor(async () => expect([await status(), await tasks(thread)]).toEqual(['processing', ['processing']]));
  await tell(
    other.url!,
    envelope({ type: 'agent_session_stopped', channel: 'C1', user: 'U2', thread_ts: thread, event_ts: `${thread.slice(0, -1)}9` }),
  );
  await vi.waitFor(async () => expect(await status()).toBe('active'));
  await goingOn(async () => {
    step.get(9)!();
    expect(await status()).toBe('processing');
  });
  expect(await tasks(thread)).toEqual(['processing']);
  await people.stop('C1', thread, 'U1');
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual([expect.stringMatching(/canceled|completed/)]));
});

test('whoever writes, edits or deletes in a thread where nobody asked is not looked up', async () => {
  const { people, say } = world();
  await people.user('T1', { id: 'U7', name: 'Kim' });
  const { ts } = await people.say('C1', 'lunch?', { from: 'U7' });
  const reply = await people.say('C1', 'find me 3 leads', { from: 'U7', thread: ts });
  await people.edit('C1', reply.ts, 'find me 4 leads', 'U7');
  await people.delete('C1', reply.ts, 'U7');
  const before = (await people.calls('users.info')).length;
  // In a thread of ours they are.
  const thread = await say('find me 2 leads in Miami');
  await world().answer(thread, /Done/);
  expect((await people.calls('users.info')).length - before).toBeLessThanOrEqual(1);
  await people.say('C1', 'thanks all', { from: 'U7', thread });
  await vi.waitFor(async () => expect((await people.calls('users.info')).length).toBeGreaterThan(before));
});

test('a thread that is muted by way of one process is muted in all of them, and one that is unmuted is heard in all of them at once', async () => {
  const { people, another, say, answer, tell, envelope, url, told } = world();
  const other = await another();
  const thread = await say('find me 2 leads in Miami');
  await answer(thread, /Done/);
  const { botUser } = await people.team('T1');
  let n = 0;
  const say2 = (at: string, text: string) =>
    tell(
      at,
      envelope({
        type: 'message',
        channel: 'C1',
        user: 'U1',
        text,
        thread_ts: thread,
        ts: `${Math.floor(clock.now().getTime() / 1000) + 1}.00010${++n}`,
      }),
    );
  const tasks = async () => (await world().tasks(thread)).length;
  await say2(other.url!, 'find me 3 leads in Boston');
  await vi.waitFor(async () => expect(await tasks()).toBe(2));
  await say2(url, `<@${botUser}> mute`);
  await vi.waitFor(async () => expect((await told('U1', thread)).at(-1)).toContain('Thread muted'));
  // The other process looks at its rules now, and would go by them for ten seconds.
  clock.forward(11_000);
  await say2(other.url!, 'find me 4 leads in Boston');
  expect(await tasks()).toBe(2);
  await say2(url, `<@${botUser}> unmute`);
  await vi.waitFor(async () => expect((await told('U1', thread)).at(-1)).toContain('Thread unmuted'));
  await vi.waitFor(
    async () => {
      await say2(other.url!, 'find me 5 leads in Boston');
      expect(await tasks()).toBeGreaterThan(2);
    },
    { timeout: 5_000 },
  );
});
