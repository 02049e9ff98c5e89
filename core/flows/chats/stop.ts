// Stopping from a chat: one task, or all in a thread that were asked before the stop was pressed.

import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { may } from '#core/domain/team/permission.ts';
import type { LiveTask } from '#core/store/chats/tasks.ts';
import { stop } from '../tasks/control.ts';
import { decided, toldPrivately } from './answer.ts';
import type { Deciding, Outcome } from './decide.ts';
import { onTask, type OnTask } from './rights.ts';

/** Stopping what was stopped already is the same outcome. */
export async function stopOne({ core }: Pick<Deciding, 'core'>, { task, acting, own }: OnTask): Promise<Outcome> {
  if (!own && (acting.role === null || !may(acting.role, 'tasks.stop')))
    return toldPrivately('not-yours', task.id, { kind: 'notice', notice: 'not-yours' });
  try {
    const { state } = await stop(core, acting, task.id, { counts: true });
    if (state === 'canceled') return decided('canceled', task.id, { kind: 'thread' });
    return toldPrivately('stopping', task.id, { kind: 'notice', notice: 'stopping', taskId: task.id });
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'task.over') throw error;
    const { status } = (await core.store.tasks.find(task.teamId, task.id)) ?? task;
    if (status !== 'canceled') throw refuse('task.over', { status });
    return decided('canceled', task.id, { kind: 'nothing' });
  }
}

/** The platform's stop button. It names no task: whatever of theirs was said before it in this thread ends. */
export async function stopThread(deciding: Deciding, threadRef: ThreadRef, before: Date): Promise<Outcome> {
  return stopAll(deciding, await deciding.core.store.chats.liveIn(threadRef, before));
}

/** What this person asked for there before then, and is not over. */
export async function ownLiveIn({ core, seen }: Pick<Deciding, 'core' | 'seen'>, threadRef: ThreadRef, before: Date): Promise<LiveTask[]> {
  const live = await core.store.chats.liveIn(threadRef, before);
  const own = await Promise.all(live.map(async (task) => ((await onTask(core, seen, task.id))?.own === true ? [task] : [])));
  return own.flat();
}

export async function stopAll(deciding: Deciding, live: readonly LiveTask[]): Promise<Outcome> {
  const { core, seen } = deciding;
  const outcomes: Outcome[] = [];
  for (const { id, teamId } of live) {
    const on = await onTask(core, seen, id);
    if (on !== null) outcomes.push({ ...(await stopOne(deciding, on).catch(overMeanwhile)), teamId });
  }
  // They may all have gone meanwhile. One that was stopped says more than one that is not theirs.
  return outcomes.find(({ did }) => did === 'canceled') ?? outcomes.find(({ did }) => did === 'stopping') ?? outcomes[0] ?? nothingToStop();
}

function overMeanwhile(error: unknown): Outcome {
  if (!isRefusal(error) || (error.code !== 'task.over' && error.code !== 'task.not-found')) throw error;
  return nothingToStop();
}

function nothingToStop(): Outcome {
  return toldPrivately('nothing-to-stop', null, { kind: 'notice', notice: 'nothing-to-stop' });
}
