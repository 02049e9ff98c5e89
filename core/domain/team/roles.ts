// Who may give and take which role: an owner all of them, an admin those below owner, nobody else any; so nobody raises
// themselves. Everybody may leave. But a team never loses its last owner, and a personal team keeps its person as one: the
// database sees to these two as well.

import { may, roles, type Role } from './permission.ts';

/** What somebody wants to do to a member. */
export interface RoleChange {
  /** The role of whoever does it. */
  readonly by: Role;
  /** They do it to themselves. */
  readonly self: boolean;
  readonly from: Role;
  /** null takes the member out of the team. */
  readonly to: Role | null;
  /** How many owners the team has now. */
  readonly owners: number;
  /** It is the member's own personal team. */
  readonly personal: boolean;
}

export type RoleRefusal = 'not.allowed' | 'role.above' | 'owner.personal' | 'owner.last';

/** Why it may not be, as the code of a refusal; null when it may. */
export function whyNot({ by, self, from, to, owners, personal }: RoleChange): RoleRefusal | null {
  const leaves = self && to === null;
  if (!leaves && !may(by, 'team.manage')) return 'not.allowed';
  if (!leaves && !(mayGive(by, from) && (to === null || mayGive(by, to)))) return 'role.above';
  if (from !== 'owner' || to === 'owner') return null;
  if (personal) return 'owner.personal';
  return owners > 1 ? null : 'owner.last';
}

/** The roles that somebody may give to others and take from them, highest first. */
export function rolesGivenBy(by: Role): readonly Role[] {
  if (!may(by, 'team.manage')) return [];
  return by === 'owner' ? roles : roles.filter((role) => role !== 'owner');
}

export function mayGive(by: Role, role: Role): boolean {
  return rolesGivenBy(by).includes(role);
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
