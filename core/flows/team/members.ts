// Teams and the people in them. Who may do what to whom is decided in core/domain/team/roles.ts, within the transaction that does it.

import type { Actor } from '#core/domain/actor.ts';
import { amountOf, type Amount } from '#core/domain/credits/credits.ts';
import { isId, type MemberId, type TeamId, type UserId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed, type Role } from '#core/domain/team/permission.ts';
import { isRole, rolesGivenBy, whyNot } from '#core/domain/team/roles.ts';
import { teamLimits } from '#core/domain/team/team-limits.ts';
import { readName } from '#core/domain/text/name.ts';
import type { StoredMember } from '#core/store/team/teams.ts';
import type { Core } from '../runtime/core.ts';

export interface TeamView {
  readonly id: TeamId;
  readonly name: string;
  /** The team that a person has of their own. */
  readonly personal: boolean;
  readonly since: string;
  readonly role: Role;
  /** Which roles the actor may give. */
  readonly gives: readonly Role[];
}

export interface MemberView {
  readonly id: MemberId;
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly since: string;
  readonly lastSeenAt: string | null;
  /** Their accounts on chat platforms that are linked to this team's workspaces. */
  readonly identities: readonly { readonly platform: Platform; readonly name: string | null }[];
  /** What their tasks used since the month began (UTC). */
  readonly spent: Amount;
  readonly you: boolean;
  /** It is their own personal team. */
  readonly personal: boolean;
  /** The roles that the actor may give them now; empty when none. */
  readonly canBecome: readonly Role[];
  /** The actor may take them out of the team, or leave it. */
  readonly canGo: boolean;
}

export function memberVerbs(core: Core) {
  const { teams } = core.store;

  async function change(actor: Actor, whom: MemberId | 'self', to: Role | null): Promise<void> {
    const changed = await teams.change({ teamId: actor.teamId, by: actor.userId, whom, to }, core.clock.now());
    if (changed.outcome === 'unknown') throw refuse('member.not-found');
    if (changed.outcome === 'refused') throw refuse(changed.code);
    if (changed.outcome === 'changed')
      core.log.info({ teamId: actor.teamId, userId: changed.userId, by: actor.userId, to }, 'member changed');
  }

  return {
    /** The team that the actor acts for. */
    async get(actor: Actor): Promise<TeamView> {
      const team = await teams.find(actor.teamId);
      if (team === null) throw refuse('not.allowed');
      const { name, personal, createdAt } = team;
      return { id: actor.teamId, name, personal, since: createdAt.toISOString(), role: actor.role, gives: rolesGivenBy(actor.role) };
    },

    /** A new team with a wallet of its own, and the actor as its owner. Rejects with `teams.too-many`. */
    async make(actor: Actor, name: string): Promise<{ teamId: TeamId }> {
      const teamId = await teams.make({ name: readName(name), owner: actor.userId, most: teamLimits.teams }, core.clock.now());
      if (teamId === null) throw refuse('teams.too-many', { most: teamLimits.teams });
      core.log.info({ teamId, userId: actor.userId }, 'team made');
      return { teamId };
    },

    async rename(actor: Actor, name: string): Promise<void> {
      mustBeAllowed(actor, 'team.settings');
      await teams.rename(actor.teamId, readName(name), actor.userId, core.clock.now());
    },

    /** Those who have been there longest first. */
    async members(actor: Actor): Promise<MemberView[]> {
      mustBeAllowed(actor, 'team.see');
      const members = await teams.members(actor.teamId, monthOf(core.clock.now()));
      const owners = members.filter(({ role }) => role === 'owner').length;
      return members.map((member) => viewMember(actor, member, owners));
    },

    /** Rejects with `member.not-found`, `role.above`, `owner.last` or `owner.personal`. */
    async changeRole(actor: Actor, memberId: string, role: string): Promise<void> {
      mustBeAllowed(actor, 'team.manage');
      if (!isId(memberId)) throw refuse('member.not-found');
      if (!isRole(role)) throw refuse('request.invalid', { fields: [{ name: 'role', problem: 'is not one of the roles' }] });
      await change(actor, memberId as MemberId, role);
    },

    /** Takes somebody out of the team: their keys for it and their open streams end with it. Rejects as `changeRole` does. */
    async removeMember(actor: Actor, memberId: string): Promise<void> {
      mustBeAllowed(actor, 'team.manage');
      if (!isId(memberId)) throw refuse('member.not-found');
      await change(actor, memberId as MemberId, null);
    },

    leave: (actor: Actor): Promise<void> => change(actor, 'self', null),
  };
}

function viewMember(actor: Actor, member: StoredMember, owners: number): MemberView {
  const self = member.userId === actor.userId;
  const may = (to: Role | null) =>
    to !== member.role && whyNot({ by: actor.role, self, from: member.role, to, owners, personal: member.personal }) === null;
  const { id, userId, name, email, role, since, lastSeenAt, identities, spent } = member;
  return {
    id,
    userId,
    name,
    email,
    role,
    since: since.toISOString(),
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    identities,
    spent: amountOf(spent),
    you: self,
    personal: member.personal,
    canBecome: rolesGivenBy(actor.role).filter(may),
    canGo: may(null),
  };
}

function monthOf(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
}
