// What the subcommands of `npm run keys` work on.

import { userInfo } from 'node:os';
import path from 'node:path';
import type { Config } from '#core/contracts/env.ts';
import { newId, type UserId } from '#core/domain/ids.ts';
import { addressHere } from '#core/domain/accounts/loopback.ts';
import type { MailSaying } from '#core/domain/mail/mail.ts';
import { createLog } from '#core/engines/log/log.ts';
import { createS3 } from '#core/engines/s3.ts';
import { copyOfMailboxKey } from '#core/flows/mail/mailbox-key.ts';
import { readSandboxKeys, sandboxKeys } from '#core/product/sandbox-keys.ts';
import { realS3 } from '#core/product/sandboxes.ts';
import type { Writes } from '#core/store/team/audit.ts';
import type { Store } from '#core/store/database/store.ts';

export interface Vault {
  readonly store: Store;
  /** The first seals, all of them open. Empty where the file that had it is gone, and nothing may be made yet. */
  readonly encryptionKeys: readonly string[];
  readonly config: Config;
  readonly at: Date;
  say(line: string): void;
}

/** ENCRYPTION_KEY, else the key that a start on this machine made for itself. */
export async function encryptionKeysOf({ encryption, production, dataDir }: Config, { mayMake }: { mayMake: boolean }) {
  if (encryption !== null) return encryption.keys;
  const kept = production ? null : mayMake ? await sandboxKeys(dataDir) : await readSandboxKeys(dataDir);
  return kept === null ? [] : [kept.encryptionKey];
}

export function whereTheKeyIs({ encryption }: Config): string {
  return encryption === null ? 'sandbox-keys.json' : 'ENCRYPTION_KEY';
}

/** Where people reach the portal. */
export function portalUrl({ http }: Config): string {
  return http.publicUrl ?? addressHere(http.host, http.port);
}

/** Writes a mail to somebody about their account; where mail is off, the operator's page lists it. */
export async function writeNotice(
  { store, config, at }: Vault,
  { userId, email }: { userId: UserId; email: string },
  saying: MailSaying,
  on: Writes,
): Promise<void> {
  const mail = { key: `security:${userId}:${newId()}`, to: email, saying, expiresAt: null };
  if (config.mail.kind === 'off') await store.mails.writeDead(mail, 'mail is off', at, on);
  else await store.mails.write(mail, at, on);
}

/** Whoever runs the command, as the audit log names them. */
export function operatorName(): string {
  return `operator:${userInfo().username}`;
}

export function count(many: number, one: string, more = `${one}s`): string {
  return `${many.toLocaleString('en')} ${many === 1 ? one : more}`;
}

/** Whether storage has the copy of the key for mailboxes; null where storage cannot be asked. */
export async function hasMailboxCopy(config: Config): Promise<boolean | null> {
  const log = createLog({ level: 'silent' });
  const sandbox = config.files.kind === 'real' ? null : await sandboxStorage(config.dataDir);
  const files = createS3(config.files.kind === 'real' ? realS3(config.files) : sandbox!.settings);
  try {
    return (await copyOfMailboxKey(files)) !== null;
  } catch {
    return null;
  } finally {
    files.close();
    await sandbox?.stop();
  }

  async function sandboxStorage(dataDir: string) {
    const { startS3Sandbox } = await import('#core/sandbox/s3/server.ts');
    const bucket = 'impacter';
    const credentials = { accessKeyId: 'KEYS', secretAccessKey: 'only for this look' };
    const running = await startS3Sandbox({ dir: path.join(dataDir, 's3'), bucket, ...credentials, log });
    return { settings: { bucket, region: 'us-east-1', endpoint: running.url, credentials }, stop: () => running.stop() };
  }
}
