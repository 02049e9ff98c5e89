import type { MailId } from '#core/domain/ids.ts';
import type { MailKind } from '#core/domain/mail/mail.ts';
import type { MailWords } from '#core/domain/mail/say-mail.ts';

/** Hands mails to whoever carries them to people. There is no way to ask later whether one was taken. */
export interface Mailer {
  /** Resolves only when the mail was taken; every other end is a MailError. */
  send(mail: MailToSend, signal?: AbortSignal): Promise<{ messageId: string }>;
  /** Whether mails would be taken now. Rejects with what is wrong. */
  check(signal?: AbortSignal): Promise<MailStanding>;
  close(): void;
}

export interface MailToSend {
  readonly id: MailId;
  /** One address, and nothing else. */
  readonly to: string;
  readonly kind: MailKind;
  readonly words: MailWords;
  readonly at: Date;
}

export interface MailStanding {
  readonly from: string;
  /** How many were sent in the last 24 hours, and how many may be. */
  readonly sent: number;
  readonly most: number;
}

/** How handing over ended when it was not confirmed. The message names no link, and `code` nothing of anybody. */
export class MailError extends Error {
  readonly kind: 'unknown' | 'later' | 'never';
  readonly code: string;
  readonly retryAfterMs: number | null;

  /**
   * `unknown`: it may have been taken. `later`: it was not; try again, not before `retryAfterMs`.
   * `never`: it was not and will not be (an address that cannot be, a content that is refused).
   */
  constructor(kind: MailError['kind'], code: string, message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'MailError';
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
