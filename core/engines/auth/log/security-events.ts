// What the security log is told of logging in. It looks at what was asked and at what was answered, after the answer is made:
// nobody waits for it, so the time of an answer tells nothing of whether an account exists.

import type { SecurityEvent, SecurityReason } from '#core/domain/accounts/security-event.ts';
import { callerHeader, type Auth, type AuthNews, type LoggedIn } from '#core/ports/auth.ts';
import type { SecurityFacts, SecurityLog } from '#core/ports/security-log.ts';
import type { Store } from '#core/store/database/store.ts';

interface Heard {
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly isChallenge: boolean;
  /** Where it sends people. */
  readonly location: string;
}

type Told = readonly [event: SecurityEvent, reason?: SecurityReason];

/** What an answer of the engine is to the security log; null for most of them. */
export function eventIn({ path, status, code, isChallenge, location }: Heard): Told | null {
  const isLogin = /^\/(sign-in\/email|magic-link\/verify|continue-with\/back|two-factor\/verify-)/.test(path);
  if (status === 429) return isLogin ? ['login.failed', 'blocked'] : ['rate.limited'];
  if (status === 403 && /ORIGIN|CROSS_SITE|_URL$/.test(code)) return ['origin.refused'];
  if (path === '/sign-in/email') {
    if (status < 400) return isChallenge ? ['login.challenged'] : null;
    if (status === 401) return ['login.failed', 'wrong-password'];
    return ['login.failed', code === 'EMAIL_NOT_VERIFIED' ? 'not-verified' : 'other'];
  }
  if (path.startsWith('/two-factor/verify-')) return status < 400 ? null : ['login.failed', 'wrong-code'];
  if (path.startsWith('/continue-with')) return ofPlatform(status, code, location);
  if (code === 'NOT_THE_SIGN_UP_PASSWORD') return ['login.failed', 'wrong-password'];
  if (path === '/magic-link/verify') return status >= 400 || location.includes('error=') ? ['login.failed', 'bad-link'] : null;
  if (linkPaths.includes(path)) return isBadLink(status, code) ? ['login.failed', 'bad-link'] : null;
  if (code === 'INVALID_PASSWORD') return ['confirm.failed', 'wrong-password'];
  return status === 403 ? ['permission.refused'] : null;
}

function ofPlatform(status: number, code: string, location: string): Told | null {
  if (/\/login\/two-factor(\?|$)/.test(location)) return ['login.challenged'];
  // A person said no, or is asked to log in as before.
  if (status < 400 || ['PLATFORM_DENIED', 'ACCOUNT_EXISTS', 'LOGIN_CONFIRM', 'UNAUTHORIZED'].includes(code)) return null;
  return ['login.failed', code === 'PLATFORM_STATE' || code === 'PLATFORM_CODE' ? 'bad-link' : 'other'];
}

const linkPaths = ['/reset-password', '/confirm-sign-up', '/confirm-sign-up/new-password', '/new-address/confirm'];

function isBadLink(status: number, code: string): boolean {
  return status >= 400 && /TOKEN/.test(code);
}

interface Listening {
  readonly security: SecurityLog;
  readonly store: Pick<Store, 'people'>;
  readonly sessionOf: (headers: Headers) => Promise<Pick<LoggedIn, 'sessionId' | 'userId'> | null>;
}

/** Gives the engine's answer as it is, and tells the security log what it was. */
export function listenTo(handle: Auth['handle'], listening: Listening): Auth['handle'] {
  return async (request, by) => {
    const asked = request.method === 'POST' ? request.clone() : request;
    const answer = await handle(request, by);
    if (answer.status !== 404) void tell(asked, answer.clone(), listening).catch(() => undefined);
    return answer;
  };
}

async function tell(asked: Request, answer: Response, { security, store, sessionOf }: Listening): Promise<void> {
  const path = new URL(asked.url).pathname.replace(/^\/api\/auth/, '');
  const body = await jsonOf(answer);
  const heard = { path, status: answer.status, code: wordIn(body, 'code'), isChallenge: 'twoFactorRedirect' in body };
  const told = eventIn({ ...heard, location: answer.headers.get('location') ?? '' });
  if (told === null) return;
  const [event, reason] = told;
  const caller = asked.headers.get(callerHeader);
  const what = path.slice(1);
  if (path === '/sign-in/email') {
    const email = wordIn(await jsonOf(asked), 'email');
    const person = email === '' ? null : await store.people.findByEmail(email.trim().toLowerCase()).catch(() => null);
    const whom: Partial<SecurityFacts> = person ? { userId: person.userId } : { account: security.nameOf(email) };
    const why = reason === 'wrong-password' && person === null ? 'unknown-account' : reason;
    return security.note(event, { caller, what, ...whom, ...(why && { reason: why }) });
  }
  const session = await sessionOf(asked.headers).catch(() => null);
  const who = session && { userId: session.userId, sessionId: session.sessionId };
  security.note(event, { caller, what, ...who, ...(reason && { reason }) });
}

/** `Content-Type` is not looked at: what is no JSON has nothing in it for us. */
async function jsonOf(of: Request | Response): Promise<object> {
  const body: unknown = await of.json().catch(() => null);
  return typeof body === 'object' && body !== null ? body : {};
}

function wordIn(body: object, name: string): string {
  const value: unknown = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Logins and changes are told by the engine's hooks already, with the person. */
export function toldToSecurity(news: AuthNews, security: SecurityLog): AuthNews {
  return {
    sendsMail: () => news.sendsMail(),
    mail: (...told) => news.mail(...told),
    async loggedIn(login) {
      const { userId, sessionId, how, caller } = login;
      security.note('login.succeeded', { caller, userId, sessionId, what: how });
      await news.loggedIn(login);
    },
    arrived: (person, from) => news.arrived(person, from),
    async connect(userId, person, from) {
      const outcome = await news.connect(userId, person, from);
      if (outcome === 'connected') security.note('login.changed', { caller: from.caller, userId, what: 'login-connected' });
      return outcome;
    },
    async changed(change) {
      const { userId, what, caller } = change;
      security.note('login.changed', { caller, userId, what });
      await news.changed(change);
    },
  };
}
