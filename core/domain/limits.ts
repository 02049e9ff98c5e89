// What one ask may bring. Larger things are refused at the edge, with words, before anything is stored.

import type { MailKind } from './mail.ts';

export const askLimits = {
  /** Characters after cleaning: about ten pages. */
  textCharacters: 20_000,
  /** Bytes as they arrive; looked at first, because counting characters of a flood is itself work. */
  textBytes: 100_000,
  files: 10,
  fileBytes: 50_000_000,
} as const;

/** What a team may have lying with us that no request has named yet, so that a key cannot fill our disks. */
export const waitingLimits = {
  files: 200,
  bytes: 1_000_000_000,
  /** Of one person, so that nobody uses up what their team has. Enough for one request with the largest files. */
  ofOne: {
    files: 100,
    bytes: 500_000_000,
    /** On their way at the same time: two requests with as many files as one can bring. */
    arriving: 20,
  },
} as const;

/** What one task may bring. */
export const resultLimits = {
  /** Longer replies are cut, because every reader of a history gets them. */
  textCharacters: 20_000,
  files: 50,
  fileBytes: 200_000_000,
} as const;

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
    alarm: 20,
  } satisfies Record<MailKind, number>,
} as const;
