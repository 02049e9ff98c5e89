// Looks at every request that logs somebody in or changes how they do: refuses what must not be before, and tells of what
// came of it after.

import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import type { SessionId, UserId } from '#core/domain/ids.ts';
import { readName } from '#core/domain/text/name.ts';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import { callerHeader, type Change, type Login } from '#core/ports/auth.ts';
import { asking } from './asking.ts';
import { fieldOf } from './field-of.ts';
import { MAIL_CHARACTERS } from './limits.ts';
import { askedOfNewPasswords } from './new-passwords.ts';
import type { Told } from './told.ts';
import type { AuthSettings } from './settings.ts';

type Middleware = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

type Settings = Omit<AuthSettings, 'news'> & { readonly news: Told };

export function everyLogin(settings: Settings): BetterAuthPlugin {
  const before = askedBefore(settings);
  const chosen = askedOfNewPasswords(settings);
  const { news, publicUrl } = settings;
  return {
    id: 'every-login',
    hooks: {
      before: [...Object.entries(before), ...Object.entries(chosen)].map(([path, ask]) => ({
        matcher: (context) => context.path === path,
        handler: createAuthMiddleware(ask),
      })),
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (context) => {
            const { path, headers } = context;
            const { newSession, session, returned } = context.context;
            const from = { caller: headers?.get(callerHeader) ?? null, userAgent: headers?.get('user-agent') ?? null };

            // The two-factor plugin took the session of a link away again and says so in JSON; a person needs a page.
            if (path !== '/sign-in/email' && isChallenge(returned)) throw context.redirect(`${publicUrl}/login/two-factor${withNext()}`);

            const how = ways[path];
            if (how && newSession && !session)
              await news.loggedIn({
                userId: newSession.user.id as UserId,
                sessionId: newSession.session.id as SessionId,
                how,
                ...platformOf(how),
                ...from,
              });

            if (returned instanceof Error) return;
            const what = path === '/two-factor/verify-totp' && newSession ? 'two-factor-on' : changes[path];
            if (!what || !session) return;
            const { id, email, name } = session.user;
            await news.changed({ userId: id as UserId, what, email, name, ...from });
          }),
        },
      ],
    },
  };
}

const ways: Readonly<Record<string, Login['how']>> = {
  '/sign-in/email': 'password',
  '/magic-link/verify': 'magic-link',
  '/confirm-sign-up': 'verified',
  '/continue-with/back': 'platform',
  '/two-factor/verify-totp': 'authenticator',
  '/two-factor/verify-backup-code': 'backup-code',
};

const changes: Readonly<Record<string, Change['what']>> = {
  '/change-password': 'password-changed',
  '/two-factor/disable': 'two-factor-off',
  '/two-factor/generate-backup-codes': 'backup-codes',
};

/** What is asked before the library does its part, by path. */
function askedBefore({ store }: Settings): Record<string, (context: Middleware) => Promise<unknown>> {
  return {
    async '/sign-up/email'({ body }) {
      const email = fieldOf(body, 'email');
      if (typeof email === 'string' && email.length > MAIL_CHARACTERS) throw new APIError('BAD_REQUEST', { code: 'INVALID_EMAIL' });
      const name = nameIn(fieldOf(body, 'name'));
      return { context: { body: { ...(body as object), name } } };
    },

    // The notice says so, whoever asked for it and how.
    '/change-password': async ({ body }) => ({ context: { body: { ...(body as object), revokeOtherSessions: true } } }),

    // Whoever finds a browser open must not be able to take the account with them.
    async '/new-address'(context) {
      const user = (await getSessionFromCtx(context))?.user;
      if (!user || !(await store.logins.hasPassword(user.id as UserId))) return;
      const password = fieldOf(context.body, 'password');
      const { internalAdapter, password: passwords } = context.context;
      const account = await internalAdapter.findCredentialAccount(user.id);
      const isRight =
        typeof password === 'string' && password !== '' && (await passwords.verify({ hash: account?.password ?? '', password }));
      if (!isRight) throw new APIError('BAD_REQUEST', { code: 'INVALID_PASSWORD', message: 'Invalid password' });
    },
  };
}

function platformOf(how: Login['how']): Pick<Login, 'platform'> {
  const { arrived } = asking.now();
  return how === 'platform' && arrived ? { platform: arrived.platform } : {};
}

/** Somebody who comes from a platform goes on to where they wanted to. */
function withNext(): string {
  const next = asking.now().arrived?.next ?? '/dashboard';
  return next === '/dashboard' ? '' : `?next=${encodeURIComponent(next)}`;
}

function nameIn(given: unknown): string {
  try {
    return readName(typeof given === 'string' ? given : '');
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new APIError('BAD_REQUEST', { code: 'INVALID_NAME', message: error.sentence });
  }
}

function isChallenge(returned: unknown): boolean {
  return typeof returned === 'object' && returned !== null && 'twoFactorRedirect' in returned;
}
