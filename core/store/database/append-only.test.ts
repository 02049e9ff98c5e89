// Tables that only grow, tried as the role that the product itself connects with.

import { describe, expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { forAll, openStage, type Stage } from '#core/testing/stages/stage.ts';

const stage = forAll(openWithRows);

/** With a change that an intruder would like to make. `goes`: rows are removed with their team, and only then. */
const tables = {
  transactions: { change: `note = 'nothing happened'` },
  hold_limits: { change: 'starts_at = now()' },
  audit_entries: { change: `actor = 'system'` },
  task_events: { change: `data = '{}'`, goes: true },
  asks: { change: `fingerprint = 'mine'`, goes: true },
  erasures: { change: 'subject = uuidv7()' },
  ledger_checks: { change: `outcome = 'right'` },
} satisfies Record<string, { change: string; goes?: true }>;

describe.each(Object.entries(tables))('%s', (table, { change }) => {
  test('has rows here, and a role without special rights tries', async () => {
    expect(await countOf(table)).toBeGreaterThan(0);
    expect(await run('SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([{ rolsuper: false }]);
  });

  test.each([
    ['changes a line', `UPDATE ${table} SET ${change}`],
    ['removes a line', `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`],
    ['removes all', `DELETE FROM ${table}`],
    ['empties it', `TRUNCATE ${table}`],
    ['empties it with all that hangs on it', `TRUNCATE ${table} CASCADE`],
  ])('nobody %s', async (_, statement) => {
    const before = await countOf(table);
    await expect(run(statement)).rejects.toMatchObject({ code: '23001' });
    expect(await countOf(table)).toBe(before);
  });
});

test.each(['tasks', 'teams', 'conversations', 'users'])('nobody empties %s, on which they hang', async (table) => {
  await expect(run(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({ code: '23001' });
});

test('whatever has a rule against changes has one against emptying', async () => {
  const rows = await run<{ table: string }>(
    `SELECT DISTINCT c.relname AS table FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND t.tgname LIKE '%append_only' AND NOT EXISTS (
       SELECT FROM pg_trigger o WHERE o.tgrelid = c.oid AND NOT o.tgisinternal AND o.tgtype & 32 > 0)`,
  );
  expect(rows).toEqual([]);
  const guarded = await run<{ table: string }>(
    `SELECT DISTINCT c.relname AS table FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE '%append_only' ORDER BY 1`,
  );
  expect(Object.keys(tables)).toEqual(expect.arrayContaining(guarded.map(({ table }) => table)));
});

test('a stored outcome becomes a refusal only within the statement that took it, and never a task again', async () => {
  const ada = await stage().person(0);
  await ada.ask('find me 3 leads', { key: `outcome:${ada.userId}` });
  const key = `outcome:${ada.userId}`;
  for (const change of [`outcome = 'task'`, 'answer = NULL', `answer = '{"kind":"refused"}'`])
    await expect(run(`UPDATE asks SET ${change} WHERE key = '${key}'`)).rejects.toMatchObject({ constraint: 'append_only' });
  await expect(
    run(`UPDATE asks SET outcome = 'refused', answer = '{}', task_id = NULL WHERE outcome = 'task' AND task_id IS NOT NULL`),
  ).rejects.toMatchObject({ constraint: 'append_only' });
});

test('what was erased stays erased, and is done once', async () => {
  const id = newId();
  await run(`INSERT INTO erasures (id, kind, subject, asked_at) VALUES ('${id}', 'identity', '${newId()}', now())`);
  await run(`UPDATE erasures SET done_at = now() WHERE id = '${id}'`);
  await expect(run(`UPDATE erasures SET done_at = NULL WHERE id = '${id}'`)).rejects.toMatchObject({ constraint: 'append_only' });
});

test('events and outcomes go with a team that is being deleted', async () => {
  const ada = await stage().person(10);
  await ada.untilOver(await ada.ask('find me 3 leads', { key: `gone:${ada.userId}` }));
  const remove = async () => {
    await run(`DELETE FROM asks WHERE key = 'gone:${ada.userId}'`);
    await run(`DELETE FROM task_events WHERE team_id = '${ada.teamId}'`);
  };
  await expect(remove()).rejects.toMatchObject({ constraint: 'append_only' });
  await run(`UPDATE users SET deletion_asked_at = now(), deletion_at = now() WHERE id = '${ada.userId}'`);
  await remove();
});

async function openWithRows(): Promise<Stage> {
  const opened = await openStage();
  const ada = await opened.person(50);
  const owner = { ...ada, role: 'owner' as const };
  await opened.app.credits.setLimit(owner, { kind: 'team', subject: '', period: 'month', credits: '40000000', timeZone: 'UTC' });
  await ada.untilOver(await ada.ask('find me 3 leads'));
  const { money, ledgerChecks } = opened.core.store;
  await ledgerChecks.check(null, 10_000, new Date());
  await money.query(
    {
      text: `INSERT INTO audit_entries (at, actor, act, team_id, facts) VALUES (now(), 'user:x', 'team.renamed', $1, '{}')`,
    },
    [ada.teamId],
  );
  await money.query({ text: `INSERT INTO erasures (id, kind, subject, asked_at) VALUES ($1, 'user', $2, now())` }, [newId(), newId()]);
  return opened;
}

async function run<Row extends object>(text: string): Promise<Row[]> {
  return (await stage().core.store.money.query<Row & Record<string, unknown>>({ text }, [])).rows as Row[];
}

async function countOf(table: string): Promise<number> {
  return (await run<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]!.count;
}
