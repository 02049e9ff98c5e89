// What people find in their mail, for tests.

import type { MailSaying } from '#core/domain/mail.ts';
import { sayMail } from '#core/domain/say-mail.ts';
import { open } from '#core/store/secrets.ts';
import type { Product } from '#core/product.ts';

export interface ReceivedMail {
  readonly to: string;
  readonly kind: MailSaying['kind'];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Every mail that was written to this address, oldest first. */
export async function mailsTo({ core, outside }: Product, to: string): Promise<ReceivedMail[]> {
  const { rows } = await core.store.money.query<{ id: string; saying: Buffer }>(
    { text: 'SELECT id, saying FROM mails WHERE to_address = $1 AND saying IS NOT NULL ORDER BY id' },
    [to.toLowerCase()],
  );
  return rows.map(({ id, saying }) => {
    const said = JSON.parse(open(outside.encryptionKeys, `mail ${id}`, saying)) as MailSaying;
    return { to, kind: said.kind, ...sayMail(said, core.settings) };
  });
}

/** The one thing that a mail asks for. */
export function linkIn({ text }: Pick<ReceivedMail, 'text'>): string {
  const link = /^https?:\/\/\S+$/m.exec(text);
  if (link === null) throw new Error(`there is no link in “${text}”`);
  return link[0];
}
