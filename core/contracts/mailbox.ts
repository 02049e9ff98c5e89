// What the mail sandbox tells of the mails it took, to the pages that show them and to tests.

import { z } from 'zod';

export const sandboxMail = z.object({
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  /** The tag `kind`, which our own mails carry. */
  kind: z.string().nullable(),
  text: z.string(),
});
export type SandboxMail = z.infer<typeof sandboxMail>;

/** Newest first. */
export const sandboxMails = z.object({ mails: z.array(sandboxMail) });

export const wholeSandboxMail = sandboxMail.extend({
  html: z.string().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])),
});
export type WholeSandboxMail = z.infer<typeof wholeSandboxMail>;

/**
 * Trouble to order: each request waits `delayMs`, and takes the first of `next`. `lose-answer` takes the mail and ends the
 * connection before saying so; `cut` ends it before.
 */
export const mailFaults = z.strictObject({
  delayMs: z.int().min(0).max(60_000).default(0),
  next: z.array(z.enum(['cut', 'lose-answer', 'internal-error', 'unavailable', 'throttle'])).default([]),
});
export type MailFaults = z.infer<typeof mailFaults>;
