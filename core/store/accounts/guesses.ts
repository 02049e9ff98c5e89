// What is asked and counted while somebody tries to log in: who the address belongs to, how long to wait, and which
// one-time codes were used.

import type { UserId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

/** Somebody that a request names, before anything shows that the request is theirs. */
export interface NamedPerson {
  readonly userId: UserId;
  readonly email: string;
  readonly emailVerified: boolean;
  /** The hash of their password; null without one. */
  readonly passwordHash: string | null;
}

/** The first `free` attempts need no wait; after that the wait doubles with each one. */
export interface Pace {
  readonly free: number;
  readonly firstS: number;
  readonly mostS: number;
  /** After so long without an attempt, the count starts again. */
  readonly forgetS: number;
}

export interface Guesses {
  named(by: { readonly email: string } | { readonly userId: UserId }): Promise<NamedPerson | null>;
  /** Takes one attempt: 0, or how many seconds to wait. An attempt that has to wait is not counted. */
  take(key: string, pace: Pace, at: Date): Promise<number>;
  /** These attempts were no wrong guesses. */
  giveBack(keys: readonly string[]): Promise<void>;
  /** False when the person used the code of this step, or of a later one, before. */
  useStep(userId: UserId, step: number): Promise<boolean>;
}

/** What people type comes here before anybody looked at it, and the database takes no NUL. */
const mayBeAddress = /^[^\s\p{C}]{1,254}$/u;

export function guessesOver(money: Money): Guesses {
  return {
    async named(by) {
      const byEmail = 'email' in by;
      if (byEmail && !mayBeAddress.test(by.email)) return null;
      const { rows } = await money.query<{ id: UserId; email: string; email_verified: boolean; password: string | null }>(
        {
          text: `SELECT u.id, u.email, u.email_verified, a.password FROM users u
                 LEFT JOIN accounts a ON a.user_id = u.id AND a.provider_id = 'credential' WHERE u.${byEmail ? 'email' : 'id'} = $1`,
        },
        [byEmail ? by.email : by.userId],
      );
      const row = rows[0];
      return row ? { userId: row.id, email: row.email, emailVerified: row.email_verified, passwordHash: row.password } : null;
    },

    async take(key, { free, firstS, mostS, forgetS }, at) {
      const { rows } = await money.query<{ wait: number }>(
        { name: 'attempt', text: 'SELECT attempt_take($1, $2, $3, $4, $5, $6) AS wait' },
        [key, free, firstS, mostS, forgetS, at],
      );
      return rows[0]!.wait;
    },

    async giveBack(keys) {
      await money.query({ text: 'UPDATE rate_limits SET count = count - 1 WHERE key = ANY ($1) AND count > 0' }, [keys]);
    },

    async useStep(userId, step) {
      const { rows } = await money.query(
        {
          text: `UPDATE two_factors SET last_used_step = $2 WHERE user_id = $1 AND (last_used_step IS NULL OR last_used_step < $2) RETURNING id`,
        },
        [userId, step],
      );
      return rows.length > 0;
    },
  };
}
