// What people complained of at other products, seen through the board.

import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBoardStage } from '#core/testing/stages/board-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { limits } from './board/render.ts';

const HOUR_MS = 60 * 60_000;
const clock = clockByHand();
const customers = { name: '고객 명단.csv', mime: 'text/csv', bytes: Buffer.from('name\nAda\n') };

/** Thirteen thousand characters in 1,300 words that can be counted. */
const longAnswer = Array.from({ length: 1_300 }, (_, i) => `word${String(i).padStart(5, '0')}`).join(' ');
const longCell = 'x'.repeat(11_000);
const sparse = fileOf('sparse.csv', `name,city,note\nAda,,\n,,${longCell}\n,Miami,\n`);

const finish = Promise.withResolvers<void>();
/** The files that agents were given, as `name: text`. */
const given: string[] = [];
const agents = agentsThat(async ({ quantity, inputs }) => {
  given.push(...(await Promise.all(inputs.map(async ({ name, open }) => `${name}: ${String(await buffer(await open()))}`))));
  if (quantity === 4) await finish.promise;
  if (quantity === 5) return done(longAnswer, [sparse]);
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
// A lease that outlasts the work of the command below, whose time passes at once.
const stage = forAll(() => openBoardStage({ agents, clock, portal: true, timings: { leaseMs: HOUR_MS } }));

test('a file with a Korean name that was attached 25 hours before we hear of it reaches the agent under its name', async () => {
  const { people, url } = stage();
  await people.hook({ url: null });
  const { thread } = await people.say('general', 'find me 3 leads like these', { files: [customers] });
  clock.forward(25 * HOUR_MS);
  await people.hook({ url: `${url}/board/events` });
  await vi.waitFor(async () => expect(await posts(thread)).toContainEqual(expect.stringMatching(/^\*\*✓ Done: 3 leads/)));
  expect(given).toEqual([`고객 명단.csv: name\nAda\n`]);
});

test('a file that its platform does not hand over is named within minutes, and nothing is charged', async () => {
  const { people, owner, app } = stage();
  const { available } = await app.credits.balance(owner);
  for (let i = 0; i < 20; i++) await people.nextFile('broken');
  const { thread } = await people.say('general', 'find me 6 leads like these', { files: [customers] });
  await stage().goingOn(async () => expect(await posts(thread)).toContainEqual(expect.stringContaining('고객 명단.csv: ')), 15_000);
  expect(await app.credits.balance(owner)).toMatchObject({ available, inUse: '0' });
  expect(given).toHaveLength(1);
});

test('13,000 characters and a table with empty cells and one of 11,000 characters arrive: what a post cannot hold is one press away', async () => {
  const { people, owner, app } = stage();
  const { thread } = await people.say('general', 'find me 5 leads in Miami');
  await vi.waitFor(async () => expect(await posts(thread)).toContainEqual(expect.stringMatching(/^\*\*✓ Done/)));
  const answer = (await posts(thread)).filter((text) => !text.includes('On it'));
  for (const text of answer) expect(text.length).toBeLessThanOrEqual(limits.post);
  expect(answer.join('\n')).toContain('word00000 word00001');
  expect(answer.join('\n')).toMatch(/^\| Ada/m);
  const [, task] = /Read the full text: \S+\/tasks\/([0-9a-f-]+)/.exec(answer.join('\n'))!;
  expect((await app.tasks.get(owner, task!)).result!.summary === longAnswer).toBe(true);
  const file = await fetch(/http\S+\/f\/\S+/.exec(answer.join('\n'))![0]);
  expect(await file.text()).toBe(`name,city,note\nAda,,\n,,${longCell}\n,Miami,\n`);
  expect(await app.messages.undeliveredCount(owner)).toBe(0);
});

test('a command whose work takes twenty minutes is answered in its thread, long after the platform’s own answer expired', async () => {
  const { people } = stage();
  await people.command('general', 'ask', 'find me 4 leads in Miami');
  const root = await vi.waitFor(async () => {
    const found = (await people.messages('general')).find(({ id, thread, from }) => from === null && id === thread);
    return found ?? Promise.reject(new Error('nothing was posted yet'));
  });
  await vi.waitFor(() => expect(agents.jobs.at(-1)?.quantity).toBe(4));
  clock.forward(20 * 60_000);
  finish.resolve();
  await vi.waitFor(async () => expect((await posts(root.thread)).at(-1)).toMatch(/^\*\*✓ Done: 4 leads/));
});

async function posts(thread: string): Promise<string[]> {
  return (await stage().people.messages('general', thread)).filter(({ from }) => from === null).map(({ text }) => text);
}
