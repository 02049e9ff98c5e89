// The words of getting in: signing up, logging in, and the links in mails.

export const least = 10;

interface EngineWord {
  readonly sentence: string;
  readonly wayForward?: string;
  readonly page?: string;
  /** Which field it is about. */
  readonly field?: 'email' | 'password' | 'name' | 'code' | 'current' | 'signUpPassword';
}

/** What the login engine says, by its code. */
export const engineWords = {
  codes: {
    INVALID_EMAIL_OR_PASSWORD: {
      sentence: 'Wrong email or password.',
      wayForward: 'Try again, or get a login link by email instead.',
    },
    INVALID_EMAIL: { sentence: 'This is not an email address.', field: 'email' },
    INVALID_NAME: { sentence: 'Say what you want to be called, in at most 60 characters and without a web address.', field: 'name' },
    INVALID_PASSWORD: { sentence: 'This is not your password.', field: 'current' },
    PASSWORD_TOO_SHORT: { sentence: `Use at least ${least} characters.`, field: 'password' },
    PASSWORD_TOO_LONG: { sentence: 'Use at most 128 characters.', field: 'password' },
    PASSWORD_COMMON: {
      sentence: 'This password is too common: it is one of the first that attackers try. Choose another.',
      field: 'password',
    },
    PASSWORD_PERSONAL: {
      sentence: 'This password is too close to your name, your email address or the name of this site. Choose another.',
      field: 'password',
    },
    PASSWORD_COMPROMISED: {
      sentence: 'This password appears in a list of leaked passwords. Choose another.',
      field: 'password',
    },
    INVALID_CODE: {
      sentence: 'This code is wrong, has expired, or was already used. Enter the next code that your app shows.',
      field: 'code',
    },
    INVALID_BACKUP_CODE: { sentence: 'This backup code is wrong or was already used.', field: 'code' },
    TWO_FACTOR_UNREADABLE: {
      sentence: 'Your authenticator and backup codes can no longer be checked, because of a problem on our side.',
      wayForward:
        'Nothing is lost. Contact support: they can reset two-factor authentication, and you get an email when you can log in again.',
    },
    INVALID_TWO_FACTOR_COOKIE: { sentence: 'This took too long.', wayForward: 'Log in again.', page: '/login' },
    TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: { sentence: 'Too many codes were wrong.', wayForward: 'Log in again.', page: '/login' },
    NOT_THE_SIGN_UP_PASSWORD: {
      sentence: 'This is not the password that was chosen at sign-up.',
      wayForward: 'Try again, or choose a new password below.',
      field: 'signUpPassword',
    },
    SAME_EMAIL: { sentence: 'This is your email address already.', field: 'email' },
    INVALID_TOKEN: { sentence: 'This link no longer works.', wayForward: 'Request a new link.' },
    TOKEN_EXPIRED: { sentence: 'This link no longer works.', wayForward: 'Request a new link.' },
    USER_NOT_FOUND: { sentence: 'This link no longer works.', wayForward: 'Request a new link.' },
    INVALID_USER: {
      sentence: 'This link is for another account than the one you are logged in with.',
      wayForward: 'Log out, log in to the account that it is for, and open the link again.',
    },
    TOTP_ALREADY_ENABLED: { sentence: 'An authenticator is already set up.', wayForward: 'Turn it off first to set up another.' },
    TOTP_NOT_ENABLED: { sentence: 'There is no authenticator to confirm.', wayForward: 'Start again.' },
    SESSION_EXPIRED: { sentence: 'You were logged out.', wayForward: 'Log in again.', page: '/login' },
    UNAUTHORIZED: { sentence: 'You were logged out.', wayForward: 'Log in again.', page: '/login' },
  } as Readonly<Record<string, EngineWord | undefined>>,
  wait: (seconds: number) => ({ sentence: 'Too many attempts.', wayForward: `Try again in ${duration(seconds)}.` }),
  /** The password of an account was entered wrong too often, perhaps by somebody else. A link is sent all the same. */
  waitOrLink: (seconds: number) => ({
    sentence: 'Too many wrong passwords for this account.',
    wayForward: `Try again in ${duration(seconds)}, or select “Send me a link instead” to log in right away.`,
  }),
  /** Somebody logged in asked for a mail to themselves, and none was sent. */
  mails: (seconds: number) => ({
    sentence: 'We already emailed you several links, so no new one was sent.',
    wayForward: `Use the newest link in your inbox, or try again in ${duration(seconds)}.`,
  }),
  fault: { sentence: 'Something went wrong on our side.', wayForward: 'Try again. If it happens again, contact us with the request id.' },
} as const;

function duration(seconds: number): string {
  if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds <= 1 ? '1 second' : `${seconds} seconds`;
}

export const signUp = {
  title: 'Create your account',
  lead: (credits: number) => (credits > 0 ? `You start with ${credits} free credits. No card needed.` : 'No card needed.'),
  passwordHint: `At least ${least} characters. A passphrase works well.`,
  terms: 'By signing up you agree to the',
};

export const logIn = {
  title: 'Log in',
  noAccount: 'No account yet?',
  stay: 'Stay logged in',
  stayHint: 'Not on a computer that others use.',
};

/** Said to everybody alike, whether there is an account or not: so it names what keeps a mail from being sent. */
const few = 'Each address gets only a few links at a time.';

export const sent = {
  verify: {
    title: 'Check your email',
    words: `We email you a link to continue. If nothing arrives in a few minutes, look in your spam folder or request another link. ${few}`,
    again: `If this address still has to be confirmed, it gets another link. ${few} If nothing arrives, use the newest link you have or try again in an hour.`,
  },
  link: {
    title: 'Check your email',
    words: `If there is an account for this address, it gets a link to log in. The link works once, for 15 minutes. ${few} If nothing arrives, use the newest link you have or try again in 15 minutes.`,
  },
  reset: {
    title: 'Check your email',
    words: `If there is an account for this address, it gets a link to choose a new password. The link works once, for an hour. ${few} If nothing arrives, use the newest link you have or try again in an hour.`,
  },
} as const;
