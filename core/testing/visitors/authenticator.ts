// An authenticator app (RFC 6238), set up with the address that its QR code holds.

import { createHmac } from 'node:crypto';

const PERIOD_S = 30;

/**
 * Gives the code of a moment, or without one a code that this app has not given before: each works once, and tests do not
 * wait for the next half minute. The product accepts those of the step before, the current one and the next, so there are
 * three of them.
 */
export function authenticatorOf(totpUri: string): (atMs?: number) => string {
  const secret = fromBase32(new URL(totpUri).searchParams.get('secret')!);
  let last = -Infinity;
  return (atMs) => {
    const now = Math.floor((atMs ?? Date.now()) / 1000 / PERIOD_S);
    if (atMs !== undefined) return codeOf(secret, now);
    last = Math.max(last + 1, now - 1);
    if (last > now + 1) throw new Error('this authenticator has no unused code that would be accepted now');
    return codeOf(secret, last);
  };
}

function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1)! & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text.replace(/=+$/, ''))
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
