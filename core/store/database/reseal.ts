// After ENCRYPTION_KEY was rotated, everything that an older key sealed is sealed with the new one: secrets that processes
// share, mails whose words are still kept, tokens of installations, handles for late replies, and references of attachments that
// are still to be fetched. Then the older key can be dropped.

import type { FileId, MailId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { inputSealedAs } from '../files/waiting-inputs.ts';
import { sealedAs } from '../mail/mails.ts';
import { tokensSealedAs } from '../workspaces/installations.ts';
import { handleSealedAs } from '../workspaces/reply-handles.ts';
import type { Money } from './money.ts';
import { resealSecrets } from './secret-versions.ts';
import { keyId, openWithAny, seal } from './secrets.ts';

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
  const inputs = await inputsToReseal(money, keys);
  for (const { id, sealed, ref } of inputs)
    await money.query({ text: 'UPDATE waiting_inputs SET ref = $3 WHERE id = $1 AND ref = $2' }, [
      id,
      sealed,
      seal(keys[0]!, inputSealedAs(id), ref),
    ]);
  if (inputs.length > 0) log.info({ inputs: inputs.length }, 'references of attachments sealed with the new key');
  for (const kind of ['installations', 'reply_handles'] as const) {
    const rows = (await sealedRows(money, keys, kind)).older;
    const { bytes, where, name } = sealedTables[kind];
    for (const { of, sealed, secret } of rows)
      await money.query({ text: `UPDATE ${kind} SET ${bytes} = $3, key_id = $4 WHERE ${where} AND ${bytes} = $2` }, [
        of,
        sealed,
        seal(keys[0]!, name(of), secret),
        keyId(keys[0]!),
      ]);
    if (rows.length > 0) log.info({ table: kind, rows: rows.length }, 'sealed with the new key');
  }
}

/** Tables whose rows know which key sealed them: their bytes, what names a row, and the name it is sealed under. */
const sealedTables = {
  installations: {
    bytes: 'tokens',
    id: `(platform || ':' || external_id)`,
    where: `platform = split_part($1, ':', 1) AND external_id = substr($1, strpos($1, ':') + 1)`,
    name: (id: string) => tokensSealedAs({ platform: id.slice(0, id.indexOf(':')), externalId: id.slice(id.indexOf(':') + 1) }),
  },
  reply_handles: { bytes: 'handle', id: 'key', where: 'key = $1', name: handleSealedAs },
} as const;

export interface SealedRows {
  readonly older: readonly { readonly of: string; readonly sealed: Buffer; readonly secret: string }[];
  /** No key opens them. */
  readonly lost: readonly string[];
}

/** Rows that another key than the first one sealed. */
export async function sealedRows(money: Money, keys: readonly string[], table: keyof typeof sealedTables): Promise<SealedRows> {
  const { bytes, id, name } = sealedTables[table];
  const { rows } = await money.query<{ of: string; sealed: Buffer }>(
    { text: `SELECT ${id} AS of, ${bytes} AS sealed FROM ${table} WHERE ${bytes} IS NOT NULL AND key_id IS DISTINCT FROM $1 ORDER BY 1` },
    [keys[0] === undefined ? null : keyId(keys[0])],
  );
  const older: SealedRows['older'][number][] = [];
  const lost: string[] = [];
  for (const { of, sealed } of rows) {
    const { secret } = openWithAny(keys, name(of), sealed);
    if (secret === null) lost.push(of);
    else older.push({ of, sealed, secret });
  }
  return { older, lost };
}

/** Their workspaces have to install the app again. */
export async function forgetLostTokens(money: Money, ids: readonly string[]): Promise<void> {
  await money.query(
    {
      text: `UPDATE installations SET tokens = NULL, key_id = NULL, tokens_expire_at = NULL, version = version + 1
             WHERE ${sealedTables.installations.id} = ANY ($1)`,
    },
    [ids],
  );
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

/**
 * References of attachments that an older key sealed. What no key opens is not among them: its person is told to attach it again when
 * it is fetched (core/flows/files/fetch-inputs.ts).
 */
export async function inputsToReseal(money: Money, keys: readonly string[]): Promise<{ id: FileId; sealed: Buffer; ref: string }[]> {
  const older: { id: FileId; sealed: Buffer; ref: string }[] = [];
  for (let after: FileId | null = null; ;) {
    const { rows }: { rows: { id: FileId; ref: Buffer }[] } = await money.query(
      { text: 'SELECT id, ref FROM waiting_inputs WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2' },
      [after, AT_ONCE],
    );
    for (const { id, ref } of rows) {
      const { state, secret } = openWithAny(keys, inputSealedAs(id), ref);
      if (state === 'older') older.push({ id, sealed: ref, ref: secret });
    }
    if (rows.length < AT_ONCE) return older;
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
