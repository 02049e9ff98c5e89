// Links in mails that are ours: to confirm a sign-up, and to confirm a new address. Holding one proves that a mailbox is
// read, and nothing more. So a sign-up is confirmed with the password that was chosen there, or with a new one in its place,
// and a new address by the person whose account it is for. What ends these links is in the database: `links_end`.

import { createHash, randomBytes } from 'node:crypto';
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { isId, type UserId } from '#core/domain/ids.ts';
import { maskMailAddress, readMailAddress } from '#core/domain/mail/mail-address.ts';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import { callerHeader, type LinkKind, type MailedLink } from '#core/ports/auth.ts';
import { fieldOf } from './field-of.ts';
import { linkLastsS, perLink, PASSWORD } from './limits.ts';
import type { Told } from './told.ts';
import type { AuthSettings } from './settings.ts';

type Endpoint = GenericEndpointContext;

/** What of the engine's tables links need. */
interface Verifications {
  findVerificationValue(identifier: string): Promise<{ value: string; expiresAt: Date } | null>;
  createVerificationValue(data: { identifier: string; value: string; expiresAt: Date }): Promise<unknown>;
}

/** How the engine finds each, by its token. */
const named: Record<LinkKind, (token: string) => string> = {
  'sign-up': (token) => `sign-up:${token}`,
  'new-address': (token) => `new-address:${token}`,
  'magic-link': (token) => `magic-link:${token}`, // the library's own
};

export async function makeLink(
  adapter: Verifications,
  kind: 'sign-up' | 'new-address',
  about: { userId: string; email: string; before?: string },
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(Date.now() + linkLastsS.verify * 1000); // the library looks at a clock of its own
  await adapter.createVerificationValue({ identifier: named[kind](token), value: JSON.stringify({ type: kind, ...about }), expiresAt });
  return { token, expiresAt };
}

/** What a link is for. Looking changes nothing. */
export async function lookAtLink(adapter: Verifications, kind: LinkKind, token: string): Promise<MailedLink | null> {
  if (!/^[\w-]{16,100}$/.test(token)) return null;
  const found = await adapter.findVerificationValue(named[kind](token));
  if (!found || found.expiresAt <= new Date()) return null;
  const { type, userId = null, email, before = null } = JSON.parse(found.value) as Record<string, string>;
  return type === kind && email !== undefined ? { userId: userId as UserId | null, email, before } : null;
}

export function mailedLinks({ store, clock, news, publicUrl }: Omit<AuthSettings, 'news'> & { readonly news: Told }): BetterAuthPlugin {
  /** Whoever holds a link tries no number of passwords with it. */
  async function mayTry(token: string) {
    const waitS = await store.logins.take(`link|${digest(token)}`, perLink.most, perLink.windowS, clock.now());
    if (waitS > 0) throw new APIError('TOO_MANY_REQUESTS', { message: 'Too many attempts.' }, { 'X-Retry-After': String(waitS) });
  }

  async function findSignUp(ctx: Endpoint) {
    const token = textOf(ctx.body, 'token');
    const link = await lookAtLink(ctx.context.internalAdapter, 'sign-up', token);
    const user = link && link.userId !== null ? await ctx.context.internalAdapter.findUserById(link.userId) : null;
    if (!link || !user || user.emailVerified || user.email !== link.email) throw overLink();
    return { token, user };
  }

  async function consume(ctx: Endpoint, kind: LinkKind, token: string) {
    if (!(await ctx.context.internalAdapter.consumeVerificationValue(named[kind](token)))) throw overLink();
  }

  return {
    id: 'mailed-links',
    endpoints: {
      confirmSignUp: createAuthEndpoint('/confirm-sign-up', { method: 'POST' }, async (ctx) => {
        const { internalAdapter, password: passwords } = ctx.context;
        const { token, user } = await findSignUp(ctx);
        await mayTry(token);
        const account = await internalAdapter.findCredentialAccount(user.id);
        const password = textOf(ctx.body, 'password');
        const isRight =
          password.length <= PASSWORD.most && account?.password && (await passwords.verify({ hash: account.password, password }));
        if (!isRight) throw new APIError('BAD_REQUEST', { code: 'NOT_THE_SIGN_UP_PASSWORD', message: 'Not the password of the sign-up.' });
        await consume(ctx, 'sign-up', token);
        const verified = await internalAdapter.updateUser(user.id, { emailVerified: true });
        const session = await internalAdapter.createSession(user.id);
        await setSessionCookie(ctx, { session, user: verified });
        return ctx.json({ status: true });
      }),

      confirmSignUpAnew: createAuthEndpoint('/confirm-sign-up/new-password', { method: 'POST' }, async (ctx) => {
        const { internalAdapter, password: passwords } = ctx.context;
        const { token, user } = await findSignUp(ctx);
        await mayTry(token);
        const password = textOf(ctx.body, 'newPassword');
        if (password.length < PASSWORD.least) throw new APIError('BAD_REQUEST', { code: 'PASSWORD_TOO_SHORT' });
        if (password.length > PASSWORD.most) throw new APIError('BAD_REQUEST', { code: 'PASSWORD_TOO_LONG' });
        const hash = await passwords.hash(password);
        await consume(ctx, 'sign-up', token);
        // What was chosen before must not count for a moment once the address is confirmed.
        if (await internalAdapter.findCredentialAccount(user.id)) await internalAdapter.updatePassword(user.id, hash);
        else await internalAdapter.createAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: hash });
        await internalAdapter.deleteUserSessions(user.id);
        await internalAdapter.updateUser(user.id, { emailVerified: true });
        await news.changed({ userId: user.id as UserId, what: 'password-reset', email: user.email, name: user.name, ...callerOf(ctx) });
        return ctx.json({ status: true });
      }),

      askForNewAddress: createAuthEndpoint('/new-address', { method: 'POST' }, async (ctx) => {
        const { internalAdapter } = ctx.context;
        const { user } = await mustBeLoggedIn(ctx);
        const email = addressIn(ctx.body);
        if (email === user.email) throw new APIError('BAD_REQUEST', { code: 'SAME_EMAIL', message: 'This is your address already.' });
        // Whether it is somebody's already is told to nobody.
        if (await internalAdapter.findUserByEmail(email)) return ctx.json({ status: true });
        const { token, expiresAt } = await makeLink(internalAdapter, 'new-address', { userId: user.id, email, before: user.email });
        const url = `${publicUrl}/confirm-email?token=${token}`;
        const saying = { kind: 'new-address', account: maskMailAddress(user.email), url } as const;
        await news.mail({ key: `new-address:${digest(token)}`, to: email, saying, expiresAt });
        return ctx.json({ status: true });
      }),

      confirmNewAddress: createAuthEndpoint('/new-address/confirm', { method: 'POST' }, async (ctx) => {
        const { internalAdapter } = ctx.context;
        const { user } = await mustBeLoggedIn(ctx);
        const token = textOf(ctx.body, 'token');
        const link = await lookAtLink(internalAdapter, 'new-address', token);
        if (!link) throw overLink();
        if (link.userId !== user.id) throw new APIError('FORBIDDEN', { code: 'INVALID_USER', message: 'A link of somebody else.' });
        if (link.before !== user.email || (await internalAdapter.findUserByEmail(link.email))) throw overLink();
        await consume(ctx, 'new-address', token);
        await internalAdapter.updateUser(user.id, { email: link.email, emailVerified: true });
        await news.changed({ userId: user.id as UserId, what: 'mail-changed', email: user.email, name: user.name, ...callerOf(ctx) });
        return ctx.json({ status: true });
      }),
    },
  };
}

async function mustBeLoggedIn(ctx: Endpoint) {
  const found = await getSessionFromCtx(ctx);
  if (!found || !isId(found.user.id)) throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Not logged in.' });
  return found;
}

function addressIn(body: unknown): string {
  try {
    return readMailAddress(textOf(body, 'newEmail'));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new APIError('BAD_REQUEST', { code: 'INVALID_EMAIL', message: error.sentence });
  }
}

function overLink(): APIError {
  return new APIError('BAD_REQUEST', { code: 'INVALID_TOKEN', message: 'This link does not work any more.' });
}

function callerOf({ headers }: Endpoint) {
  return { caller: headers?.get(callerHeader) ?? null, userAgent: headers?.get('user-agent') ?? null };
}

function textOf(body: unknown, name: string): string {
  const value = fieldOf(body, name);
  return typeof value === 'string' ? value : '';
}

/** Names a mail by its link without giving it away. */
export function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 22);
}
