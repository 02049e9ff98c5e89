// “Continue with Slack”: a browser goes to the platform and comes back with a code, which says who its person is there. Whose
// account that is here is decided by core/flows/accounts/connected-logins.ts. A second factor is asked for as after a password.

import { randomBytes } from 'node:crypto';
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { isFresh } from '#core/domain/accounts/fresh-login.ts';
import { isOwnPath } from '#core/domain/accounts/own-address.ts';
import type { SessionId, UserId } from '#core/domain/ids.ts';
import { callerHeader, type AuthNews, type From, type NotArrived, type NotConnected } from '#core/ports/auth.ts';
import { ProviderError, type LoginProvider, type ProviderPerson } from '#core/ports/login-provider.ts';
import { asking } from '../asking.ts';
import { fieldOf } from '../field-of.ts';
import type { AuthSettings } from '../settings.ts';
import { boundTo, browserSecret, secretIn } from './browser.ts';
import { keepWaiting, noLongerWaiting, takeWaiting } from './waiting.ts';

type Endpoint = GenericEndpointContext;

/** Codes of platforms live as long. */
const LASTS_S = 10 * 60;
/** Codes have about 100 characters. */
const CODE_MOST = 1_000;
const NEXT_MOST = 500;

/** Where each platform sends the browser back to: it has to know this address. */
export function redirectUriOf(publicUrl: string, platform: string): string {
  return `${publicUrl}/login/with/${platform}`;
}

/** What is said of a login that was begun: where its person wanted to go, and whether it connects an account. */
interface Begun {
  readonly next: string;
  readonly userId: UserId | null;
}

type Settings = Pick<AuthSettings, 'store' | 'clock' | 'publicUrl' | 'log' | 'providers'> & {
  readonly news: Pick<AuthNews, 'arrived' | 'connect'>;
};

export function withPlatforms({ store, clock, publicUrl, log, providers, news }: Settings): BetterAuthPlugin {
  async function begin(ctx: Endpoint, userId: UserId | null) {
    const provider = providerNamed(textOf(ctx.body, 'platform'));
    const given = textOf(ctx.body, 'next');
    const next = given.length <= NEXT_MOST && isOwnPath(given) ? given : '/dashboard';
    const state = randomBytes(24).toString('base64url');
    const { secret, cookie } = browserSecret(asking.now().cookies, publicUrl, LASTS_S);
    const { mark, nonce, challenge } = boundTo(secret, state);
    await ctx.context.internalAdapter.createVerificationValue({
      identifier: begunName(state),
      value: JSON.stringify({ type: 'continue-with', platform: provider.platform, mark, next, ...(userId !== null && { userId }) }),
      expiresAt: new Date(Date.now() + LASTS_S * 1000), // the library looks at a clock of its own
    });
    asking.now().setCookies.push(cookie);
    const { platform } = provider;
    return ctx.json({ url: provider.addressFor({ state, nonce, challenge, redirectUri: redirectUriOf(publicUrl, platform) }) });
  }

  function providerNamed(platform: string): LoginProvider {
    const provider = providers.find((each) => each.platform === platform);
    if (provider === undefined) throw refusal('BAD_REQUEST', 'PLATFORM_OFF');
    return provider;
  }

  /** What this browser began with this state, once. */
  async function takeBegun(ctx: Endpoint, { platform }: LoginProvider, state: string): Promise<Begun> {
    const { internalAdapter } = ctx.context;
    const secret = secretIn(asking.now().cookies, publicUrl);
    if (secret === null || !/^[\w-]{32}$/.test(state)) throw refusal('BAD_REQUEST', 'PLATFORM_STATE');
    const found = await internalAdapter.findVerificationValue(begunName(state));
    const said = found && (JSON.parse(found.value) as { type: string; platform: string; mark: string; next: string; userId?: UserId });
    const isOurs = said?.type === 'continue-with' && said.platform === platform && said.mark === boundTo(secret, state).mark;
    // Whoever has the address of somebody else's browser does not use it up.
    if (!isOurs || found!.expiresAt <= new Date()) throw refusal('BAD_REQUEST', 'PLATFORM_STATE');
    if (!(await internalAdapter.consumeVerificationValue(begunName(state)))) throw refusal('BAD_REQUEST', 'PLATFORM_STATE');
    return { next: said.next, userId: said.userId ?? null };
  }

  async function personBehind(provider: LoginProvider, query: unknown, begun: Begun, state: string): Promise<ProviderPerson> {
    const { platform, issuer } = provider;
    const [code, error, said] = ['code', 'error', 'iss'].map((name) => textOf(query, name)) as [string, string, string];
    if (error === 'access_denied') throw refusal('BAD_REQUEST', 'PLATFORM_DENIED', begun);
    const failed = (why: ProviderError['why'], words: string) => {
      if (why !== 'code') log.warn({ platform, why, words }, 'a platform did not log somebody in');
      return refusalOf(ofProvider[why], begun);
    };
    if (code === '' || code.length > CODE_MOST)
      throw failed(/^(server_error|temporarily_unavailable)$/.test(error) ? 'away' : 'settings', 'no code');
    if (said !== '' && issuer !== null && said !== issuer) throw failed('untrue', 'another issuer');
    const { nonce, verifier } = boundTo(secretIn(asking.now().cookies, publicUrl)!, state);
    try {
      return await provider.whoIs({ code, nonce, verifier, redirectUri: redirectUriOf(publicUrl, platform) });
    } catch (cause) {
      if (!(cause instanceof ProviderError)) throw cause;
      throw failed(cause.why, cause.message);
    }
  }

  async function logIn(ctx: Endpoint, person: ProviderPerson, begun: Begun) {
    const { internalAdapter } = ctx.context;
    const outcome = await news.arrived(person, fromOf(ctx));
    if ('refused' in outcome) {
      if (outcome.refused !== 'exists') throw refusalOf(ofNotArrived[outcome.refused], begun);
      asking.now().setCookies.push(await keepWaiting(internalAdapter, { person, next: begun.next }, publicUrl));
      throw refusal('CONFLICT', 'ACCOUNT_EXISTS', begun);
    }
    const user = await internalAdapter.findUserById(outcome.userId);
    if (!user) throw refusal('BAD_REQUEST', 'PLATFORM_STATE', begun); // deleted a moment ago
    asking.now().arrived = { platform: person.platform, next: begun.next };
    const session = await internalAdapter.createSession(user.id);
    await setSessionCookie(ctx, { session, user });
    return ctx.json({ next: begun.next });
  }

  async function connect(ctx: Endpoint, userId: UserId, person: ProviderPerson, begun: Begun) {
    const outcome = await news.connect(userId, person, fromOf(ctx));
    if (outcome !== 'connected') throw refusalOf(ofNotConnected[outcome], begun);
    return ctx.json({ next: begun.next, connected: person.platform });
  }

  /** Whoever finds a browser open must not make themselves a way in. */
  async function mustBeFresh(ctx: Endpoint): Promise<UserId> {
    const found = await getSessionFromCtx(ctx);
    if (found === null) throw refusal('UNAUTHORIZED', 'UNAUTHORIZED');
    const confirmedAt = await store.logins.confirmedAt(found.session.id as SessionId);
    if (!isFresh(confirmedAt ?? undefined, clock.now())) throw refusal('FORBIDDEN', 'LOGIN_CONFIRM');
    return found.user.id as UserId;
  }

  return {
    id: 'with-platforms',
    endpoints: {
      continueWith: createAuthEndpoint('/continue-with', { method: 'POST' }, (ctx) => begin(ctx, null)),

      continueToConnect: createAuthEndpoint('/continue-with/connect', { method: 'POST' }, async (ctx) =>
        begin(ctx, await mustBeFresh(ctx)),
      ),

      backFromPlatform: createAuthEndpoint('/continue-with/back', { method: 'GET' }, async (ctx) => {
        const provider = providerNamed(textOf(ctx.query, 'platform'));
        const state = textOf(ctx.query, 'state');
        const begun = await takeBegun(ctx, provider, state);
        if (begun.userId === null) return logIn(ctx, await personBehind(provider, ctx.query, begun, state), begun);
        const session = await getSessionFromCtx(ctx);
        if (session?.user.id !== begun.userId) throw refusal('UNAUTHORIZED', 'PLATFORM_LOGGED_OUT', begun);
        return connect(ctx, begun.userId, await personBehind(provider, ctx.query, begun, state), begun);
      }),

      connectWaiting: createAuthEndpoint('/continue-with/keep', { method: 'POST' }, async (ctx) => {
        const userId = await mustBeFresh(ctx);
        const waiting = await takeWaiting(ctx.context.internalAdapter, asking.now().cookies, publicUrl);
        asking.now().setCookies.push(noLongerWaiting(publicUrl));
        if (waiting === null) throw refusal('BAD_REQUEST', 'PLATFORM_STATE');
        return connect(ctx, userId, waiting.person, { next: waiting.next, userId });
      }),
    },
  };
}

type Status = 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'CONFLICT' | 'BAD_GATEWAY' | 'SERVICE_UNAVAILABLE';
type Said = readonly [status: Status, code: string];

/** The portal has the words (web/app/texts/continue-with.ts). */
function refusal(status: Status, code: string, begun?: Begun): APIError {
  const more = begun && { next: begun.next, connecting: begun.userId !== null };
  return new APIError(status, { code, message: 'Not logged in with a platform', ...more });
}

function refusalOf([status, code]: Said, begun: Begun): APIError {
  return refusal(status, code, begun);
}

const ofProvider = {
  code: ['BAD_REQUEST', 'PLATFORM_CODE'],
  away: ['SERVICE_UNAVAILABLE', 'PLATFORM_AWAY'],
  settings: ['BAD_GATEWAY', 'PLATFORM_SETTINGS'],
  untrue: ['BAD_GATEWAY', 'PLATFORM_UNTRUE'],
} as const satisfies Record<ProviderError['why'], Said>;

const ofNotArrived = {
  'no-email': ['BAD_REQUEST', 'PLATFORM_NO_EMAIL'],
  'unverified-email': ['BAD_REQUEST', 'PLATFORM_UNVERIFIED'],
  'mail-needed': ['FORBIDDEN', 'PLATFORM_MAIL_NEEDED'],
  'linked-elsewhere': ['CONFLICT', 'PLATFORM_LINKED'],
  closed: ['FORBIDDEN', 'SIGN_UPS_CLOSED'],
} as const satisfies Record<NotArrived, Said>;

const ofNotConnected = {
  taken: ['CONFLICT', 'PLATFORM_TAKEN'],
  'linked-elsewhere': ['CONFLICT', 'PLATFORM_LINKED'],
  'too-many': ['CONFLICT', 'PLATFORM_TOO_MANY'],
} as const satisfies Record<NotConnected, Said>;

function begunName(state: string): string {
  return `continue-with:${state}`;
}

function fromOf({ headers }: Endpoint): From {
  return { caller: headers?.get(callerHeader) ?? null, userAgent: headers?.get('user-agent') ?? null };
}

function textOf(from: unknown, name: string): string {
  const value = fieldOf(from, name);
  return typeof value === 'string' ? value : '';
}
