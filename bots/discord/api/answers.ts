// What we read of Discord's answers.

import { z } from 'zod';

const id = z.string().regex(/^\d{1,20}$/);

/** A channel that was opened, or a thread that was begun. */
export const madeSchema = z.object({ id });

export const attachmentSchema = z.object({
  id,
  filename: z.string().nullish(),
  title: z.string().nullish(),
  content_type: z.string().nullish(),
  size: z.number().nullish(),
  url: z.string().nullish(),
});
export type SeenAttachment = z.infer<typeof attachmentSchema>;

const withFiles = { content: z.string().nullish(), attachments: z.array(attachmentSchema).nullish() };

/** The ids of a component and of the first one in it; what else is in it does not matter here. */
const componentSchema = z.object({ id: z.number().nullish(), components: z.array(z.object({ id: z.number().nullish() })).nullish() });

export const messageSchema = z.object({
  id,
  channel_id: id,
  author: z.object({ id }).nullish(),
  flags: z.number().nullish(),
  components: z.array(componentSchema).nullish(),
  message_snapshots: z.array(z.object({ message: z.object(withFiles) })).nullish(),
  ...withFiles,
});
export type SeenMessage = z.infer<typeof messageSchema>;

export const pageSchema = z.array(messageSchema);

export const refreshedSchema = z.object({ refreshed_urls: z.array(z.object({ refreshed: z.string() })) });
