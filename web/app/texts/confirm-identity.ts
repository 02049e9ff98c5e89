// The words of showing once more who one is.

export const confirmIdentity = {
  title: 'Confirm it’s you',
  lead: 'Enter your password to continue. We ask again when more than 10 minutes have passed since you logged in.',
  leadByLink: 'Your account has no password, so we email you a login link. Open it in this browser, then continue here.',
  codeHint: 'From your authenticator app, or a backup code.',
  confirm: 'Confirm and continue',
  send: 'Email me a login link',
  sendAgain: 'Send another link',
  sent: (email: string) => `We sent a login link to ${email}.`,
  sentThen: 'Open the link in this browser, then come back to this page and select Continue.',
  goOn: 'Continue',
  forgot: 'Forgot your password?',
  cancel: 'Cancel',
} as const;
