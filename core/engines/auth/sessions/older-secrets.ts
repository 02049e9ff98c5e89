// After a rotation, browsers still hold cookies that an older secret signed. The library knows the newest alone, so they are
// signed with that one before it sees them. Links in mails are signed with none: the database knows their tokens.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SecretVersions } from '#core/store/database/secret-versions.ts';

export function signature(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

/** The place of the secret that signed it, null when none did. */
export function madeBy(secrets: readonly string[], text: string, given: Buffer): number | null {
  const at = secrets.findIndex((secret) => {
    const wanted = signature(secret, text);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  return at === -1 ? null : at;
}

/** The same request, as if its cookies had been signed with the newest secret. */
export function signedAnew(request: Request, versions: SecretVersions): Request {
  if (versions.length === 1) return request;
  const secrets = versions.map(({ secret }) => secret);
  const cookie = request.headers.get('cookie');
  if (cookie === null) return request;
  const anew = new Request(request);
  const parts = cookie.split(';').map((part) => cookieAnew(secrets, part));
  anew.headers.set('cookie', parts.join(';'));
  return anew;
}

/** Its value is a text, a dot and the signature of the text. */
function cookieAnew(secrets: readonly string[], part: string): string {
  const equals = part.indexOf('=');
  try {
    const signed = decodeURIComponent(part.slice(equals + 1).trim());
    const dot = signed.lastIndexOf('.');
    const text = signed.slice(0, Math.max(0, dot));
    const by = text === '' ? null : madeBy(secrets, text, Buffer.from(signed.slice(dot + 1), 'base64'));
    if (by === null || by === 0) return part;
    return `${part.slice(0, equals + 1)}${encodeURIComponent(`${text}.${signature(secrets[0]!, text).toString('base64')}`)}`;
  } catch {
    return part; // not one of ours
  }
}
