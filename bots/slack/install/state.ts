// Proves that an installation ends in the browser in which it began: otherwise somebody could have another person finish theirs. The
// state goes through Slack, the nonce stays in a cookie, and neither is of use without the other. Nothing is kept, so any replica can
// check it.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Slack's codes live as long. */
export const STATE_MS = 10 * 60_000;

export interface Begun {
  readonly state: string;
  readonly nonce: string;
}

export function beginState(secret: string, now: Date): Begun {
  const nonce = randomBytes(24).toString('base64url');
  const untilMs = now.getTime() + STATE_MS;
  return { nonce, state: `${untilMs}.${signature(secret, nonce, untilMs)}` };
}

/** `nonce` is null where the browser has none. */
export function isStateOf(secret: string, state: string, nonce: string | null, now: Date): boolean {
  const [, until, given] = /^(\d{13})\.([\w-]{43})$/.exec(state) ?? [];
  if (until === undefined || given === undefined || nonce === null || Number(until) < now.getTime()) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(signature(secret, nonce, Number(until))));
}

function signature(secret: string, nonce: string, untilMs: number): string {
  const key = createHmac('sha256', secret).update('impacter: state of an installation in Slack').digest();
  return createHmac('sha256', key).update(`${nonce}.${untilMs}`).digest('base64url');
}

/** The cookie: read by no script, and sent along when Slack sends the browser back to us. */
export interface NonceCookie {
  of(request: IncomingMessage): string | null;
  set(nonce: string): string;
  readonly clear: string;
}

export function nonceCookie(publicUrl: string): NonceCookie {
  const isSecure = publicUrl.startsWith('https:');
  const name = isSecure ? '__Host-slack-install' : 'slack-install';
  const rest = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    of({ headers: { cookie = '' } }) {
      const found = cookie.split(';').find((each) => each.trim().startsWith(`${name}=`));
      return found === undefined ? null : found.trim().slice(name.length + 1);
    },
    set: (nonce) => `${name}=${nonce}; Max-Age=${STATE_MS / 1000}; ${rest}`,
    clear: `${name}=; Max-Age=0; ${rest}`,
  };
}
