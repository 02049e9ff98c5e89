// Logging in. What is behind it keeps users, passwords, sessions and one-time links; who may do what is not its business.

import type { SessionId, UserId } from '#core/domain/ids.ts';
import type { MailSaying } from '#core/domain/mail/mail.ts';

export interface Auth {
  /**
   * Answers everything under /api/auth: forms of the portal are handed on to it, so that its rate limits hold for them
   * too. The caller's address comes in the header `callerHeader`, which the host sets and nobody else may. Links in mails
   * are used by a page of ours alone: a request from outside that tries is told that there is nothing.
   */
  handle(request: Request, by: 'page' | 'outside'): Promise<Response>;
  /** What a link in a mail is for, while it works. Looking changes nothing, so programs that open links may do it too. */
  lookAtLink(kind: LinkKind, token: string): Promise<MailedLink | null>;
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
  readonly how: 'password' | 'magic-link' | 'verified' | 'authenticator' | 'backup-code';
  readonly caller: string | null;
  readonly userAgent: string | null;
}

export interface Change {
  readonly userId: UserId;
  readonly what: 'password-changed' | 'password-reset' | 'mail-changed' | 'two-factor-on' | 'two-factor-off' | 'backup-codes';
  /** Where notice of it goes: for a changed address the one before. */
  readonly email: string;
  readonly name: string;
  readonly caller: string | null;
  readonly userAgent: string | null;
}
