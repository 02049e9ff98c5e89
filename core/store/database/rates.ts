// How often something was done in a window of time, counted for all processes together. A process takes a block of what is
// left and counts it down by itself, so that most of what it allows costs no statement.

import { createHash } from 'node:crypto';
import { groupCommit, latest } from './group-commit.ts';
import type { Money } from './money.ts';

export interface Draw {
  /** What is counted, and for whom. It is kept as a hash. */
  readonly name: string;
  readonly most: number;
  readonly windowS: number;
  /** Wanted of what is left. */
  readonly amount: number;
}

export interface Drawn {
  readonly granted: number;
  /** What is left after that. */
  readonly rest: number;
  /** Seconds until the window ends. */
  readonly leftS: number;
}

export type DrawRate = (draw: Draw, at: Date) => Promise<Drawn>;

const LARGEST_BATCH = 256;

export function ratesOver(money: Money): DrawRate {
  const draw = groupCommit<{ draw: Draw; at: Date }, Drawn>({
    most: LARGEST_BATCH,
    keyOf: (one) => one.draw.name,
    async run(batch, lane) {
      const draws = batch.map((each) => each.draw);
      const { rows } = await money.query<{ granted: number; rest: number; left_s: number }>(
        { name: 'rates', text: 'SELECT granted, rest, left_s FROM rate_limits_draw($1, $2, $3, $4, $5) ORDER BY n' },
        [
          draws.map(({ name }) => `rate|${createHash('sha256').update(name).digest('base64url')}`),
          draws.map(({ most }) => most),
          draws.map(({ amount }) => amount),
          draws.map(({ windowS }) => windowS),
          latest(batch.map(({ at }) => at)),
        ],
        lane,
      );
      return rows.map(({ granted, rest, left_s: leftS }) => ({ granted, rest, leftS }));
    },
  });
  return (one, at) => draw({ draw: one, at });
}
