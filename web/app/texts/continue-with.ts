// The words of logging in with a chat platform. `name` is what people call it.

interface Words {
  readonly sentence: string;
  readonly wayForward: string;
}

export const continueWith = {
  or: 'or',
  button: (name: string) => `Continue with ${name}`,
  /** For whoever has no account yet. */
  agree: 'If you have no account yet, one is created, and you agree to the',
  title: (name: string) => `Log in with ${name}`,
  again: 'Try again',
  otherWay: 'Log in another way',
  signUp: 'Sign up with an email address',
  settings: 'Back to settings',
  exists: (name: string) => ({
    title: 'You already have an account',
    words: `An account here has the email address of your ${name} account. Log in to it once the way you usually do. Then you can connect ${name}.`,
  }),
} as const;

/** What the login engine says, by its code. */
export const notWith: Readonly<Record<string, ((name: string) => Words) | undefined>> = {
  PLATFORM_DENIED: (name) => ({
    sentence: `You canceled at ${name}, so nothing was changed.`,
    wayForward: 'Try again, or log in another way.',
  }),
  PLATFORM_STATE: () => ({
    sentence: 'This login took longer than 10 minutes, or was started in another browser.',
    wayForward: 'Start again.',
  }),
  PLATFORM_CODE: () => ({ sentence: 'This login was already used, or it is too old.', wayForward: 'Start again.' }),
  PLATFORM_AWAY: (name) => ({
    sentence: `${name} is not answering right now.`,
    wayForward: 'Try again in a minute, or log in another way.',
  }),
  PLATFORM_SETTINGS: (name) => ({
    sentence: `Login with ${name} is not set up correctly on our side.`,
    wayForward: 'Log in another way, and tell the team that runs this site.',
  }),
  PLATFORM_UNTRUE: (name) => ({
    sentence: `We could not verify the answer from ${name}, so you were not logged in.`,
    wayForward: 'Try again, or log in another way.',
  }),
  PLATFORM_NO_EMAIL: (name) => ({
    sentence: `Your ${name} account has no email address, and an account here needs one.`,
    wayForward: `Add an email address in ${name} and try again, or sign up with an email address.`,
  }),
  PLATFORM_UNVERIFIED: (name) => ({
    sentence: `The email address of your ${name} account is not verified.`,
    wayForward: `Verify it in ${name} and try again, or sign up with an email address.`,
  }),
  PLATFORM_MAIL_NEEDED: (name) => ({
    sentence: `You can’t create an account for this email address with ${name}.`,
    wayForward: `Sign up with the email address and confirm it. Then you can connect ${name} in the settings.`,
  }),
  PLATFORM_LINKED: (name) => ({
    sentence: `This ${name} account is linked to another account here.`,
    wayForward: `Log in to that account and connect ${name} in its settings, or unlink it there first.`,
  }),
  PLATFORM_TAKEN: (name) => ({
    sentence: `This ${name} account already logs in to another account here.`,
    wayForward: 'Remove it in the settings of that account first.',
  }),
  PLATFORM_TOO_MANY: () => ({
    sentence: 'You can have at most 10 connected chat accounts.',
    wayForward: 'Remove one that you no longer use first.',
  }),
  PLATFORM_LOGGED_OUT: () => ({
    sentence: 'You were logged out or switched accounts in the meantime, so nothing was connected.',
    wayForward: 'Log in, and connect it again in the settings.',
  }),
  PLATFORM_OFF: (name) => ({ sentence: `You can’t log in with ${name} here.`, wayForward: 'Log in another way.' }),
  SIGN_UPS_CLOSED: () => ({
    sentence: 'New accounts can’t be created here right now.',
    wayForward: 'If you have an account, log in to it another way.',
  }),
};

export const connectWords = {
  title: (name: string) => `Connect ${name} to your account?`,
  lead: (name: string) => `Then you can log in with ${name}, and what you ask for in ${name} is asked in your name.`,
  account: 'Your account',
  connect: (name: string) => `Connect ${name}`,
  notNow: 'Not now',
  over: 'Nothing to connect',
  overLead: 'It is already connected, or more than 30 minutes have passed. You can connect chat accounts in your settings at any time.',
  settings: 'Open settings',
} as const;

export const loginMethods = {
  title: 'Login methods',
  lead: 'Chat accounts that log you in to this site.',
  none: 'No chat account connected. You log in with your email address.',
  since: 'Connected',
  connect: (name: string) => `Connect ${name}`,
  remove: 'Remove',
  removeWords: (name: string) =>
    `You can no longer log in with this ${name} account. All your other sessions are logged out. What you ask for in ${name} still works: to end that too, unlink it below.`,
  removeIt: 'Remove login method',
} as const;
