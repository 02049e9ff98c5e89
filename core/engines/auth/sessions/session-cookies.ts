// The session's cookie as better-auth writes it: the token, a dot, and its HMAC-SHA-256 in base64.

import { madeBy, signature } from './older-secrets.ts';

export const COOKIE_PREFIX = 'impacter';

export interface SessionCookies {
  /** null without a cookie, or when we did not sign it. */
  read(cookieHeader: string): SessionCookie | null;
  /** A `Set-Cookie` line that keeps the same session for longer; null until the browser closes. */
  again(raw: string, forMs: number | null): string;
}

export interface SessionCookie {
  readonly token: string;
  /** Its value, signed with the newest secret whichever one it came with. */
  readonly raw: string;
  /** It came with the signature of a secret that was replaced since. */
  readonly signedBefore: boolean;
  readonly untilTheBrowserCloses: boolean;
}

/** The newest secret first: it signs, all of them are accepted. */
export function sessionCookies(secrets: readonly string[], https: boolean): SessionCookies {
  const named = (name: string) => `${https ? '__Secure-' : ''}${COOKIE_PREFIX}.${name}`;
  const session = named('session_token');

  return {
    read(header) {
      const raw = valueOf(header, session);
      if (raw === null) return null;
      const signed = decoded(raw);
      const dot = signed.lastIndexOf('.');
      const token = signed.slice(0, Math.max(0, dot));
      const by = token === '' ? null : madeBy(secrets, token, Buffer.from(signed.slice(dot + 1), 'base64'));
      if (by === null) return null;
      return {
        token,
        raw: by === 0 ? raw : encodeURIComponent(`${token}.${signature(secrets[0]!, token).toString('base64')}`),
        signedBefore: by > 0,
        untilTheBrowserCloses: valueOf(header, named('dont_remember')) !== null,
      };
    },
    again(raw, forMs) {
      const age = forMs === null ? '' : ` Max-Age=${Math.floor(forMs / 1000)};`;
      return `${session}=${raw};${age} Path=/; HttpOnly;${https ? ' Secure;' : ''} SameSite=Lax`;
    },
  };
}

export function valueOf(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
