// Mails to people: written with the reason for them, sent later, each once.

import type { MailSaying } from '#core/domain/mail.ts';
import type { Writes } from '#core/store/audit.ts';
import type { Core } from './core.ts';

export interface Mail {
  /** The same for the same reason: whoever writes it again changes nothing. */
  readonly key: string;
  readonly to: string;
  readonly saying: MailSaying;
  /** When its link stops working: a mail that could not be sent by then is not sent. */
  readonly expiresAt?: Date;
}

/** Resolves once it is written down. With the client of a transaction in `on`, it stands or falls with the reason for it. */
export async function writeMail(core: Core, mail: Mail, on?: Writes): Promise<void> {
  const { key, to, saying, expiresAt = null } = mail;
  await core.store.mails.write({ key, to, saying, expiresAt }, core.clock.now(), on);
}
