// A browser that logged in as somebody gets a mark for that person, in a cookie that lasts long and that we sign. It opens
// nothing. It only says that wrong passwords and mails asked for by strangers are not counted against this browser (OWASP
// calls it a device cookie). The signature covers the hash of the password, so a new password ends every mark.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NamedPerson } from '#core/store/accounts/guesses.ts';
import { COOKIE_PREFIX, valueOf } from './session-cookies.ts';

export interface KnownBrowsers {
  /** The mark that this browser has for this person; null where it never logged in as them. */
  markIn(cookieHeader: string, person: Person, at: Date): string | null;
  /** A `Set-Cookie` line with a new mark for this person beside those for others. */
  cookieFor(cookieHeader: string, person: Person, at: Date): string;
}

type Person = Pick<NamedPerson, 'userId' | 'passwordHash'>;

const DAY_MS = 86_400_000;
const LASTS_DAYS = 180;
/** People who share a browser. */
const MOST_PEOPLE = 5;

/** The newest secret first: it signs, all of them are accepted. */
export function knownBrowsers(secrets: readonly string[], https: boolean): KnownBrowsers {
  const keys = secrets.map((secret) => createHmac('sha256', secret).update('known browsers').digest());
  const name = `${https ? '__Secure-' : ''}${COOKIE_PREFIX}.known`;

  const signed = (mark: string, { userId, passwordHash }: Person, key = keys[0]!) =>
    createHmac('sha256', key)
      .update(JSON.stringify([mark, userId, passwordHash]))
      .digest();

  const entriesIn = (header: string, at: Date) =>
    (valueOf(header, name) ?? '')
      .split('~')
      .slice(0, MOST_PEOPLE)
      .flatMap((entry) => {
        const [, mark, day, signature] = /^((\d{1,6})-[\w-]{16})\.([\w-]{43})$/.exec(entry) ?? [];
        const isOver = Number(day) + LASTS_DAYS < dayOf(at);
        return mark === undefined || isOver ? [] : [{ entry, mark, signature: Buffer.from(signature!, 'base64url') }];
      });

  const isOf = (person: Person) => (one: { mark: string; signature: Buffer }) =>
    keys.some((key) => timingSafeEqual(one.signature, signed(one.mark, person, key)));

  return {
    markIn: (header, person, at) => entriesIn(header, at).find(isOf(person))?.mark ?? null,

    cookieFor(header, person, at) {
      const others = entriesIn(header, at).filter((one) => !isOf(person)(one));
      const mark = `${dayOf(at)}-${randomBytes(12).toString('base64url')}`;
      const mine = `${mark}.${signed(mark, person).toString('base64url')}`;
      const value = [mine, ...others.map(({ entry }) => entry)].slice(0, MOST_PEOPLE).join('~');
      return `${name}=${value}; Max-Age=${(LASTS_DAYS * DAY_MS) / 1000}; Path=/; HttpOnly;${https ? ' Secure;' : ''} SameSite=Lax`;
    },
  };
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS);
}
