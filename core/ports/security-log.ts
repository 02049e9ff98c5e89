// The security log: one line for each event of core/domain/accounts/security-event.ts, with who called, for those who watch over the
// product. Nothing that a person wrote, and no password, token or mail address, is ever part of a line.

import type { SecurityEvent, SecurityReason } from '#core/domain/accounts/security-event.ts';

export interface SecurityLog {
  /** Never throws, and never makes its caller wait. */
  note(event: SecurityEvent, facts: SecurityFacts): void;
  /** Stands for a mail address that no account has: the same address has the same name, and nobody reads it there. */
  nameOf(address: string): string;
  /** How often each event was noted by this process. */
  counts(): Readonly<Record<SecurityEvent, number>>;
}

export interface SecurityFacts {
  /** The network address that the request came from; null where nobody called. */
  readonly caller: string | null;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly teamId?: string;
  readonly apiKeyId?: string;
  readonly requestId?: string;
  /** By `nameOf`. */
  readonly account?: string;
  readonly reason?: SecurityReason;
  /** Which of several things it was: a fixed word of ours. */
  readonly what?: string;
}
