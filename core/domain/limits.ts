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
} as const;

/** What one task may bring. */
export const resultLimits = {
  /** Longer replies are cut, because every reader of a history gets them. */
  textCharacters: 20_000,
  files: 50,
  fileBytes: 200_000_000,
} as const;

/**
 * Mails to one address. Most kinds are caused by whoever types the address somewhere, so nobody's mailbox may be flooded
 * through us. Each kind is counted by itself: a flood of one cannot keep another away, least of all the notice that a
 * password was changed.
 */
export const mailLimits = {
  ofAKindInAnHour: {
    verify: 5,
    known: 3,
    reset: 5,
    'set-password': 5,
    'magic-link': 10,
    'new-address': 5,
    invitation: 5,
    security: 20,
    deletion: 10,
    'account-deletion': 10,
    'key-expiring': 40,
    alarm: 20,
  } satisfies Record<MailKind, number>,
} as const;
