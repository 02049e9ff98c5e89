// Logging in. What is behind it keeps users, passwords, sessions and one-time links; who may do what is not its business.

import type { Id, UserId } from '#core/domain/ids.ts';

export type SessionId = Id<'session'>;

export interface Auth {
  /**
   * Answers everything under /api/auth: forms of the portal are handed on to it, so that its rate limits hold for them
   * too. The caller's address comes in the header `callerHeader`, which the host sets and nobody else may.
   */
  handle(request: Request): Promise<Response>;
  /** Whose session these cookies are of; null without one, or when it ended or was revoked. */
  sessionOf(headers: Headers): Promise<LoggedIn | null>;
}

/** Set by the host alone, from the connection or a trusted proxy. */
export const callerHeader = 'x-impacter-caller';

export interface LoggedIn {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly twoFactor: boolean;
}
