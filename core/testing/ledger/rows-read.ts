// How many rows the server looked at: unlike a time, the same on every machine.

import type { Money } from '#core/store/database/money.ts';

/** Rows that were read during `work`, whether or not they were of use. `money` has one connection, and nobody else is in its database. */
export async function rowsRead(money: Money, work: () => Promise<unknown>): Promise<number> {
  const before = await soFar(money);
  await work();
  return (await soFar(money)) - before;
}

async function soFar(money: Money): Promise<number> {
  await money.query({ text: 'SELECT pg_stat_force_next_flush()' }, []);
  const { rows } = await money.query<{ read: number }>(
    {
      text: `SELECT ((SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes))::int AS read`,
    },
    [],
  );
  return rows[0]!.read;
}
