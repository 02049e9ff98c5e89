// Servers, people, roles and channels.

import { z } from 'zod';
import { botId, botName } from '../bot.ts';
import {
  tellChannel,
  tellChannelGone,
  tellGuild,
  tellGuildChange,
  tellGuildGone,
  tellMember,
  tellRole,
  tellThread,
} from '../gateway/events.ts';
import { isThread, usual } from '../permissions.ts';
import { openDm } from '../rest/channels.ts';
import { channelTypes, memberKinds, type Channel, type ChannelType, type Guild, type Member, type Person } from '../shapes.ts';
import type { World } from '../world.ts';
import { act, channelOf, guildOf, id, permissions, personOf } from './act.ts';

const guild = act(
  z.strictObject({
    id,
    name: z.string().min(1).max(100).optional(),
    owner: id.optional(),
    tier: z.literal([0, 1, 2, 3]).optional(),
    bot: z.boolean().optional(),
  }),
  (world, { id: guildId, ...given }): Guild => {
    const { state, clock } = world;
    const before = state.get('guilds', guildId);
    const joinedAt = clock.now().toISOString();
    const made: Guild = {
      id: guildId,
      name: given.name ?? before?.name ?? guildId,
      owner: given.owner ?? before?.owner ?? '100000000000000001',
      tier: given.tier ?? before?.tier ?? 0,
      bot: before?.bot ?? given.bot ?? true,
      isAway: before?.isAway ?? false,
      joinedAt: before?.joinedAt ?? joinedAt,
    };
    state.put('guilds', guildId, made);
    if (before === undefined)
      state.put('roles', `${guildId}/${guildId}`, { guild: guildId, id: guildId, name: '@everyone', permissions: String(usual) });
    for (const user of [made.owner, botId])
      if (state.get('members', `${guildId}/${user}`) === undefined)
        state.put('members', `${guildId}/${user}`, { guild: guildId, user, roles: [], kind: 'member', joinedAt });
    if (state.get('people', botId) === undefined) state.put('people', botId, { id: botId, name: botName, isBot: true, dmsClosed: false });
    if (before !== undefined) tellGuildChange(world, made);
    else if (made.bot) tellGuild(world, made);
    return made;
  },
);

const join = act(z.strictObject({ guild: id }), (world, { guild: guildId }) => {
  const made = { ...guildOf(world, guildId), bot: true, joinedAt: world.clock.now().toISOString() };
  world.state.put('guilds', guildId, made);
  tellGuild(world, made);
});

const leave = act(z.strictObject({ guild: id }), (world, { guild: guildId }) => {
  const made = { ...guildOf(world, guildId), bot: false };
  world.state.put('guilds', guildId, made);
  tellGuildGone(world, made, false);
});

const outage = act(z.strictObject({ guild: id, on: z.boolean() }), (world, { guild: guildId, on }) => {
  const made = { ...guildOf(world, guildId), isAway: on };
  world.state.put('guilds', guildId, made);
  if (on) tellGuildGone(world, made, true);
  else tellGuild(world, made);
});

const role = act(z.strictObject({ guild: id, id, name: z.string().min(1).max(100), permissions }), (world, given) => {
  guildOf(world, given.guild);
  const isNew = world.state.get('roles', `${given.guild}/${given.id}`) === undefined;
  world.state.put('roles', `${given.guild}/${given.id}`, given);
  tellRole(world, given, isNew);
});

const member = act(
  z.strictObject({
    guild: id,
    id,
    name: z.string().min(1).max(80),
    roles: z.array(id).max(50).optional(),
    kind: z.enum(memberKinds).optional(),
    dmsClosed: z.boolean().optional(),
    isBot: z.boolean().optional(),
    email: z.string().max(254).nullable().optional(),
    emailVerified: z.boolean().optional(),
  }),
  (world, { guild: guildId, id: user, name, roles, kind, dmsClosed, isBot, email, emailVerified }) => {
    guildOf(world, guildId);
    const { state } = world;
    const person = state.get('people', user);
    state.put('people', user, {
      id: user,
      name,
      isBot: isBot ?? person?.isBot ?? false,
      dmsClosed: dmsClosed ?? person?.dmsClosed ?? false,
      ...mailOf({ ...person, ...(email !== undefined && { email }), ...(emailVerified !== undefined && { emailVerified }) }),
    });
    const before = state.get('members', `${guildId}/${user}`);
    const made: Member = {
      guild: guildId,
      user,
      roles: roles ?? before?.roles ?? [],
      kind: kind ?? before?.kind ?? 'member',
      joinedAt: before?.joinedAt ?? world.clock.now().toISOString(),
    };
    state.put('members', `${guildId}/${user}`, made);
    if (made.kind !== 'absent') tellMember(world, made);
  },
);

const botRoles = act(z.strictObject({ guild: id, roles: z.array(id).max(50) }), (world, { guild: guildId, roles }) => {
  guildOf(world, guildId);
  const made: Member = { ...world.state.get('members', `${guildId}/${botId}`)!, roles };
  world.state.put('members', `${guildId}/${botId}`, made);
  tellMember(world, made);
});

const overwrite = z.strictObject({ id, type: z.literal([0, 1]), allow: permissions.default('0'), deny: permissions.default('0') });

const channel = act(
  z.strictObject({
    guild: id,
    id,
    name: z.string().min(1).max(100).optional(),
    type: z.literal(Object.values(channelTypes)).optional(),
    parent: id.optional(),
    overwrites: z.array(overwrite).max(100).optional(),
    slowmodeS: z.int().min(0).max(21_600).optional(),
  }),
  (world, { guild: guildId, id: channelId, ...given }) => {
    guildOf(world, guildId);
    const { state } = world;
    const before = state.get('channels', channelId);
    const made: Channel = {
      id: channelId,
      guild: guildId,
      type: (given.type ?? before?.type ?? channelTypes.text) as ChannelType,
      name: given.name ?? before?.name ?? channelId,
      parent: given.parent ?? before?.parent ?? null,
      overwrites: given.overwrites ?? before?.overwrites ?? [],
      slowmodeS: given.slowmodeS ?? before?.slowmodeS ?? 0,
      owner: before?.owner ?? null,
      locked: before?.locked ?? false,
      archived: before?.archived ?? false,
      archiveAfterMin: 1_440,
      createdAt: before?.createdAt ?? world.clock.now().toISOString(),
      deleted: false,
      people: [],
    };
    state.put('channels', channelId, made);
    if (isThread(made)) tellThread(world, before === undefined ? 'THREAD_CREATE' : 'THREAD_UPDATE', made, before === undefined);
    else tellChannel(world, before === undefined ? 'CHANNEL_CREATE' : 'CHANNEL_UPDATE', made);
  },
);

const removeChannel = act(z.strictObject({ channel: id }), (world, given) => {
  const found = channelOf(world, given.channel);
  world.state.put('channels', found.id, { ...found, deleted: true });
  tellChannelGone(world, found);
});

const dm = act(z.strictObject({ user: id }), (world, { user }) => openDm(world, personOf(world, user).id).id);

const install = act(z.strictObject({ user: id, installed: z.boolean() }), (world, { user, installed }) => {
  personOf(world, user);
  const others = world.state.meta().installs.filter((each) => each !== user);
  world.state.setMeta({ installs: installed ? [...others, user] : others });
});

const places = act(z.strictObject({}), ({ state }: World) => ({
  guilds: [...state.all('guilds').values()],
  channels: [...state.all('channels').values()].filter(({ deleted }) => !deleted),
  members: [...state.all('members').values()]
    .filter(({ user }) => user !== botId)
    .map((each) => ({ ...each, name: state.get('people', each.user)?.name ?? each.user })),
  people: [...state.all('people').values()],
  roles: [...state.all('roles').values()],
  bot: { id: botId, name: botName },
  installs: state.meta().installs,
}));

/** Somebody presses a name, or Cancel, at the address to which the app sent them. Gives where the browser goes next. */
const authorize = act(z.strictObject({ url: z.url(), user: id, allow: z.boolean().default(true) }), (world, { url, user, allow }) => ({
  location: world.logIns.decided(new URL(url).searchParams, allow ? user : null),
}));

function mailOf({ email, emailVerified }: Partial<Pick<Person, 'email' | 'emailVerified'>>) {
  return { ...(email !== undefined && { email }), ...(emailVerified !== undefined && { emailVerified }) };
}

export const setupActs = { authorize, guild, join, leave, outage, role, member, botRoles, channel, removeChannel, dm, install, places };
