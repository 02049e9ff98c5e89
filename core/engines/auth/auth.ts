// Logging in, by better-auth over our own tables. Its library is large and most requests need only to know whose session
// a cookie is of, so that is answered here, and the rest is loaded when somebody first logs in, or a little earlier.

import { randomBytes } from 'node:crypto';
import type { SecurityReason } from '#core/domain/accounts/security-event.ts';
import { callerHeader, type Auth, type LoggedIn } from '#core/ports/auth.ts';
import type { SecretVersions } from '#core/store/database/secret-versions.ts';
import type { Store } from '#core/store/database/store.ts';
import { SESSION_DAYS, SESSION_MOST_DAYS } from './limits.ts';
import { listenTo, toldToSecurity } from './log/security-events.ts';
import { sessionCookies, type SessionCookie, type SessionCookies } from './sessions/session-cookies.ts';
import type { AuthSettings } from './settings.ts';

const DAY_MS = 86_400_000;
/** A session in use is prolonged this often, so that whoever comes back within `SESSION_DAYS` stays logged in. */
const PROLONG_EVERY_MS = DAY_MS;

export function createAuth(settings: AuthSettings): Auth {
  const { store, clock, security } = settings;
  const https = settings.publicUrl.startsWith('https:');
  let made: { of: SecretVersions; cookies: SessionCookies; loading?: ReturnType<typeof load> } | undefined;
  const withKeys = () => {
    const of = settings.secrets();
    if (made?.of !== of) {
      const secrets = of.map(({ secret }) => secret);
      made = { of, cookies: sessionCookies(secrets, https) };
    }
    return made;
  };
  const engine = () => {
    const keys = withKeys();
    return (keys.loading ??= load({ ...settings, news: toldToSecurity(settings.news, security) }, keys.of));
  };

  const auth: Auth = {
    async sessionOf(headers) {
      const { cookies } = withKeys();
      const cookie = cookies.read(headers.get('cookie') ?? '');
      if (cookie === null) return null;
      const at = clock.now();
      const found = await store.logins.session(cookie.token, at);
      if (found === null) return null;
      const { renewedAt, ...loggedIn } = found;
      const isDue = cookie.signedBefore || (at.getTime() - renewedAt.getTime() > PROLONG_EVERY_MS && !cookie.untilTheBrowserCloses);
      return { ...loggedIn, cookies: isDue ? await prolong(store, cookies, loggedIn, cookie, at) : [] };
    },
    handle: listenTo(async (request, by) => (await engine()).handle(request, by), {
      security,
      store,
      sessionOf: (headers) => auth.sessionOf(headers),
    }),
    platforms: settings.providers.map(({ platform }) => platform),
    leadsTo: settings.providers.flatMap(({ origins }) => origins),
    async waitingAccount(headers) {
      return settings.providers.length === 0 ? null : (await engine()).waitingAccount(headers);
    },
    async lookAtLink(kind, token) {
      return (await engine()).lookAtLink(kind, token);
    },
    async confirm(headers, shown) {
      const session = await auth.sessionOf(headers);
      const answer = await (await engine()).confirm(headers, shown, session);
      const who = { caller: headers.get(callerHeader), ...(session && { userId: session.userId, sessionId: session.sessionId }) };
      if (answer.status === 200) security.note('confirm.succeeded', who);
      else security.note('confirm.failed', { ...who, reason: reasonOf(answer) });
      return answer;
    },
    async linkToSetPassword(userId, validMs) {
      return (await engine()).linkToSetPassword(userId, validMs);
    },
    async ready() {
      await engine();
    },
  };
  return auth;
}

function reasonOf({ status }: Response): SecurityReason {
  return status === 429 ? 'blocked' : status === 401 ? 'wrong-code' : 'wrong-password';
}

export function newAuthSecret(): string {
  return randomBytes(32).toString('base64url');
}

async function load(settings: AuthSettings, secrets: SecretVersions) {
  const { openEngine } = await import('./engine.ts');
  return openEngine(settings, secrets);
}

async function prolong(
  store: Store,
  cookies: SessionCookies,
  { sessionId }: Pick<LoggedIn, 'sessionId'>,
  { raw, untilTheBrowserCloses }: SessionCookie,
  at: Date,
): Promise<string[]> {
  if (untilTheBrowserCloses) return [cookies.again(raw, null)];
  const until = new Date(at.getTime() + SESSION_DAYS * DAY_MS);
  const ends = await store.logins.prolong(sessionId, until, SESSION_MOST_DAYS, at);
  return ends === null ? [] : [cookies.again(raw, Math.max(0, ends.getTime() - at.getTime()))];
}
