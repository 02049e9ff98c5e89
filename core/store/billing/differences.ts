// Where Stripe and we differ, as the last whole round of comparing the two found it.

import type { Money } from '../database/money.ts';

export interface Difference {
  /** What it is about: `checkout:cs_…`, `payment:pi_…`. */
  readonly key: string;
  /** A word. */
  readonly what: string;
  /** Ids and codes. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface Differences {
  /** All that a round found: what it did not find is gone. Gives those that were found at least twice, one round after the other. */
  found(differences: readonly Difference[], at: Date): Promise<(Difference & { readonly rounds: number })[]>;
  /** Those of the last round, the oldest first. */
  list(most: number): Promise<(Difference & { readonly rounds: number; readonly firstSeen: Date })[]>;
}

export function differencesOver(money: Money): Differences {
  return {
    async found(differences, at) {
      const all = new Map(differences.map((each) => [each.key, each]));
      return money.transaction(async (client) => {
        await client.query('DELETE FROM billing_differences WHERE key <> ALL ($1)', [[...all.keys()]]);
        for (const { key, what, facts } of all.values())
          await client.query(
            `INSERT INTO billing_differences AS d (key, what, facts, first_seen, last_seen, rounds) VALUES ($1, $2, $3, $4, $4, 1)
             ON CONFLICT (key) DO UPDATE SET what = excluded.what, facts = excluded.facts, last_seen = excluded.last_seen, rounds = d.rounds + 1`,
            [key, what, JSON.stringify(facts), at],
          );
        const { rows } = await client.query<Difference & { rounds: number }>(
          'SELECT key, what, facts, rounds FROM billing_differences WHERE rounds >= 2 ORDER BY first_seen, key',
        );
        return rows;
      });
    },

    async list(most) {
      const { rows } = await money.query<Difference & { rounds: number; first_seen: Date }>(
        { text: 'SELECT key, what, facts, rounds, first_seen FROM billing_differences ORDER BY first_seen, key LIMIT $1' },
        [most],
      );
      return rows.map(({ first_seen: firstSeen, ...row }) => ({ ...row, firstSeen }));
    },
  };
}
