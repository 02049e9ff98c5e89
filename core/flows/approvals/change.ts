// A person changes a request that waits for their approval: it is canceled, and its words and files go back to them.

import type { Actor } from '#core/domain/actor.ts';
import type { ConversationId, FileId } from '#core/domain/ids.ts';
import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import { UNNAMED_KEPT_MS } from '../files/keep-input.ts';
import type { Core } from '../runtime/core.ts';
import { stop } from '../tasks/control.ts';
import { findTask } from '../tasks/history.ts';

export interface Draft {
  readonly conversationId: ConversationId;
  readonly text: string;
  /** What a new request can name. */
  readonly files: readonly { readonly id: FileId; readonly name: string }[];
  /** Names of files that have to be attached again. */
  readonly missing: readonly string[];
}

/**
 * Cancels a task that waits for approval; its files wait for a new request, as uploads do. Doing it again changes nothing. Only
 * the person who asked can. Rejects with `task.not-found`, `approval.not-yours`, and `task.over` for a task that started or ended
 * in another way.
 */
export async function change(core: Core, actor: Actor, taskId: string): Promise<{ conversationId: ConversationId }> {
  mustBeAllowed(actor, 'tasks.ask');
  const task = await findTask(core, actor, taskId);
  if (task.userId !== actor.userId) throw refuse('approval.not-yours');
  if (task.status === 'awaiting_approval') await stop(core, actor, task.id, { counts: false }).catch(unlessOver);
  const now = await findTask(core, actor, taskId);
  if (!wasNeverStarted(now)) throw refuse('task.over', { status: now.status });
  const at = core.clock.now();
  await core.store.putBack.putBack(
    { taskId: task.id, teamId: actor.teamId, userId: actor.userId },
    at,
    new Date(at.getTime() + UNNAMED_KEPT_MS),
  );
  core.log.info({ taskId: task.id, userId: actor.userId }, 'request taken back to be changed');
  return { conversationId: task.conversationId };
}

/** What `change` gave back to this person; null for any other task. */
export async function draft(core: Core, actor: Actor, taskId: string): Promise<Draft | null> {
  mustBeAllowed(actor, 'tasks.see');
  const task = await findTask(core, actor, taskId);
  if (task.userId !== actor.userId || !wasNeverStarted(task)) return null;
  const files = await core.store.putBack.of(actor.teamId, task.id, core.clock.now());
  return {
    conversationId: task.conversationId,
    text: task.requestText,
    files: files.flatMap(({ id, name }) => (id === null ? [] : [{ id, name }])),
    missing: files.flatMap(({ id, name }) => (id === null ? [name] : [])),
  };
}

function wasNeverStarted({ status, startedAt }: StoredTask): boolean {
  return status === 'canceled' && startedAt === null;
}

/** Somebody was quicker: whether it was the same press or another act is seen from the task. */
function unlessOver(error: unknown): void {
  if (!isRefusal(error) || error.code !== 'task.over') throw error;
}
