// What ties a login with a platform to the browser in which it began: a secret in a cookie that no script reads. The verifier of
// PKCE and the nonce are made of it and of the state, so nothing that is kept or sent through the platform is of use elsewhere.

import { createHash, createHmac, randomBytes } from 'node:crypto';

export interface BrowserSecret {
  readonly secret: string;
  /** A `Set-Cookie` line. */
  readonly cookie: string;
}

export interface Bound {
  readonly verifier: string;
  /** S256 of the verifier. */
  readonly challenge: string;
  readonly nonce: string;
  /** Tells the browser again, and gives none of the others away. */
  readonly mark: string;
}

const NAME = 'continue-with';

/** The one of this browser, or a new one: two windows may log in at once. */
export function browserSecret(cookies: string, publicUrl: string, forS: number): BrowserSecret {
  const secret = secretIn(cookies, publicUrl) ?? randomBytes(32).toString('base64url');
  return { secret, cookie: cookieLine(publicUrl, NAME, secret, forS) };
}

export function secretIn(cookies: string, publicUrl: string): string | null {
  const secret = cookieIn(cookies, NAME, publicUrl);
  return secret !== null && /^[\w-]{43}$/.test(secret) ? secret : null;
}

export function boundTo(secret: string, state: string): Bound {
  const made = (what: string) => createHmac('sha256', secret).update(`${what} ${state}`).digest('base64url');
  const verifier = made('verifier');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url'), nonce: made('nonce'), mark: made('mark') };
}

export function cookieLine(publicUrl: string, name: string, value: string, forS: number): string {
  const secure = isSecure(publicUrl) ? '; Secure' : '';
  return `${whole(name, publicUrl)}=${value}; Max-Age=${forS}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

export function cookieIn(cookies: string, name: string, publicUrl: string): string | null {
  const start = `${whole(name, publicUrl)}=`;
  const found = cookies.split(';').find((each) => each.trim().startsWith(start));
  return found === undefined ? null : found.trim().slice(start.length);
}

/** With TLS no other host, not one of the same site either, can set it. */
function whole(name: string, publicUrl: string): string {
  return isSecure(publicUrl) ? `__Host-${name}` : name;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
