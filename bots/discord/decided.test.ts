// Posts that ask for approval have no buttons any more once that is decided, wherever it was.

import { expect, test } from 'vitest';
import type { TaskId } from '#core/domain/ids.ts';
import { choiceId, type ChoiceAct } from '#core/domain/messages/choice.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { at, openProduct, textOf } from './testing/open-product.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
const discord = forAll(async () => {
  const opened = await openProduct({ clock, agents });
  await opened.app.privacy.setTeamSettings(opened.owner, { confirmAbove: '10000000' });
  const account = { platform: 'discord', workspace: null, space: null, externalId: at.ann, name: 'Ann' };
  const identity = await opened.core.store.people.rememberAccount(account as never);
  await opened.core.store.prisma.identity.update({ where: { id: identity }, data: { userId: opened.owner.userId } });
  return opened;
}, 60_000);

interface Waiting {
  readonly thread: string;
  readonly taskId: TaskId;
  press(act: ChoiceAct): Promise<void>;
}

const decisions: readonly (readonly [string, (waiting: Waiting) => Promise<unknown>, RegExp])[] = [
  ['approved in the portal', ({ taskId }) => discord().app.tasks.approve(discord().owner, taskId), /^### \S Approved/],
  ['canceled in the portal', ({ taskId }) => discord().app.tasks.cancel(discord().owner, taskId), /^### \S Canceled/],
  ['left until it expires', ({ taskId }) => expire(taskId), /^### \S Expired/],
  ['approved in Discord', ({ press }) => press('approve'), /^### \S Approved/],
];

test.each(decisions)('a request that is %s has no buttons in Discord any more, and says so', async (_, decide, words) => {
  const { people, goingOn } = discord();
  const waiting = await asked();
  await decide(waiting);
  await goingOn(async () => expect(textOf(await approvalIn(waiting.thread))).toMatch(words));
  const post = await approvalIn(waiting.thread);
  expect([post.buttons.filter(({ disabled }) => !disabled), textOf(post)]).toEqual([[], expect.stringMatching(/Quantity[^]*20 leads/)]);
  await goingOn(async () => expect(await discord().core.store.prisma.approvalPost.count()).toBe(0));
  await goingOn(async () => expect((await people.messages(waiting.thread)).filter(({ isBot }) => isBot).length).toBeGreaterThan(1));
});

test('where Discord does not take the edit, it is tried again; a post that is gone is left', async () => {
  const { people, goingOn, app, owner, core } = discord();
  const [one, other] = [await asked(), await asked()];
  const edit = 'PATCH /channels/:channel/messages/:message';
  await people.next(edit, 'broken');
  await app.tasks.cancel(owner, one.taskId);
  await goingOn(async () => expect(textOf(await approvalIn(one.thread))).toMatch(/^### \S Canceled/));
  await people.remove([(await approvalIn(other.thread)).id]);
  await app.tasks.cancel(owner, other.taskId);
  await goingOn(async () => expect(await core.store.prisma.approvalPost.count()).toBe(0));
  expect((await people.calls(edit)).filter(({ status }) => status === 404)).toHaveLength(1);
});

async function asked(): Promise<Waiting> {
  const { say, goingOn, core, people } = discord();
  const thread = await say('find me 20 leads in Miami');
  // Its post is confirmed: only then can it be edited.
  const row = async () =>
    (await core.store.prisma.approvalPost.findMany({ where: { task: { conversation: { threadRef: { endsWith: thread } } } } }))[0];
  await goingOn(async () => expect(await row()).toBeDefined());
  const taskId = (await row())!.taskId as TaskId;
  return {
    thread,
    taskId,
    async press(act) {
      const { id, buttons } = await approvalIn(thread);
      const found = buttons.find(({ customId }) => customId.startsWith(choiceId(act, taskId)))!;
      await people.press(id, found.customId, at.ann);
    },
  };
}

/** The first post of ours in a thread. */
async function approvalIn(thread: string) {
  return (await discord().people.messages(thread)).find(({ isBot, type }) => isBot && type !== 21)!;
}

async function expire(taskId: TaskId): Promise<void> {
  const { core, goingOn } = discord();
  await core.store.money.query({ text: 'UPDATE tasks SET deadline_at = $2 WHERE id = $1' }, [taskId, clock.now()]);
  await goingOn(async () =>
    expect(await core.store.prisma.task.findUnique({ where: { id: taskId } })).toMatchObject({ status: 'canceled' }),
  );
}
