// Ids in Stripe's form: a prefix that says what it is, then letters and digits.

import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `newObjectId('cus_', 14)`: cus_ and fourteen letters or digits. */
export function newObjectId(prefix: string, length = 24): string {
  let id = prefix;
  while (id.length < prefix.length + length)
    for (const byte of randomBytes(length)) {
      // What is above would make some letters likelier than others.
      if (byte < ALPHABET.length * 4 && id.length < prefix.length + length) id += ALPHABET[byte % ALPHABET.length];
    }
  return id;
}

/** The id of an object that a field holds, whether it is expanded or not. */
export function idOf(field: string | { readonly id: string } | null | undefined): string | null {
  return typeof field === 'string' ? field : (field?.id ?? null);
}
