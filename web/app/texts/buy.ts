// The words of the pages where credits are bought.

import type { PackId } from '#core/domain/credits/packs.ts';

export const packNames: Readonly<Record<PackId, string>> = { starter: 'Starter', team: 'Team', scale: 'Scale' };

export const buyWords = {
  title: 'Get credits',
  description: 'Packs of credits, with their prices. One payment, no subscription.',
  lead: 'One payment, no subscription. Credits you buy don’t expire, and tasks that fail cost nothing.',
  choose: (name: string) => `Choose ${name}`,
  bonus: (credits: string) => `${credits} bonus`,
  included: (credits: string) => `${credits} bonus included`,
  /** The one whose button stands out. */
  recommended: 'team',
  per: (price: string) => `${price} per 100 credits`,
  enough: (leads: string, tasks: string) => `Enough for about ${leads} leads or ${tasks} research tasks`,
  tax: 'Tax, where it applies, is shown before you pay.',
  off: 'Credits can’t be bought here.',
  offThen: (brand: string) => `Ask the team that runs ${brand} for credits.`,
} as const;

export const packWords = {
  title: (credits: string) => `Buy ${credits} credits`,
  newAccount: 'The account of the email address you enter when you pay. If you don’t have one yet, we create it and email you a link.',
  logIn: 'Log in to buy for your team',
  /** Where nobody can get into a new account, because no emails are sent. */
  logInFirst: 'Log in to buy',
  save: 'Save this card for later payments',
  saveHint: 'It is only charged when you say so. Auto top-up stays off.',
  pay: 'Continue to payment',
  agree: 'By paying you agree to the',
  notYou: 'Your role can’t buy credits',
  askOne: (names: readonly string[]) => (names.length === 1 ? `Ask ${names[0]}.` : `Ask one of: ${names.join(', ')}.`),
  askSomebody: 'Ask an owner of your team.',
} as const;

export const doneWords = {
  meta: 'Your purchase',
  paid: (credits: string) => `${credits} credits added`,
  inside: (team: string) => `They are in the balance of ${team}, and a receipt is on its way by email.`,
  outside: (address: string) => `We emailed ${address} your receipt and, if you don’t have a password yet, a link to choose one.`,
  next: 'Next: choose a password',
  steps: (address: string) => [
    `Open the email “Your credits are ready” that we sent to ${address}.`,
    'Follow its link and choose a password. The link works for 24 hours.',
    'Log in. Your credits are in your balance.',
  ],
  noMail: 'No email after a few minutes? Check your spam folder, or request a link with “Forgot your password?” on the login page.',
  haveOne: 'Already have a password?',
  elsewhere: 'A receipt is on its way by email. Log in to see your balance.',
  open: ['Not paid yet', 'Nothing was charged. You can go back and finish the payment, or start again.'],
  pending: [
    'Waiting for your bank',
    'Your payment is being processed, which can take a few days. We add the credits and send you an email as soon as it arrives.',
  ],
  failed: ['Payment failed', 'Your bank did not complete the payment, so no credits were added. You can try again.'],
  expired: ['This checkout has expired', 'Nothing was charged. Start again whenever you like.'],
  unfit: [
    'We need to look at this payment',
    'No credits were added yet. The team that runs this site was told, and will add them or refund you.',
  ],
  unclear: [
    'We can’t see your payment right now',
    'If you paid, your credits are added automatically. Reload this page in a minute to see them.',
  ],
  'too-many': [
    'Too many requests from your network',
    'If you paid, your credits are added automatically. You can open this page again in an hour.',
  ],
  off: ['Payments are turned off', 'If you paid and don’t have your credits, contact the team that runs this site.'],
  unknown: ['Checkout not found', 'Check the address, or start again.'],
} as const;
