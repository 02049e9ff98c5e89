// Teams with credits for the benches, on a PostgreSQL that flushes as in production.

import pg from 'pg';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Store } from '#core/store/database/store.ts';

export interface BenchTeam {
  readonly userId: UserId;
  readonly teamId: TeamId;
  readonly walletId: WalletId;
}

export async function makeTeams(store: Store, count: number): Promise<BenchTeam[]> {
  const at = new Date();
  const teams: BenchTeam[] = [];
  for (let i = 0; i < count; i += 50) {
    teams.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, count - i) }, async () => {
          const email = `${newId()}@example.com`;
          const team = await store.people.addUser({ email, name: 'Bench', emailVerified: true }, at);
          await store.ledger.credit(
            { key: email, wallet: team.walletId, lot: newId(), type: 'grant', credits: credits(1_000_000), source: 'bench' },
            at,
          );
          return team;
        }),
      )),
    );
  }
  return teams;
}

/** The smallest thing a ledger could do: one prepared UPDATE of one row, through the same driver and as many connections as callers. */
export async function openMinimum(
  databaseUrl: string,
  rows: number,
  callers: number,
): Promise<{ update: () => Promise<void>; close: () => Promise<void> }> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: callers });
  pool.on('error', () => {}); // some are still closing when the server stops
  await pool.query('CREATE TABLE IF NOT EXISTS bench_minimum (id int PRIMARY KEY, amount bigint NOT NULL) WITH (fillfactor = 50)');
  await pool.query('INSERT INTO bench_minimum SELECT i, 0 FROM generate_series(0, $1) i ON CONFLICT DO NOTHING', [rows]);
  return {
    async update() {
      await pool.query({
        name: 'minimum',
        text: 'UPDATE bench_minimum SET amount = amount + 1 WHERE id = $1',
        values: [Math.floor(Math.random() * rows)],
      });
    },
    close: () => pool.end(),
  };
}
