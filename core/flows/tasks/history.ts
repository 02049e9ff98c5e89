// What people can look up: their tasks, what was said, and what is left.

import { balanceColour, daysLeftAt } from '#core/domain/credits/balance-colour.ts';
import { amountOf, micro } from '#core/domain/credits/credits.ts';
import { isId, type TeamId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { viewTask, type TaskView } from '#core/domain/tasks/task-view.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { People } from '#core/store/accounts/people.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Pace } from '#core/store/credits/usage.ts';
import type { Core } from '../runtime/core.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { ShownLetter, WalletView } from '../views.ts';

const PAGE_MOST = 100;

/** Somebody else's task and one that never was are the same to a stranger. */
export async function findTask(core: Core, actor: Actor, taskId: string): Promise<StoredTask> {
  const task = isId(taskId) ? await core.store.tasks.find(actor.teamId, taskId) : null;
  if (task === null) throw refuse('task.not-found');
  return task;
}

export async function showTask(core: Core, actor: Actor, taskId: string): Promise<TaskView> {
  return viewTask(await findTask(core, actor, taskId), replyContext(core));
}

export async function history(core: Core, actor: Actor, { before, limit }: { before?: string; limit: number }): Promise<TaskView[]> {
  if (before !== undefined && !isId(before)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a task id' }] });
  const tasks = await core.store.tasks.list(actor.teamId, before ?? null, Math.min(Math.max(limit, 1), PAGE_MOST));
  return tasks.map((task) => viewTask(task, replyContext(core)));
}

export function balance(core: Core, actor: Actor): Promise<WalletView> {
  return balanceOf(core, actor.teamId);
}

export async function balanceOf(core: Core, teamId: TeamId): Promise<WalletView> {
  const [wallet, pace] = await Promise.all([core.store.people.wallet(teamId), core.paces.of(teamId)]);
  return viewWallet(wallet, pace);
}

export function viewWallet({ balance, held, debt, version }: Awaited<ReturnType<People['wallet']>>, pace: Pace): WalletView {
  const available = micro(balance - held);
  return {
    available: amountOf(available),
    inUse: amountOf(micro(held)),
    debt: amountOf(micro(debt)),
    version,
    ...balanceColour({
      available,
      daysLeft: daysLeftAt(available, pace),
      ...(pace.typicalTask !== null && { typicalTask: pace.typicalTask }),
    }),
  };
}

export async function conversation(core: Core, actor: Actor, conversationId: string): Promise<ThreadRef> {
  const threadRef = isId(conversationId) ? await core.store.letters.threadOf(actor.teamId, conversationId) : null;
  if (threadRef === null) throw refuse('conversation.not-found');
  return threadRef;
}

export async function letters(core: Core, actor: Actor, conversationId: string, after: number): Promise<ShownLetter[]> {
  if (!isId(conversationId)) throw refuse('conversation.not-found');
  const said = await core.store.letters.said(actor.teamId, conversationId, after);
  if (said.length === 0) await conversation(core, actor, conversationId); // nothing new, or nothing at all?
  const context = replyContext(core);
  return said.map(({ seq, part, taskId, saying, sentAt }) => ({
    seq,
    part,
    taskId,
    kind: saying.kind,
    reply: replyFor(saying, context),
    at: sentAt.toISOString(),
  }));
}
