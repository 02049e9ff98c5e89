// What Discord tells of messages. Only what is read here is looked at, and everything that it leaves out or fills with null is taken as
// such: a field of a new shape must not cost a request.

import { z } from 'zod';

export const idSchema = z.string().regex(/^\d{17,20}$/, 'not an id of Discord');
const flag = z.boolean().nullish();
const words = z.string().nullish();

const userSchema = z.object({
  id: idSchema,
  username: z.string().catch(''),
  global_name: words.catch(null),
  bot: flag.catch(null),
  system: flag.catch(null),
});

/** As REST, the gateway and interactions give it; in messages it has no user. */
export const memberSchema = z.object({
  nick: words.catch(null),
  roles: z.array(z.string()).catch([]),
  flags: z.int().catch(0),
  joined_at: z.string().nullable().optional().catch(undefined),
  pending: z.boolean().optional().catch(undefined),
});

const attachmentSchema = z.object({
  id: idSchema,
  filename: z.string().catch('file'),
  title: words.catch(null),
  content_type: words.catch(null),
  size: z.int().nonnegative().catch(1),
});
/** More than ten come with no message; forwarded ones have their own. */
const attachments = z.array(attachmentSchema).catch([]);

/** By REST and by the gateway alike: REST says neither the server nor the member. */
export const messageSchema = z.object({
  id: idSchema,
  channel_id: idSchema,
  guild_id: idSchema.nullish(),
  type: z.int().catch(0),
  author: userSchema,
  member: memberSchema.nullish().catch(null),
  webhook_id: words.catch(null),
  content: z.string().catch(''),
  edited_timestamp: words.catch(null),
  nonce: z.union([z.string(), z.number()]).nullish().catch(null),
  mentions: z
    .array(
      userSchema.extend({
        member: z
          .object({ nick: words.catch(null) })
          .nullish()
          .catch(null),
      }),
    )
    .catch([]),
  mention_roles: z.array(z.string()).catch([]),
  attachments,
  message_reference: z.object({ message_id: idSchema.nullish(), type: z.int().nullish() }).nullish().catch(null),
  message_snapshots: z
    .array(z.object({ message: z.object({ content: z.string().catch(''), attachments }) }))
    .nullish()
    .catch(null),
});

export const deletedSchema = z.object({
  id: idSchema,
  channel_id: idSchema,
  guild_id: idSchema.nullish(),
});
export const deletedInBulkSchema = z.object({
  ids: z.array(idSchema).max(1_000),
  channel_id: idSchema,
  guild_id: idSchema.nullish(),
});

export type DiscordMessage = z.output<typeof messageSchema>;
export type DiscordMember = z.output<typeof memberSchema>;
export type DiscordAttachment = z.output<typeof attachmentSchema>;
