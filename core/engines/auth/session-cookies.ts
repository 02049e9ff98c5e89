// The session's cookie as better-auth writes it: the token, a dot, and its HMAC-SHA-256 in base64.

import { createHmac, timingSafeEqual } from 'node:crypto';

export const COOKIE_PREFIX = 'impacter';

export interface SessionCookies {
  /** null without a cookie, or when we did not sign it. */
  read(cookieHeader: string): { readonly token: string; readonly raw: string; readonly untilTheBrowserCloses: boolean } | null;
  /** A `Set-Cookie` line that keeps the same session for longer. */
  again(raw: string, forMs: number): string;
}

export function sessionCookies(secret: string, https: boolean): SessionCookies {
  const named = (name: string) => `${https ? '__Secure-' : ''}${COOKIE_PREFIX}.${name}`;
  const session = named('session_token');

  return {
    read(header) {
      const raw = valueOf(header, session);
      if (raw === null) return null;
      const signed = decoded(raw);
      const dot = signed.lastIndexOf('.');
      const token = signed.slice(0, Math.max(0, dot));
      const given = Buffer.from(signed.slice(dot + 1), 'base64');
      const wanted = createHmac('sha256', secret).update(token).digest();
      if (token === '' || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      return { token, raw, untilTheBrowserCloses: valueOf(header, named('dont_remember')) !== null };
    },
    again: (raw, forMs) =>
      `${session}=${raw}; Max-Age=${Math.floor(forMs / 1000)}; Path=/; HttpOnly;${https ? ' Secure;' : ''} SameSite=Lax`,
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
