// Who did something, whichever way it was told.

import type { APIGuildMember, APIUser } from 'discord-api-types/v10';
import type { SpeakerInput } from '#core/contracts/chats.ts';
import type { Guilds } from '../gateway/guilds.ts';

export interface Who {
  readonly id: string;
  readonly name: string;
  readonly guild: string | null;
  /** Invited to one voice channel only (member flag IS_GUEST). */
  readonly isGuest: boolean;
  /** No member of the server, or has not passed its screening. */
  readonly isOutsider: boolean;
  /** May manage the server. */
  readonly administers: boolean;
  readonly roles: readonly string[];
}

/** What is looked at of a person; all of Discord's users and members have it. */
export type WhoseUser = Pick<APIUser, 'id' | 'username'> & {
  readonly global_name?: string | null | undefined;
};
export type WhoseMember = {
  readonly [Field in 'nick' | 'roles' | 'flags' | 'joined_at' | 'pending']?: APIGuildMember[Field] | undefined;
};

/** Member flag IS_GUEST (docs, Guild Member Flags). */
const IS_GUEST = 1 << 4;
/** ADMINISTRATOR and MANAGE_GUILD (docs, Permissions). */
const ADMINISTERS = 0x8n | 0x20n;

export function whoOf(
  from: {
    readonly user: WhoseUser;
    /** null where the person is no member of the server, as after leaving it. */
    readonly member: WhoseMember | null;
    readonly guild: string | null;
    /** As interactions give them. */
    readonly permissions?: string;
  },
  guilds: Pick<Guilds, 'administers'>,
): Who {
  const { user, member, guild, permissions } = from;
  const { id } = user;
  const name = [member?.nick, user.global_name, user.username].find((each) => each?.trim()) ?? id;
  if (guild === null) return { id, name, guild, isGuest: false, isOutsider: false, administers: false, roles: [] };
  const roles = member?.roles ?? [];
  const isOutsider = member === null || member.joined_at === null || member.pending === true;
  return {
    id,
    name,
    guild,
    isGuest: ((member?.flags ?? 0) & IS_GUEST) !== 0,
    isOutsider,
    administers: !isOutsider && (permissions === undefined ? guilds.administers(guild, id, roles) === true : mayAdminister(permissions)),
    roles,
  };
}

/** A person of Discord is the same in every server. */
export function speakerOf(who: Who, guildName: string | null): SpeakerInput {
  const { id, name, guild, isGuest, isOutsider, administers, roles } = who;
  return {
    platform: 'discord',
    workspace: guild,
    ...(guildName !== null && { workspaceName: guildName }),
    space: null,
    externalId: id,
    name,
    isGuest,
    isOutsider,
    administers,
    // Every member has the role @everyone, which has the id of its server.
    roles: guild === null || isOutsider ? [] : [...roles, guild],
  };
}

function mayAdminister(permissions: string): boolean {
  return /^\d{1,40}$/.test(permissions) && (BigInt(permissions) & ADMINISTERS) !== 0n;
}
