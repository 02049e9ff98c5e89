// What happens, as the gateway tells it: only of servers that the bot is in, and of channels that it sees.

import { bits, inChannel, isThread, may } from '../permissions.ts';
import type { Channel, Guild, Member, Message, Role } from '../shapes.ts';
import { wireChannel, wireGuild, wireGuildCreate, wireMember, wireRole } from '../wire.ts';
import { showsContent, wireToldMessage, withoutContent } from '../wire-message.ts';
import { botId } from '../bot.ts';
import type { World } from '../world.ts';

type Told = Pick<World, 'state' | 'shelf' | 'gateway'>;

export const intents = { guilds: 1 << 0, members: 1 << 1, guildMessages: 1 << 9, directMessages: 1 << 12 } as const;

export function tellMessage(world: Told, message: Message): void {
  tellOf(world, 'MESSAGE_CREATE', message);
}

/** Also for a preview of a link, which is no edit of anybody’s. */
export function tellUpdate(world: Told, message: Message): void {
  tellOf(world, 'MESSAGE_UPDATE', message);
}

function tellOf(world: Told, t: string, message: Message): void {
  const channel = world.state.get('channels', message.channel)!;
  if (message.only !== null || !isSeen(world, channel)) return;
  const d = wireToldMessage(world, message);
  world.gateway.tell({
    t,
    d,
    ...placeOf(channel),
    ...(!showsContent(message, channel) && { hidden: withoutContent(d) }),
  });
}

/** Nobody says who wrote or removed them. */
export function tellRemoved(world: Told, channel: Channel, ids: readonly string[]): void {
  if (!isSeen(world, channel)) return;
  const where = { channel_id: channel.id, ...(channel.guild !== null && { guild_id: channel.guild }) };
  const [id] = ids;
  const isBulk = ids.length > 1;
  world.gateway.tell({
    t: isBulk ? 'MESSAGE_DELETE_BULK' : 'MESSAGE_DELETE',
    d: isBulk ? { ids, ...where } : { id, ...where },
    ...placeOf(channel),
  });
}

export function tellThread(world: Told, t: 'THREAD_CREATE' | 'THREAD_UPDATE', thread: Channel, isNew = false): void {
  if (!isSeen(world, thread) || world.state.meta().unannounced.includes(thread.id)) return;
  world.gateway.tell({
    t,
    d: { ...wireChannel(world, thread), ...(isNew && { newly_created: true }) },
    intent: intents.guilds,
    guild: thread.guild,
  });
}

export function tellChannel(world: Told, t: 'CHANNEL_CREATE' | 'CHANNEL_UPDATE', channel: Channel): void {
  if (channel.guild === null || !isSeen(world, channel)) return;
  world.gateway.tell({ t, d: wireChannel(world, channel), intent: intents.guilds, guild: channel.guild });
}

export function tellChannelGone(world: Told, channel: Channel): void {
  if (channel.guild === null) return;
  const { id, type, parent, guild } = channel;
  const d = isThread(channel) ? { id, guild_id: guild, parent_id: parent, type } : wireChannel(world, channel);
  world.gateway.tell({ t: isThread(channel) ? 'THREAD_DELETE' : 'CHANNEL_DELETE', d, intent: intents.guilds, guild });
}

export function tellGuild(world: Told, guild: Guild): void {
  const d = wireGuildCreate(world, guild, { hasMembers: false });
  world.gateway.tell({ t: 'GUILD_CREATE', d, intent: intents.guilds, guild: guild.id, once: true });
}

export function tellGuildChange(world: Told, guild: Guild): void {
  if (guild.bot) world.gateway.tell({ t: 'GUILD_UPDATE', d: wireGuild(world, guild), intent: intents.guilds, guild: guild.id });
}

/** The bot is not in it any more; or nobody can reach it for a while. */
export function tellGuildGone(world: Told, guild: Guild, isOutage: boolean): void {
  const d = { id: guild.id, ...(isOutage && { unavailable: true }) };
  world.gateway.tell({ t: 'GUILD_DELETE', d, intent: intents.guilds, guild: guild.id, once: true });
}

export function tellRole(world: Told, role: Role, isNew: boolean): void {
  const d = { guild_id: role.guild, role: wireRole(role) };
  world.gateway.tell({ t: isNew ? 'GUILD_ROLE_CREATE' : 'GUILD_ROLE_UPDATE', d, intent: intents.guilds, guild: role.guild });
}

/** Of itself a bot is told without the intent for members. */
export function tellMember(world: Told, member: Member): void {
  const intent = member.user === botId ? intents.guilds : intents.members;
  const d = { guild_id: member.guild, ...wireMember(world, member, true) };
  world.gateway.tell({ t: 'GUILD_MEMBER_UPDATE', d, intent, guild: member.guild });
}

/** Whether the bot is told of what happens there. */
export function isSeen({ state }: Pick<World, 'state'>, channel: Channel): boolean {
  if (channel.guild === null) return channel.people.length === 1;
  const guild = state.get('guilds', channel.guild);
  return guild !== undefined && guild.bot && !guild.isAway && may(inChannel(state, channel, botId), bits.ViewChannel);
}

function placeOf({ guild }: Channel): { readonly intent: number; readonly guild: string | null } {
  return { intent: guild === null ? intents.directMessages : intents.guildMessages, guild };
}
