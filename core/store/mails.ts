// Mails on their way. What they say holds links that log somebody in, so it is sealed here, and forgotten once it is sent.

import { newId, type MailId } from '#core/domain/ids.ts';
import type { MailSaying } from '#core/domain/mail.ts';
import type { Writes } from './audit.ts';
import type { Money } from './money.ts';
import { seal } from './secrets.ts';

export interface NewMail {
  /** Who writes the same mail again means the one that is there. */
  readonly key: string;
  readonly to: string;
  readonly saying: MailSaying;
  /** Then its link is dead, and it is not worth sending. */
  readonly expiresAt: Date | null;
}

export interface Mails {
  /** Once per key. */
  write(mail: NewMail, at: Date, on?: Writes): Promise<void>;
}

export function mailsOver(money: Money, keys: readonly string[]): Mails {
  return {
    async write({ key, to, saying, expiresAt }, at, on = money) {
      const id = newId<MailId>(at.getTime());
      const text = `WITH written AS (
          INSERT INTO mails (id, key, to_address, kind, saying, state, next_at, created_at, expires_at)
          VALUES ($1, $2, $3, $4, $5, 'planned', $6, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING id
        )
        SELECT pg_notify('impacter', 'mail') FROM written`;
      const values = [id, key, to.toLowerCase(), saying.kind, sealed(id, saying), at, expiresAt];
      await on.query({ text }, values);
    },
  };

  function sealed(id: MailId, saying: MailSaying): Buffer {
    if (keys[0] === undefined) throw new Error('this process was started without ENCRYPTION_KEY and can write no mail');
    return seal(keys[0], nameOf(id), JSON.stringify(saying));
  }
}

/** What is sealed for one mail opens for no other. */
function nameOf(id: MailId): string {
  return `mail ${id}`;
}
