// The library can let a browser leave out the second factor for 30 days: whoever sends `trustDevice` with a right code gets a
// cookie for it, which also outlives a new password. We offer no such thing. No door takes the field
// (core/engines/auth/doors.ts), and the cookies that were given out before do not get through.

import { COOKIE_PREFIX } from './session-cookies.ts';

const COOKIE = `${COOKIE_PREFIX}.trust_device`;

export function withoutTrust(request: Request): Request {
  const cookies = request.headers.get('cookie');
  if (cookies === null || !cookies.includes(COOKIE)) return request;
  const headers = new Headers(request.headers);
  const kept = cookies.split(';').filter((part) => part.split('=', 1)[0]!.trim().replace('__Secure-', '') !== COOKIE);
  headers.set('cookie', kept.join(';').trim());
  return new Request(request, { headers });
}
