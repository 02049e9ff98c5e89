// Whatever Slack makes of our posts, each request has one visible answer; and the app may read Slack as seldom as one that is
// distributed outside the Marketplace.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openSlackStage } from '#core/testing/stages/slack-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const clock = clockByHand();
/** Some work goes on until it may end, by how much is asked for. */
const gates = new Map([1, 20, 21, 22].map((quantity) => [quantity, Promise.withResolvers<void>()]));
const agents = agentsThat(async ({ quantity }) => {
  await gates.get(quantity ?? 0)?.promise;
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
const slack = forAll(() => openSlackStage({ clock, agents, limited: true, historyEveryMs: 60_000 }), 60_000);
const once = (count: number) => [expect.stringMatching(/^On it/), expect.stringMatching(new RegExp(`^Done: ${count} leads`))];

test('15 requests of one person in a thread are done in order, and each is told how many go first', async () => {
  const { say, answers, goingOn } = slack();
  const thread = await say('find me 1 lead in Miami');
  for (let count = 2; count <= 15; count++) await say(`find me ${count} leads in Miami`, thread);
  await goingOn(async () => expect(await answers(thread)).toHaveLength(15), 200);
  const places = (await answers(thread)).map((words) => /^(On it|Queued behind \d+)/.exec(words)?.[0]);
  expect(places).toEqual(['On it', ...Array.from({ length: 14 }, (_, i) => `Queued behind ${i + 1}`)]);
  gates.get(1)!.resolve();
  await goingOn(async () => expect(await answers(thread)).toHaveLength(30), 200);
  const results = (await answers(thread)).flatMap((words) => /^Done: (\d+)/.exec(words)?.[1] ?? []);
  expect(results.map(Number)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
}, 30_000);

test.each(['answer-lost', 'cut', 'broken', 'broken-after', 'busy', 'silent'] as const)(
  'a post that ends “%s” is seen once, and so is the next one',
  async (fault) => {
    const { people, say, answers, goingOn } = slack();
    await people.next('chat.postMessage', fault);
    const thread = await say('find me 2 leads in Miami');
    await goingOn(async () => expect(await answers(thread)).toEqual(once(2)), 2_000);
  },
);

test('while Slack is away for ten minutes nothing is lost, and what was done meanwhile is said once it is back', async () => {
  const { core, say, answers, answered, goingOn, setDown } = slack();
  const thread = await say('find me 20 leads in Miami');
  await answered(thread, /^On it/);
  await setDown(true);
  gates.get(20)!.resolve();
  const { letter, task } = core.store.prisma;
  await vi.waitFor(async () => expect(await task.count({ where: { quantity: 20, status: 'completed' } })).toBe(1));
  const backAt = clock.now().getTime() + 10 * 60_000;
  await vi.waitFor(async () => {
    clock.forward(60_000);
    expect(await letter.count({ where: { state: { notIn: ['sent', 'dead'] }, trouble: { not: null } } })).toBe(1);
    expect(clock.now().getTime()).toBeGreaterThan(backAt);
  });
  await setDown(false);
  await goingOn(async () => expect(await answers(thread)).toEqual(once(20)));
});

test('without its echo a lost post is found among a thousand others, and Slack is read once a minute', async () => {
  const { people, say, answers, answered, goingOn } = slack();
  const threads = [await say('find me 21 leads in Miami'), await say('find me 22 leads in Boston')] as const;
  for (const thread of threads) await answered(thread, /^On it/);
  await people.hook({ url: null });
  const before = (await people.calls('conversations.replies')).length;
  for (const [i, thread] of threads.entries()) {
    await people.next('chat.postMessage', 'answer-lost');
    gates.get(21 + i)!.resolve();
    await answered(thread, /^Done/);
  }
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => people.say('C1', `note ${i}`, { from: 'U2', thread: threads[i % 2]! })));
  const open = () => slack().core.store.prisma.letter.count({ where: { state: { not: 'sent' } } });
  await goingOn(async () => expect(await open()).toBe(0), 5_000);
  for (const [i, thread] of threads.entries()) expect(await answers(thread)).toEqual(once(21 + i));
  const reads = (await people.calls('conversations.replies')).slice(before).map(({ at }) => Date.parse(at));
  expect(reads).toHaveLength(2);
  expect(reads[1]! - reads[0]!).toBeGreaterThanOrEqual(60_000);
}, 30_000);
