// What a path names, and whether the bot may do something there.

import { bits, inChannel, isThread, may } from '../permissions.ts';
import { DiscordNo } from '../no.ts';
import type { Channel, Guild, Message } from '../shapes.ts';
import { botId } from '../bot.ts';
import type { World } from '../world.ts';

/** A channel that the bot sees. */
export function channelIn({ state }: Pick<World, 'state'>, id: string | undefined): Channel {
  const channel = state.get('channels', id ?? '');
  if (channel === undefined || channel.deleted) throw new DiscordNo(10003);
  if (channel.guild === null) {
    if (channel.people.length !== 1) throw new DiscordNo(50001);
    return channel;
  }
  const guild = state.get('guilds', channel.guild);
  if (guild === undefined || !guild.bot || !may(inChannel(state, channel, botId), bits.ViewChannel)) throw new DiscordNo(50001);
  return channel;
}

export function need({ state }: Pick<World, 'state'>, channel: Channel, what: bigint): void {
  if (!mayThere({ state }, channel, what)) throw new DiscordNo(50013);
}

export function mayThere({ state }: Pick<World, 'state'>, channel: Channel, what: bigint): boolean {
  return channel.guild === null || may(inChannel(state, channel, botId), what);
}

/** What posting there needs. */
export function needPost(world: Pick<World, 'state'>, channel: Channel, hasFiles: boolean): void {
  if (channel.guild === null) {
    if (world.state.get('people', channel.people[0]!)?.dmsClosed === true) throw new DiscordNo(50007);
    return;
  }
  if (channel.type === 15 || channel.type === 4) throw new DiscordNo(50008);
  need(world, channel, isThread(channel) ? bits.SendMessagesInThreads : bits.SendMessages);
  if (hasFiles) need(world, channel, bits.AttachFiles);
  if (channel.locked && !mayThere(world, channel, bits.ManageThreads)) throw new DiscordNo(160005);
}

/** That everybody sees. */
export function messageIn({ state }: Pick<World, 'state'>, channel: Channel, id: string | undefined): Message {
  const message = state.get('messages', id ?? '');
  if (message === undefined || message.channel !== channel.id || message.deleted || message.only !== null) throw new DiscordNo(10008);
  return message;
}

export function guildIn({ state }: Pick<World, 'state'>, id: string | undefined): Guild {
  const guild = state.get('guilds', id ?? '');
  if (guild === undefined || !guild.bot) throw new DiscordNo(10004);
  return guild;
}
