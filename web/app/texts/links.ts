// The words of the pages behind links in emails.

export const logInLink = {
  title: 'Log in',
  lead: 'You will be logged in to this account:',
  over: 'This link has expired or was used already.',
  another: 'Send me a new link',
};

export const confirmSignUp = {
  title: 'Confirm your email address',
  lead: 'Enter the password that was chosen when this address signed up:',
  password: 'Password chosen at sign-up',
  confirm: 'Confirm and log in',
  stranger: 'Didn’t sign up? Close this page, and nothing happens.',
  anew: 'Choose a new password instead',
  anewHint: 'Use this if you do not know the password, or if somebody else signed up with your address. The old password stops working.',
  useNew: 'Confirm and use this password',
  over: {
    title: 'Request a new link',
    sentence: 'This link has expired or was used already.',
    wayForward: 'If you confirmed your address, log in. If not, request a new link.',
  },
};

export const confirmAddress = {
  title: 'Confirm your new email address',
  lead: 'This account will use this address from now on:',
  now: 'Current address',
  next: 'New address',
  after: 'Log in with the new address afterwards. All other browsers are logged out, and links in earlier emails stop working.',
  confirm: 'Confirm the new address',
  stranger: {
    lead: 'Log in to the account that asked for this change, then confirm it.',
    ignore: 'Didn’t ask for this? Close this page, and nothing happens.',
    logIn: 'Log in to confirm',
  },
  somebodyElse: {
    title: 'This link is for another account',
    words:
      'You are logged in to a different account than the one that asked for this change. Log out, log in to the right account, and open the link again. If you didn’t ask for this change, ignore the email.',
  },
  over: {
    title: 'This link no longer works',
    words: 'It has expired, was used, or your address or password has changed since. Request the change again in your settings.',
  },
};
