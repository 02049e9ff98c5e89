// What Discord tells of servers. As in said/shapes.ts, what is left out or has another shape counts as not told.

import { z } from 'zod';
import { idSchema } from '../said/shapes.ts';

const name = z.string().catch('');
const bits = z
  .string()
  .regex(/^\d{1,40}$/)
  .catch('0');

export const readySchema = z.object({
  user: z.object({ id: idSchema }),
  guilds: z.array(z.object({ id: idSchema })),
  shard: z.tuple([z.int(), z.int().min(1)]).catch([0, 1]),
});

const channelSchema = z.object({
  id: idSchema,
  type: z.int(),
  name,
  position: z.number().catch(0),
  permission_overwrites: z.array(z.object({ id: z.string(), allow: bits, deny: bits })).catch([]),
});

export const guildCreateSchema = z.object({
  id: idSchema,
  name,
  unavailable: z.boolean().catch(false),
  joined_at: z.string().catch(''),
  system_channel_id: idSchema.nullish().catch(null),
  roles: z.array(z.object({ id: z.string(), permissions: bits })).catch([]),
  members: z.array(z.object({ user: z.object({ id: z.string() }), roles: z.array(z.string()).catch([]) })).catch([]),
  // One channel of another shape takes none of the others away.
  channels: z
    .array(z.unknown())
    .catch([])
    .transform((all) => all.flatMap((each) => channelSchema.safeParse(each).data ?? [])),
});

export const guildSchema = z.object({ id: idSchema, name });
export const guildDeleteSchema = z.object({ id: idSchema, unavailable: z.boolean().catch(false) });
export const channelUpdateSchema = z.object({
  id: idSchema,
  guild_id: idSchema.nullish(),
  name: z.string().nullish().catch(null),
  permission_overwrites: z.array(z.object({ id: z.string(), deny: bits })).catch([]),
});
export const memberUpdateSchema = z.object({
  guild_id: idSchema,
  user: z.object({ id: idSchema }),
});

export type JoinedGuild = z.output<typeof guildCreateSchema>;
export type GuildChannel = z.output<typeof channelSchema>;
