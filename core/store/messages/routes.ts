// What is known of channels that take no posts, and budgets of calls that all processes share. A channel that is limited is
// paused by `later` in letters.ts, and `claim_letters` in the migration heeds both.

import type { Trouble } from '#core/domain/messages/trouble.ts';
import type { Money } from '../database/money.ts';

export interface Routes {
  /** Takes the one call that `key` allows in `everyMs`; null when it may be made now, else how many ms it is until the next one. */
  take(key: string, everyMs: number, at: Date): Promise<number | null>;
  /** The channel takes no posts. True when nobody knew that. */
  broke(route: string, why: Trouble, at: Date): Promise<boolean>;
  /** It takes posts again. */
  mended(route: string): Promise<void>;
  /** Removes what has not mattered since then; how many. */
  forget(before: Date): Promise<number>;
}

export function routesOver(money: Money): Routes {
  return {
    async take(key, everyMs, at) {
      const { rows } = await money.query<{ taken: boolean; until: Date | null }>(
        {
          name: 'budget',
          text: `WITH taken AS (
              INSERT INTO routes AS r (route, platform, paused_until) VALUES ($1, $2, $3::timestamptz + make_interval(secs => $4))
              ON CONFLICT (route) DO UPDATE SET paused_until = excluded.paused_until WHERE r.paused_until IS NULL OR r.paused_until <= $3
              RETURNING 1
            ) SELECT EXISTS (SELECT FROM taken) AS taken, (SELECT paused_until FROM routes WHERE route = $1) AS until`,
        },
        [key, platformIn(key), at, everyMs / 1000],
      );
      const { taken, until } = rows[0]!;
      if (taken) return null;
      // Whoever took it just now is not seen yet.
      return Math.max(1, until !== null && until > at ? until.getTime() - at.getTime() : everyMs);
    },

    async broke(route, why, at) {
      const { rows } = await money.query<{ is_new: boolean }>(
        {
          text: `INSERT INTO routes (route, platform, broken_why, broken_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (route) DO UPDATE SET broken_why = excluded.broken_why, broken_at = excluded.broken_at RETURNING old.broken_at IS NULL AS is_new`,
        },
        [route, platformIn(route), why, at],
      );
      return rows[0]!.is_new;
    },

    async mended(route) {
      await money.query({ text: 'UPDATE routes SET broken_why = NULL, broken_at = NULL WHERE route = $1' }, [route]);
    },

    async forget(before) {
      const { rows } = await money.query(
        { text: `DELETE FROM routes WHERE coalesce(paused_until, '-infinity') < $1 AND coalesce(broken_at, '-infinity') < $1 RETURNING 1` },
        [before],
      );
      return rows.length;
    },
  };
}

/** `slack` of `slack:T1:C9` and `slack:T1/history`. */
function platformIn(key: string): string {
  return key.split(/[:/]/, 1)[0]!;
}
