// The words of the page about auto top-up, and of what a team paid.

import type { TopUpStanding } from '#core/domain/billing/top-up.ts';

export const topUpWords = {
  title: 'Auto top-up',
  lead: 'Buys a pack with your saved card when your team’s credits run low. It is off until you turn it on.',
  off: 'Auto top-up is not available here',
  offThen: 'Buy credits whenever you need them.',
  done: {
    on: 'Auto top-up is on.',
    off: 'Auto top-up is off.',
  } as Readonly<Record<string, string>>,
  card: 'Card',
  cardOf: (brand: string, last4: string) => `${brand[0]?.toUpperCase() ?? ''}${brand.slice(1)} ending in ${last4}`,
  expires: (when: string) => `Expires ${when}`,
  noCard: 'No card is saved. Auto top-up needs one.',
  unclear: 'We can’t reach Stripe right now, so your card can’t be shown.',
  saveCard: 'Save a card',
  manageCards: 'Manage cards',
  settings: 'Settings',
  below: 'When available credits fall below',
  belowHint: 'If they are below this already, your card is charged at once.',
  pack: 'Buy this pack',
  cap: (currency: string) => `Most to charge in a month (${currency.toUpperCase()})`,
  capHint: 'Whole amount. Months are counted in UTC.',
  daily: 'Most purchases in 24 hours',
  pause: 'Wait between two purchases',
  minutes: (minutes: number) =>
    minutes < 60 ? `${minutes} minutes` : minutes === 60 ? '1 hour' : minutes < 1_440 ? `${minutes / 60} hours` : '1 day',
  agree: 'Yes, charge my saved card automatically with these settings',
  agreeHint: 'You can turn this off at any time. Your confirmation is kept in the audit log.',
  turnOn: 'Turn on auto top-up',
  save: 'Save changes',
  turnOff: 'Turn off auto top-up',
  now: (price: string, below: string, cap: string) =>
    `Buys a pack for ${price} when available credits fall below ${below}, up to ${cap} a month.`,
  charged: (charged: string, cap: string) => `${charged} of ${cap} charged this month`,
} as const;

/** How auto top-up stands, for whoever turned it on. */
export const standingWords: Readonly<
  Record<TopUpStanding, { readonly title: string; readonly words: string | null; readonly isTrouble: boolean }>
> = {
  off: { title: 'Auto top-up is off', words: null, isTrouble: false },
  enough: { title: 'Auto top-up is on', words: null, isTrouble: false },
  due: { title: 'Auto top-up is on', words: 'Your credits are low, and a purchase is about to start.', isTrouble: false },
  'in-flight': { title: 'Auto top-up is on', words: 'A purchase is in progress.', isTrouble: false },
  pause: {
    title: 'Auto top-up is on',
    words: 'Your credits are low. The next purchase starts after the wait between two purchases.',
    isTrouble: false,
  },
  daily: {
    title: 'Daily limit reached',
    words: 'No more packs are bought until 24 hours have passed since an earlier one. Buy credits yourself or raise the limit.',
    isTrouble: true,
  },
  cap: {
    title: 'Monthly limit reached',
    words: 'Another pack would exceed your monthly limit. Raise it, or buy credits yourself.',
    isTrouble: true,
  },
  declined: {
    title: 'Paused: your card was declined',
    words: 'Save another card and auto top-up continues. You can also buy credits yourself.',
    isTrouble: true,
  },
  'no-card': { title: 'Paused: no card is saved', words: 'Save a card and auto top-up continues.', isTrouble: true },
  disputed: {
    title: 'Paused: a payment is disputed',
    words: 'Auto top-up continues when the dispute ends in your favor, or when you confirm these settings again afterwards.',
    isTrouble: true,
  },
  fraud: {
    title: 'Paused: a payment was reported as fraud',
    words: 'If your card was charged without permission, contact us. To continue, confirm these settings again.',
    isTrouble: true,
  },
  refunded: {
    title: 'Paused: a payment was refunded',
    words: 'To continue, confirm these settings again. You can also buy credits yourself.',
    isTrouble: true,
  },
  closed: { title: 'Paused: your team can’t buy credits', words: 'Your team is on hold or is being deleted.', isTrouble: true },
};

export const paymentWords = {
  title: 'Payments',
  none: 'No payments yet.',
  receipts: 'Receipts, invoices and cards',
  auto: 'Auto top-up',
  pending: 'Waiting for your bank',
  failed: 'Failed',
  inReview: 'In review',
  refunded: (money: string) => `${money} refunded`,
  dispute: { inquiry: 'Bank inquiry', open: 'Disputed', lost: 'Reversed by the bank', none: '' },
  topUpIs: { on: 'Auto top-up is on', off: 'Auto top-up is off', trouble: 'Auto top-up needs attention' },
  setUp: 'Set up auto top-up',
  change: 'Change auto top-up',
} as const;
