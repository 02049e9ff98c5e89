// A first start on a laptop makes one person with credits, so that the product can be tried at once, and keeps beside
// the data what scripts and the terminal need to act as that person.

import { randomBytes, scrypt } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { credits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { mailboxDigest } from '#core/flows/mail/mail-share.ts';

/** What `$DATA_DIR/sandbox.json` holds. */
export interface SandboxFile {
  readonly url: string;
  /** Opens the page of the mail sandbox in a browser; null where mails are really sent. */
  readonly mailUrl: string | null;
  readonly email: string;
  readonly password: string;
  readonly apiKey: string;
  readonly databaseUrl: string;
}

export interface FirstUser extends SandboxFile {
  /** Made by this start. */
  readonly isNew: boolean;
}

const EMAIL = 'owner@example.com';
const CREDITS = credits(500);

export function sandboxFile(dataDir: string): string {
  return path.join(dataDir, 'sandbox.json');
}

export async function readSandboxFile(dataDir: string): Promise<SandboxFile | null> {
  try {
    return JSON.parse(await readFile(sandboxFile(dataDir), 'utf8')) as SandboxFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes the person when they are not there yet, and says where everything is now. */
export async function welcomeFirstUser(
  core: Core,
  dataDir: string,
  where: { url: string; mailUrl: string | null; databaseUrl: string },
): Promise<FirstUser> {
  const kept = await readSandboxFile(dataDir);
  const known = kept === null ? null : await core.store.people.holderOf(kept.apiKey);
  const person =
    kept !== null && known !== null ? { email: kept.email, password: kept.password, apiKey: kept.apiKey } : await makeFirstUser(core);
  const file: SandboxFile = { ...where, ...person };
  await writeFile(`${sandboxFile(dataDir)}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  await rename(`${sandboxFile(dataDir)}.new`, sandboxFile(dataDir));
  return { ...file, isNew: known === null };
}

async function makeFirstUser(core: Core): Promise<Pick<SandboxFile, 'email' | 'password' | 'apiKey'>> {
  const { store, clock } = core;
  const password = randomBytes(9).toString('base64url');
  const { userId, teamId, walletId } = await store.people.addUser({ email: EMAIL, name: 'Owner', emailVerified: true }, clock.now());
  const hash = await hashPassword(password);
  await store.prisma.account.upsert({
    where: { providerId_accountId: { providerId: 'credential', accountId: userId } },
    create: { id: newId(), providerId: 'credential', accountId: userId, userId, password: hash },
    update: { password: hash },
  });
  // By this key the mailbox has had its starting credits: none come on top at the first login.
  const key = `welcome:${mailboxDigest(core, EMAIL)}`;
  await store.ledger.credit(
    { key, wallet: walletId, lot: newId(), type: 'grant', credits: CREDITS, source: 'sandbox', note: 'To try the product.' },
    clock.now(),
  );
  const { key: apiKey } = await store.people.addApiKey(userId, teamId, 'Sandbox');
  return { email: EMAIL, password, apiKey };
}

/** `salt:hash`, as better-auth keeps passwords: scrypt with N 16384, r 16, p 1 and 64 bytes. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16).toString('hex');
  const derive = promisify<string, string, number, object, Buffer>(scrypt);
  const hash = await derive(password.normalize('NFKC'), salt, 64, { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 });
  return `${salt}:${hash.toString('hex')}`;
}
