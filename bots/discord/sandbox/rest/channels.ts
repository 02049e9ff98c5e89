// Channels, servers, people and the app itself, as they are read.

import { tellChannel, tellChannelGone, tellGuildGone, tellThread } from '../gateway/events.ts';
import { DiscordNo } from '../no.ts';
import { bits, inGuild, isThread } from '../permissions.ts';
import type { Channel } from '../shapes.ts';
import { channelsIn, rolesIn, wireApplication, wireChannel, wireGuild, wireMember, wireRole, wireUser } from '../wire.ts';
import { botId } from '../bot.ts';
import type { World } from '../world.ts';
import { channelIn, guildIn, mayThere, need } from './places.ts';
import { done, ok, type Json, type Route } from './route.ts';

const reads = { name: 'look', most: 50, inMs: 5_000 };

export const placeRoutes: readonly Route[] = [
  read('/channels/:channel', ({ world, params }) => wireChannel(world, channelIn(world, params['channel']))),
  {
    method: 'PATCH',
    path: '/channels/:channel',
    as: 'bot',
    limit: { name: 'channel', most: 10, inMs: 15_000 },
    schema: 'UpdateThreadRequestPartialSchema',
    bind({ world, params }) {
      const channel = channelIn(world, params['channel']);
      if (!isThread(channel)) need(world, channel, bits.ManageChannels);
      return (body) => {
        if (isThread(channel)) mayChange(world, channel, body);
        return () => ok(wireChannel(world, changed(world, channel, body)));
      };
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel',
    as: 'bot',
    limit: { name: 'channel', most: 10, inMs: 15_000 },
    bind({ world, params }) {
      const channel = channelIn(world, params['channel']);
      need(world, channel, isThread(channel) ? bits.ManageThreads : bits.ManageChannels);
      return () => () => {
        world.state.put('channels', channel.id, { ...channel, deleted: true });
        tellChannelGone(world, channel);
        return ok(wireChannel(world, channel));
      };
    },
  },
  read('/users/@me', ({ world }) => ({
    ...wireUser(world, botId),
    verified: true,
    mfa_enabled: false,
    email: null,
    flags: 0,
    locale: 'en-US',
  })),
  read('/users/@me/guilds', ({ world }) =>
    [...world.state.all('guilds').values()]
      .filter(({ bot }) => bot)
      .map((guild) => {
        const { id, name } = guild;
        return { id, name, icon: null, owner: false, permissions: String(inGuild(world.state, guild, botId)), features: [] };
      }),
  ),
  {
    method: 'POST',
    path: '/users/@me/channels',
    as: 'bot',
    limit: { name: 'dm', most: 10, inMs: 10_000 },
    schema: 'CreatePrivateChannelRequestSchema',
    bind({ world }) {
      // Opening never fails because messages are refused: posting does.
      return ({ recipient_id: user }) => {
        if (world.state.get('people', String(user)) === undefined || user === botId) throw new DiscordNo(10013);
        return () => ok(wireChannel(world, openDm(world, String(user))));
      };
    },
  },
  {
    method: 'DELETE',
    path: '/users/@me/guilds/:guild',
    as: 'bot',
    limit: { name: 'leave', most: 5, inMs: 5_000 },
    bind({ world, params }) {
      const guild = guildIn(world, params['guild']);
      return () => () => {
        world.state.put('guilds', guild.id, { ...guild, bot: false });
        tellGuildGone(world, guild, false);
        return done;
      };
    },
  },
  read('/users/:user', ({ world, params }) => {
    if (params['user'] !== botId && world.state.get('people', params['user']!) === undefined) throw new DiscordNo(10013);
    return wireUser(world, params['user']!);
  }),
  read('/guilds/:guild', ({ world, params }) => wireGuild(world, guildIn(world, params['guild']))),
  read('/guilds/:guild/channels', ({ world, params }) =>
    channelsIn(world, guildIn(world, params['guild']).id)
      .filter((each) => !isThread(each) && mayThere(world, each, bits.ViewChannel))
      .map((each) => wireChannel(world, each)),
  ),
  read('/guilds/:guild/roles', ({ world, params }) => rolesIn(world, guildIn(world, params['guild']).id).map(wireRole)),
  read('/guilds/:guild/members/:user', ({ world, params }) => {
    const guild = guildIn(world, params['guild']);
    const member = world.state.get('members', `${guild.id}/${params['user']}`);
    if (world.state.get('people', params['user']!) === undefined && params['user'] !== botId) throw new DiscordNo(10013);
    if (member === undefined || member.kind === 'absent') throw new DiscordNo(10007);
    return wireMember(world, member, true);
  }),
  read('/applications/@me', ({ world }) => wireApplication(world)),
  read('/oauth2/applications/@me', ({ world }) => wireApplication(world)),
  read('/gateway', ({ world }) => ({ url: gatewayUrl(world) })),
  read('/gateway/bot', ({ world }) => ({
    url: gatewayUrl(world),
    shards: world.state.meta().shards,
    session_start_limit: { total: 1_000, remaining: world.state.meta().identifiesLeft, reset_after: 14_400_000, max_concurrency: 1 },
  })),
];

function read(path: string, give: (call: Parameters<Route['bind']>[0]) => unknown): Route {
  return {
    method: 'GET',
    path,
    as: 'bot',
    limit: { ...reads, name: `look ${path}` },
    bind(call) {
      const body = give(call);
      return () => () => ok(body);
    },
  };
}

function gatewayUrl({ url }: World): string {
  return `${url().replace(/^http/, 'ws')}/gateway`;
}

/** Who may write in a thread may open it again; anything else is for whoever manages threads, or began it. */
function mayChange(world: World, thread: Channel, body: Json): void {
  const isOwn = thread.owner === botId;
  const manages = mayThere(world, thread, bits.ManageThreads);
  const onlyOpens = Object.keys(body).every((key) => key === 'archived') && body['archived'] === false;
  if (thread.locked && !manages) throw new DiscordNo(50013);
  if (thread.archived && body['archived'] !== false) throw new DiscordNo(50083);
  if ('locked' in body && !manages) throw new DiscordNo(50013);
  if (!manages && !isOwn && !(onlyOpens && mayThere(world, thread, bits.SendMessagesInThreads))) throw new DiscordNo(50013);
}

function changed(world: World, channel: Channel, body: Json): Channel {
  const { name, archived, locked } = body;
  const after: Channel = {
    ...channel,
    ...(typeof name === 'string' && { name }),
    ...(typeof archived === 'boolean' && { archived }),
    ...(typeof locked === 'boolean' && { locked }),
  };
  world.state.put('channels', channel.id, after);
  if (isThread(after)) tellThread(world, 'THREAD_UPDATE', after);
  else tellChannel(world, 'CHANNEL_UPDATE', after);
  return after;
}

/** The direct messages of the bot and this person. */
export function openDm({ state, clock }: Pick<World, 'state' | 'clock'>, user: string): Channel {
  const found = [...state.all('channels').values()].find(
    ({ guild, people }) => guild === null && people.length === 1 && people[0] === user,
  );
  if (found !== undefined) return found;
  const made: Channel = {
    id: state.nextId(),
    guild: null,
    type: 1,
    name: '',
    parent: null,
    overwrites: [],
    slowmodeS: 0,
    owner: user,
    locked: false,
    archived: false,
    archiveAfterMin: 0,
    createdAt: clock.now().toISOString(),
    deleted: false,
    people: [user],
  };
  state.put('channels', made.id, made);
  return made;
}
