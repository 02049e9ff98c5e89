// What we read of an interaction. Everything else in it may be as it likes.

import { z } from 'zod';
import { messageSchema as saidSchema } from '../said/shapes.ts';

export const snowflake = z.string().regex(/^\d{17,20}$/);
/** Discord leaves out what there is not, or says null. */
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? undefined);
/** What we can do without: where its shape is another one, it counts as left out. */
const unimportant = <Schema extends z.ZodType>(schema: Schema) => maybe(schema).catch(undefined);
const words = z.string().max(100_000);
const bits = z.string().regex(/^\d{1,40}$/);

const userSchema = z.object({
  id: snowflake,
  username: z.string().max(1_000),
  global_name: unimportant(z.string().max(1_000)),
});
const memberSchema = z.object({
  user: userSchema,
  nick: unimportant(z.string().max(1_000)),
  roles: z.array(snowflake).max(1_000),
  flags: unimportant(z.int()),
  /** null: they are no member any more. */
  joined_at: z.string().max(100).nullish(),
  pending: unimportant(z.boolean()),
  permissions: unimportant(bits),
});

const attachmentSchema = z.object({
  id: snowflake,
  filename: unimportant(z.string().max(2_000)),
  /** The real name, without its ending, where Discord replaced characters in the other. */
  title: unimportant(z.string().max(2_000)),
  content_type: unimportant(z.string().max(200)),
  size: unimportant(z.int().min(0)),
  url: unimportant(z.string().max(1_900)),
});
export type Attachment = z.output<typeof attachmentSchema>;

const said = { content: maybe(words), attachments: maybe(z.array(attachmentSchema).max(100)) };

const messageSchema = z.object({
  ...said,
  id: snowflake,
  channel_id: unimportant(snowflake),
  flags: unimportant(z.int()),
  message_reference: unimportant(z.object({ message_id: maybe(snowflake), channel_id: maybe(snowflake) })),
  /** What was forwarded with it. */
  message_snapshots: unimportant(z.array(z.object({ message: z.object(said) })).max(20)),
  mentions: saidSchema.shape.mentions,
  interaction_metadata: unimportant(z.object({ id: snowflake })),
});
export type SeenMessage = z.output<typeof messageSchema>;

const resolvedSchema = maybe(
  z.object({
    attachments: unimportant(z.record(z.string(), attachmentSchema)),
    messages: unimportant(z.record(z.string(), messageSchema)),
    roles: unimportant(z.record(z.string(), z.looseObject({ id: snowflake, name: z.string().max(200) }))),
  }),
);

const common = {
  id: snowflake,
  token: z.string().min(1).max(2_000),
  guild_id: maybe(snowflake),
  channel_id: maybe(snowflake),
  channel: unimportant(
    z.object({
      id: snowflake,
      type: z.int(),
      name: unimportant(z.string().max(1_000)),
      parent_id: unimportant(snowflake),
      thread_metadata: unimportant(z.object({ locked: unimportant(z.boolean()) })),
    }),
  ),
  member: maybe(memberSchema),
  user: maybe(userSchema),
  app_permissions: unimportant(bits),
  /** 0: a server, 1: a direct message with us, 2: a conversation of others. */
  context: unimportant(z.int()),
  message: maybe(messageSchema),
};

const optionSchema = z.object({
  name: z.string().max(100),
  value: maybe(z.union([words, z.boolean(), z.number()])),
});

export const commandSchema = z.object({
  ...common,
  data: z.object({
    name: z.string().max(100),
    /** 1: typed, 3: run on a message. */
    type: z.int(),
    options: maybe(z.array(optionSchema).max(100)),
    resolved: resolvedSchema,
    target_id: maybe(snowflake),
  }),
});
export const componentSchema = z.object({
  ...common,
  data: z.object({ custom_id: z.string().max(100) }),
});

const fieldSchema = z.object({
  custom_id: unimportant(z.string().max(100)),
  value: unimportant(words),
  values: unimportant(z.array(words).max(100)),
});
export const formSchema = z.object({
  ...common,
  data: z.object({
    custom_id: z.string().max(100),
    components: z.array(z.object({ component: maybe(fieldSchema) })).max(50),
    resolved: resolvedSchema,
  }),
});

export type Given = z.output<typeof commandSchema>;
export type Pressed = z.output<typeof componentSchema>;
export type Resolved = z.output<typeof resolvedSchema>;
export type Submitted = z.output<typeof formSchema>;
/** What all three have. */
export type Made = Omit<Given, 'data'>;

/** What is answered, whatever else it holds. */
export const headSchema = z.object({
  id: snowflake,
  token: z.string().min(1).max(2_000),
  type: z.int(),
});
