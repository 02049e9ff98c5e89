// What adapters hand to the verbs of chats: who speaks, and what they said, pressed, typed, edited or removed. A wrong shape is
// the adapter's fault; everything that came from the platform is bounded here.

import { z } from 'zod';
import { hows } from '#core/domain/chats/addressed.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { fileSchema } from './ask.ts';

/** Gives back what the schema makes of it, or throws `request.invalid`. */
export function parseChat<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refuse('request.invalid', {
    fields: parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ name: path.join('.') || 'request', problem: message })),
  });
}

const word = z.string().trim().min(1).max(200);
/** Names are people's own and may be as long as a platform lets them. */
const name = z
  .string()
  .max(10_000)
  .transform((text) => shorten(cleanText(text).replace(/\s+/g, ' '), 100));
/** Longer texts are refused with words; beyond this a platform never sends them. */
const text = z.string().max(1_000_000);
/** As much as a field of Slack's forms takes; the rest is left out. */
const CONTEXT_CHARACTERS = 3_000;
/** What the request is about and somebody else may have written, such as the message that it was started on. Never read as a request. */
const context = text.transform((words) => shorten(cleanText(words), CONTEXT_CHARACTERS)).optional();
/** The coordinates of a message or of a press, with its platform in front: its identity, kept for good. */
const key = z.string().trim().min(1).max(250);
const threadRef = z
  .string()
  .regex(/^[a-z][a-z0-9-]*:./, 'not a thread ref')
  .max(400)
  .transform((ref) => ref as ThreadRef);

/** Far above what a platform gives one person: 250 on a Discord server. */
const MOST_ROLES = 1_000;

/** In a direct message with the bot, which the core knows by itself only once the adapter has named it. */
const direct = z.boolean().optional();

const platform = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'not a platform');

export const speakerSchema = z.object({
  platform,
  workspace: word.nullable(),
  workspaceName: name.optional(),
  space: word.nullable(),
  externalId: word,
  name,
  /** Required, because who forgets to say it would let everybody spend. */
  isGuest: z.boolean(),
  isOutsider: z.boolean(),
  administers: z.boolean().default(false),
  /** Where its platform has roles: those of a channel's rules are among them, or its person can't ask there. */
  roles: z.array(word).max(MOST_ROLES).default([]),
});

export const messageSchema = z.object({
  key,
  /** A second identity of the same gesture, such as Slack's `client_msg_id`. */
  also: key.optional(),
  threadRef,
  /** As limits know it: `slack:T1:C9`. */
  channel: word.optional(),
  direct,
  text,
  /** When it was said, by the platform's clock. */
  at: z.date(),
  how: z.enum(hows),
  files: z.array(fileSchema).max(1000).default([]),
  context,
});

export const pressSchema = z.object({
  key,
  /** What the button sent back (core/domain/messages/choice.ts), or `stop` for the platform's own stop button. */
  choice: z.string().min(1).max(200),
  threadRef,
  /** The letter that was pressed on. */
  letterKey: key.optional(),
  /** As limits and rules know it, where the thread ref does not tell: a conversation with one person is held in no channel. */
  channel: word.optional(),
  direct,
  /** When it was pressed, by the platform's clock: a stop never hits what was asked later. */
  at: z.date(),
  form: z
    .object({
      text,
      type: z.enum(agentTypes).optional(),
      /** How many; larger ones are refused with words. */
      count: z.int().min(0).max(1_000_000_000).optional(),
    })
    .optional(),
});

export const commandSchema = z.object({
  key,
  name: z.string().trim().max(100),
  text,
  threadRef,
  channel: word.optional(),
  direct,
  at: z.date(),
  /** What a request brings, and the type that was chosen for it, where the platform's command has places for them. */
  files: z.array(fileSchema).max(1000).default([]),
  type: z.enum(agentTypes).optional(),
  context,
});

export const editSchema = z.object({
  key,
  text,
  at: z.date(),
  /** Its text before the edit, where the platform tells it: what came with the message beside its text stays with it. */
  before: text.optional(),
  /** The message, without its old text, where it may not have been told yet: the edit is then heard in its place. */
  message: messageSchema.omit({ key: true, text: true }).optional(),
});
export const removalSchema = z.object({ key });

/** A message that is gone, where its platform tells neither whose it was nor who removed it. */
export const goneSchema = z.object({ platform, workspace: word.nullable(), key });

export type SpeakerInput = z.input<typeof speakerSchema>;
export type MessageInput = z.input<typeof messageSchema>;
export type Message = z.output<typeof messageSchema>;
export type PressInput = z.input<typeof pressSchema>;
export type PressGiven = z.output<typeof pressSchema>;
export type CommandInput = z.input<typeof commandSchema>;
export type Command = z.output<typeof commandSchema>;
export type EditInput = z.input<typeof editSchema>;
export type RemovalInput = z.input<typeof removalSchema>;
export type GoneInput = z.input<typeof goneSchema>;
