// Which messages need not be judged again, because nothing more would come of it.

import type { Money } from '../database/money.ts';

/** Of these keys, those that became a task or were not for us: whoever says them again is shown nothing. */
export type Settled = (keys: readonly string[]) => Promise<ReadonlySet<string>>;

export function settledOver(money: Money): Settled {
  return async (keys) => {
    const { rows } = await money.query<{ key: string }>(
      { name: 'settled', text: `SELECT key FROM asks WHERE key = ANY($1) AND outcome IN ('task', 'ignored')` },
      [keys],
    );
    return new Set(rows.map(({ key }) => key));
  };
}
