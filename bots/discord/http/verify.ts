// Whether a request comes from Discord: signed with the key of the app over its time and its bytes, and made within five minutes of now.

import { createPublicKey, verify as verifyWith, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Discord names no limit; its own requests take a moment. */
const SKEW_MS = 5 * 60_000;

export type Verdict = 'ok' | 'unsigned' | 'stale' | 'future';

/** From the 64 hexadecimal digits that Discord shows for an app. */
export function publicKeyOf(hex: string): KeyObject {
  return createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') },
  });
}

export function verify(headers: IncomingHttpHeaders, body: Buffer, key: KeyObject, now: Date): Verdict {
  const time = String(headers['x-signature-timestamp'] ?? '');
  const signature = String(headers['x-signature-ed25519'] ?? '');
  if (!/^\d{1,12}$/.test(time) || !/^[0-9a-f]{128}$/i.test(signature)) return 'unsigned';
  if (!verifyWith(null, Buffer.concat([Buffer.from(time), body]), key, Buffer.from(signature, 'hex'))) return 'unsigned';
  const aheadMs = Number(time) * 1000 - now.getTime();
  if (aheadMs > SKEW_MS) return 'future';
  return aheadMs < -SKEW_MS ? 'stale' : 'ok';
}
