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

export declare function whoOf(
  from: {
    readonly user: APIUser;
    readonly member: Partial<APIGuildMember> | null;
    readonly guild: string | null;
    /** As interactions give them. */
    readonly permissions?: string;
  },
  guilds: Pick<Guilds, 'administers'>,
): Who;

export declare function speakerOf(who: Who, guildName: string | null): SpeakerInput;
