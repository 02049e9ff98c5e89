import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import { stage } from '../stages/stage.ts';

const ASKERS = 8;
const ASKS_EACH = 10;

test('while PostgreSQL is away people are told to try again, nothing is half done, and all goes on without a restart', async () => {
  const { person, wire, databaseUrl } = await stage({
    wired: true,
    timings: { sweepEveryMs: 200, leaseMs: 5_000, lostAfterMs: 1_000, retryMs: 200, queueLockMs: 3_000 },
  });
  const ada = await person(1_000);
  let accepted = 0;
  let toldToTryAgain = 0;

  // Each of them asks until the ask is taken, always under the same key, as a person or a platform would.
  const askUntilTaken = async (key: string, conversation: string) => {
    for (;;) {
      try {
        const taken = await ada.ask('find me 1 lead', { key, conversation });
        if (taken.kind !== 'task') throw new Error(taken.kind);
        return;
      } catch (error) {
        if (!isRefusal(error) || error.code !== 'database.unavailable') throw error;
        if (++toldToTryAgain === ASKERS * 2) wire.mend();
      }
    }
  };
  const asker = async (n: number) => {
    for (let i = 0; i < ASKS_EACH; i++) {
      await askUntilTaken(`asker-${n}-${i}`, conversationOf(n, i));
      if (++accepted === ASKERS * 3) wire.cut();
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, (_, n) => asker(n)));
  expect(toldToTryAgain).toBeGreaterThanOrEqual(ASKERS * 2);

  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const left = async () => (await database.query(`SELECT count(*)::int AS n FROM tasks WHERE status NOT IN ('completed')`)).rows[0].n;
    await vi.waitFor(async () => expect(await left()).toBe(0));
    const { rows } = await database.query(
      `SELECT (SELECT count(*)::int FROM asks) AS asks, (SELECT count(*)::int FROM tasks) AS tasks, (SELECT count(*)::int FROM holds WHERE charged > 0) AS settled,
         (SELECT count(*)::int FROM letters) AS letters, (SELECT count(*)::int FROM outbox) AS outbox, (SELECT (balance - held)::bigint FROM wallets) AS available`,
    );
    const all = ASKERS * ASKS_EACH;
    expect(rows).toEqual([
      { asks: all, tasks: all, settled: all, letters: all * 2, outbox: 0, available: String(BigInt(1_000 - all) * 1_000_000n) },
    ]);
  } finally {
    await database.end();
  }
});

function conversationOf(n: number, i: number): string {
  return `00000000-0000-7000-8000-${String(n * 1_000 + i).padStart(12, '0')}`;
}
