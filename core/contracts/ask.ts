// An ask is what a person said to us, somewhere, once. The portal, the API and the terminal hand intake exactly this; chats have a
// contract of their own (chats.ts), of which a request comes.

import { z } from 'zod';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { isId, type FileId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { askLimits } from '#core/domain/asks/limits.ts';
import { readAgain, readAsk, type ReadAsk } from '#core/domain/asks/read-ask.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { cleanText } from '#core/domain/text/text.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';

/** Checks the shape of what a front door hands over; a wrong one is the door's fault, not the person's. */
export function parseAsk(input: AskInput): Ask {
  const shape = askSchema.safeParse(input);
  if (!shape.success)
    throw refuse('request.invalid', {
      fields: shape.error.issues.map(({ path, message }) => ({ name: path.join('.') || 'request', problem: message })),
    });
  return shape.data;
}

/** What the person said, cleaned, or a refusal that can be said to them. `isAgain`: it is the text of an earlier task. */
export function readWords({ text, type, files }: Request, { isAgain = false } = {}): ReadAsk {
  if (files.length > askLimits.files) throw refuse('files.too-many', { count: files.length });
  for (const file of files) {
    if (file.kind !== 'remote') continue;
    if (file.sizeBytes === 0) throw refuse('file.empty', { name: file.name });
    if (file.sizeBytes > askLimits.fileBytes) throw refuse('file.too-large', { name: file.name });
  }
  const read = isAgain ? readAgain(text) : readAsk(text);
  return type === undefined ? read : { ...read, type };
}

const word = z.string().trim().min(1).max(200);
const name = z.string().transform(cleanText).pipe(z.string().min(1).max(200));
const id = <T extends string>() =>
  z
    .string()
    .refine(isId, 'not an id')
    .transform((text) => text as T);

export const fileSchema = z.discriminatedUnion('kind', [
  /** Already kept by us, with its name and size. */
  z.object({ kind: z.literal('stored'), fileId: id<FileId>() }),
  /** The platform has it; its adapter fetches it by this reference. */
  z.object({
    kind: z.literal('remote'),
    name,
    mime: word,
    sizeBytes: z.int().min(0),
    ref: z.string().min(1).max(2000),
  }),
]);

const requestSchema = z.object({
  /** Its identity, kept for good: the coordinates of its message, else the interaction id, `Idempotency-Key`, or (schedule, slot). */
  key: z.string().trim().min(1).max(300),
  /** Where to answer. */
  threadRef: z
    .string()
    .regex(/^[a-z][a-z0-9-]*:./, 'not a thread ref')
    .max(400)
    .transform((text) => text as ThreadRef),
  /** With its platform and workspace, `slack:T1:C9`: limits of a workspace count by the first two parts. */
  channel: word.optional(),
  text: z.string(),
  /** The person's own choice, where the front door has a place for it; words in the text choose too. */
  type: z.enum(agentTypes).optional(),
  files: z.array(fileSchema).max(1000).default([]),
  /** When it was said. */
  at: z.date(),
});

/** What was asked, whoever asked it. Of a chat it was checked as a message, a press or an edit (chats.ts). */
export type Request = z.output<typeof requestSchema>;
export type AskFile = Request['files'][number];

export const askSchema = requestSchema.extend({
  /** The thread ref was made up for this ask: another one under the same key is still the same request. */
  newConversation: z.boolean().default(false),
  /** Somebody logged in, and which of their teams pays. */
  from: z.object({ kind: z.literal('user'), userId: id<UserId>(), teamId: id<TeamId>() }),
});

export type AskInput = z.input<typeof askSchema>;
export type Ask = z.output<typeof askSchema>;
