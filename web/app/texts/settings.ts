// The words of the settings.

import type { OptionalMail } from '#core/domain/mail/mail.ts';

export const done: Readonly<Record<string, string>> = {
  name: 'Name saved.',
  'mail-sent':
    'Unless another account uses it, your new address gets a link. Open it to confirm the change. Each address gets only a few links an hour.',
  mail: 'Email address changed. All other sessions were logged out.',
  confirmed: 'Thanks for confirming. Enter your new password now.',
  password: 'Password changed. All other sessions were logged out.',
  'password-sent': 'A link to choose a password is on its way to your email address.',
  'two-factor': 'Two-factor authentication is on. You need a code the next time you log in. All other sessions were logged out.',
  'two-factor-off': 'Two-factor authentication is off. Your password alone logs you in.',
  session: 'Session ended.',
  'login-connected': 'Connected. You can log in with this account from now on.',
  'login-removed': 'Removed. That account no longer logs you in, and all other sessions were logged out.',
  unlinked: 'Chat account unlinked.',
  sessions: 'All other sessions ended.',
  spending: 'Saved.',
  emails: 'Saved.',
};

/** After these, a person is told which API keys still work. */
export const namesKeys: ReadonlySet<string | null> = new Set(['password', 'mail', 'two-factor']);

export const keyDone: Readonly<Record<string, string>> = {
  revoked: 'All your API keys are revoked. Programs that used them no longer have access.',
};

const counted = (keys: number) => `${keys} active API ${keys === 1 ? 'key' : 'keys'}`;

export const keyWords = {
  title: 'Your API keys',
  active: (keys: number) => `${keys} active ${keys === 1 ? 'key' : 'keys'}`,
  lead: 'Programs with these keys act in your name, in the team that each key was created for.',
  none: 'No active API keys',
  noneLead: 'Keys that you create on the API keys page of a team appear here.',
  revoke: 'Revoke all keys',
  revokeLead: 'All your keys in all teams stop working immediately. This can’t be undone: programs need new keys.',
  goOn: (keys: number) => `You still have ${counted(keys)}.`,
  review: 'Review your API keys',
  afterReset: (keys: number) => `Your password is changed. You still have ${counted(keys)}.`,
  afterResetLead: 'A new password does not stop API keys. If you don’t recognize a key, revoke all of them.',
} as const;

export const emailWords = {
  title: 'Emails',
  lead: 'For teams where you are an owner or billing manager. Receipts, refunds, disputes, and security notices are always sent.',
  of: {
    'low-credits': {
      label: 'Low credits',
      hint: 'When 50%, 20%, and 5% of the last purchase is left, and when credits will run out soon.',
    },
    'top-up-failed': { label: 'Auto top-up problems', hint: 'When a card is declined or a limit is reached.' },
  } satisfies Record<OptionalMail, { label: string; hint: string }>,
} as const;

export const themes = {
  system: 'System',
  light: 'Light',
  dark: 'Dark',
} as const;
