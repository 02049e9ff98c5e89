// The stored outcomes of asks. intake.ts writes them; a repeat of any of them is answered from here, whatever else holds.

import type { Money } from '../database/money.ts';

export interface Asks {
  /** Whether this was asked before, so that there is an answer to repeat. */
  isKnown(key: string): Promise<boolean>;
  /** Forgets what made no task from before this time, with further names of messages, and says how many. */
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
          text: `WITH old AS (SELECT key FROM asks WHERE outcome IN ('refused', 'ignored', 'decision') AND at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED),
                   gone AS (DELETE FROM asks a USING old o WHERE a.key = o.key RETURNING a.key),
                   changes AS (DELETE FROM message_changes m USING gone g WHERE m.key = g.key),
                   names AS (DELETE FROM message_names m WHERE m.name IN (SELECT n.name FROM message_names n WHERE n.at < $1 ORDER BY n.at, n.name LIMIT $2) RETURNING 1)
                 SELECT greatest((SELECT count(*) FROM gone), (SELECT count(*) FROM names))::int AS count`,
        },
        [before, most],
      );
      return rows[0]!.count;
    },
  };
}
