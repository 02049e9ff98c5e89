// Use by day, put into groups, beside as many days before.

import type { Actor } from '#core/domain/actor.ts';
import { amountOf, micro, NO_CREDITS, sum, type Credits } from '#core/domain/credits/credits.ts';
import type { UsageBy, UsageDays, UsageTotals, UsageView } from '#core/domain/credits/usage.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { UsageRow } from '#core/store/credits/usage.ts';
import type { Core } from '../runtime/core.ts';
import { inZone } from './in-zone.ts';

/** More than this nobody tells apart in a chart; the small ones are shown together. */
const GROUPS = 7;

/** Days are those of the time zone. */
export async function usage(core: Core, actor: Actor, of: { days: UsageDays; by: UsageBy; timeZone: string }): Promise<UsageView> {
  mustBeAllowed(actor, 'credits.see');
  const { from, to, rows } = await inZone(of.timeZone, () =>
    core.store.credits.usage.perDay(actor.teamId, { ...of, groups: GROUPS }, core.clock.now()),
  );
  const groups = groupsOf(rows);
  const current = rows.filter((row) => row.current);
  return {
    ...of,
    from,
    to,
    groups: groups.map(({ first: { kind, key, whoKind, name }, rows: own }) => {
      const used = own.filter((row) => row.current);
      return {
        kind,
        key,
        whoKind,
        name,
        credits: amountOf(credits(used)),
        tasks: tasks(used),
        previous: amountOf(micro(credits(own) - credits(used))),
      };
    }),
    perDay: daysFrom(from, of.days).map((day) => ({
      day,
      credits: amountOf(credits(current.filter((row) => row.day === day))),
      tasks: tasks(current.filter((row) => row.day === day)),
      byGroup: groups.map(({ rows: own }) => amountOf(credits(own.filter((row) => row.day === day)))),
    })),
    totals: totalsOf(current),
    previous: totalsOf(rows.filter((row) => !row.current)),
  };
}

/** The largest first; then what is small, and what belongs to none. */
function groupsOf(rows: readonly UsageRow[]): { first: UsageRow; rows: readonly UsageRow[] }[] {
  const groups = Map.groupBy(rows, ({ kind, key }) => `${kind} ${key ?? ''}`);
  const used = (own: readonly UsageRow[]) => credits(own.filter((row) => row.current));
  const order = { group: 0, other: 1, none: 2 };
  return [...groups.values()]
    .map((own) => ({ first: own[0]!, rows: own }))
    .toSorted(
      (a, b) =>
        order[a.first.kind] - order[b.first.kind] ||
        Number(used(b.rows) - used(a.rows)) ||
        Number(credits(b.rows) - credits(a.rows)) ||
        (a.first.key! < b.first.key! ? -1 : 1),
    );
}

function totalsOf(rows: readonly UsageRow[]): UsageTotals {
  return {
    credits: amountOf(credits(rows)),
    tasks: tasks(rows),
    freeTasks: rows.reduce((total, row) => total + row.freeTasks, 0),
    retried: {
      tasks: rows.reduce((total, row) => total + row.retriedTasks, 0),
      credits: amountOf(sum(...rows.map((row) => row.retriedCredits))),
    },
  };
}

function credits(rows: readonly UsageRow[]): Credits {
  return rows.reduce((total, row) => micro(total + row.credits), NO_CREDITS);
}

function tasks(rows: readonly UsageRow[]): number {
  return rows.reduce((total, row) => total + row.tasks, 0);
}

function daysFrom(first: string, count: number): string[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return Array.from({ length: count }, (_, i) => new Date(start + i * 86_400_000).toISOString().slice(0, 10));
}
