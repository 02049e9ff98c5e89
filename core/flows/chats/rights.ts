// Who may do what to a task from a chat. It is looked up at the press: the asker may do everything, a member what their role
// allows, and nobody else anything.

import { isOwn, type Acting } from '#core/domain/acting.ts';
import { whyNotHere, type Speaker } from '#core/domain/chats/speaker.ts';
import { Refusal, refuse, type Refused } from '#core/domain/refusals/refusal.ts';
import { may } from '#core/domain/team/permission.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { Seen } from '#core/store/chats/look.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';

export interface OnTask {
  readonly task: StoredTask;
  readonly acting: Acting;
  readonly own: boolean;
}

/** null when there is no such task. */
export async function onTask(
  core: Core,
  { userId, identityId }: Pick<Seen, 'userId' | 'identityId'>,
  taskId: string,
): Promise<OnTask | null> {
  const teamId = await core.store.chats.teamOf(taskId);
  const task = teamId === null ? null : await core.store.tasks.find(teamId, taskId);
  if (teamId === null || task === null) return null;
  const own = isOwn({ teamId, userId, identityId, role: null }, task);
  // Whoever asked in a chat needed no role for it, and needs none for what is theirs.
  const member = own || userId === null ? null : await core.store.people.payerFor(userId, teamId);
  return { task, own, acting: { teamId, userId, identityId, role: member?.role ?? null } };
}

/**
 * Who pays when this person starts something in the task's team now. Throws what keeps them from it: `guests.not-allowed`,
 * `place.not-allowed`, `roles.not-allowed`, `not.allowed` for a member who may not ask, and `task.payer-gone` where that team does not pay for them any
 * more, as after it unlinked the workspace.
 */
export async function payerOn(core: Core, speaker: Speaker, seen: Seen, { task }: Pick<OnTask, 'task'>): Promise<Payer> {
  const notHere = await refusedHere(core, speaker, seen);
  const isPaidHere = seen.payer?.teamId === task.teamId;
  // Where a member's team pays in the workspace of another one, only the workspace's channels count.
  if (notHere !== null && (isPaidHere || notHere.code === 'place.not-allowed')) throw new Refusal(notHere);
  if (isPaidHere) return seen.payer!;
  const member = seen.userId === null ? null : await core.store.people.payerFor(seen.userId, task.teamId);
  if (member === null || member.role === null) throw refuse('task.payer-gone');
  if (!may(member.role, 'tasks.ask')) throw refuse('not.allowed');
  return { ...member, identityId: seen.identityId };
}

/** Why this person can't ask where they did, with where they can instead; null when they may. */
export async function refusedHere(core: Core, speaker: Speaker, seen: Seen): Promise<Refused | null> {
  const code = whyNotHere(speaker, seen);
  if (code !== 'place.not-allowed') return code && { code, facts: {} };
  const { platform, workspace } = speaker;
  return { code, facts: await core.store.places.openIn(platform, workspace!) };
}
