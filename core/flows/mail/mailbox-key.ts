// The key that recognises mailboxes which had their starting credits, also after their account was erased. It must outlive
// ENCRYPTION_KEY: with another one, every erased mailbox would be new to us and get credits again. So a copy of it is kept in
// storage. Whoever reads only the database, or only storage, can recognise nobody.

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FilesError, type Files } from '#core/ports/files.ts';
import type { Log } from '#core/ports/log.ts';
import type { Money } from '#core/store/database/money.ts';
import { sharedSecret } from '#core/store/database/secrets.ts';
import type { Core } from '../runtime/core.ts';

const NAME = 'mailboxes';
/** No team and no export has such a key. */
const COPY = 'keys/mailboxes';

interface Parts {
  readonly money: Money;
  readonly files: Files;
  readonly log: Log;
}

/** The key; where the database has lost it, the copy, and where there never was one, a new one. */
export async function mailboxKey({ money, files, log }: Parts, encryptionKeys: readonly string[]): Promise<Buffer> {
  const { rows } = await money.query<{ known: boolean; used: boolean }>(
    { text: 'SELECT EXISTS (SELECT FROM secrets WHERE name = $1) AS known, EXISTS (SELECT FROM users) AS used' },
    [NAME],
  );
  const { known, used } = rows[0]!;
  const copy = known || !used ? null : await copyOfMailboxKey(files);
  if (copy !== null) log.warn({}, 'key for mailboxes restored from its copy in storage');
  else if (!known && used) log.warn({}, 'key for mailboxes is lost: mailboxes of erased accounts may get starting credits again');
  return Buffer.from(await sharedSecret(money, encryptionKeys, NAME, () => copy ?? randomBytes(32).toString('base64url')), 'base64url');
}

/** null when there is none. Rejects when storage cannot be asked: then nobody knows. */
export async function copyOfMailboxKey(files: Pick<Files, 'open'>): Promise<string | null> {
  try {
    return await text(await files.open(COPY));
  } catch (error) {
    if (error instanceof FilesError && error.code === 'file.missing') return null;
    throw error;
  }
}

/** For upkeep: keeps a copy, once a process. One that is there already is left as it is. */
export function keepCopyOfMailboxKey({ files, settings, log }: Core): () => Promise<void> {
  let kept = false;
  return async () => {
    if (kept) return;
    if ((await copyOfMailboxKey(files)) === null) {
      const key = settings.mailboxKey.toString('base64url');
      await files.put(COPY, Readable.from([Buffer.from(key)]), { mime: 'text/plain', sizeBytes: Buffer.byteLength(key) });
      log.info({}, 'copy of the key for mailboxes kept in storage');
    }
    kept = true;
  };
}
