// Secrets that open something for whoever shows them: keys, and links with a token. We keep their hashes alone, so that
// who reads the database can use none of them.

import { createHash, randomBytes } from 'node:crypto';

const RANDOM_BYTES = 24;
/** So much of a key is shown, for people to know it again. */
export const PREFIX_CHARACTERS = 8;

export function newBearer(prefix = ''): string {
  return `${prefix}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

/** They are random and long, so a plain hash is as good as a slow one. */
export function hashBearer(bearer: string): string {
  return createHash('sha256').update(bearer).digest('hex');
}
