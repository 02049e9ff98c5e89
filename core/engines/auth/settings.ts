// What the login engine is set up with.

import type { AuthNews } from '#core/ports/auth.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { LoginProvider } from '#core/ports/login-provider.ts';
import type { SecurityLog } from '#core/ports/security-log.ts';
import type { SecretVersions } from '#core/store/database/secret-versions.ts';
import type { Store } from '#core/store/database/store.ts';

export interface AuthSettings {
  readonly store: Store;
  /**
   * Sign cookies, and encrypt what authenticators share with us; the same in all processes. The newest first: it
   * signs, all of them are accepted. Another array once they were rotated.
   */
  readonly secrets: () => SecretVersions;
  readonly publicUrl: string;
  readonly brandName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly security: SecurityLog;
  readonly news: AuthNews;
  /** Chat platforms to log in with, in the order of their buttons. */
  readonly providers: readonly LoginProvider[];
  /** Where to ask whether a password was leaked; null for not at all. */
  readonly leakedPasswordsUrl: string | null;
  /** Left out wherever people log in; a product in production refuses another one. */
  readonly cost?: LoginCost | undefined;
}

/** What logging in costs on purpose, so that guessing costs it too. */
export interface LoginCost {
  /** The library's own are scrypt with 32 MB and 60 ms for each password. */
  readonly passwords: {
    hash(password: string): Promise<string>;
    verify(given: { hash: string; password: string }): Promise<boolean>;
  };
  /** What strangers ask is answered after so many milliseconds, or a multiple of it. */
  readonly evenMs: number;
}
