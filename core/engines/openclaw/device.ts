// A gateway lets only the same connection, or the same device, stop a run. All our workers therefore are one device: they share
// one Ed25519 key, and any of them can stop what another one started.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface Device {
  readonly deviceId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

/** A new private key, PKCS 8 in PEM. Whoever has it is this device. */
export function newDeviceKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The key in this file, made on first use. Two processes that start at the same time end with the same key. */
export async function keepDeviceKey(file: string): Promise<string> {
  const kept = await readIfThere(file);
  if (kept !== null) return kept;
  await mkdir(path.dirname(file), { recursive: true });
  const whole = `${file}.${randomUUID()}`;
  await writeFile(whole, newDeviceKey(), { mode: 0o600, flag: 'wx' });
  try {
    // A link appears as a whole and fails when somebody was faster, which a rename would not.
    await link(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(whole);
  }
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function deviceOf(privateKeyPem: string): Device {
  const publicKey = createPublicKey(createPrivateKey(privateKeyPem));
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { deviceId: createHash('sha256').update(rawKey(publicKeyPem)).digest('hex'), privateKeyPem, publicKeyPem };
}

/** What the gateway's client asks of us to prove who we are. */
export const deviceProofs = {
  signDevicePayload: (privateKeyPem: string, payload: string) =>
    sign(null, Buffer.from(payload, 'utf8'), createPrivateKey(privateKeyPem)).toString('base64url'),
  publicKeyRawBase64UrlFromPem: (publicKeyPem: string) => rawKey(publicKeyPem).toString('base64url'),
};

// An Ed25519 key in SPKI is a fixed prefix and then the 32 bytes of the key itself.
function rawKey(publicKeyPem: string): Buffer {
  return createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' }).subarray(-32);
}
