// Who acts on a task: somebody who can log in, or a chat account that is linked to nobody yet. An `Actor` is one of them.

import { refuse } from './refusals/refusal.ts';
import { may, type Permission, type Role } from './team/permission.ts';
import type { IdentityId, TeamId, UserId } from './ids.ts';

export interface Acting {
  readonly teamId: TeamId;
  readonly userId: UserId | null;
  /** The chat account they act through. */
  readonly identityId?: IdentityId | null;
  /** null for somebody who is no member of the team. */
  readonly role: Role | null;
}

/** Whose task it is. */
export interface Asked {
  readonly userId: UserId | null;
  readonly identityId: IdentityId | null;
  /** The user whom the chat account is linked to now. */
  readonly identityUserId: UserId | null;
}

/** Whether they asked for it themselves: an account and the user it is linked to, before or after, are one person. */
export function isOwn({ userId, identityId = null }: Acting, task: Asked): boolean {
  if (userId !== null && (task.userId === userId || task.identityUserId === userId)) return true;
  return identityId !== null && task.identityId === identityId;
}

/** Stands for the name of somebody who is gone, or who never gave one. */
export const SOMEBODY = 'Somebody';

/** As rates and logs name them. */
export function personOf({ userId, identityId = null }: Pick<Acting, 'userId' | 'identityId'>): string {
  return userId === null ? `identity:${identityId}` : `user:${userId}`;
}

/**
 * Throws `not.allowed` unless they may. `own`: what they asked for themselves, which a person without a role may do all the same:
 * whether they might ask was looked at when they did.
 */
export function mustMay({ role }: Acting, permission: Permission, { own }: { own: boolean } = { own: false }): void {
  if (role === null ? !own : !may(role, permission)) throw refuse('not.allowed');
}
