// What somebody may do in a channel: their roles, changed by what the channel says of everybody, of their roles and of themselves
// (docs, Permissions). A thread has its parent's.

import { PermissionFlagsBits as bits } from 'discord-api-types/v10';
import type { Channel, Guild } from './shapes.ts';
import type { State } from './state.ts';

export { PermissionFlagsBits as bits } from 'discord-api-types/v10';

/** What a server grants everybody from the start, and the bot with it. */
export const usual: bigint =
  bits.ViewChannel |
  bits.SendMessages |
  bits.SendMessagesInThreads |
  bits.CreatePublicThreads |
  bits.ReadMessageHistory |
  bits.AttachFiles |
  bits.EmbedLinks |
  bits.AddReactions |
  bits.UseApplicationCommands;

const all = (1n << 53n) - 1n;

/** In the whole server. */
export function inGuild(state: State, guild: Guild, user: string): bigint {
  if (guild.owner === user) return all;
  const member = state.get('members', `${guild.id}/${user}`);
  const own = [guild.id, ...(member?.roles ?? [])].map((role) => BigInt(state.get('roles', `${guild.id}/${role}`)?.permissions ?? 0));
  const sum = own.reduce((one, other) => one | other, 0n);
  return (sum & bits.Administrator) === 0n ? sum : all;
}

export function inChannel(state: State, channel: Channel, user: string): bigint {
  const guild = channel.guild === null ? undefined : state.get('guilds', channel.guild);
  if (guild === undefined) return usual;
  const most = inGuild(state, guild, user);
  if (most === all) return all;
  const place = isThread(channel) ? (state.get('channels', channel.parent!) ?? channel) : channel;
  const { roles = [] } = state.get('members', `${guild.id}/${user}`) ?? {};
  const steps = [
    place.overwrites.filter(({ id }) => id === guild.id),
    place.overwrites.filter(({ id, type }) => type === 0 && id !== guild.id && roles.includes(id)),
    place.overwrites.filter(({ id, type }) => type === 1 && id === user),
  ];
  return steps.reduce((now, those) => {
    const sum = (part: 'allow' | 'deny') => those.reduce((bitsOf, each) => bitsOf | BigInt(each[part]), 0n);
    return (now & ~sum('deny')) | sum('allow');
  }, most);
}

export function isThread({ type }: Pick<Channel, 'type'>): boolean {
  return type === 10 || type === 11 || type === 12;
}

export function may(permissions: bigint, what: bigint): boolean {
  return (permissions & what) === what;
}
