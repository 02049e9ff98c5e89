// Secrets of the sandboxes and of a laptop's own database, made once and kept beside the data they belong to.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface SandboxKeys {
  readonly encryptionKey: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
  readonly openclawToken: string;
}

export async function sandboxKeys(dataDir: string): Promise<SandboxKeys> {
  const kept = await readSandboxKeys(dataDir);
  if (kept !== null) return kept;
  const keys: SandboxKeys = {
    encryptionKey: randomBytes(32).toString('base64url'),
    s3AccessKeyId: `SANDBOX${randomBytes(6).toString('hex').toUpperCase()}`,
    s3SecretAccessKey: randomBytes(30).toString('base64url'),
    openclawToken: randomBytes(24).toString('base64url'),
  };
  const file = fileIn(dataDir);
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return keys;
}

/** null before the first start. */
export async function readSandboxKeys(dataDir: string): Promise<SandboxKeys | null> {
  try {
    return JSON.parse(await readFile(fileIn(dataDir), 'utf8')) as SandboxKeys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'sandbox-keys.json');
}
