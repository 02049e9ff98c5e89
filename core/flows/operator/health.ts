// Whether the product works, and the numbers that say how.

import type { Gauge, PartHealth } from '#core/ports/health.ts';
import type { Core } from '../runtime/core.ts';

/** A part that does not answer by then is not well. */
const CHECK_MS = 3_000;

/** Each part the product needs, and whether it answers now; and the platforms that this process speaks on. */
export async function health(core: Core): Promise<PartHealth[]> {
  const parts = await Promise.all([
    check('database', () => core.store.writesALittle()),
    check('queue', () => core.queue.check()),
    check('workers', async () => {
      if ((await core.queue.workers()) === 0)
        throw new Error('nobody takes tasks: no process with the role worker is connected to the queue');
    }),
    check('storage', (signal) => core.files.check(signal)),
    check('agents', (signal) => core.agents.check(signal)),
  ]);
  return [...parts, ...(core.platforms()?.health() ?? [])];
}

async function check(part: string, ask: (signal: AbortSignal) => Promise<void>): Promise<PartHealth> {
  const signal = AbortSignal.timeout(CHECK_MS);
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${CHECK_MS / 1000} s`)), { once: true }),
  );
  try {
    await Promise.race([ask(signal), late]);
    return { part, ok: true };
  } catch (error) {
    return { part, ok: false, trouble: error instanceof Error ? error.message : String(error) };
  }
}

/** Numbers for /metrics that live in PostgreSQL and the queue. */
export async function gauges(core: Core): Promise<Gauge[]> {
  const [{ waiting, active, delayed, failed }, workers, { rows }] = await Promise.all([
    core.queue.counts(),
    core.queue.workers(),
    core.store.money.query<{ name: string; help: string; label: string | null; value: string }>(
      {
        text: `SELECT 'impacter_tasks' AS name, 'Tasks that are not over, by status.' AS help, status AS label, count(*) AS value FROM tasks
               WHERE status IN ('awaiting_approval', 'pending', 'processing') GROUP BY status
             UNION ALL SELECT 'impacter_letters', 'Letters that are not sent, by state.', state, count(*) FROM letters
               WHERE state IN ('planned', 'sending', 'unknown') GROUP BY state
             UNION ALL SELECT 'impacter_letters', 'Letters that are not sent, by state.', 'dead', count(*) FROM letters WHERE state = 'dead'
             UNION ALL SELECT 'impacter_mails', 'Mails that are not sent, by state.', state, count(*) FROM mails
               WHERE state IN ('planned', 'sending') GROUP BY state
             UNION ALL SELECT 'impacter_mails', 'Mails that are not sent, by state.', state, count(*) FROM mails
               WHERE state IN ('unknown', 'dead') GROUP BY state
             UNION ALL SELECT 'impacter_outbox', 'Tasks on their way into the queue.', NULL, count(*) FROM outbox
             UNION ALL SELECT 'impacter_credits_held', 'Credits held for tasks.', NULL, coalesce(sum(held), 0) / 1000000 FROM wallets
             UNION ALL SELECT 'impacter_credits_balance', 'Credits in all wallets.', NULL, coalesce(sum(balance), 0) / 1000000 FROM wallets`,
      },
      [],
    ),
  ]);
  return [
    ...rows.map((row) => ({
      name: row.name,
      help: row.help,
      ...(row.label !== null && { labels: { [row.name === 'impacter_tasks' ? 'status' : 'state']: row.label } }),
      value: Number(row.value),
    })),
    ...(workers === null ? [] : [{ name: 'impacter_workers', help: 'Workers connected to the queue, in all processes.', value: workers }]),
    ...Object.entries({ waiting, active, delayed, failed }).map(([state, value]) => ({
      name: 'impacter_queue_jobs',
      help: 'Jobs in the queue, by state.',
      labels: { state },
      value,
    })),
    ...(core.platforms()?.gauges() ?? []),
  ];
}
