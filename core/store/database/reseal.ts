// After ENCRYPTION_KEY was rotated, everything that an older key sealed is sealed with the new one: secrets that processes
// share, and mails whose words are still kept. Then the older key can be dropped.

import type { MailId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { sealedAs } from '../mail/mails.ts';
import type { Money } from './money.ts';
import { resealSecrets } from './secret-versions.ts';
import { openWithAny, seal } from './secrets.ts';

export async function resealAll(money: Money, keys: readonly string[], log: Log): Promise<void> {
  await resealSecrets(money, keys);
  const { older } = await sealedMails(money, keys);
  for (const { id, sealed, words } of older)
    await money.query({ text: 'UPDATE mails SET saying = $3 WHERE id = $1 AND saying = $2' }, [
      id,
      sealed,
      seal(keys[0]!, sealedAs(id), words),
    ]);
  if (older.length > 0) log.info({ mails: older.length }, 'mails sealed with the new key');
}

export interface SealedMails {
  readonly older: readonly { readonly id: MailId; readonly sealed: Buffer; readonly words: string }[];
  /** No key opens them. */
  readonly lost: readonly MailId[];
}

const AT_ONCE = 500;

/** Mails whose words are kept: those on their way, and those left to the operator. */
export async function sealedMails(money: Money, keys: readonly string[]): Promise<SealedMails> {
  const older: SealedMails['older'][number][] = [];
  const lost: MailId[] = [];
  for (let after: MailId | null = null; ;) {
    const { rows }: { rows: { id: MailId; saying: Buffer }[] } = await money.query(
      { text: 'SELECT id, saying FROM mails WHERE saying IS NOT NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2' },
      [after, AT_ONCE],
    );
    for (const { id, saying } of rows) {
      const { state, secret } = openWithAny(keys, sealedAs(id), saying);
      if (state === 'older') older.push({ id, sealed: saying, words: secret });
      if (state === 'lost') lost.push(id);
    }
    if (rows.length < AT_ONCE) return { older, lost };
    after = rows.at(-1)!.id;
  }
}

/** Nobody can send them any more. They stay on the operator's page, with the reason. */
export async function buryLostMails(money: Money, ids: readonly MailId[]): Promise<void> {
  await money.query(
    {
      text: `UPDATE mails SET state = 'dead', saying = NULL, trouble = 'It was sealed with a key that is lost.'
             WHERE id = ANY ($1) AND state <> 'sent'`,
    },
    [ids],
  );
}
