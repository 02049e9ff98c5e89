// How channels, threads and direct messages are called, for limits, the portal and exports. Only those where somebody asked are kept: a
// large server has hundreds of channels that are none of ours.

import type { NamedPlace } from '#core/domain/workspaces/place.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import type { SaidMessage } from '../said/message.ts';
import type { Who } from '../said/who.ts';

const ASK_MS = 2_000;

/** The request is written down already: nothing is told again for a name. */
export async function named(
  { app, guilds, log }: Pick<SaidDeps, 'app' | 'guilds' | 'log'>,
  { place, guild }: Pick<SaidMessage, 'place' | 'guild'>,
  who: Who,
): Promise<void> {
  try {
    if (guild === null) return await app.workspaces.placeNamed(directPlace(place.channel, who.name));
    const { channel } = refs.parse(place.threadRef)!;
    const where = await guilds.whereIs(channel, AbortSignal.timeout(ASK_MS));
    if (where !== null && where.name !== null) await app.workspaces.placeNamed(channelPlace(place.channel, guild, where));
  } catch (error) {
    log.warn({ guildId: guild, error }, 'name of a channel not kept');
  }
}

export function channelPlace(
  ref: string,
  guild: string,
  { name, isPrivate }: { readonly name: string | null; readonly isPrivate: boolean },
): NamedPlace {
  return {
    ref,
    platform: 'discord',
    workspace: guild,
    kind: 'channel',
    name: name === null ? null : `#${name}`,
    private: isPrivate,
  };
}

export function threadPlace(ref: string, guild: string): NamedPlace {
  return { ref, platform: 'discord', workspace: guild, kind: 'thread', name: null, private: false };
}

function directPlace(ref: string, name: string): NamedPlace {
  return { ref, platform: 'discord', workspace: null, kind: 'direct', name, private: true };
}
