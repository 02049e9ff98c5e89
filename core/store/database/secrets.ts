// Secrets that all processes share and nobody types in (the device key at the agents' gateway, the key that signs
// links), made once and sealed with ENCRYPTION_KEY. Several keys may be given: the first seals, all of them open. What an
// older one opens is sealed anew with the first, so that after a start the older ones can be dropped.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Money } from './money.ts';

/** Gives the secret of this name, making it when this is the first time anywhere. */
export async function sharedSecret(money: Money, keys: readonly string[], name: string, make: () => string): Promise<string> {
  let sealed = await read(money, name);
  if (sealed === null) {
    await money.query({ text: 'INSERT INTO secrets (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING' }, [
      name,
      seal(keys[0]!, name, make()),
    ]);
    // Another process may have been first; what the table says counts.
    sealed = (await read(money, name))!;
  }
  const secret = open(keys, name, sealed);
  if (openWith(keys[0]!, name, sealed) === null)
    await money.query({ text: 'UPDATE secrets SET sealed = $3 WHERE name = $1 AND sealed = $2' }, [
      name,
      sealed,
      seal(keys[0]!, name, secret),
    ]);
  return secret;
}

async function read(money: Money, name: string): Promise<Buffer | null> {
  const { rows } = await money.query<{ sealed: Buffer }>({ text: 'SELECT sealed FROM secrets WHERE name = $1' }, [name]);
  return rows[0]?.sealed ?? null;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM; the name is authenticated too, so that a row cannot be put in another one's place. */
export function seal(key: string, name: string, secret: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key), iv).setAAD(Buffer.from(name));
  return Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

export function open(keys: readonly string[], name: string, sealed: Buffer): string {
  const { secret } = openWithAny(keys, name, sealed);
  if (secret !== null) return secret;
  throw new LostSecretError(name);
}

/** None of the keys opens it. What an operator can do about it depends on where keys come from (core/product/lost-key.ts). */
export class LostSecretError extends Error {
  constructor(name: string) {
    super(`the secret “${name}” was sealed with a key that is gone`);
  }
}

/** `current`: the first key opens it. `older`: one behind it does. `lost`: none does. */
export function openWithAny(
  keys: readonly string[],
  name: string,
  sealed: Buffer,
): { readonly state: 'current' | 'older'; readonly secret: string } | { readonly state: 'lost'; readonly secret: null } {
  for (const [i, key] of keys.entries()) {
    const secret = openWith(key, name, sealed);
    if (secret !== null) return { state: i === 0 ? 'current' : 'older', secret };
  }
  return { state: 'lost', secret: null };
}

function openWith(key: string, name: string, sealed: Buffer): string | null {
  const iv = sealed.subarray(0, IV_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), iv).setAAD(Buffer.from(name)).setAuthTag(tag);
    return decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

/** Names a key and tells nothing of it: what an older one sealed is found by it. */
export function keyId(key: string): string {
  return Buffer.from(hkdfSync('sha256', key, '', 'impacter key id', 8)).toString('hex');
}

function sealingKey(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'impacter secrets', 32));
}
