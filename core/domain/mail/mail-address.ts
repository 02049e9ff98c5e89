// A mail address as people type it. It is one mailbox however its letters are written, so it is kept in lower case; signs
// outside ASCII stay out, because some of them turn into others when they become small.

import { refuse } from '../refusals/refusal.ts';

/** Throws `request.invalid`. */
export function readMailAddress(text: string, field = 'email'): string {
  const address = text.trim();
  const problem = address === '' ? 'is missing' : address.length > MOST || !shape.test(address) ? 'is not an email address' : null;
  if (problem !== null) throw refuse('request.invalid', { fields: [{ name: field, problem }] });
  return address.toLowerCase();
}

const MOST = 254;
const shape =
  /^(?!\.)(?!.*\.\.)[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/i;

/** Enough for its owner to know it again: `g•••@example.com`. */
export function maskMailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}•••${address.slice(at)}`;
}
