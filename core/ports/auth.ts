// Logging in. What is behind it keeps users, passwords, sessions and one-time links; who may do what is not its business.

import type { SessionId, UserId } from '#core/domain/ids.ts';
import type { MailSaying } from '#core/domain/mail/mail.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { ProviderPerson } from './login-provider.ts';

export interface Auth {
  /**
   * Answers everything under /api/auth: forms of the portal are handed on to it, so that its rate limits hold for them
   * too. The caller's address comes in the header `callerHeader`, which the host sets and nobody else may. Links in mails
   * are used by a page of ours alone: a request from outside that tries is told that there is nothing.
   */
  handle(request: Request, by: 'page' | 'outside'): Promise<Response>;
  /** What a link in a mail is for, while it works. Looking changes nothing, so programs that open links may do it too. */
  lookAtLink(kind: LinkKind, token: string): Promise<MailedLink | null>;
  /** Chat platforms that people can log in with, in the order of their buttons. */
  readonly platforms: readonly Platform[];
  /** Origins that a browser is sent to for it. */
  readonly leadsTo: readonly string[];
  /**
   * The chat account that this browser showed to be its person's, and that is connected once they have logged in to the account
   * which they have: null without one. Looking changes nothing.
   */
  waitingAccount(headers: Headers): Promise<WaitingAccount | null>;
  /** Whose session these cookies are of; null without one, or when it ended or was revoked. */
  sessionOf(headers: Headers): Promise<LoggedIn | null>;
  /**
   * Somebody who is logged in shows again who they are: the password, and a code where two factors are on. 200, and the
   * session counts as confirmed from now on; else what the engine says of a wrong one. The limits of logging in hold.
   */
  confirm(headers: Headers, shown: Shown): Promise<Response>;
  /** An address of ours where this person can choose a password, once. Whoever opens it has shown that the mail address is theirs. */
  linkToSetPassword(userId: UserId, validMs: number): Promise<{ url: string; expiresAt: Date }>;
  /** Resolves once the first login need not wait for what is loaded late. */
  ready(): Promise<void>;
}

/** To confirm a sign-up, to confirm a new address, to log in. */
export type LinkKind = 'sign-up' | 'new-address' | 'magic-link';

export interface MailedLink {
  /** null for a magic link: it is for whoever has the address. */
  readonly userId: UserId | null;
  /** Where it was mailed to. */
  readonly email: string;
  /** For a new address: the one that it replaces. */
  readonly before: string | null;
}

/** An account of a chat platform. What it is called was chosen there. */
export interface WaitingAccount {
  readonly platform: Platform;
  readonly name: string;
  readonly workspaceName: string | null;
  /** Where its person wanted to go when they came. */
  readonly next: string;
}

/** Set by the host alone, from the connection or a trusted proxy. */
export const callerHeader = 'x-impacter-caller';

export interface Shown {
  readonly password: string;
  /** Of the authenticator, or a backup code; empty where there is only one factor. */
  readonly code: string;
}

export interface LoggedIn {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly twoFactor: boolean;
  /** When this person logged in, or last confirmed who they are in this session. */
  readonly confirmedAt: Date;
  /** The session was prolonged: these `Set-Cookie` lines belong on the answer, whatever it is. Mostly empty. */
  readonly cookies: readonly string[];
}

/** What happens while people log in, told to whoever looks after mails, credits and the audit log. */
export interface AuthNews {
  /** False where mail is off: then nobody may be told to look for one. */
  sendsMail(): boolean;
  /**
   * `key` is the same when the same is told again. 0 once the mail is written; what was asked for too often is not written,
   * and the answer says how many seconds to wait.
   */
  mail(mail: AskedMail, by: Asker): Promise<number>;
  /** Somebody is logged in, with every factor shown. */
  loggedIn(login: Login): Promise<void>;
  /**
   * A platform says who somebody is. Who they are here: the person whose login that is, or a new one, who gets an account; else why
   * nobody is logged in. `exists`: their mail address has an account already, whose person has to log in once to connect the two.
   */
  arrived(person: ProviderPerson, from: From): Promise<{ readonly userId: UserId } | { readonly refused: NotArrived | 'exists' }>;
  /** Connects an account of a platform to log in with, and links it to ask there. */
  connect(userId: UserId, person: ProviderPerson, from: From): Promise<'connected' | NotConnected>;
  /** Something about how a person logs in was changed. `session` did it and goes on; null where none does. */
  changed(change: Change & { readonly session: SessionId | null }): Promise<void>;
}

export interface AskedMail {
  readonly key: string;
  readonly to: string;
  readonly saying: MailSaying;
  readonly expiresAt: Date;
}

/** Who had a mail sent. */
export interface Asker {
  /** Their network address; null when it is not known. */
  readonly caller: string | null;
  /** Names the browser when it logged in before as the person who has this mail address; null for a stranger. */
  readonly browser: string | null;
}

export interface Login {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly how: 'password' | 'magic-link' | 'verified' | 'authenticator' | 'backup-code' | 'platform';
  /** Where `how` is `platform`: which one. */
  readonly platform?: Platform;
  readonly caller: string | null;
  readonly userAgent: string | null;
}

/** Where a request came from. */
export interface From {
  readonly caller: string | null;
  readonly userAgent: string | null;
}

/**
 * The platform gave no mail address, one that it has not verified, or one that only a mail of ours confirms; nobody can sign up here; or
 * the chat account asks in the name of somebody else.
 */
export type NotArrived = 'no-email' | 'unverified-email' | 'mail-needed' | 'closed' | 'linked-elsewhere';

/** It logs somebody else in, asks in somebody else's name, or there are too many. */
export type NotConnected = 'taken' | 'linked-elsewhere' | 'too-many';

export interface Change {
  readonly userId: UserId;
  readonly what: 'password-changed' | 'password-reset' | 'mail-changed' | 'two-factor-on' | 'two-factor-off' | 'backup-codes';
  /** Where notice of it goes: for a changed address the one before. */
  readonly email: string;
  readonly name: string;
  readonly caller: string | null;
  readonly userAgent: string | null;
}
