// An authenticator app (RFC 6238), set up with the address that its QR code holds.

import { createHmac } from 'node:crypto';

const PERIOD_S = 30;

export function authenticatorOf(totpUri: string): (atMs?: number) => string {
  const secret = fromBase32(new URL(totpUri).searchParams.get('secret')!);
  return (atMs = Date.now()) => {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 1000 / PERIOD_S)));
    const hash = createHmac('sha1', secret).update(counter).digest();
    const number = hash.readUInt32BE(hash.at(-1)! & 15) & 0x7fff_ffff;
    return String(number % 1_000_000).padStart(6, '0');
  };
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text.replace(/=+$/, ''))
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
