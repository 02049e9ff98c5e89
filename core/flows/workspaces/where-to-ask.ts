// Where in a workspace people may ask, and who: everywhere, or only in channels that an owner or admin of its team lists here, or
// whoever administers the workspace lists on the platform.

import type { Actor } from '#core/domain/actor.ts';
import { isId, type WorkspaceId } from '#core/domain/ids.ts';
import { hasDirect } from '#core/domain/messages/platforms.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { placeLimits, usualRules, type Place } from '#core/domain/workspaces/place.ts';
import type { OpenWanted } from '#core/store/workspaces/places.ts';
import type { Core } from '../runtime/core.ts';

/** Where in a workspace people may ask, and who. */
export interface WhereToAsk {
  /** Only in channels that are open. */
  readonly onlyListed: boolean;
  /** Also in direct messages with the bot; null where no team pays for those, since they belong to no workspace. */
  readonly direct: boolean | null;
  /** One of these is needed everywhere in the workspace; empty: none is. */
  readonly roles: readonly AskingRole[];
  /** How many are open. */
  readonly openChannels: number;
  /** For those who may change them; open ones first. Only those that are known by a name. */
  readonly channels: readonly {
    readonly ref: string;
    readonly name: string | null;
    readonly open: boolean;
    readonly roles: readonly AskingRole[];
  }[];
}

export interface AskingRole {
  readonly id: string;
  /** As it was called when it was chosen. */
  readonly name: string | null;
}

export function whereToAskVerbs(core: Core) {
  return {
    /** Changes where people may ask there. Rejects with `workspace.not-found`. */
    async changeWhereToAsk(actor: Actor, workspaceId: string, wanted: OpenWanted): Promise<void> {
      mustBeAllowed(actor, 'workspaces.manage');
      const { shown, open, keptRoles } = wanted;
      if (Math.max(shown.length, open.length, keptRoles.length) > placeLimits.roles) throw refuse('request.malformed');
      const id = workspaceId as WorkspaceId;
      if (!isId(workspaceId) || !(await core.store.places.open(id, actor, wanted, core.clock.now()))) throw refuse('workspace.not-found');
      core.log.info({ teamId: actor.teamId, userId: actor.userId, workspaceId }, 'where people may ask changed');
    },
  };
}

/** Names of channels are for those alone who may change them. */
export function whereToAsk(platform: Platform, places: readonly Place[], mayChange: boolean): WhereToAsk {
  const whole = places.find(({ kind }) => kind === 'workspace') ?? usualRules;
  const channels = places.filter(({ kind }) => kind === 'channel');
  return {
    onlyListed: whole.onlyListed,
    direct: hasDirect(platform) ? whole.open : null,
    roles: rolesOf(whole),
    openChannels: channels.filter(({ open }) => open).length,
    channels: mayChange ? channels.map((place) => ({ ref: place.ref, name: place.name, open: place.open, roles: rolesOf(place) })) : [],
  };
}

function rolesOf({ roles, roleNames }: Pick<Place, 'roles' | 'roleNames'>): AskingRole[] {
  return roles.map((id) => ({ id, name: roleNames[id] ?? null }));
}
