// A chat platform that says who somebody is, so that they can log in here with their account there: OAuth with a code. What it
// takes is kept by whoever asks (core/engines/auth/platforms/): a state and a secret that only this browser has.

import type { Platform } from '#core/domain/messages/thread-ref.ts';

export interface LoginProvider {
  readonly platform: Platform;
  /** What the platform calls itself where it sends a browser back; null where it says nothing. */
  readonly issuer: string | null;
  /** Origins that a browser may be led through, as a content policy names them. */
  readonly origins: readonly string[];
  /** Where a person says yes, or no. */
  addressFor(asked: ProviderAsked): string;
  /** Who said yes: the code is used up. Rejects with `ProviderError`, and nothing else. */
  whoIs(answered: ProviderAnswered): Promise<ProviderPerson>;
}

export interface ProviderAsked {
  readonly state: string;
  /** Where the platform sends the browser back to; it knows this address from its own settings. */
  readonly redirectUri: string;
  /** Comes back in what the platform signs, where it signs something. */
  readonly nonce: string;
  /** PKCE with S256, where the platform takes it. */
  readonly challenge: string;
}

export interface ProviderAnswered {
  readonly code: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the platform says of a person. Names are as they were chosen there. */
export interface ProviderPerson {
  readonly platform: Platform;
  /** Where the account is known by its workspace; null where it is the same everywhere. */
  readonly workspace: string | null;
  readonly externalId: string;
  readonly email: string | null;
  /** The platform says that the person reads this mailbox. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly workspaceName: string | null;
}

/**
 * `code`: it was used, is too old, or is no code. `away`: the platform did not answer, or not in its own words. `settings`: it does
 * not know our app. `untrue`: what it said does not hold: a signature, an issuer, a nonce.
 */
export class ProviderError extends Error {
  readonly why: 'code' | 'away' | 'settings' | 'untrue';

  constructor(why: ProviderError['why'], words: string, cause?: unknown) {
    super(words, { cause });
    this.name = 'ProviderError';
    this.why = why;
  }
}
