// What is read of servers and their channels, by the gateway and by REST.

import { z } from 'zod';
import type { Where } from './guilds.ts';

const role = z.object({ id: z.string(), permissions: z.string().regex(/^\d{1,30}$/) });

const overwrite = z.object({ id: z.string(), deny: z.string().regex(/^\d{1,30}$/) });

const channel = z.object({
  id: z.string(),
  type: z.number(),
  guild_id: z.string().nullish(),
  parent_id: z.string().nullish(),
  name: z.string().nullish(),
  last_message_id: z
    .string()
    .regex(/^\d{1,20}$/)
    .nullish(),
  thread_metadata: z.object({ locked: z.boolean().optional() }).nullish(),
  permission_overwrites: z.array(overwrite).nullish().catch(null),
});

const guild = z.object({
  id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  premium_tier: z.number().default(0),
  roles: z.array(role),
});

export const shapes = {
  role,
  channel,
  guild,
  told: guild.extend({
    channels: z.array(channel).default([]),
    threads: z.array(channel).default([]),
  }),
  changed: guild.omit({ roles: true }),
  gone: z.object({ id: z.string(), unavailable: z.boolean().optional() }),
  roleOf: z.object({ guild_id: z.string(), role }),
  noRoleOf: z.object({ guild_id: z.string(), role_id: z.string() }),
  threads: z.object({ guild_id: z.string(), threads: z.array(channel) }),
};

export type ChannelShape = z.output<typeof channel>;
export type GuildShape = z.output<typeof guild>;

/** VIEW_CHANNEL (docs, Permissions). */
const SEE = 1n << 10n;
const threadTypes: ReadonlySet<number> = new Set([10, 11, 12]);

/** Events tell channels of a server without its id. */
export function whereOf(channel: ChannelShape, guild: string | null = channel.guild_id ?? null): Where {
  const { type, name = null, parent_id: parent = null, thread_metadata: thread, permission_overwrites } = channel;
  // The parent of a channel that is no thread is its category.
  return {
    guild,
    parent: threadTypes.has(type) ? parent : null,
    type,
    locked: thread?.locked ?? false,
    name,
    isPrivate: isHidden(permission_overwrites, guild),
  };
}

/** From everybody, whose role has the id of the server. */
export function isHidden(
  overwrites: readonly { readonly id: string; readonly deny: string }[] | null | undefined,
  guild: string | null,
): boolean {
  const everyone = overwrites?.find(({ id }) => id === guild);
  return everyone !== undefined && (BigInt(everyone.deny) & SEE) !== 0n;
}
