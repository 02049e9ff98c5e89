// What a browser remembers between a form and the mail that follows it: which address the mail went to, and where the
// person was going. It stands in cookies, so that no address holds it, and goes after a day.

import { cookieOf } from '../reader.ts';
import { placeOf } from './ask-auth.ts';

const MAIL = 'mail-sent';
const NEXT = 'then';
const DAY_S = 86_400;

export interface Waiting {
  readonly mail: string | null;
  readonly next: string;
}

export function readWaiting(headers: Headers): Waiting {
  const mail = cookieOf(headers, MAIL);
  return { mail: mail !== null && mail.length <= 254 ? mail : null, next: placeOf(cookieOf(headers, NEXT)) };
}

export function waitFor({ publicUrl }: { publicUrl: string }, mail: string, next: string): string[] {
  return [cookie(publicUrl, MAIL, mail), next === '/dashboard' ? cookie(publicUrl, NEXT, '') : cookie(publicUrl, NEXT, next)];
}

export function stopWaiting({ publicUrl }: { publicUrl: string }): string[] {
  return [cookie(publicUrl, MAIL, ''), cookie(publicUrl, NEXT, '')];
}

function cookie(publicUrl: string, name: string, value: string): string {
  const https = publicUrl.startsWith('https:') ? ' Secure;' : '';
  return `${name}=${encodeURIComponent(value)}; Max-Age=${value === '' ? 0 : DAY_S}; Path=/; HttpOnly;${https} SameSite=Lax`;
}
