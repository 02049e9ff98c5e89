// Who may do what in a team: the one table. Every verb of the core and every page of the portal asks it.

import { refuse } from '../refusals/refusal.ts';

export const roles = ['owner', 'admin', 'billing', 'approver', 'member', 'guest'] as const;
/** What a member is in a team. */
export type Role = (typeof roles)[number];

const table = {
  /** Look at the team's tasks, their files, and the balance. */
  'tasks.see': ['owner', 'admin', 'billing', 'approver', 'member', 'guest'],
  /** Ask for work, ask again, and stop what one asked for oneself. */
  'tasks.ask': ['owner', 'admin', 'billing', 'approver', 'member'],
  /** Stop what somebody else asked for. */
  'tasks.stop': ['owner', 'admin', 'approver'],
  /** Delete files, and end links to them, that somebody else asked for or uploaded. */
  'files.delete': ['owner', 'admin'],
  /** Say yes to what waits for approval. */
  'tasks.approve': ['owner', 'admin', 'approver'],
  /** Results that could not be posted: why, and send them again or elsewhere. */
  'letters.resend': ['owner', 'admin', 'approver', 'member'],
  /** Usage and the journal of credits. */
  'credits.see': ['owner', 'admin', 'billing', 'approver'],
  'credits.buy': ['owner', 'admin', 'billing'],
  /** Limits: who may spend what. */
  'credits.limit': ['owner', 'admin', 'billing'],
  'team.see': ['owner', 'admin', 'billing', 'approver', 'member'],
  /** Invite, remove, and give roles: which ones, roles.ts says. */
  'team.manage': ['owner', 'admin'],
  /** Link chat workspaces. */
  'workspaces.manage': ['owner', 'admin'],
  /** API keys of one's own. */
  'keys.own': ['owner', 'admin', 'billing', 'approver', 'member'],
  /** See and revoke the keys of others. */
  'keys.manage': ['owner', 'admin'],
  'audit.see': ['owner', 'admin'],
  'team.settings': ['owner', 'admin'],
  'team.export': ['owner'],
  'team.delete': ['owner'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof table;
export const permissions = Object.keys(table) as Permission[];

export function may(role: Role, permission: Permission): boolean {
  return (table[permission] as readonly Role[]).includes(role);
}

/** Throws `not.allowed` when the role may not. */
export function mustBeAllowed({ role }: { readonly role: Role }, permission: Permission): void {
  if (!may(role, permission)) throw refuse('not.allowed');
}
