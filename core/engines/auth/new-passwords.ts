// What a password that somebody chooses must not be, at every door where one is chosen.

import { APIError, getSessionFromCtx, type createAuthMiddleware } from 'better-auth/api';
import { whyGuessable } from '#core/domain/accounts/guessable-password.ts';
import { fieldOf } from './field-of.ts';
import { isLeaked } from './leaked.ts';
import { PASSWORD } from './limits.ts';
import { lookAtLink } from './mailed-links.ts';
import type { AuthSettings } from './settings.ts';

type Middleware = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

interface Person {
  readonly email: string;
  readonly name: string;
}

interface NewPassword {
  readonly field: 'password' | 'newPassword';
  /** Whose it will be; null where a link is none. */
  readonly person: (context: Middleware) => Promise<Person | null>;
}

/** Where one is chosen, by path. */
const doors: Readonly<Record<string, NewPassword>> = {
  '/sign-up/email': {
    field: 'password',
    person: async ({ body }) => ({ email: textIn(body, 'email'), name: textIn(body, 'name') }),
  },
  '/confirm-sign-up/new-password': {
    field: 'newPassword',
    async person({ body, context: { internalAdapter } }) {
      const link = await lookAtLink(internalAdapter, 'sign-up', textIn(body, 'token'));
      return link?.userId ? internalAdapter.findUserById(link.userId) : null;
    },
  },
  '/reset-password': {
    field: 'newPassword',
    async person({ body, context: { internalAdapter } }) {
      const link = await internalAdapter.findVerificationValue(`reset-password:${textIn(body, 'token')}`);
      return link ? internalAdapter.findUserById(link.value) : null;
    },
  },
  '/change-password': {
    field: 'newPassword',
    person: async (context) => (await getSessionFromCtx(context))?.user ?? null,
  },
};

type Settings = Pick<AuthSettings, 'brandName' | 'leakedPasswordsUrl' | 'log'>;

/** Reject with `PASSWORD_COMMON`, `PASSWORD_PERSONAL` or `PASSWORD_COMPROMISED`. */
export function askedOfNewPasswords(settings: Settings): Record<string, (context: Middleware) => Promise<unknown>> {
  return Object.fromEntries(Object.entries(doors).map(([path, door]) => [path, (context) => mustBeHardToGuess(context, door, settings)]));
}

async function mustBeHardToGuess(context: Middleware, { field, person }: NewPassword, settings: Settings): Promise<void> {
  const password = fieldOf(context.body, field);
  // Its length is for the library to say.
  if (typeof password !== 'string' || password.length < PASSWORD.least || password.length > PASSWORD.most) return;
  const why = whyGuessable(password, { brandName: settings.brandName, person: await person(context) });
  if (why === 'common') throw new APIError('BAD_REQUEST', { code: 'PASSWORD_COMMON', message: 'This password is too common.' });
  if (why === 'personal')
    throw new APIError('BAD_REQUEST', { code: 'PASSWORD_PERSONAL', message: 'This password is close to a name or address.' });
  if (await isLeaked(password, settings.leakedPasswordsUrl, settings.log))
    throw new APIError('BAD_REQUEST', { code: 'PASSWORD_COMPROMISED', message: 'This password is in a list of leaked passwords.' });
}

function textIn(body: unknown, name: string): string {
  const value = fieldOf(body, name);
  return typeof value === 'string' ? value : '';
}
