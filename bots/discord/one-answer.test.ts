// Whatever becomes of the connection to Discord, each request has one visible answer.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { at, openProduct } from './testing/open-product.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
// Its bots are processes of their own, which the tests start and stop.
const discord = forAll(() => openProduct({ clock, agents, settings: { ROLES: 'web,worker' }, bots: 1 }), 60_000);
const once = (count: number) => [expect.stringMatching(/… On it|● Done/), expect.stringMatching(new RegExp(`✓ Done: ${count} leads?`))];

test('a mention is answered in its thread: what is being done, and the result', async () => {
  const { say, answers, goingOn } = discord();
  const thread = await say('find me 3 leads in Miami');
  await goingOn(async () => expect(await answers(thread)).toEqual(once(3)));
});

test('200 requests, while the connection is cut 20 times, 30 sessions are lost and caught up with, and the bot restarts three times: 200 answers, none twice', async () => {
  const { say, answers, goingOn, people, restart, core } = discord();
  const channels = Array.from({ length: 4 }, (_, i) => `13000000000000010${i}`);
  const persons = Array.from({ length: 20 }, (_, i) => `1200000000000001${i < 10 ? '0' : ''}${i}`);
  for (const channel of channels) await people.channel(at.acme, channel, { name: 'busy' });
  for (const id of persons) await people.member(at.acme, { id, name: 'Somebody' });
  const tasksBefore = await core.store.prisma.task.count();
  const identifiesBefore = await people.identifies();
  const threads: string[] = [];
  const ask = async (count: number) => {
    const more = Array.from({ length: count }, (_, i) => {
      const n = threads.length + i;
      return say('find me 2 leads in Miami', { channel: channels[n % 4]!, from: persons[n % 20]! });
    });
    threads.push(...(await Promise.all(more)));
  };
  const connected = (least = 0) =>
    goingOn(async () => {
      expect(await people.identifies()).toBeGreaterThanOrEqual(least);
      expect(await people.connections()).toBe(1);
    }, 5_000);
  const loses = (how: object) => async () => {
    const before = await people.identifies();
    await people.gateway(how);
    await ask(2);
    await connected(before + 1);
  };
  const cut = async () => {
    await people.gateway({ cut: true });
    await ask(5);
  };
  const troubles = [
    ...Array.from({ length: 28 }, () => loses({ cut: true, forget: true })),
    loses({ op9: false }),
    loses({ op9: false }),
    ...Array.from({ length: 20 }, () => cut),
  ];
  for (const [i, trouble] of troubles.entries()) {
    await trouble();
    if (i % 15 === 5) await restart(() => ask(2));
    await connected();
  }
  await ask(200 - threads.length);
  const { task, letter } = core.store.prisma;
  await goingOn(async () => expect(await task.count({ where: { status: 'completed' } })).toBe(tasksBefore + 200), 1_000, 120_000);
  await goingOn(async () => expect(await letter.count({ where: { state: { not: 'sent' } } })).toBe(0), 1_000, 120_000);
  for (const thread of threads) expect(await answers(thread)).toEqual(once(2));
  expect(await task.count()).toBe(tasksBefore + 200);
  expect((await people.identifies()) - identifiesBefore).toBeGreaterThanOrEqual(30);
}, 240_000);

test('what is said while no process of the bot runs is answered by the next one', async () => {
  const { say, answers, goingOn, restart } = discord();
  let thread = '';
  await restart(async () => {
    thread = await say('find me 2 leads in Boston', { channel: at.sales });
    clock.forward(9 * 60_000);
  });
  await goingOn(async () => expect(await answers(thread)).toEqual(once(2)));
  await restart(async () => {
    thread = await say('find me 1 lead in Boston', { channel: at.sales });
    // Discord keeps no session for that long.
    clock.forward(11 * 60_000);
  });
  await goingOn(async () => expect(await answers(thread)).toEqual(once(1)));
  await vi.waitFor(async () => expect(await discord().people.connections()).toBe(1));
});

test('a file with a Korean name in a forwarded message, asked about during an outage of a day, reaches the agent', async () => {
  const { people, answers, goingOn, restart, core } = discord();
  const list = { name: '고객 명단.csv', mime: 'text/csv', bytes: Buffer.from('name\n김') };
  const { id: original } = await people.say(at.sales, 'our list', { from: at.bo, files: [list] });
  let thread = '';
  await restart(async () => {
    clock.forward(90 * 60_000);
    thread = (await people.say(at.general, '@impacter find me 2 leads like these', { from: at.ann, forwardOf: original })).id;
    // Its address of then works no more, and neither does one from when it was asked about.
    clock.forward(23.5 * 60 * 60_000);
  });
  await goingOn(async () => expect(await answers(thread)).toEqual(once(2)));
  const files = await core.store.prisma.file.findMany({
    where: { role: 'input', task: { conversation: { threadRef: { endsWith: thread } } } },
  });
  expect(files.map(({ name }) => name)).toEqual([list.name]);
});

test('a gateway that says nothing is left, what was said meanwhile is answered, and readiness and metrics tell of it', async () => {
  const { people, say, answers, goingOn, restart, another } = discord();
  await restart(async () => {
    await people.gateway({ heartbeatMs: 1_000 });
    const bot = await another({ ROLES: 'web,bots' });
    const read = async (path: string) => (await fetch(`${bot.url}${path}`)).text();
    await goingOn(async () => expect(await read('/metrics')).toContain('impacter_discord_gateway_up{shard="0"} 1'));
    // Its session is gone besides, so that the next connection takes a while.
    await people.gateway({ silent: true, forget: true });
    const thread = await say('find me 1 lead in Denver', { channel: at.sales });
    await vi.waitFor(async () =>
      expect(await read('/readyz')).toMatch(/"Discord","ok":false,"trouble":"The gateway [\w ]+\. Reconnecting\."/),
    );
    expect(await read('/metrics')).toContain('impacter_discord_gateway_up{shard="0"} 0');
    await goingOn(async () => expect(await answers(thread)).toEqual(once(1)));
    await vi.waitFor(async () => expect(await read('/readyz')).not.toContain('gateway'));
    await people.gateway({ heartbeatMs: 41_250 });
    await bot.stop();
  });
});
