// Looks at every request that logs somebody in or changes how they do: limits it by account before, and tells of it after.

import { createHash } from 'node:crypto';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { BetterAuthPlugin } from 'better-auth';
import type { UserId } from '#core/domain/ids.ts';
import { callerHeader, type Change, type Login, type SessionId } from '#core/ports/auth.ts';
import type { AuthSettings } from '../auth.ts';
import { byAccount } from './limits.ts';

const ways: Readonly<Record<string, Login['how']>> = {
  '/sign-in/email': 'password',
  '/magic-link/verify': 'magic-link',
  '/verify-email': 'verified',
  '/two-factor/verify-totp': 'authenticator',
  '/two-factor/verify-backup-code': 'backup-code',
};

const changes: Readonly<Record<string, Change['what']>> = {
  '/change-password': 'password-changed',
  '/two-factor/disable': 'two-factor-off',
  '/two-factor/generate-backup-codes': 'backup-codes',
};

export function everyLogin({ store, clock, news, publicUrl }: AuthSettings): BetterAuthPlugin {
  return {
    id: 'every-login',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/sign-in/email',
          handler: createAuthMiddleware(async (context) => {
            const { email } = (context.body ?? {}) as { email?: unknown };
            if (typeof email !== 'string') return;
            const waitS = await store.logins.take(`account|${nameOf(email)}`, byAccount.most, byAccount.windowS, clock.now());
            if (waitS > 0) throw new APIError('TOO_MANY_REQUESTS', { message: 'Too many attempts.' }, { 'X-Retry-After': String(waitS) });
          }),
        },
      ],
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (context) => {
            const { path, headers } = context;
            const { newSession, session, returned } = context.context;
            const from = { caller: headers?.get(callerHeader) ?? null, userAgent: headers?.get('user-agent') ?? null };

            // The two-factor plugin took the session of a link away again and says so in JSON; a person needs a page.
            if (path !== '/sign-in/email' && isChallenge(returned)) throw context.redirect(`${publicUrl}/login/two-factor`);

            const how = ways[path];
            if (how && newSession && !session)
              await news.loggedIn({
                userId: newSession.user.id as UserId,
                sessionId: newSession.session.id as SessionId,
                how,
                ...from,
              });

            if (returned instanceof Error || !session) return;
            const what = path === '/two-factor/verify-totp' && newSession ? 'two-factor-on' : changes[path];
            const { id, email, name } = session.user;
            if (what) await news.changed({ userId: id as UserId, what, email, name, ...from });
          }),
        },
      ],
    },
  };
}

function isChallenge(returned: unknown): boolean {
  return typeof returned === 'object' && returned !== null && 'twoFactorRedirect' in returned;
}

function nameOf(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('base64url').slice(0, 22);
}
