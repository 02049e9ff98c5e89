// Tasks as people look them up: one by its id, or the team's in a list.

import { SOMEBODY, type Acting } from '#core/domain/acting.ts';
import type { Actor } from '#core/domain/actor.ts';
import { asNumber } from '#core/domain/credits/credits.ts';
import { isId, type ConversationId, type TaskId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { statusWords, viewTask, type TaskView } from '#core/domain/tasks/task-view.ts';
import { isOver, type TaskStatus } from '#core/domain/tasks/task.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { firstLine } from '#core/domain/text/text.ts';
import type { TaskFilter } from '#core/store/tasks/task-lists.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Core } from '../runtime/core.ts';

/** Amounts are credits. */
export interface TaskLine {
  readonly id: TaskId;
  readonly conversationId: ConversationId;
  readonly title: string;
  readonly status: TaskStatus;
  readonly statusWords: string;
  readonly type: AgentType;
  readonly platform: Platform;
  readonly who: string;
  readonly creditsUsed: number;
  readonly creditsHeld: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

const PAGE_MOST = 100;

/** Somebody else's task and one that never was are the same to a stranger. */
export async function findTask(core: Core, actor: Pick<Acting, 'teamId'>, taskId: string): Promise<StoredTask> {
  const task = isId(taskId) ? await core.store.tasks.find(actor.teamId, taskId) : null;
  if (task === null) throw refuse('task.not-found');
  return task;
}

export async function showTask(core: Core, actor: Actor, taskId: string): Promise<TaskView> {
  return viewTask(await findTask(core, actor, taskId), replyContext(core));
}

/** Newest first. `before` is the last id of the page before. */
export async function history(core: Core, actor: Actor, { before, limit }: { before?: string; limit: number }): Promise<TaskView[]> {
  if (before !== undefined && !isId(before)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a task id' }] });
  const tasks = await core.store.tasks.list(actor.teamId, before ?? null, Math.min(Math.max(limit, 1), PAGE_MOST));
  return tasks.map((task) => viewTask(task, replyContext(core)));
}

/** Whose tasks a list can be narrowed down to. */
export async function people(core: Core, actor: Actor): Promise<{ key: string; name: string }[]> {
  mustBeAllowed(actor, 'tasks.see');
  return core.store.taskLists.people(actor.teamId);
}

/** The team's tasks, newest first. `next` is the `before` of the next page; null on the last. */
export async function list(core: Core, actor: Actor, { limit, ...filter }: TaskFilter & { limit: number }) {
  mustBeAllowed(actor, 'tasks.see');
  const { before, person } = filter;
  if (before !== undefined && !isId(before)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a task id' }] });
  if (person !== undefined && !isPerson(person)) return { tasks: [], next: null };
  const most = Math.min(Math.max(limit, 1), PAGE_MOST);
  // One more than wanted tells whether there is another page.
  const found = await core.store.taskLists.list(actor.teamId, filter, most + 1);
  const tasks = found.slice(0, most).map((task): TaskLine => ({
    id: task.id,
    conversationId: task.conversationId,
    title: firstLine(task.requestText),
    status: task.status,
    statusWords: statusWords[task.status],
    type: task.type,
    platform: task.platform,
    who: task.who ?? SOMEBODY,
    creditsUsed: asNumber(task.creditsUsed),
    creditsHeld: isOver(task.status) ? 0 : asNumber(task.held),
    createdAt: task.createdAt.toISOString(),
  }));
  return { tasks, next: found.length > most ? tasks.at(-1)!.id : null };
}

function isPerson(key: string): boolean {
  const [kind, id = ''] = key.split(':', 2);
  return (kind === 'user' || kind === 'identity') && isId(id);
}
