// How a post carries the key of its letter part: in its nonce, which comes back in the event of our own message; and in its components,
// which history shows later.

import { createHash } from 'node:crypto';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 22 characters of the 25 that Discord takes, for the id of a letter. Throws for a key that is none. */
export function nonceOf(letterKey: string): string {
  if (!uuid.test(letterKey)) throw new RangeError(`"${letterKey}" is not the id of a letter`);
  return Buffer.from(letterKey.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The key that a nonce of ours was made from; null for any other. */
export function letterIn(nonce: string): string | null {
  if (!/^[\w-]{22}$/.test(nonce)) return null;
  const hex = Buffer.from(nonce, 'base64url').toString('hex');
  const key = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return nonceOf(key) === nonce ? key : null;
}

/** Two positive 32-bit ids for components of this part, made from the key alone. */
export function marksOf(letterKey: string, part: number): readonly [number, number] {
  const hash = createHash('sha256').update(`${letterKey} ${part}`).digest();
  return [positive(hash.readUInt32BE(0)), positive(hash.readUInt32BE(4))];
}

function positive(bits: number): number {
  return bits & 0x7fffffff || 1;
}

/** What a button sends back: the choice, and the letter that it stands on; shown work has none. At most 100 characters, as Discord takes. */
export function customId(choice: string, letterKey: string | null): string {
  return letterKey === null ? choice : `${choice}.${nonceOf(letterKey)}`;
}

export function readCustomId(id: string): { readonly choice: string; readonly letterKey: string | null } {
  const dot = id.lastIndexOf('.');
  const letterKey = dot === -1 ? null : letterIn(id.slice(dot + 1));
  return letterKey === null ? { choice: id, letterKey } : { choice: id.slice(0, dot), letterKey };
}
