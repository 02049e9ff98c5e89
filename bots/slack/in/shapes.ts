// What we read of what Slack tells us. Everything else in it may be as it likes: there are older payloads, payloads of large companies,
// and payloads of channels that two companies share.

import { z } from 'zod';

const id = z.string().min(1).max(100);
const words = z.string().max(1_000_000);
const ts = z.string().regex(/^\d{1,12}\.\d{6}$/);
/** Slack leaves out what there is not, or says null. */
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? undefined);

/** What we can do without: where its shape is another one, it counts as left out. */
const unimportant = <Schema extends z.ZodType>(schema: Schema) => maybe(schema).catch(undefined);

/** What all of them begin with. */
export const envelopeSchema = z.looseObject({
  /** A command has none. */
  type: z.string().max(100).default('slash_command'),
  challenge: maybe(z.string().max(1_000)),
  event_id: maybe(id),
  team_id: maybe(id),
  context_team_id: maybe(id),
  authorizations: maybe(z.array(z.looseObject({ team_id: maybe(id) }))),
  /** Of presses, forms and shortcuts. */
  team: maybe(z.looseObject({ id })),
});
export type Envelope = z.output<typeof envelopeSchema>;

/** Without an id it cannot be fetched, and its person is told so. */
const fileSchema = z.object({
  id: unimportant(id),
  name: unimportant(z.string().max(1_000)),
  mimetype: unimportant(z.string().max(200)),
  size: unimportant(z.number().min(0)),
  /** `tombstone`, `hidden_by_limit`, `hosted`. */
  mode: unimportant(z.string().max(100)),
});
export type SlackFile = z.output<typeof fileSchema>;

/** A message as an event holds it, and as an edit holds the version before. */
const said = {
  subtype: maybe(z.string().max(100)),
  user: maybe(id),
  bot_id: maybe(id),
  text: maybe(words),
  ts: maybe(ts),
  thread_ts: maybe(ts),
  client_msg_id: unimportant(id),
  edited: unimportant(z.object({ ts })),
  blocks: unimportant(z.array(z.looseObject({ block_id: maybe(z.string().max(300)) }))),
  files: maybe(z.array(fileSchema).max(1_000)),
};

export const messageEventSchema = z.object({
  ...said,
  type: z.enum(['message', 'app_mention']),
  channel: id,
  /** The changed one, where it tells of a change. */
  message: maybe(z.object(said)),
  previous_message: maybe(z.object(said)),
  deleted_ts: maybe(ts),
  /** What the person looks at, in direct messages with an agent. */
  app_context: unimportant(z.object({ entities: z.array(z.object({ type: z.string(), value: unimportant(id) })) })),
});
export type MessageEvent = z.output<typeof messageEventSchema>;
export type SaidMessage = NonNullable<MessageEvent['message']>;

const person = z.object({ id });

/** Our post, with its blocks as Slack keeps them. */
const pressedMessageSchema = z.object({
  ts,
  thread_ts: maybe(ts),
  text: unimportant(words),
  blocks: z
    .array(z.looseObject({ type: z.string().max(100), block_id: maybe(z.string().max(300)) }))
    .nullish()
    .transform((blocks) => blocks ?? []),
});
export type PressedMessage = z.output<typeof pressedMessageSchema>;

/** A button of ours was pressed, below a post or on a home tab. */
export const pressedSchema = z.object({
  user: person,
  trigger_id: maybe(z.string().max(300)),
  container: z.object({ message_ts: maybe(ts), thread_ts: maybe(ts), channel_id: maybe(id) }),
  channel: maybe(z.object({ id })),
  /** There is none where only one person saw it. */
  message: maybe(pressedMessageSchema),
  actions: z.array(z.object({ value: maybe(z.string().max(2_000)), action_ts: ts })).min(1),
});
export type Pressed = z.output<typeof pressedSchema>;

const field = z.object({ value: maybe(words), selected_option: maybe(z.object({ value: z.string().max(200) })) });

/** A form of ours was filled in. */
export const submittedSchema = z.object({
  user: person,
  view: z.object({
    id,
    private_metadata: z.string().max(3_000),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), field)) }),
  }),
});
export type Submitted = z.output<typeof submittedSchema>;

/** `/impacter ask find me 100 leads`. */
export const commandSchema = z.object({ user_id: id, channel_id: id, text: words.default(''), trigger_id: z.string().min(1).max(200) });
export type SlashCommand = z.output<typeof commandSchema>;

/** Slack's own Stop. */
export const stoppedSchema = z.object({ channel: id, user: id, thread_ts: ts, event_ts: ts });
export type Stopped = z.output<typeof stoppedSchema>;

/** The app was removed. `event_time` is when, in seconds. */
export const removedSchema = z.object({ event_time: z.number().positive() });
export type Removed = z.output<typeof removedSchema>;

/** Tokens were revoked, by the ids of whose they were. */
export const revokedSchema = removedSchema.extend({ event: z.object({ tokens: z.object({ bot: maybe(z.array(id)) }) }) });
export type Revoked = z.output<typeof revokedSchema>;

/** Somebody opened the app: its home, or their direct messages with it. */
export const openedSchema = z.object({ user: id, channel: maybe(id), tab: maybe(z.string().max(100)) });
export type Opened = z.output<typeof openedSchema>;

export const joinedSchema = z.object({ user: id, inviter: maybe(id) });
export type Joined = z.output<typeof joinedSchema>;

/** A message shortcut, with the message. */
export const shortcutSchema = z.object({
  user: person,
  trigger_id: z.string().min(1).max(300),
  channel: z.object({ id }),
  message: z.object({ text: maybe(words), ts, thread_ts: maybe(ts), files: maybe(z.array(fileSchema).max(1_000)) }),
});
export type Shortcut = z.output<typeof shortcutSchema>;
