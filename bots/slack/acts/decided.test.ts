// Once something is decided, everybody sees what, and its buttons are gone. Each lead costs a credit, and more than ten need approval.

import type { TaskId } from '#core/domain/ids.ts';
import { beforeAll, expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { agentsThat, csvOf, done, someUsage } from '#core/testing/stages/agents-that.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';
import { readable } from '../testing/stage.ts';
import { letterKeyOf } from './decided.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }, _watch, signal) => {
  if (quantity === 4) return { kind: 'failed', reason: 'no luck', usage: someUsage };
  if (quantity === 9) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
const world = forAll(() => openProduct({ clock, agents }), 60_000);

beforeAll(async () => {
  await world().app.privacy.setTeamSettings(world().owner, { confirmAbove: '10000000' });
});

/** The post that offers this, in a thread where Ann asked. */
async function offered(request: string, act: string) {
  const { people, say } = world();
  const thread = await say(request);
  return vi.waitFor(async () => {
    const { messages } = await people.seen('C1', 'U1', { thread });
    const post = messages.find(({ buttons }) => buttons.some(({ value }) => value.startsWith(`${act}:`)));
    if (post === undefined) throw new Error(`nothing offers to ${act}`);
    const button = (name: string) => post.buttons.find(({ value }) => value.startsWith(`${name}:`))!.value;
    return { thread, post, button, press: (name: string, from = 'U1') => people.press('C1', post.ts, button(name), from) };
  });
}

/** As everybody sees it, with what can be pressed. */
async function looks(thread: string, ts: string): Promise<{ text: string; acts: string[] }> {
  const { messages } = await world().people.seen('C1', 'U2', { thread });
  const post = messages.find((each) => each.ts === ts)!;
  return { text: readable(post.blocks), acts: post.buttons.filter(({ url }) => url === null).map(({ value }) => value.split(':')[0]!) };
}

test.each([
  ['Approve', 'find me 20 leads', 'approve', 'approve', 'Approved by Ann.'],
  ['Cancel', 'find me 21 leads', 'approve', 'cancel', 'Canceled by Ann.'],
  ['Try again', 'find me 4 leads', 'retry', 'retry', 'Run again by Ann.'],
  ['Run again', 'find me 5 leads', 'good', 'retry', 'Run again by Ann.'],
])('after %s was pressed below “%s”, the post says so and no longer offers it', async (_, request, offer, act, words) => {
  const { thread, post, press } = await offered(request, offer);
  const before = await looks(thread, post.ts);
  await press(act);
  const over = act === 'retry' ? ['retry'] : ['approve', 'change', 'cancel'];
  await vi.waitFor(async () => {
    const now = await looks(thread, post.ts);
    expect([now.text.includes(words), now.acts]).toEqual([true, before.acts.filter((each) => !over.includes(each))]);
    // All else stays.
    const rest = (text: string) => text.split('\n').filter((line) => line !== words && !line.startsWith('['));
    expect(rest(now.text)).toEqual(rest(before.text));
  });
});

test('a request that was changed in a form says so where it stood', async () => {
  const { people } = world();
  const { thread, post, press } = await offered('find me 22 leads in Miami', 'change');
  await press('change');
  const form = await vi.waitFor(async () => (await people.form('T1', 'U1')) ?? Promise.reject(new Error('no form yet')));
  await people.submit(form.id, { text: 'find me leads in Boston', count: '30' }, 'U1');
  await vi.waitFor(async () => {
    const { text, acts } = await looks(thread, post.ts);
    expect([text, acts]).toEqual([expect.stringMatching(/^… Start this task\?[^]*Changed by Ann\. The changed request is below\.$/), []]);
    // It is still known as its letter, or it would be posted again by whoever does not know yet that it was.
    const now = (await people.messages('C1', thread)).find(({ ts }) => ts === post.ts)!;
    expect(letterKeyOf(now.blocks[0]!.block_id)).not.toBeNull();
  });
});

test('somebody who may not press is told alone, and the post stays as it is', async () => {
  const { told } = world();
  const { thread, post, press } = await offered('find me 23 leads', 'approve');
  const before = await looks(thread, post.ts);
  await press('approve', 'U2');
  await vi.waitFor(async () => expect((await told('U2', thread)).at(-1)).toContain('somebody else’s request'));
  expect(await looks(thread, post.ts)).toEqual(before);
});

test.each([
  ['approved in the portal', 25, async (taskId: TaskId) => void (await world().app.tasks.approve(world().owner, taskId)), /^✓ Approved/],
  ['canceled in the portal', 26, async (taskId: TaskId) => void (await world().app.tasks.cancel(world().owner, taskId)), /^● Canceled/],
  ['left until it expires', 27, async () => clock.forward(25 * 60 * 60_000), /^✓ Expired|^● Expired/],
])('a request that is %s has no buttons any more, and says so, although nobody pressed one', async (_, count, decide, words) => {
  const { owner, core, goingOn } = world();
  const { thread, post, button } = await offered(`find me ${count} leads`, 'approve');
  const taskId = button('approve').split(':')[1]! as TaskId;
  await core.store.prisma.task.update({ where: { id: taskId }, data: { userId: owner.userId } });
  await decide(taskId);
  await goingOn(async () => {
    const { text, acts } = await looks(thread, post.ts);
    expect([text, acts]).toEqual([expect.stringMatching(words), []]);
    expect(text).toContain(`${count} leads`);
  });
  await goingOn(async () => expect(await core.store.prisma.approvalPost.count({ where: { taskId } })).toBe(0));
});

test('what a press decided keeps the name of whoever pressed, however long after', async () => {
  const { core, goingOn } = world();
  const { thread, post, button, press } = await offered('find me 28 leads', 'approve');
  await press('approve');
  await vi.waitFor(async () => expect((await looks(thread, post.ts)).text).toContain('Approved by Ann.'));
  const taskId = button('approve').split(':')[1]!;
  await goingOn(async () => expect(await core.store.prisma.approvalPost.count({ where: { taskId } })).toBe(0));
  clock.forward(60_000);
  await vi.waitFor(async () => expect((await world().tasks(thread)).at(-1)).toContain('completed'));
  expect((await looks(thread, post.ts)).text).toContain('Approved by Ann.');
});

test.each([
  ['it was approved in the portal', null, 'Approved by Ann.'],
  ['it has expired', 'Nobody approved this request', 'xpired'],
])('a button that was left when %s is answered, and then it goes', async (how, sentence, words) => {
  const { app, owner, core, told } = world();
  const { thread, post, button, press } = await offered(`find me ${how.length} leads`, 'approve');
  const taskId = button('approve').split(':')[1]!;
  if (how.includes('portal')) await core.store.prisma.task.update({ where: { id: taskId }, data: { userId: owner.userId } });
  if (how.includes('portal')) await app.tasks.approve(owner, taskId);
  else clock.forward(25 * 60 * 60_000);
  await press('approve');
  if (sentence !== null) await vi.waitFor(async () => expect((await told('U1', thread)).at(-1)).toContain(sentence));
  await vi.waitFor(async () => expect(await looks(thread, post.ts)).toMatchObject({ text: expect.stringContaining(words), acts: [] }));
});

test.each([
  ['Approve', 'find me 24 leads', 'approve', 'Already approved'],
  ['Try again', 'find me 4 leads in Miami', 'retry', 'Already run again'],
])(
  'who presses %s where an edit is seen late is told that it was pressed before, and nothing starts again',
  async (_, request, act, sentence) => {
    const { tasks, told } = world();
    const { thread, post, press } = await offered(request, act);
    await press(act);
    await vi.waitFor(async () => expect((await looks(thread, post.ts)).acts).toEqual([]));
    await vi.waitFor(async () => expect((await tasks(thread)).at(-1)).toMatch(/completed|failed/));
    const before = await tasks(thread);
    await press(act);
    await vi.waitFor(async () => expect((await told('U1', thread)).at(-1)).toContain(sentence));
    expect(await tasks(thread)).toEqual(before);
  },
);
