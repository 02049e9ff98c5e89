// Slows down whoever guesses passwords or one-time codes, and sees to it that a code works once. Every door that checks one
// of them takes an attempt here before it looks.

import { createHash, createHmac } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { symmetricDecrypt } from 'better-auth/crypto';
import type { SessionId, UserId } from '#core/domain/ids.ts';
import type { Pace } from '#core/store/accounts/guesses.ts';
import { asking } from './asking.ts';
import { fieldOf } from './field-of.ts';
import type { KnownBrowsers } from './sessions/known-browsers.ts';
import { guesses as paces } from './limits.ts';
import type { AuthSettings } from './settings.ts';

type Middleware = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** What is guessed there: a password by a browser that is not logged in, a password by one that is, or a code. */
const doors: Readonly<Record<string, (guessing: Guessing) => (context: Middleware) => Promise<void>>> = {
  '/sign-in/email': (guessing) => guessing.atTheDoor,
  '/change-password': (guessing) => guessing.inside,
  '/new-address': (guessing) => guessing.inside,
  '/confirm-login': (guessing) => guessing.inside,
  '/two-factor/enable': (guessing) => guessing.inside,
  '/two-factor/disable': (guessing) => guessing.inside,
  '/two-factor/generate-backup-codes': (guessing) => guessing.inside,
  '/two-factor/verify-totp': (guessing) => guessing.totp,
  '/two-factor/verify-backup-code': (guessing) => guessing.code,
};

/** What the library says of a wrong password or code. Anything else was no guess, and its attempt is given back. */
const wrong: ReadonlySet<unknown> = new Set(['INVALID_EMAIL_OR_PASSWORD', 'INVALID_PASSWORD', 'INVALID_CODE', 'INVALID_BACKUP_CODE']);

/** To be asked before every other plugin of ours, since those check passwords too. */
export function slowGuessing(settings: AuthSettings, browsers: KnownBrowsers): BetterAuthPlugin {
  const guessing = guessingOver(settings, browsers);
  return {
    id: 'slow-guessing',
    hooks: {
      before: Object.entries(doors).map(([path, at]) => ({
        matcher: (context) => context.path === path,
        handler: createAuthMiddleware(at(guessing)),
      })),
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async ({ context }) => {
            const session = (context.newSession ?? context.session)?.session.id as SessionId | undefined;
            if (session !== undefined) asking.now().session = session;
          }),
        },
      ],
    },
  };
}

/** Once the answer is there: what was not wrong is not counted. */
export async function settleGuesses({ store }: Pick<AuthSettings, 'store'>, answer: Response): Promise<void> {
  const { taken } = asking.now();
  if (taken.length === 0 || wrong.has(await codeIn(answer))) return;
  await store.guesses.giveBack(taken.splice(0));
}

async function codeIn(answer: Response): Promise<unknown> {
  if (answer.status < 400) return undefined;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
}

type Guessing = Readonly<Record<'atTheDoor' | 'inside' | 'code' | 'totp', (context: Middleware) => Promise<void>>>;

function guessingOver({ store, clock }: AuthSettings, browsers: KnownBrowsers): Guessing {
  async function take(key: readonly string[], pace: Pace, code: string): Promise<void> {
    const name = `guess|${createHash('sha256').update(JSON.stringify(key)).digest('base64url').slice(0, 22)}`;
    const waitS = await store.guesses.take(name, pace, clock.now());
    const { taken } = asking.now();
    if (waitS === 0) return void taken.push(name);
    await store.guesses.giveBack(taken.splice(0));
    throw new APIError('TOO_MANY_REQUESTS', { code, message: 'Too many attempts.' }, { 'X-Retry-After': String(waitS) });
  }

  /** Who stole a session must not keep its owner waiting in another one. Beginning more sessions takes the password itself. */
  async function takeInside(what: string, { session, user }: { session: { id: string }; user: { id: string } }): Promise<void> {
    await take([what, user.id, session.id], paces.known, 'WAIT');
    await take([what, user.id], paces.sessions, 'WAIT');
  }

  async function takeCode(context: Middleware): Promise<UserId | null> {
    const session = await getSessionFromCtx(context);
    if (session !== null) {
      await takeInside('codes inside', session);
      return session.user.id as UserId;
    }
    const userId = await challengedIn(context);
    const person = userId === null ? null : await store.guesses.named({ userId });
    if (person === null) return null; // the library says that it took too long
    // Somebody who knows the password must not keep its owner from entering codes.
    const mark = browsers.markIn(asking.now().cookies, person, clock.now());
    await take(mark === null ? ['codes', person.userId] : ['codes', person.userId, mark], paces.codes, 'WAIT');
    return person.userId;
  }

  return {
    async atTheDoor({ body }) {
      const email = fieldOf(body, 'email');
      if (typeof email !== 'string') return;
      const { mark, caller } = asking.now();
      const name = email.toLowerCase();
      if (mark !== null) return take(['known', name, mark], paces.known, 'WAIT');
      await take(['caller', name, caller ?? ''], paces.caller, 'WAIT_OR_LINK');
      await take(['strangers', name], paces.strangers, 'WAIT_OR_LINK');
    },

    async inside(context) {
      const session = await getSessionFromCtx(context);
      if (session !== null) await takeInside('inside', session);
    },

    async code(context) {
      await takeCode(context);
    },

    async totp(context) {
      const userId = await takeCode(context);
      if (userId === null) return;
      const step = await stepOf(context, userId);
      if (step !== null && !(await store.guesses.useStep(userId, step)))
        throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'This code was used before.' });
    },
  };
}

/** Whose password was right, while their second factor is waited for. */
async function challengedIn(context: Middleware): Promise<UserId | null> {
  const { name } = context.context.createAuthCookie('two_factor');
  const challenge = await context.getSignedCookie(name, context.context.secret);
  if (typeof challenge !== 'string' || challenge === '') return null;
  const found = await context.context.internalAdapter.findVerificationValue(challenge);
  return (found?.value ?? null) as UserId | null;
}

const PERIOD_S = 30;

/** The step whose code this is. The library accepts the current one and its neighbours, by a clock of its own and a moment later. */
async function stepOf({ body, context }: Middleware, userId: UserId): Promise<number | null> {
  const given = fieldOf(body, 'code');
  const row = await context.adapter.findOne<{ secret: string }>({ model: 'twoFactor', where: [{ field: 'userId', value: userId }] });
  if (typeof given !== 'string' || row === null) return null;
  const secret = await symmetricDecrypt({ key: context.secretConfig, data: row.secret });
  const now = Math.floor(Date.now() / 1000 / PERIOD_S);
  return [now, now + 1, now - 1, now + 2, now - 2].find((step) => codeOf(secret, step) === given) ?? null;
}

/** RFC 6238 with what authenticator apps take for granted: SHA-1, 30 seconds, six digits. */
function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1)! & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}
