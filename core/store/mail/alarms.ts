// When those who run the product were last told about each kind of trouble.

import type { Money } from '../database/money.ts';

export interface Alarms {
  lastRaised(kind: string): Promise<Date | null>;
  /** False when somebody else raised it meanwhile. */
  raised(kind: string, after: Date | null, at: Date): Promise<boolean>;
}

export function alarmsOver(money: Money): Alarms {
  return {
    async lastRaised(kind) {
      const { rows } = await money.query<{ raised_at: Date }>({ text: 'SELECT raised_at FROM alarms WHERE kind = $1' }, [kind]);
      return rows[0]?.raised_at ?? null;
    },
    async raised(kind, after, at) {
      const { rows } = await money.query(
        {
          text: `INSERT INTO alarms AS a (kind, raised_at) VALUES ($1, $3)
                 ON CONFLICT (kind) DO UPDATE SET raised_at = excluded.raised_at WHERE a.raised_at = $2 RETURNING kind`,
        },
        [kind, after, at],
      );
      return rows.length > 0;
    },
  };
}
