// better-auth, set up: what it may do, over which tables, and whom it tells.

import { randomBytes } from 'node:crypto';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError, getIP } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { magicLink } from 'better-auth/plugins/magic-link';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { newId, type UserId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { callerHeader, type Auth, type Shown } from '#core/ports/auth.ts';
import { prismaForLogins } from '#core/store/accounts/prisma-for-logins.ts';
import type { SecretVersions } from '#core/store/database/secret-versions.ts';
import { asking, type Asking } from './asking.ts';
import { throughDoor } from './doors.ts';
import { answerIn, isAskedByStrangers } from './even-time.ts';
import { fieldOf } from './field-of.ts';
import { byCaller, byCallerElse, linkLastsS, PASSWORD, SESSION_DAYS } from './limits.ts';
import { authLog, plainError } from './log/auth-log.ts';
import { confirm, confirmLogin, replacesSession } from './confirm-login.ts';
import { settleGuesses, slowGuessing } from './guessing.ts';
import { knownBrowsers } from './sessions/known-browsers.ts';
import { withoutTrust } from './sessions/no-trust.ts';
import { signedAnew } from './sessions/older-secrets.ts';
import { unreadableFactor } from './second-factors.ts';
import { COOKIE_PREFIX, sessionCookies } from './sessions/session-cookies.ts';
import { toldBy } from './told.ts';
import { withoutTokens } from './sessions/without-tokens.ts';
import { everyLogin } from './every-login.ts';
import { lookAtWaiting, shownOf } from './platforms/waiting.ts';
import { withPlatforms } from './platforms/with-platforms.ts';
import { digest, lookAtLink, mailedLinks, makeLink } from './mailed-links.ts';
import type { AuthSettings } from './settings.ts';

type Engine = Pick<Auth, 'handle' | 'lookAtLink' | 'linkToSetPassword' | 'waitingAccount'> & {
  confirm(headers: Headers, shown: Shown, session: Parameters<typeof confirm>[4]): Promise<Response>;
};

export function openEngine(settings: AuthSettings, secrets: SecretVersions): Engine {
  const { store, publicUrl, brandName, clock, log, cost } = settings;
  const https = publicUrl.startsWith('https:');
  const signing = secrets.map(({ secret }) => secret);
  const browsers = knownBrowsers(signing, https);
  const sessions = sessionCookies(signing, https);
  const news = toldBy(settings, browsers, sessions);

  const linkTo = (page: `/${string}`, token: string) => `${publicUrl}${page}?token=${encodeURIComponent(token)}`;
  const inS = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);

  async function linkToSetPassword(userId: UserId, validMs: number) {
    const { internalAdapter } = await auth.$context;
    const token = randomBytes(24).toString('base64url');
    const expiresAt = new Date(Date.now() + validMs); // the library looks at a clock of its own
    await internalAdapter.createVerificationValue({ identifier: `reset-password:${token}`, value: userId, expiresAt });
    return { url: linkTo('/set-password', token), expiresAt };
  }

  const auth = betterAuth({
    appName: brandName,
    baseURL: publicUrl,
    basePath: '/api/auth',
    // Given as a list, so that no variable of the environment is taken in its place.
    secrets: secrets.map(({ version, secret }) => ({ version, value: secret })),
    telemetry: { enabled: false },
    logger: authLog(log),
    onAPIError: { throw: true }, // else it prints the whole of it
    database: prismaAdapter(
      prismaForLogins(store.prisma, {
        now: () => clock.now(),
        confirmedAt: () => asking.now().confirmedAt ?? clock.now(),
        mailTaken: () => new APIError('FORBIDDEN'),
      }),
      {
        provider: 'postgresql',
        transaction: true,
      },
    ),
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: PASSWORD.least,
      maxPasswordLength: PASSWORD.most,
      ...(cost && { password: cost.passwords }),
      resetPasswordTokenExpiresIn: linkLastsS.reset,
      revokeSessionsOnPasswordReset: true,
      async sendResetPassword({ user, token }) {
        const isFirst = !(await store.logins.hasPassword(user.id as UserId));
        await news.mail({
          key: `reset:${digest(token)}`,
          to: user.email,
          saying: {
            kind: isFirst ? 'set-password' : 'reset',
            // Whoever signed up chose the name, and until the address is confirmed somebody else may read it.
            name: user.emailVerified ? user.name : '',
            url: linkTo(isFirst ? '/set-password' : '/reset-password', token),
          },
          expiresAt: inS(linkLastsS.reset),
        });
      },
      async onPasswordReset({ user }, request) {
        // Whoever opened the link reads this mailbox.
        if (!user.emailVerified) await (await auth.$context).internalAdapter.updateUser(user.id, { emailVerified: true });
        const { id, email, name } = user;
        const caller = request?.headers.get(callerHeader) ?? null;
        const userAgent = request?.headers.get('user-agent') ?? null;
        await news.changed({ userId: id as UserId, what: 'password-reset', email, name, caller, userAgent });
      },
      async onExistingUserSignUp({ user }) {
        // Nobody has shown that an unverified address is theirs, so what was chosen for it then must not count: its owner
        // gets a link to choose anew.
        if (user.emailVerified)
          return news.mail({
            key: `known:${user.id}:${hourOf(clock.now())}`,
            to: user.email,
            saying: { kind: 'known', name: user.name, url: `${publicUrl}/login` },
            expiresAt: inS(linkLastsS.verify),
          });
        const { url, expiresAt } = await linkToSetPassword(user.id as UserId, linkLastsS.verify * 1000);
        await news.mail({ key: `set:${digest(url)}`, to: user.email, saying: { kind: 'set-password', name: user.name, url }, expiresAt });
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      // Its own token verifies whoever presses it, so a link of ours goes out in its place.
      async sendVerificationEmail({ user }) {
        const { internalAdapter } = await auth.$context;
        const { token, expiresAt } = await makeLink(internalAdapter, 'sign-up', { userId: user.id, email: user.email });
        const saying = { kind: 'verify', name: user.name, url: linkTo('/verify', token) } as const;
        await news.mail({ key: `verify:${digest(token)}`, to: user.email, saying, expiresAt });
      },
    },
    // auth.ts prolongs sessions, up to a limit that the library does not know.
    session: { expiresIn: SESSION_DAYS * 86_400, disableSessionRefresh: true },
    account: { encryptOAuthTokens: true, accountLinking: { disableImplicitLinking: true } },
    verification: { storeIdentifier: 'hashed' },
    rateLimit: {
      enabled: true,
      window: byCallerElse.windowS,
      max: byCallerElse.most,
      customRules: Object.fromEntries(Object.entries(byCaller).map(([path, { most, windowS }]) => [path, { window: windowS, max: most }])),
      // One statement of ours in the place of its three: nobody slips through between them, and windows are by our clock.
      customStorage: {
        async consume(key, { max, window }) {
          // Strangers behind the same address do not use up what a browser that is known has.
          const { mark } = asking.now();
          const name = mark === null ? `caller|${key}` : `browser|${mark}|${key}`;
          const waitS = await store.logins.take(name, max, window, clock.now());
          return { allowed: waitS === 0, retryAfter: waitS === 0 ? null : waitS };
        },
      },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: https,
      ipAddress: { ipAddressHeaders: [callerHeader] },
      // It leaves these checks out where it takes itself to be tested.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      database: { generateId: () => newId() },
    },
    plugins: [
      magicLink({
        expiresIn: linkLastsS.magic,
        disableSignUp: true,
        async sendMagicLink({ email, token }) {
          const user = await (await auth.$context).internalAdapter.findUserByEmail(email);
          if (!user) return;
          await news.mail({
            key: `magic:${digest(token)}`,
            to: email,
            saying: { kind: 'magic-link', url: linkTo('/login/link', token) },
            expiresAt: inS(linkLastsS.magic),
          });
        },
      }),
      askedAfterAll(
        twoFactor({
          issuer: brandName,
          allowPasswordless: true,
          // Its lock keeps the owner out too; guessing.ts slows down whoever guesses.
          accountLockout: { enabled: false },
          trustDeviceMaxAge: 0,
        }),
      ),
      slowGuessing(settings, browsers),
      mailedLinks({ ...settings, news }),
      everyLogin({ ...settings, news }),
      confirmLogin(settings),
      withPlatforms(settings),
    ],
  });

  return {
    linkToSetPassword,
    confirm: (headers, shown, session) => confirm(settings, (request) => inPlainWords(answer(request)), headers, shown, session),
    async lookAtLink(kind, token) {
      return lookAtLink((await auth.$context).internalAdapter, kind, token);
    },
    async waitingAccount(headers) {
      const waiting = await lookAtWaiting((await auth.$context).internalAdapter, headers.get('cookie') ?? '', publicUrl);
      return waiting && shownOf(waiting);
    },
    async handle(given, by) {
      const request = await throughDoor(given, by);
      if (request instanceof Response) return request;
      const { pathname, searchParams } = new URL(request.url);
      if (leadsToMail.has(pathname.replace(/^\/api\/auth/, '')) && !news.sendsMail()) throw refuse('mail.off');
      const link = pathname.endsWith('/magic-link/verify') ? await this.lookAtLink('magic-link', searchParams.get('token') ?? '') : null;
      const asked = inPlainWords(answer(request)).then(withoutTokens);
      const response = await (isAskedByStrangers(request) ? answerIn(clock, asked, cost?.evenMs) : asked);
      // A link that was used ends the others: an older one that is found in a mailbox must not log in afterwards.
      if (link !== null && response.headers.getSetCookie().length > 0) await store.logins.endMagicLinks(link.email);
      return response;
    },
  };

  async function answer(given: Request): Promise<Response> {
    const request = signedAnew(withoutTrust(given), secrets);
    const cookies = request.headers.get('cookie') ?? '';
    const email = request.method === 'POST' ? fieldOf(await request.clone().json(), 'email') : undefined;
    const person = typeof email === 'string' ? await store.guesses.named({ email: email.toLowerCase() }) : null;
    const mark = person && browsers.markIn(cookies, person, clock.now());
    const confirmedAt = replacesSession(request) ? await confirmedBefore(cookies) : null;
    const caller = getIP(request, auth.options);
    const now: Asking = { caller, cookies, mark, taken: [], setCookies: [], ...(confirmedAt && { confirmedAt }) };
    return asking.during(now, async () => {
      const response = await auth.handler(request).catch((error: unknown) => {
        return unreadableFactor(request, error, log) ?? Promise.reject(error);
      });
      await settleGuesses(settings, response);
      for (const line of now.setCookies) response.headers.append('set-cookie', line);
      return now.mailWaitS !== undefined && response.ok ? enoughMails(now.mailWaitS) : response;
    });
  }

  async function confirmedBefore(cookieHeader: string): Promise<Date | null> {
    const cookie = sessions.read(cookieHeader);
    return cookie === null ? null : ((await store.logins.session(cookie.token, clock.now()))?.confirmedAt ?? null);
  }
}

/** What is asked for here comes by mail, to whoever asked. */
const leadsToMail: ReadonlySet<string> = new Set([
  '/sign-up/email',
  '/send-verification-email',
  '/sign-in/magic-link',
  '/request-password-reset',
  '/new-address',
]);

function enoughMails(waitS: number): Response {
  return Response.json(
    { code: 'MAILS_ENOUGH', message: 'Several emails were sent already.' },
    { status: 429, headers: { 'Retry-After': String(waitS) } },
  );
}

async function inPlainWords(answer: Promise<Response>): Promise<Response> {
  const response = await answer.catch((error: unknown) => {
    throw plainError(error);
  });
  const retryAfter = response.headers.get('x-retry-after');
  if (retryAfter !== null) response.headers.set('retry-after', retryAfter);
  return response;
}

/** Other ways to log in than a password. */
const askedToo: ReadonlySet<string> = new Set(['/magic-link/verify', '/confirm-sign-up', '/continue-with/back']);

/** The second factor is asked for after links in mails and after platforms as after a password. */
function askedAfterAll<Plugin extends ReturnType<typeof twoFactor>>(plugin: Plugin): Plugin {
  for (const hook of plugin.hooks.after) {
    const { matcher } = hook;
    hook.matcher = (context) => matcher(context) || askedToo.has(context.path ?? '');
  }
  return plugin;
}

function hourOf(at: Date): string {
  return at.toISOString().slice(0, 13);
}
