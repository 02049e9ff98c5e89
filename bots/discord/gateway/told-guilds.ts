// Servers and channels as the gateway tells of them and of each change.

import type { Log } from '#core/ports/log.ts';
import { shapes, whereOf, type ChannelShape, type GuildShape } from './guild-shapes.ts';
import type { IsOf, Where } from './guilds.ts';

export interface Guild {
  readonly name: string;
  readonly owner: string;
  readonly tier: number;
  /** Permissions, by role. */
  readonly roles: Map<string, bigint>;
}

export interface ToldGuilds {
  guild(id: string): Guild | undefined;
  channel(id: string): Where | undefined;
  /** The newest message of each channel. */
  latest(): Iterable<readonly [channel: string, message: string]>;
  /** Takes what an event tells. Another shape than Discord's is left. */
  note(name: string, data: unknown): void;
  forget(isOf: IsOf): void;
}

/** Categories, forums and media channels have no messages: those are in their posts. */
const withoutMessages: ReadonlySet<number> = new Set([4, 15, 16]);

export function rightsOf({ name, owner_id: owner, premium_tier: tier, roles }: GuildShape): Guild {
  return {
    name,
    owner,
    tier,
    roles: new Map(roles.map((role) => [role.id, BigInt(role.permissions)])),
  };
}

export function toldGuilds(log: Log): ToldGuilds {
  const guilds = new Map<string, Guild>();
  const channels = new Map<string, Where>();
  const ofGuild = new Map<string, Set<string>>();
  const newest = new Map<string, string>();

  const notes: Readonly<Record<string, (data: unknown) => void>> = {
    GUILD_CREATE(data) {
      // Of a server that was away for a while, all is told again.
      const guild = shapes.told.parse(data);
      dropChannels(guild.id);
      guilds.set(guild.id, rightsOf(guild));
      for (const channel of [...guild.channels, ...guild.threads]) keep(channel, guild.id);
    },
    GUILD_UPDATE(data) {
      const { id, name, owner_id: owner, premium_tier: tier } = shapes.changed.parse(data);
      const before = guilds.get(id);
      if (before !== undefined) guilds.set(id, { ...before, name, owner, tier });
    },
    GUILD_DELETE(data) {
      const { id, unavailable = false } = shapes.gone.parse(data);
      if (unavailable) return;
      dropChannels(id);
      guilds.delete(id);
    },
    GUILD_ROLE_CREATE: setRole,
    GUILD_ROLE_UPDATE: setRole,
    GUILD_ROLE_DELETE(data) {
      const { guild_id: guild, role_id: role } = shapes.noRoleOf.parse(data);
      guilds.get(guild)?.roles.delete(role);
    },
    CHANNEL_CREATE: setChannel,
    CHANNEL_UPDATE: setChannel,
    CHANNEL_DELETE: noChannel,
    THREAD_CREATE: setChannel,
    THREAD_UPDATE: setChannel,
    THREAD_DELETE: noChannel,
    THREAD_LIST_SYNC(data) {
      const { guild_id: guild, threads } = shapes.threads.parse(data);
      for (const thread of threads) keep(thread, guild);
    },
    MESSAGE_CREATE(data) {
      const { id, channel_id: channel } = (data ?? {}) as { id?: unknown; channel_id?: unknown };
      if (typeof id === 'string' && typeof channel === 'string' && channels.has(channel)) newest.set(channel, id);
    },
  };

  return {
    guild: (id) => guilds.get(id),
    channel: (id) => channels.get(id),
    latest: () => newest,
    note(name, data) {
      try {
        notes[name]?.(data);
      } catch (error) {
        log.warn({ event: name, error }, 'event of a server of a shape that we do not know');
      }
    },
    forget(isOf) {
      for (const guild of [...guilds.keys()].filter(isOf)) {
        dropChannels(guild);
        guilds.delete(guild);
      }
      // Direct messages, and what was told of a server that was not.
      for (const [channel, { guild }] of channels) if (isOf(guild)) drop(channel);
    },
  };

  function setRole(data: unknown): void {
    const { guild_id: guild, role } = shapes.roleOf.parse(data);
    guilds.get(guild)?.roles.set(role.id, BigInt(role.permissions));
  }

  function setChannel(data: unknown): void {
    const channel = shapes.channel.parse(data);
    keep(channel, channel.guild_id ?? null);
  }

  function noChannel(data: unknown): void {
    const { id, guild_id: guild } = shapes.channel.partial({ type: true }).parse(data);
    drop(id);
    if (typeof guild === 'string') ofGuild.get(guild)?.delete(id);
  }

  function keep(channel: ChannelShape, guild: string | null): void {
    const { id, type, last_message_id: last } = channel;
    channels.set(id, whereOf(channel, guild));
    if (typeof last === 'string' && !withoutMessages.has(type)) newest.set(id, last);
    if (guild === null) return;
    const ids = ofGuild.get(guild) ?? new Set();
    ofGuild.set(guild, ids.add(id));
  }

  function drop(id: string): void {
    channels.delete(id);
    newest.delete(id);
  }

  function dropChannels(guild: string): void {
    for (const id of ofGuild.get(guild) ?? []) drop(id);
    ofGuild.delete(guild);
  }
}
