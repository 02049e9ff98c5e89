// How long things last, and how often they may be tried.

import type { Pace } from '#core/store/accounts/guesses.ts';

/** A session that is not used for so long has ended. */
export const SESSION_DAYS = 30;
/** However often it is used, a session ends so long after its login, so that a stolen one does not last. */
export const SESSION_MOST_DAYS = 90;

export const PASSWORD = { least: 10, most: 128 } as const;

/** The most that an address can have (RFC 5321). */
export const MAIL_CHARACTERS = 254;

/** How long a link in a mail works. */
export const linkLastsS = { verify: 24 * 3600, reset: 3600, magic: 15 * 60 } as const;

interface Rule {
  readonly most: number;
  readonly windowS: number;
}

/** By address of the caller. An office may share one, so these slow a program down rather than a person. */
export const byCaller: Readonly<Record<string, Rule>> = {
  '/sign-in/email': { most: 10, windowS: 60 },
  '/sign-in/magic-link': { most: 5, windowS: 60 },
  '/magic-link/verify': { most: 20, windowS: 60 },
  '/sign-up/email': { most: 5, windowS: 60 },
  '/request-password-reset': { most: 5, windowS: 60 },
  '/reset-password': { most: 10, windowS: 60 },
  '/send-verification-email': { most: 5, windowS: 60 },
  '/confirm-sign-up': { most: 10, windowS: 60 },
  '/confirm-sign-up/new-password': { most: 10, windowS: 60 },
  '/new-address/confirm': { most: 10, windowS: 60 },
  '/continue-with': { most: 10, windowS: 60 },
  '/continue-with/connect': { most: 10, windowS: 60 },
  '/continue-with/back': { most: 20, windowS: 60 },
  '/continue-with/keep': { most: 10, windowS: 60 },
  '/change-password': { most: 5, windowS: 60 },
  '/new-address': { most: 5, windowS: 60 },
  '/confirm-login': { most: 10, windowS: 60 },
  '/two-factor/*': { most: 10, windowS: 60 },
};

/** Whatever is not named there. */
export const byCallerElse: Rule = { most: 120, windowS: 60 };

/** By link: its holder may mistype the password of a sign-up, and not try out many. */
export const perLink: Rule = { most: 10, windowS: 15 * 60 };

/**
 * Wrong passwords and codes, by person. Nobody is locked out: whoever guesses waits longer and longer, and a browser that
 * logged in as that person before is counted apart, so a stranger's guesses never keep it waiting.
 */
export const guesses = {
  /** Everybody else together: a password is not guessed from a thousand machines either. */
  strangers: { free: 20, firstS: 5, mostS: 5 * 60, forgetS: 6 * 3600 },
  /** Those of them that call from one address. */
  caller: { free: 10, firstS: 15, mostS: 15 * 60, forgetS: 3600 },
  /** One browser that logged in before, or one session. */
  known: { free: 10, firstS: 15, mostS: 15 * 60, forgetS: 3600 },
  /** All sessions of a person together: more than one stolen session can use up, so that it does not keep the owner waiting. */
  sessions: { free: 60, firstS: 5, mostS: 60, forgetS: 3600 },
  /** Codes have six digits, and whoever enters them knows the password already. */
  codes: { free: 10, firstS: 60, mostS: 15 * 60, forgetS: 24 * 3600 },
} as const satisfies Record<string, Pace>;
