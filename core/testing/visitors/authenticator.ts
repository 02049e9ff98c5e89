// An authenticator app (RFC 6238), set up with the address that its QR code holds.

import { createHmac } from 'node:crypto';

const PERIOD_MS = 30_000;
/** Whoever has a code enters it within this time, on a busy machine too. */
const ENTERED_WITHIN_MS = 10_000;

/**
 * Gives a code that this app has not given before: each works once, and tests do not wait for the next half minute. The
 * product accepts those of the step before, the current one and the next. That of the step before is refused once this step
 * has ended, so late in a step it is left out. Two codes are always there; whoever needs a third one waits for it, mostly not
 * at all: `await vi.waitFor(authenticator)`.
 */
export function authenticatorOf(totpUri: string, nowMs = Date.now): () => string {
  const secret = fromBase32(new URL(totpUri).searchParams.get('secret')!);
  let last = -Infinity;
  return () => {
    const atMs = nowMs();
    const now = Math.floor(atMs / PERIOD_MS);
    const isLate = (now + 1) * PERIOD_MS - atMs < ENTERED_WITHIN_MS;
    const step = Math.max(last + 1, isLate ? now : now - 1);
    if (step > now + 1) throw new Error('this authenticator has no unused code that would be accepted now');
    last = step;
    return codeOf(secret, step);
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
