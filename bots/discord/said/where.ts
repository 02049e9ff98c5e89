// The thread that a message belongs to.

import type { Guilds, Where } from '../gateway/guilds.ts';
import { channelOf } from '../keys.ts';
import { refs } from '../refs.ts';

export interface MessagePlace {
  readonly threadRef: string;
  /** As limits know it: the parent's, for a thread. */
  readonly channel: string;
  readonly locked: boolean;
  readonly direct: boolean;
  readonly inThread: boolean;
}

/** Discord's numbers for kinds of channels (docs, Channel Types). */
export const channelTypes = { text: 0, dm: 1, voice: 2, announcement: 5, stage: 13 } as const;
/** Of announcements, public (forum posts too), and private. */
const threads: ReadonlySet<number> = new Set([10, 11, 12]);
const beginThreads: ReadonlySet<number> = new Set([channelTypes.text, channelTypes.announcement]);
const haveNoThreads: ReadonlySet<number> = new Set([channelTypes.voice, channelTypes.stage]);

/**
 * The same for the gateway, REST and interactions. null where the channel is not known to us, or holds no messages that we answer.
 * The message's own server counts only where Discord does not say the channel's.
 */
export async function whereOf(
  message: { readonly id: string; readonly channel: string; readonly guild: string | null },
  guilds: Pick<Guilds, 'whereIs'>,
  signal: AbortSignal,
): Promise<MessagePlace | null> {
  const where = await guilds.whereIs(message.channel, signal);
  return where === null ? null : placeIn(message, where);
}

function placeIn({ id, channel, guild: told }: Parameters<typeof whereOf>[0], where: Where): MessagePlace | null {
  const { type, parent, locked } = where;
  const guild = where.guild ?? told;
  if (type === channelTypes.dm)
    return {
      threadRef: refs.format({ guild: '@me', channel, thread: channel }),
      channel: channelOf(null, channel),
      locked: false,
      direct: true,
      inThread: false,
    };
  if (guild === null) return null;
  const at = (parentId: string, thread: string, inThread: boolean): MessagePlace => ({
    threadRef: refs.format({ guild, channel: parentId, thread }),
    channel: channelOf(guild, parentId),
    locked,
    direct: false,
    inThread,
  });
  if (threads.has(type)) return parent === null ? null : at(parent, channel, true);
  // The thread of a message has the message's id, before it exists.
  if (beginThreads.has(type)) return at(channel, id, false);
  return haveNoThreads.has(type) ? at(channel, channel, false) : null;
}
