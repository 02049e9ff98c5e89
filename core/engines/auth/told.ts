// What the login engine tells the rest of us, with what only the request knows: who asked, from which browser, and in which
// session. A browser that showed whose it is gets its mark with the answer.

import type { UserId } from '#core/domain/ids.ts';
import type { AuthNews, Change } from '#core/ports/auth.ts';
import { asking } from './asking.ts';
import type { KnownBrowsers } from './sessions/known-browsers.ts';
import type { SessionCookies } from './sessions/session-cookies.ts';
import type { AuthSettings } from './settings.ts';

export interface Told {
  sendsMail(): boolean;
  mail(mail: Parameters<AuthNews['mail']>[0]): Promise<void>;
  loggedIn: AuthNews['loggedIn'];
  changed(change: Change): Promise<void>;
}

export function toldBy({ store, clock, news }: AuthSettings, browsers: KnownBrowsers, sessions: SessionCookies): Told {
  async function markBrowser(userId: UserId): Promise<void> {
    const now = asking.now();
    const person = await store.guesses.named({ userId });
    if (person) now.setCookies.push(browsers.cookieFor(now.cookies, person, clock.now()));
  }

  /** The session that goes on: a new one that took the place of the one before, or that of the request. */
  async function currentSession(userId: UserId) {
    const now = asking.now();
    if (now.session !== undefined) return now.session;
    const cookie = sessions.read(now.cookies);
    const found = cookie === null ? null : await store.logins.session(cookie.token, clock.now());
    return found?.userId === userId ? found.sessionId : null;
  }

  return {
    sendsMail: () => news.sendsMail(),

    async mail(mail) {
      const now = asking.now();
      const person = await store.guesses.named({ email: mail.to.toLowerCase() });
      const browser = person && browsers.markIn(now.cookies, person, clock.now());
      const waitS = await news.mail(mail, { caller: now.caller, browser });
      // To whoever is logged in as this person it is said that no mail was written. Strangers would learn from it who has an account.
      if (waitS > 0 && person !== null && (await currentSession(person.userId)) !== null) now.mailWaitS = waitS;
    },

    async loggedIn(login) {
      await news.loggedIn(login);
      await markBrowser(login.userId);
    },

    async changed(change) {
      // Whoever resets a password has shown a mailbox, not a session, so no session goes on.
      const session = change.what === 'password-reset' ? null : await currentSession(change.userId);
      await news.changed({ ...change, session });
      // Marks end with the password they were made for.
      if (change.what === 'password-changed' || change.what === 'password-reset') await markBrowser(change.userId);
    },
  };
}
