// The stored outcomes of asks. intake.ts writes them; a repeat of any of them is answered from here, whatever else holds.

import type { Money } from '../database/money.ts';

export interface Asks {
  /** Whether this was asked before, so that there is an answer to repeat. */
  isKnown(key: string): Promise<boolean>;
  /** Forgets refusals from before this time, and says how many. */
  forgetRefused(before: Date, most: number): Promise<number>;
}

export function asksOver(money: Money): Asks {
  return {
    async isKnown(key) {
      const { rows } = await money.query({ name: 'ask known', text: 'SELECT FROM asks WHERE key = $1' }, [key]);
      return rows.length > 0;
    },

    async forgetRefused(before, most) {
      const { rows } = await money.query<{ count: number }>(
        {
          text: `WITH old AS (SELECT key FROM asks WHERE outcome = 'refused' AND at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED),
                   gone AS (DELETE FROM asks a USING old o WHERE a.key = o.key RETURNING 1)
                 SELECT count(*)::int AS count FROM gone`,
        },
        [before, most],
      );
      return rows[0]!.count;
    },
  };
}
