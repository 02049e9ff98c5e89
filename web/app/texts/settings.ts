// The words of the settings.

export const done: Readonly<Record<string, string>> = {
  name: 'Your name is changed.',
  'mail-sent': 'Check the inbox of your new address. It takes effect once you open the link there and confirm it.',
  mail: 'Your email address is changed, and all other browsers were logged out.',
  password: 'Your password is changed, and all other browsers were logged out.',
  'password-sent': 'A link to choose a password is on its way to your mail address.',
  'two-factor': 'Your authenticator is set up. You need it the next time you log in.',
  'two-factor-off': 'Your authenticator is off. Your password alone logs you in.',
  session: 'That browser is logged out.',
  unlinked: 'That chat account is not linked to you any more.',
  sessions: 'All other browsers are logged out.',
};

export const themes = {
  system: 'As the device has it',
  light: 'Light',
  dark: 'Dark',
} as const;
