// How many mails go out: to one address of each kind, and for those who are not logged in.

import type { MailKind } from './mail.ts';

/**
 * Links that let somebody in are mailed to whoever types an address, so there is a limit to how many are written: for each
 * kind and account, in a window that is as long as the link works, and an hour at the most.
 */
export const mailShares = {
  /** Callers from one network address, so that one of them alone does not use up what all strangers have. */
  caller: 2,
  strangers: 3,
  /** One browser that logged in as this person before. */
  browser: 3,
  /** Strangers, all kinds together. More than the kinds of one account add up to: it is there for kinds to come. */
  strangersInAnHour: 30,
} as const;

/**
 * Mails that go out to one address, whatever caused them: nobody's mailbox may be flooded through us. Each kind is counted
 * by itself: a flood of one cannot keep another away, least of all the notice that a password was changed. Of links there
 * may be what `mailShares` lets strangers and two browsers of the person ask for, so that strangers do not use up this.
 */
export const mailLimits = {
  ofAKindInAnHour: {
    verify: 20,
    known: 3,
    reset: 20,
    'set-password': 20,
    'magic-link': 50,
    'new-address': 5,
    invitation: 5,
    security: 20,
    deletion: 10,
    'account-deletion': 10,
    'key-expiring': 40,
    'app-removed': 20,
    'app-permissions': 20,
    welcome: 20,
    receipt: 100,
    'payment-failed': 20,
    'top-up-failed': 20,
    'low-credits': 10,
    refund: 50,
    dispute: 50,
    alarm: 20,
  } satisfies Record<MailKind, number>,
} as const;
