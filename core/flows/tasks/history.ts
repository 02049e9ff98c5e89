// Tasks as people look them up.

import { isId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { viewTask, type TaskView } from '#core/domain/tasks/task-view.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Actor } from '#core/domain/actor.ts';

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

/** Newest first. `before` is the last id of the page before. */
export async function history(core: Core, actor: Actor, { before, limit }: { before?: string; limit: number }): Promise<TaskView[]> {
  if (before !== undefined && !isId(before)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a task id' }] });
  const tasks = await core.store.tasks.list(actor.teamId, before ?? null, Math.min(Math.max(limit, 1), PAGE_MOST));
  return tasks.map((task) => viewTask(task, replyContext(core)));
}
