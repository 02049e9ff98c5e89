import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import { openCreditsStage, type CreditsTeam } from '#core/testing/stages/credits-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import type { UsageBy, UsageDays, UsageView } from '#core/domain/credits/usage.ts';

const stage = forAll(openCreditsStage);
const DAY_MS = 86_400_000;

test('an owner sees each day of the last week with what it took, beside the week before', async () => {
  const { team } = await at('2026-11-01T12:00:00Z');
  await usedOn('2026-11-12T12:00:00Z', team, 5);
  await usedOn('2026-11-20T12:00:00Z', team, 7);
  await usedOn('2026-11-20T15:00:00Z', team, 3);
  await usedOn('2026-11-25T09:00:00Z', team, 2.5);
  const view = await usage(team, 7, 'type', '2026-11-25T18:00:00Z');
  expect(view).toMatchObject({ from: '2026-11-19', to: '2026-11-25' });
  expect(view.perDay.map(({ day, credits: used, tasks }) => `${day} ${show(used)} ${tasks}`)).toEqual([
    '2026-11-19 0 0',
    '2026-11-20 10 2',
    '2026-11-21 0 0',
    '2026-11-22 0 0',
    '2026-11-23 0 0',
    '2026-11-24 0 0',
    '2026-11-25 2.5 1',
  ]);
  expect([show(view.totals.credits), view.totals.tasks, show(view.previous.credits), view.previous.tasks]).toEqual(['12.5', 3, '5', 1]);
});

test('a day begins where the person lives', async () => {
  const { team } = await at('2026-11-01T12:00:00Z');
  await usedOn('2026-11-24T23:30:00Z', team, 1);
  const days = async (timeZone: string) =>
    (await usage(team, 7, 'type', '2026-11-25T12:00:00Z', timeZone)).perDay.flatMap(({ day, tasks }) => (tasks > 0 ? [day] : []));
  expect(await days('UTC')).toEqual(['2026-11-24']);
  expect(await days('Europe/Berlin')).toEqual(['2026-11-25']);
  expect(await days('America/Los_Angeles')).toEqual(['2026-11-24']);
});

test('around the change of the clocks every day is there once', async () => {
  const { team } = await at('2026-10-01T12:00:00Z');
  await usedOn('2026-10-24T22:30:00Z', team, 1); // 00:30 of the 25th, which has 25 hours
  await usedOn('2026-10-25T22:30:00Z', team, 2); // 23:30 of the same day
  const view = await usage(team, 7, 'type', '2026-10-28T12:00:00Z', 'Europe/Berlin');
  expect(view.perDay.map(({ day, credits: used }) => `${day.slice(8)} ${show(used)}`)).toEqual([
    '22 0',
    '23 0',
    '24 0',
    '25 3',
    '26 0',
    '27 0',
    '28 0',
  ]);
});

test('it can be put by type, person, channel and platform, also for those without an account', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  const ada = await team.member('Ada', 'member');
  const grace = await team.identity('grace.h');
  const adaInSlack = await team.identity('ada_in_slack', ada.userId);
  const slack = { platform: 'slack', channel: 'C9' };
  await team.did({ by: ada.userId, type: 'research', charged: 20 });
  await team.did({ byIdentity: grace, ...slack, type: 'research', charged: 8 });
  await team.did({ byIdentity: adaInSlack, ...slack, type: 'general', charged: 4 });
  await team.did({ byIdentity: grace, platform: 'slack', channel: 'C7', type: 'general', charged: 1 });
  const by = async (what: UsageBy) =>
    (await usage(team, 7, what, '2026-11-20T18:00:00Z')).groups.map(({ kind, name, key, whoKind, credits: used, tasks }) =>
      [kind === 'group' ? null : kind, name, what === 'person' ? whoKind : key, show(used), tasks]
        .filter((part) => part !== null)
        .join(' '),
    );
  expect(await by('type')).toEqual(['research 28 2', 'general 5 2']);
  expect(await by('person')).toEqual(['Ada user 24 2', 'grace.h identity 9 2']);
  expect(await by('channel')).toEqual(['slack C9 12 2', 'slack C7 1 1', 'none 20 1']);
  expect(await by('platform')).toEqual(['web 20 1', 'slack 13 3']);
});

test('somebody of another team is called as their platform calls them', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  const stranger = await (await stage().team()).member('Their Full Name', 'member');
  await team.did({ by: stranger.userId, byIdentity: await team.identity('nick', stranger.userId), charged: 4 });
  expect((await usage(team, 7, 'person', '2026-11-20T18:00:00Z')).groups.map(({ name }) => name)).toEqual(['nick']);
});

test('with many people the small ones are shown together, and nothing is lost', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  for (let i = 1; i <= 10; i++) await team.did({ byIdentity: await team.identity(`p${i}`), charged: i });
  const { groups, perDay, totals } = await usage(team, 7, 'person', '2026-11-20T18:00:00Z');
  expect(groups.map(({ kind, name, credits: used }) => `${name ?? kind} ${show(used)}`)).toEqual([
    'p10 10',
    'p9 9',
    'p8 8',
    'p7 7',
    'p6 6',
    'p5 5',
    'p4 4',
    'other 6',
  ]);
  expect(perDay.at(-1)!.byGroup.map(show)).toEqual(['10', '9', '8', '7', '6', '5', '4', '6']);
  expect(show(totals.credits)).toBe('55');
});

test('only what was charged is use: no hold, no failed task, no refund, no expiry', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  await team.began({ held: 50 });
  await team.did({ held: 30, charged: 0 });
  await team.did({ held: 30, charged: 12 });
  await team.grant(5, { expiresAt: new Date('2026-11-20T13:00:00Z') });
  await stage().store.ledger.clawback({ key: newId<never>(), wallet: team.walletId, credits: credits(100) }, stage().at);
  stage().at = new Date('2026-11-20T14:00:00Z');
  await stage().store.ledger.expireLots(stage().at);
  const { totals } = await usage(team, 7, 'type', '2026-11-20T18:00:00Z');
  expect(totals).toMatchObject({ credits: '12000000', tasks: 1, freeTasks: 1 });
});

test('what was asked for again is told apart', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  const first = await team.did({ charged: 10 });
  await team.did({ charged: 10, retryOf: first });
  await team.did({ charged: 0, retryOf: first });
  const { totals } = await usage(team, 7, 'type', '2026-11-20T18:00:00Z');
  expect(totals).toMatchObject({ tasks: 2, freeTasks: 1, retried: { tasks: 1, credits: '10000000' } });
});

test('a task that was erased keeps its place in the sum', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  const gone = await team.did({ charged: 10 });
  await team.did({ charged: 1 });
  await stage().bank.query('DELETE FROM tasks WHERE id = $1', [gone]);
  const { groups, totals } = await usage(team, 7, 'type', '2026-11-20T18:00:00Z');
  expect(groups.map(({ kind, credits: used }) => `${kind} ${show(used)}`)).toEqual(['group 1', 'none 10']);
  expect(show(totals.credits)).toBe('11');
});

test('a team that never asked for anything sees days without use', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  const view = await usage(team, 30, 'person', '2026-11-20T18:00:00Z');
  expect([view.groups, view.perDay.length, view.totals.credits, view.previous.credits]).toEqual([[], 30, '0', '0']);
});

test('a time zone that does not exist is said to be none', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  for (const timeZone of ['Miami', '+02:00', "'; DROP TABLE tasks --"]) {
    await expect(usage(team, 7, 'type', '2026-11-20T18:00:00Z', timeZone)).rejects.toMatchObject({
      code: 'request.invalid',
      facts: { fields: [{ name: 'timeZone' }] },
    });
  }
});

test('whoever may not see credits is told so, and another team is never counted', async () => {
  const { team } = await at('2026-11-20T12:00:00Z');
  await team.did({ charged: 10 });
  for (const role of ['member', 'guest'] as const) {
    await expect(stage().app.credits.usage({ ...team.owner, role }, { days: 7, by: 'type', timeZone: 'UTC' })).rejects.toMatchObject({
      code: 'not.allowed',
    });
  }
  const other = await stage().team(100);
  expect((await usage(other, 7, 'type', '2026-11-20T18:00:00Z')).totals.credits).toBe('0');
});

test('whatever happened, all views of a time add up to what the journal settled in it', async () => {
  const happening = fc.record({
    hoursAgo: fc.integer({ min: 0, max: 24 * 70 }),
    charged: fc.integer({ min: 0, max: 40 }),
    type: fc.constantFrom('general' as const, 'research' as const, 'web-scraping' as const),
    who: fc.nat(3),
    channel: fc.constantFrom('C1', 'C2', undefined),
    again: fc.boolean(),
    erased: fc.boolean(),
    clawedBack: fc.boolean(),
  });
  const timeZone = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Auckland');
  const property = fc.asyncProperty(fc.array(happening, { maxLength: 25 }), timeZone, async (happened, zone) => {
    const now = new Date('2026-11-25T16:45:00Z');
    stage().at = new Date(now.getTime() - 71 * DAY_MS);
    const team = await stage().team(5_000);
    const people = [team.owner.userId, (await team.member('Ada', 'member')).userId];
    const identities = [await team.identity('grace'), await team.identity('ada', people[1])];
    let before: TaskId | undefined;
    for (const { hoursAgo, charged, type, who, channel, again, erased, clawedBack } of happened.toSorted(
      (a, b) => b.hoursAgo - a.hoursAgo,
    )) {
      stage().at = new Date(now.getTime() - hoursAgo * 3_600_000);
      const task = await team.did({
        charged,
        type,
        held: charged + 3,
        platform: channel === undefined ? 'web' : 'slack',
        ...(who < 2 ? { by: people[who]! } : { byIdentity: identities[who - 2]! }),
        ...(channel !== undefined && { channel }),
        ...(again && before !== undefined && { retryOf: before }),
      });
      before = task;
      if (erased) await stage().bank.query('DELETE FROM tasks WHERE id = $1', [task]);
      if (clawedBack) await stage().store.ledger.clawback({ key: newId<never>(), wallet: team.walletId, credits: credits(1) }, stage().at);
    }
    stage().at = now;
    for (const days of [7, 30] as const) {
      const views = await Promise.all(
        (['type', 'person', 'channel', 'platform'] as const).map((by) =>
          stage().app.credits.usage(team.owner, { days, by, timeZone: zone }),
        ),
      );
      for (const view of views) {
        const [from, before_] = await Promise.all([settled(team.teamId, view, 0), settled(team.teamId, view, days)]);
        expect(view.totals.credits).toBe(from);
        expect(view.previous.credits).toBe(before_);
        expect(add(view.groups.map((group) => group.credits))).toBe(from);
        expect(add(view.groups.map((group) => group.previous))).toBe(before_);
        expect(add(view.perDay.map((day) => day.credits))).toBe(from);
        for (const day of view.perDay) expect(add(day.byGroup)).toBe(day.credits);
        expect(view.groups.reduce((total, { tasks }) => total + tasks, 0)).toBe(view.totals.tasks);
      }
    }
  });
  await fc.assert(property, { numRuns: 12 });
});

/** What the journal charged from `daysEarlier` days before the view began, as many days as it has. */
async function settled(teamId: TeamId, { from, days, timeZone }: UsageView, daysEarlier: number): Promise<string> {
  const [row] = await stage().bank.query<{ used: string }>(
    `SELECT coalesce(sum(t.debt_change - t.credits), 0)::text AS used FROM transactions t JOIN wallets w ON w.id = t.wallet_id
     WHERE w.team_id = $1 AND t.type = 'settle' AND (t.at AT TIME ZONE $2)::date >= $3::date - $4::int AND (t.at AT TIME ZONE $2)::date < $3::date - $4::int + $5::int`,
    [teamId, timeZone, from, daysEarlier, days],
  );
  return row!.used;
}

function add(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n).toString();
}

async function at(time: string): Promise<{ team: CreditsTeam }> {
  stage().at = new Date(time);
  return { team: await stage().team(1_000) };
}

async function usedOn(time: string, team: CreditsTeam, charged: number): Promise<void> {
  stage().at = new Date(time);
  await team.did({ charged, held: 20 });
}

function usage(team: CreditsTeam, days: UsageDays, by: UsageBy, now: string, timeZone = 'UTC'): Promise<UsageView> {
  stage().at = new Date(now);
  return stage().app.credits.usage(team.owner, { days, by, timeZone });
}

function show(amount: string): string {
  return showCredits(micro(amount));
}
