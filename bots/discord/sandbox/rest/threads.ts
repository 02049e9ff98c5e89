// Threads: begun from a message, from nothing, or as a post of a forum; and changed.

import { isRecord } from '#bots/stand-in/check.ts';
import { tellThread, tellMessage } from '../gateway/events.ts';
import { DiscordNo, invalid } from '../no.ts';
import { bits, isThread } from '../permissions.ts';
import type { Channel, Message } from '../shapes.ts';
import { wireChannel, channelsIn } from '../wire.ts';
import { threadOf, wireMessage } from '../wire-message.ts';
import { botId } from '../bot.ts';
import type { World } from '../world.ts';
import { compose } from './compose.ts';
import { plainMessage } from './messages.ts';
import { channelIn, mayThere, messageIn, need } from './places.ts';
import { ok, type Route } from './route.ts';

const begins = { name: 'thread', most: 50, inMs: 300_000 };
/** Threads that a server may have open. */
const mostActive = 1_000;
const withThreads: readonly number[] = [0, 5, 15];

export const threadRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/channels/:channel/messages/:message/threads',
    as: 'bot',
    limit: begins,
    schema: 'CreateTextThreadWithMessageRequestSchema',
    bind({ world, params }) {
      const channel = channelIn(world, params['channel']);
      const message = messageIn(world, channel, params['message']);
      if (channel.type !== 0 && channel.type !== 5) throw new DiscordNo(50024);
      need(world, channel, bits.CreatePublicThreads);
      need(world, channel, bits.ReadMessageHistory);
      return ({ name, auto_archive_duration: archiveAfterMin = 1_440 }) => {
        if (threadOf(world, message) !== undefined) throw new DiscordNo(160004);
        mayBegin(world, channel);
        return () =>
          ok(
            wireChannel(
              world,
              beginThread(world, channel, { name: String(name), by: botId, message, archiveAfterMin: Number(archiveAfterMin) }),
            ),
          );
      };
    },
  },
  {
    method: 'POST',
    path: '/channels/:channel/threads',
    as: 'bot',
    limit: begins,
    schema: ({ world, params }) =>
      world.state.get('channels', params['channel']!)?.type === 15 ? null : 'CreateTextThreadWithoutMessageRequestSchema',
    bind({ world, params, files }) {
      const channel = channelIn(world, params['channel']);
      if (!withThreads.includes(channel.type)) throw new DiscordNo(50024);
      const isForum = channel.type === 15;
      need(world, channel, isForum ? bits.SendMessages : bits.CreatePublicThreads);
      return ({ name, message, type = 12 }) => {
        if (typeof name !== 'string' || name.length < 1 || name.length > 100)
          throw invalid([{ path: ['name'], code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 100 in length.' }]);
        mayBegin(world, channel);
        if (!isForum)
          return () => ok(wireChannel(world, beginThread(world, channel, { name, by: botId, message: null, isPrivate: type === 12 })));
        if (!isRecord(message)) throw invalid([{ path: ['message'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }]);
        const composed = compose(world, channel, message, files);
        return () => {
          const { content, components, embeds, flags, mentions, keepFiles } = composed;
          const first = beginPost(world, channel, name, { content, components, embeds, flags, ...mentions, attachments: keepFiles() });
          return ok({ ...wireChannel(world, world.state.get('channels', first.id)!), message: wireMessage(world, first) });
        };
      };
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/threads/active',
    as: 'bot',
    limit: { name: 'threads', most: 10, inMs: 10_000 },
    bind({ world, params }) {
      return () => () => {
        const threads = channelsIn(world, params['guild']!).filter(
          (each) => isThread(each) && !each.archived && mayThere(world, each, bits.ViewChannel),
        );
        return ok({ threads: threads.map((each) => wireChannel(world, each)), members: [] });
      };
    },
  },
];

function mayBegin(world: World, { guild }: Channel): void {
  const active = channelsIn(world, guild!).filter((each) => isThread(each) && !each.archived);
  if (active.length >= mostActive) throw new DiscordNo(160006);
}

interface Begun {
  readonly name: string;
  readonly by: string;
  /** From which it is begun; null: from none. */
  readonly message: Message | null;
  readonly isPrivate?: boolean;
  readonly archiveAfterMin?: number;
}

/** The thread of a message has its id. What is first in it points to that message. */
export function beginThread(
  world: World,
  channel: Channel,
  { name, by, message, isPrivate = false, archiveAfterMin = 1_440 }: Begun,
): Channel {
  const { state, clock } = world;
  const thread: Channel = {
    ...threadIn(channel, clock.now().toISOString()),
    id: message?.id ?? state.nextId(),
    type: channel.type === 5 ? 10 : isPrivate ? 12 : 11,
    name,
    owner: by,
    archiveAfterMin,
  };
  state.put('channels', thread.id, thread);
  tellThread(world, 'THREAD_CREATE', thread, true);
  if (message !== null)
    tellMessage(
      world,
      state.keep({
        ...plainMessage(state.nextId(), thread.id),
        author: by,
        type: 21,
        replyTo: { channel: channel.id, message: message.id },
      }),
    );
  return thread;
}

/** Its first message has the id of the thread, and lies in it. */
export function beginPost(world: World, forum: Channel, name: string, some: Partial<Message>): Message {
  const { state, clock } = world;
  const id = state.nextId();
  const author = some.author ?? botId;
  state.put('channels', id, { ...threadIn(forum, clock.now().toISOString()), id, type: 11, name, owner: author });
  const first = state.keep({ ...plainMessage(id, id), ...some, author });
  tellThread(world, 'THREAD_CREATE', state.get('channels', id)!, true);
  tellMessage(world, first);
  return first;
}

function threadIn({ id: parent, guild, slowmodeS }: Channel, createdAt: string): Omit<Channel, 'id' | 'type' | 'name' | 'owner'> {
  return {
    guild,
    parent,
    overwrites: [],
    slowmodeS,
    locked: false,
    archived: false,
    archiveAfterMin: 1_440,
    createdAt,
    deleted: false,
    people: [],
  };
}
