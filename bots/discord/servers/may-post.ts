// Where we may write on a server that we just joined, by Discord's rules for permissions (docs, Permissions, Permission Overwrites).

import type { GuildChannel, JoinedGuild } from './shapes.ts';

const ADMINISTRATOR = 1n << 3n;
const WRITES = (1n << 10n) | (1n << 11n); // VIEW_CHANNEL and SEND_MESSAGES
const TEXT = 0;
const ANNOUNCEMENT = 5;

/** Where Discord itself greets people, else the topmost channel; null where we may write nowhere. */
export function firstChannel(guild: JoinedGuild, me: string): GuildChannel | null {
  const open = guild.channels.filter((channel) => (channel.type === TEXT || channel.type === ANNOUNCEMENT) && mayPost(guild, channel, me));
  return open.find(({ id }) => id === guild.system_channel_id) ?? open.sort((a, b) => a.position - b.position)[0] ?? null;
}

function mayPost({ id: everyone, roles, members }: JoinedGuild, { permission_overwrites: overwrites }: GuildChannel, me: string): boolean {
  const own = members.find(({ user }) => user.id === me)?.roles ?? [];
  const base = roles
    .filter(({ id }) => id === everyone || own.includes(id))
    .reduce((all, { permissions }) => all | BigInt(permissions), 0n);
  if ((base & ADMINISTRATOR) !== 0n) return true;
  let may = base;
  for (const ids of [[everyone], own, [me]]) {
    const here = overwrites.filter(({ id }) => ids.includes(id));
    for (const { deny } of here) may &= ~BigInt(deny);
    for (const { allow } of here) may |= BigInt(allow);
  }
  return (may & WRITES) === WRITES;
}
