// Everything that the board tells the bot, parsed. Each event has an id of its own, the same at every repeat; what can be
// answered besides in the thread carries an interaction (`POST /interactions/:id`, for fifteen minutes).

import { z } from 'zod';

const id = z.string().min(1).max(100);
const words = z.string().max(40_000);

export const roles = ['admin', 'member', 'guest', 'outsider'] as const;
/** Outsiders come from another workspace into a shared channel. */
export type Role = (typeof roles)[number];

/** Where it happened, and who did it. */
const place = {
  event: id,
  workspace: id,
  channel: id,
  /** Empty for a command that was given outside of threads. */
  thread: z.string().max(15),
  /** Only this person and the bot read the channel. */
  direct: z.boolean(),
  from: z.strictObject({ id, name: z.string().max(200), role: z.enum(roles) }),
  at: z.iso.datetime(),
};

/** The address expires; `GET /messages/:id` gives a new one. Without the bot's token it leads to a login page. */
const file = z.strictObject({
  id,
  name: z.string().min(1).max(300),
  mime: z.string().min(1).max(100),
  sizeBytes: z.int().min(0),
  url: z.url(),
});

export const boardEvent = z.discriminatedUnion('kind', [
  /** `gesture`: messages with the same one of one person are the same message, which their app sent twice. */
  z.strictObject({ kind: z.literal('said'), ...place, message: id, gesture: id.optional(), text: words, files: z.array(file).max(10) }),
  /** A person changed what they said. `text` is how it reads now. */
  z.strictObject({ kind: z.literal('edited'), ...place, message: id, text: words }),
  z.strictObject({ kind: z.literal('deleted'), ...place, message: id }),
  /** `choice` is the id that our post gave it, `key` the post's own where it has one. */
  z.strictObject({ kind: z.literal('pressed'), ...place, interaction: id, message: id, key: id.optional(), choice: id }),
  /** `form` is the id that we gave the form, `values` what was put into its fields. */
  z.strictObject({ kind: z.literal('submitted'), ...place, interaction: id, form: id, values: z.record(id, words) }),
  /** `/name text`. */
  z.strictObject({ kind: z.literal('command'), ...place, interaction: id, name: id, text: words }),
  /** The platform's own Stop, which belongs to a thread and to no post. */
  z.strictObject({ kind: z.literal('stopped'), ...place }),
]);

export type BoardEvent = z.infer<typeof boardEvent>;
export type BoardEventKind = BoardEvent['kind'];

/** What the bot may answer an interaction with: words that only its person sees, or a form. */
export const interactionAnswer = z.union([
  z.strictObject({ text: words.min(1) }),
  z.strictObject({
    form: z.strictObject({
      id,
      title: z.string().min(1).max(80),
      submit: z.string().min(1).max(40),
      fields: z
        .array(
          z.strictObject({
            id,
            label: z.string().min(1).max(80),
            /** `choice` takes one of `options`; the others take words, on one line or several. */
            kind: z.enum(['line', 'text', 'choice']),
            required: z.boolean().default(false),
            /** Characters. */
            most: z.int().min(1).max(4000).default(4000),
            value: z.string().max(4000).default(''),
            options: z
              .array(z.strictObject({ id, label: z.string().min(1).max(80) }))
              .max(25)
              .default([]),
          }),
        )
        .min(1)
        .max(5),
    }),
  }),
]);

export type InteractionAnswer = z.input<typeof interactionAnswer>;
export type Form = Extract<z.output<typeof interactionAnswer>, { form: unknown }>['form'];
