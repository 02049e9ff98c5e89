// What a mail says, as the database stores it. Its words are made when it is sent, in say-mail.ts and nowhere else.

import type { Platform } from '../messages/thread-ref.ts';
import type { DisputeStanding } from '../billing/purchase.ts';
import type { Role } from '../team/permission.ts';

/** Addresses in `url` are ours and work once; a mail's saying is kept sealed, and forgotten once it is sent. */
export type MailSaying =
  /** Please show that this address is yours. Its reader may have nothing to do with whoever chose the name, so it is not said. */
  | { readonly kind: 'verify'; readonly name: string; readonly url: string }
  /** Somebody tried to sign up with an address that has an account. */
  | { readonly kind: 'known'; readonly name: string; readonly url: string }
  /** The name is empty where nobody has shown that the address is theirs. */
  | { readonly kind: 'reset'; readonly name: string; readonly url: string }
  /** For an account that was made without a password, or by somebody else. The name is not said, as in `verify`. */
  | { readonly kind: 'set-password'; readonly name: string; readonly url: string }
  | { readonly kind: 'magic-link'; readonly url: string }
  /**
   * Somebody wants their account to have this address. Whoever reads it may have nothing to do with them, so nothing that they
   * wrote stands in it; `account` is the address that the account has now, masked.
   */
  | { readonly kind: 'new-address'; readonly account: string; readonly url: string }
  | { readonly kind: 'invitation'; readonly team: string; readonly by: string; readonly role: Role; readonly url: string }
  /** Something changed about how one logs in. Made by `securityNotice`. */
  | {
      readonly kind: 'security';
      readonly name: string;
      readonly what: SecurityChange;
      /** ISO 8601. */
      readonly at: string;
      readonly from: string | null;
      /** How many API keys of the person still work; left out where there are none or they do not matter. */
      readonly keys?: number;
      /** Which platform it was about: the one to log in with. */
      readonly platform?: Platform;
      readonly url: string;
    }
  /** A team will be deleted; `until` is how long an owner can take that back (ISO 8601). */
  | { readonly kind: 'deletion'; readonly team: string; readonly until: string; readonly url: string }
  /** A person's account will be deleted, with the team of their own. */
  | { readonly kind: 'account-deletion'; readonly name: string; readonly until: string; readonly url: string }
  /** An API key of theirs stops working soon. `until` is when (ISO 8601). */
  | {
      readonly kind: 'key-expiring';
      readonly name: string;
      readonly key: string;
      readonly team: string;
      readonly until: string;
      readonly url: string;
    }
  /** The app was removed from a chat workspace that a team pays for. `at` is when we heard of it (ISO 8601). */
  | {
      readonly kind: 'app-removed';
      readonly workspace: string;
      readonly platform: Platform;
      readonly team: string;
      readonly at: string;
      readonly url: string;
    }
  /** The app lacks permissions in a chat workspace that a team pays for. `missing`: those that we ask for, in the platform's words. */
  | {
      readonly kind: 'app-permissions';
      readonly workspace: string;
      readonly platform: Platform;
      readonly team: string;
      readonly missing: readonly string[];
      readonly url: string;
    }
  /**
   * Somebody paid for credits with this address, which Stripe verifies no more than we do: a way to choose a password, for an
   * account that nobody has shown to be theirs. `credits` is an Amount.
   */
  | { readonly kind: 'welcome'; readonly credits: string; readonly url: string }
  /** Credits were bought, where `auto` is true by auto top-up. `money` is what was paid, in words. */
  | {
      readonly kind: 'receipt';
      readonly team: string;
      readonly credits: string;
      readonly money: string;
      readonly auto?: boolean;
      readonly url: string;
    }
  /**
   * Auto top-up bought nothing. `money` is what it would have charged, or the month's limit; `suspended`: it tries no more before
   * somebody saves another card.
   */
  | {
      readonly kind: 'top-up-failed';
      readonly team: string;
      readonly why: 'authentication' | 'declined' | 'no-card' | 'cap';
      readonly suspended: boolean;
      readonly money: string;
      readonly url: string;
    }
  /** Credits run low. `left` is what can be spent, without what is reserved: an Amount; `level` is a percentage of the last purchase; `days` is how long they last. */
  | {
      readonly kind: 'low-credits';
      readonly team: string;
      readonly left: string;
      readonly level: 50 | 20 | 5 | null;
      readonly days: number | null;
      readonly url: string;
    }
  /** The bank did not pay, some time after a checkout was completed. */
  | { readonly kind: 'payment-failed'; readonly credits: string; readonly url: string }
  /**
   * Money of a payment went back, or a refund of it failed. `refunded` is what has gone back in all, in words; `left` are the
   * credits that are left of what was bought, whoever used them; `owed` is what the team owes; `pauses`: it was a top-up, so auto
   * top-up is paused.
   */
  | {
      readonly kind: 'refund';
      readonly pauses?: boolean;
      readonly team: string;
      readonly bought: string;
      readonly refunded: string;
      readonly failed: boolean;
      readonly left: string;
      readonly owed: string;
      readonly url: string;
    }
  /** A dispute of a payment moved on. */
  | {
      readonly kind: 'dispute';
      readonly team: string;
      readonly bought: string;
      readonly standing: DisputeStanding;
      readonly before: DisputeStanding;
      readonly owed: string;
      readonly url: string;
    }
  /** For those who run the product. */
  | { readonly kind: 'alarm'; readonly title: string; readonly words: string; readonly url: string };

export type SecurityChange =
  | 'password-changed'
  | 'mail-changed'
  | 'two-factor-on'
  | 'two-factor-off'
  | 'backup-codes'
  | 'new-device'
  | 'api-key-made'
  | 'two-factor-lost'
  | 'two-factor-reset'
  | 'sessions-ended-by-operator'
  | 'keys-revoked-by-operator'
  | 'identity-linked'
  | 'login-connected'
  | 'login-removed';

export type SecurityNotice = Extract<MailSaying, { kind: 'security' }>;

interface Place {
  readonly page: `/${string}`;
  /** What the person does there. */
  readonly button: string;
}

const ownKeys: Place = { page: '/settings/keys', button: 'Review your API keys' };
const teamKeys: Place = { page: '/team/keys', button: 'View API keys' };
const settings: Place = { page: '/settings', button: 'Review your security settings' };
const setUpAgain: Place = { page: '/settings', button: 'Set up two-factor authentication' };

/** Where each change can be seen and undone. */
const placeOf: Readonly<Record<SecurityChange, Place>> = {
  'password-changed': settings,
  'mail-changed': settings,
  'two-factor-on': settings,
  'two-factor-off': settings,
  'backup-codes': settings,
  'new-device': settings,
  'api-key-made': teamKeys,
  'two-factor-lost': setUpAgain,
  'two-factor-reset': setUpAgain,
  'sessions-ended-by-operator': settings,
  'keys-revoked-by-operator': teamKeys,
  'identity-linked': { page: '/settings', button: 'Review your linked accounts' },
  'login-connected': { page: '/settings', button: 'Review your login methods' },
  'login-removed': { page: '/settings', button: 'Review your login methods' },
};

export const securityChanges = Object.keys(placeOf) as SecurityChange[];

/** Keys that still work come first: they are what somebody else may still use. */
export function placeOfNotice({ what, keys }: Pick<SecurityNotice, 'what' | 'keys'>): Place {
  return keys === undefined ? placeOf[what] : ownKeys;
}

export function securityNotice(
  publicUrl: string,
  {
    name,
    what,
    at,
    from = null,
    keys = 0,
    platform,
  }: { name: string; what: SecurityChange; at: Date; from?: string | null; keys?: number; platform?: Platform },
): SecurityNotice {
  const left = { ...(keys > 0 && { keys }), ...(platform !== undefined && { platform }) };
  const url = `${publicUrl}${placeOfNotice({ what, ...left }).page}`;
  return { kind: 'security', name, what, at: at.toISOString(), from, ...left, url };
}

export type MailKind = MailSaying['kind'];

/**
 * What becomes of a mail that may or may not have been taken: nobody can look, so it is either sent once more or left to
 * the operator. Somebody who waits in front of a closed door is better off with the same link twice than with none. Whoever
 * reads twice that a password was changed, or that a team goes, takes it for two events; and who invites sees that nobody
 * came, and can invite again.
 */
const mayComeTwice: Record<MailKind, boolean> = {
  verify: true,
  known: false,
  reset: true,
  'set-password': true,
  'magic-link': true,
  'new-address': true,
  invitation: false,
  security: false,
  deletion: false,
  'account-deletion': false,
  'key-expiring': false,
  'app-removed': false,
  'app-permissions': false,
  welcome: true,
  receipt: false,
  'payment-failed': false,
  'top-up-failed': false,
  'low-credits': false,
  refund: false,
  dispute: false,
  alarm: false,
};

export const kindsThatMayComeTwice = (Object.keys(mayComeTwice) as MailKind[]).filter((kind) => mayComeTwice[kind]);

/** What a person can do without. Receipts, refunds and disputes always come, and so do notices about logins. */
export const optionalMails = ['low-credits', 'top-up-failed'] as const satisfies readonly MailKind[];
export type OptionalMail = (typeof optionalMails)[number];

export function mailLeadsTo({ url }: MailSaying, publicUrl: string): boolean {
  return url === publicUrl || url.startsWith(`${publicUrl}/`);
}
