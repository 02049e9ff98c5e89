// Somebody who is logged in shows again who they are. The password is asked at an endpoint of our own, which no request from
// outside reaches; the code is asked where logging in asks it, so that what holds for codes there holds here.

import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import type { SessionId, UserId } from '#core/domain/ids.ts';
import { isFresh } from '#core/domain/accounts/fresh-login.ts';
import type { Shown } from '#core/ports/auth.ts';
import type { AuthSettings } from './settings.ts';

export const CONFIRM_PATH = '/confirm-login';

/**
 * What changes how a person logs in. It asks for their password, which is all that they show to log in; who has none, or a second
 * factor too, must have shown everything a moment ago. Otherwise a password alone would take the second factor away.
 */
const changesLogin = ['/change-password', '/new-address', '/two-factor/enable', '/two-factor/disable', '/two-factor/generate-backup-codes'];

/** Where the library may begin a new session in place of the one that asks. It counts as confirmed when that one was. */
export function replacesSession({ url }: Request): boolean {
  return ['/change-password', '/two-factor/disable', '/two-factor/verify-totp'].some((path) => new URL(url).pathname.endsWith(path));
}

export function confirmLogin({ store, clock }: AuthSettings): BetterAuthPlugin {
  return {
    id: 'confirm-login',
    endpoints: {
      confirmLogin: createAuthEndpoint(CONFIRM_PATH, { method: 'POST' }, async (context) => {
        const session = await getSessionFromCtx(context);
        if (session === null) throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Not logged in' });
        const { password: given } = context.body as { password?: unknown };
        const { internalAdapter, password } = context.context;
        const hash = (await internalAdapter.findCredentialAccount(session.user.id))?.password ?? null;
        if (hash === null) throw new APIError('BAD_REQUEST', { code: 'PASSWORD_NOT_SET', message: 'There is no password' });
        if (typeof given !== 'string' || given === '' || !(await password.verify({ hash, password: given })))
          throw new APIError('BAD_REQUEST', { code: 'INVALID_PASSWORD', message: 'Invalid password' });
        return context.json({ status: true });
      }),
    },
    hooks: {
      before: [
        {
          matcher: ({ path }) => changesLogin.includes(path ?? ''),
          handler: createAuthMiddleware(async (context) => {
            const found = await getSessionFromCtx(context);
            if (found === null) return;
            const { id, twoFactorEnabled } = found.user as { id: string; twoFactorEnabled?: boolean };
            if (twoFactorEnabled !== true && (await store.logins.hasPassword(id as UserId))) return;
            const confirmedAt = await store.logins.confirmedAt(found.session.id as SessionId);
            if (!isFresh(confirmedAt ?? undefined, clock.now()))
              throw new APIError('FORBIDDEN', { code: 'LOGIN_CONFIRM', message: 'Confirm' });
          }),
        },
      ],
    },
  };
}

/** `ask` is the engine itself. The session counts as confirmed once every factor was shown. */
export async function confirm(
  settings: Pick<AuthSettings, 'store' | 'clock' | 'publicUrl'>,
  ask: (request: Request) => Promise<Response>,
  headers: Headers,
  { password, code }: Shown,
  session: { readonly sessionId: SessionId; readonly twoFactor: boolean } | null,
): Promise<Response> {
  const { store, clock, publicUrl } = settings;
  const post = (path: string, body: object) => {
    const own = new Headers(headers);
    for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) own.delete(name);
    own.set('content-type', 'application/json');
    return ask(new Request(`${publicUrl}/api/auth${path}`, { method: 'POST', headers: own, body: JSON.stringify(body) }));
  };

  const known = await post(CONFIRM_PATH, { password });
  if (known.status !== 200 || session === null) return known;
  if (session.twoFactor) {
    const isBackup = !/^\d{6}$/.test(code);
    const shown = await post(isBackup ? '/two-factor/verify-backup-code' : '/two-factor/verify-totp', { code });
    if (shown.status !== 200) return shown;
  }
  await store.logins.confirm(session.sessionId, clock.now());
  return Response.json({ status: true });
}
