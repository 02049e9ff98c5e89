// What the page about credits reads, for a team with ten thousand tasks in ninety days, against the least that its chart
// needs: one pass over the same lines of the journal.

import { newId } from '#core/domain/ids.ts';
import type { Store } from '#core/store/database/store.ts';
import { median, perSecond, type BenchRow } from './row.ts';
import { makeTeams, type BenchTeam } from './world.ts';

export const TASKS = 10_000;
const DAYS = 90;
const ROUNDS = 5;
const ROUND_MS = 1_000;
const DAY_MS = 86_400_000;

export async function benchCredits(store: Store): Promise<BenchRow[]> {
  const [team] = await makeTeams(store, 1);
  await makeHistory(store, team!);
  const { usage, transactions } = store.credits;
  const { teamId } = team!;
  const now = new Date();
  const least = () =>
    store.money.query(
      {
        name: 'bench least',
        text: `SELECT sum(x.debt_change - x.credits) FROM transactions x, wallets w
               WHERE w.team_id = $1 AND x.wallet_id = w.id AND x.seq >= 0 AND x.type = 'settle' AND x.at >= $2`,
      },
      [teamId, new Date(now.getTime() - DAYS * DAY_MS)],
    );
  const chart = { days: 30, timeZone: 'Europe/Berlin', groups: 7 };
  const rows: BenchRow[] = [];
  for (const [name, call] of [
    ['30 days of use by person', () => usage.perDay(teamId, { ...chart, by: 'person' }, now)],
    ['90 days of use by person', () => usage.perDay(teamId, { ...chart, by: 'person', days: DAYS }, now)],
    ['90 days of use by type', () => usage.perDay(teamId, { ...chart, by: 'type', days: DAYS }, now)],
    ['pace', () => usage.pace(teamId, now)],
    ['newest 25 transactions', () => transactions.page(teamId, { timeZone: 'UTC' }, null, 25)],
  ] as const) {
    const rounds: { value: number; limit: number }[] = [];
    for (let i = 0; i <= ROUNDS; i++) {
      const limit = await perSecond(1, ROUND_MS, least);
      rounds.push({ limit, value: await perSecond(1, ROUND_MS, call) });
    }
    const measured = rounds.slice(1);
    rows.push({
      name: `${name}, 10,000 tasks`,
      unit: 'reads/s',
      value: median(measured.map(({ value }) => value)),
      limit: median(measured.map(({ limit }) => limit)),
      ratio: median(measured.map(({ value, limit }) => value / limit)),
      aim: null,
    });
  }
  return rows;
}

/** Ten thousand tasks of twenty people, as many each day. */
export async function makeHistory({ money }: Store, { teamId, walletId, userId }: BenchTeam): Promise<void> {
  const conversation = newId();
  const begun = Date.now() - DAYS * DAY_MS;
  await money.query(
    { text: `INSERT INTO conversations (id, team_id, platform, address, created_at) VALUES ($1, $2, 'slack', 'slack:1', $3)` },
    [conversation, teamId, new Date(begun)],
  );
  await money.query(
    {
      text: `INSERT INTO identities (id, platform, external_id, display_name) SELECT uuidv7(), 'slack', $1 || n, 'person ' || n FROM generate_series(1, 20) n`,
    },
    [teamId],
  );
  for (let day = 0; day < DAYS; day++) {
    const at = new Date(begun + day * DAY_MS);
    const { rows } = await money.query<{ ids: string[] }>(
      {
        text: `WITH made AS (
            INSERT INTO tasks (id, team_id, conversation_id, user_id, identity_id, platform, channel, type, because, request_text, status, rate_version,
              estimate_low, estimate_high, deadline_at, created_at)
            SELECT uuidv7(), $1, $2, CASE WHEN n % 2 = 0 THEN $3::uuid END, CASE WHEN n % 2 = 1 THEN i.id END, 'slack', 'C' || n % 5,
              (ARRAY['general', 'research', 'web-scraping', 'lead-generation'])[1 + n % 4], '', 'find me leads', 'completed', 1, 0, 0, $4, $4
            FROM generate_series(1, $5::int) n JOIN (SELECT id, row_number() OVER () AS place FROM identities WHERE external_id LIKE $6) i ON i.place = 1 + n % 20
            RETURNING id
          ) SELECT array_agg(id) AS ids FROM made`,
      },
      [teamId, conversation, userId, at, Math.ceil(TASKS / DAYS), `${teamId}%`],
    );
    const { ids } = rows[0]!;
    await money.query({ text: 'SELECT count(*) FROM ledger_hold($1, $2)' }, [
      JSON.stringify(ids.map((task, n) => ({ n, hold: newId(), task, wallet: walletId, credits: 12_000_000 }))),
      at,
    ]);
    await money.query({ text: 'SELECT count(*) FROM ledger_close($1, $2)' }, [
      JSON.stringify(ids.map((task, n) => ({ n, task, charge: 9_000_000 }))),
      at,
    ]);
  }
  await money.query({ text: 'ANALYZE transactions, tasks, identities' }, []);
}
