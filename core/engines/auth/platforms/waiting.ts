// A chat account whose mail address has an account here: it is connected once its person has logged in to that one as before.
// Until then the database keeps it, and the browser that showed it holds the key.

import { randomBytes } from 'node:crypto';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { WaitingAccount } from '#core/ports/auth.ts';
import type { ProviderPerson } from '#core/ports/login-provider.ts';
import { cookieIn, cookieLine } from './browser.ts';

interface Waiting {
  readonly person: ProviderPerson;
  /** Where they wanted to go. */
  readonly next: string;
}

/** What of the engine's tables it needs. */
export interface OneTimeValues {
  findVerificationValue(identifier: string): Promise<{ value: string; expiresAt: Date } | null>;
  createVerificationValue(data: { identifier: string; value: string; expiresAt: Date }): Promise<unknown>;
  consumeVerificationValue(identifier: string): Promise<{ value: string } | null>;
}

const NAME = 'waiting-account';
/** Long enough to look for a password, or for the link in a mail. */
const LASTS_S = 30 * 60;
const SHOWN_CHARACTERS = 80;
const named = (token: string) => `${NAME}:${token}`;

/** A `Set-Cookie` line. */
export async function keepWaiting(
  values: Pick<OneTimeValues, 'createVerificationValue'>,
  waiting: Waiting,
  publicUrl: string,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + LASTS_S * 1000); // the library looks at a clock of its own
  await values.createVerificationValue({ identifier: named(token), value: JSON.stringify({ type: NAME, ...waiting }), expiresAt });
  return cookieLine(publicUrl, NAME, token, LASTS_S);
}

/** Looking changes nothing. */
export async function lookAtWaiting(
  values: Pick<OneTimeValues, 'findVerificationValue'>,
  cookies: string,
  publicUrl: string,
): Promise<Waiting | null> {
  const token = tokenIn(cookies, publicUrl);
  const found = token === null ? null : await values.findVerificationValue(named(token));
  return found === null || found.expiresAt <= new Date() ? null : waitingIn(found.value);
}

export async function takeWaiting(
  values: Pick<OneTimeValues, 'consumeVerificationValue'>,
  cookies: string,
  publicUrl: string,
): Promise<Waiting | null> {
  const token = tokenIn(cookies, publicUrl);
  const found = token === null ? null : await values.consumeVerificationValue(named(token));
  return found === null ? null : waitingIn(found.value);
}

/** Names were chosen by whoever they are of. */
export function shownOf({ person: { platform, name, workspaceName }, next }: Waiting): WaitingAccount {
  const shown = (text: string) => shorten(cleanText(text), SHOWN_CHARACTERS);
  return { platform, name: shown(name), workspaceName: workspaceName === null ? null : shown(workspaceName), next };
}

export function noLongerWaiting(publicUrl: string): string {
  return cookieLine(publicUrl, NAME, '', 0);
}

function tokenIn(cookies: string, publicUrl: string): string | null {
  const token = cookieIn(cookies, NAME, publicUrl);
  return token !== null && /^[\w-]{43}$/.test(token) ? token : null;
}

function waitingIn(value: string): Waiting | null {
  const { type, person, next } = JSON.parse(value) as Waiting & { type: string };
  return type === NAME ? { person, next } : null;
}
