import { expect, test } from 'vitest';
import { amountOf, credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { LimitView } from '#core/domain/credits/limit.ts';
import { roles } from '#core/domain/team/permission.ts';
import { openCreditsStage, type CreditsTeam } from '#core/testing/stages/credits-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import type { LimitWanted } from './views.ts';

const stage = forAll(openCreditsStage);
const teamDay: LimitWanted = { kind: 'team', subject: '', credits: amountOf(credits(50)), period: 'day', timeZone: 'Europe/Berlin' };

test('an owner sets what the team may spend in a day, and sees what is used, held and left of it', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const set = await stage().app.credits.setLimit(team.owner, teamDay);
  expect(set).toMatchObject({
    kind: 'team',
    subject: '',
    name: null,
    period: 'day',
    timeZone: 'Europe/Berlin',
    resetsAt: '2026-11-20T23:00:00.000Z',
  });
  await team.did({ held: 20, charged: 12 });
  await team.began({ held: 30 });
  expect((await list(team)).map(inShort)).toEqual(['team: 50 a day, 12 used, 30 held, 8 left']);
  expect((await team.began({ held: 9 })).held).toMatchObject({ outcome: 'limit', refused: { facts: { whose: 'team', left: '8000000' } } });
  stage().at = new Date('2026-11-20T23:00:00Z');
  expect((await list(team)).map(inShort)).toEqual(['team: 50 a day, 0 used, 0 held, 50 left']);
});

test('limits are for a member, somebody without an account, and a channel, each by name', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const ada = await team.member('Ada', 'member');
  const grace = await team.identity('grace.h');
  await team.did({ byIdentity: grace, platform: 'slack', channel: 'C9', charged: 7 });
  await set(team, { kind: 'member', subject: ada.userId, period: 'week' });
  await set(team, { kind: 'member', subject: grace, period: 'month' });
  await set(team, { kind: 'channel', subject: ' C9 ', period: 'total' });
  await set(team, { kind: 'channel', subject: 'C-not-yet-heard-of', period: 'day' });
  await team.did({ byIdentity: grace, platform: 'slack', channel: 'C9', charged: 4 });
  expect((await list(team)).map(inShort)).toEqual([
    'member Ada: 50 a week, 0 used, 0 held, 50 left',
    'member grace.h: 50 a month, 4 used, 0 held, 46 left',
    'channel C9: 50 a total, 4 used, 0 held, 46 left',
    'channel C-not-yet-heard-of: 50 a day, 0 used, 0 held, 50 left',
  ]);
  expect((await list(team)).map(({ platform }) => platform)).toEqual([null, null, 'slack', null]);
  expect((await list(team)).map(({ resetsAt }) => resetsAt)).toEqual([
    '2026-11-23T00:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
    null,
    '2026-11-21T00:00:00.000Z',
  ]);
  expect((await team.began({ by: ada.userId, held: 51 })).held.outcome).toBe('limit');
  expect((await team.began({ byIdentity: grace, held: 47 })).held.outcome).toBe('limit');
  expect((await team.began({ held: 51 })).held.outcome).toBe('held');
});

test('workspaces, people and channels to choose from are those of the team', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const other = await stage().team(5);
  await other.identity('a stranger');
  await other.did({ channel: 'C-other', charged: 1 });
  const ada = await team.member('Ada', 'member');
  await team.identity('ada in slack', ada.userId);
  const grace = await team.identity('grace.h');
  await team.did({ platform: 'slack', channel: 'C9' });
  expect(await stage().app.credits.limitSubjects(team.owner)).toEqual([
    { kind: 'workspace', id: team.workspace, name: 'Acme', of: 'slack' },
    { kind: 'member', id: ada.userId, name: 'Ada', of: 'user' },
    { kind: 'member', id: team.owner.userId, name: 'Olga Owner', of: 'user' },
    { kind: 'member', id: grace, name: 'grace.h', of: 'identity' },
    { kind: 'channel', id: 'C9', name: 'C9', of: 'slack' },
  ]);
});

test('a limit may be raised and lowered while it counts; below its use nothing is left, and nothing is undone', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const first = await stage().app.credits.setLimit(team.owner, teamDay);
  await team.did({ charged: 40 });
  const lowered = await stage().app.credits.setLimit(team.owner, { ...teamDay, credits: amountOf(credits(15)), timeZone: 'UTC' });
  expect([lowered.id, lowered.timeZone, inShort(lowered)]).toEqual([first.id, 'Europe/Berlin', 'team: 15 a day, 40 used, 0 held, 0 left']);
  expect((await team.began({ held: 1 })).held.outcome).toBe('limit');
  const raised = await stage().app.credits.setLimit(team.owner, { ...teamDay, credits: amountOf(credits(41)) });
  expect(inShort(raised)).toBe('team: 41 a day, 40 used, 0 held, 1 left');
  expect((await team.began({ held: 1 })).held.outcome).toBe('held');
});

test('a limit of nothing stops everything, and removed it stops nothing', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const { id } = await stage().app.credits.setLimit(team.owner, { ...teamDay, credits: '0' });
  expect((await team.began({ held: 1 })).held.outcome).toBe('limit');
  await stage().app.credits.removeLimit(team.owner, id);
  expect((await team.began({ held: 100 })).held.outcome).toBe('held');
  expect(await list(team)).toEqual([]);
  await expect(stage().app.credits.removeLimit(team.owner, id)).rejects.toMatchObject({ code: 'limit.not-found' });
});

test('use counts from when the limit is set, and the list says since when', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  await team.did({ charged: 40 });
  stage().at = new Date('2026-11-20T14:00:00Z');
  const limit = await stage().app.credits.setLimit(team.owner, teamDay);
  expect([inShort(limit), limit.countsSince]).toEqual(['team: 50 a day, 0 used, 0 held, 50 left', '2026-11-20T14:00:00.000Z']);
  stage().at = new Date('2026-11-21T14:00:00Z');
  expect((await list(team))[0]!.countsSince).toBe('2026-11-20T23:00:00.000Z');
});

test('linking an account is no way out of a limit', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const ada = await team.member('Ada', 'member');
  const inSlack = await team.identity('ada in slack');
  await set(team, { kind: 'member', subject: inSlack, period: 'month' });
  await team.did({ byIdentity: inSlack, charged: 40 });
  await stage().bank.query('UPDATE identities SET user_id = $2 WHERE id = $1', [inSlack, ada.userId]);
  expect((await team.began({ by: ada.userId, held: 11 })).held).toMatchObject({
    outcome: 'limit',
    refused: { facts: { whose: 'member', left: '10000000' } },
  });
  expect((await team.began({ by: ada.userId, held: 10 })).held.outcome).toBe('held');
  expect((await list(team)).map(inShort)).toEqual(['member ada in slack: 50 a month, 40 used, 10 held, 0 left']);
  // One set now is the user's, wherever they ask.
  await set(team, { kind: 'member', subject: inSlack, period: 'day' });
  expect((await list(team)).at(-1)).toMatchObject({ subject: ada.userId, name: 'Ada' });
});

test('a cap for each person in a workspace refuses that person’s next request, not another person’s, and says whose it is and when it resets', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const [ada, grace] = [await team.identity('ada'), await team.identity('grace')];
  await set(team, { kind: 'workspace-person', subject: team.workspace, period: 'day' });
  const [here, there] = [{ channel: `${team.workspace}:C1` }, { channel: `${team.workspace}:C2` }];
  await team.did({ byIdentity: ada, ...here, charged: 30 });
  await team.did({ byIdentity: grace, ...here, charged: 20 });
  expect((await team.began({ byIdentity: ada, ...there, held: 21 })).held).toMatchObject({
    outcome: 'limit',
    refused: { facts: { whose: 'workspace-person', left: '20000000', period: 'day', resetsAt: '2026-11-21T00:00:00Z' } },
  });
  expect((await team.began({ byIdentity: grace, ...there, held: 30 })).held.outcome).toBe('held');
  expect((await team.began({ byIdentity: ada, channel: 'slack:T-another:C1', held: 51 })).held.outcome).toBe('held');
  expect((await team.began({ byIdentity: ada, held: 51 })).held.outcome).toBe('held');
  expect((await list(team)).map(inShort)).toEqual(['workspace-person Acme: 50 a day, 20 used, 30 held, 0 left']);
  stage().at = new Date('2026-11-21T00:00:00Z');
  expect((await team.began({ byIdentity: ada, ...here, held: 50 })).held.outcome).toBe('held');
});

test('neither linking nor unlinking an account, nor another login, is a way out of a cap in a workspace', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const [ada, eve] = [await team.member('Ada', 'member'), await team.member('Eve', 'member')];
  const account = await team.identity('ada in slack');
  const link = (to: string | null) => stage().bank.query('UPDATE identities SET user_id = $2 WHERE id = $1', [account, to]);
  await set(team, { kind: 'workspace-person', subject: team.workspace, period: 'day' });
  const channel = `${team.workspace}:C1`;
  await team.did({ byIdentity: account, channel, charged: 10 });
  await link(ada.userId);
  await team.did({ by: ada.userId, channel, charged: 10 });
  await link(null);
  await team.did({ byIdentity: account, channel, charged: 10 });
  await link(eve.userId);
  await team.did({ by: eve.userId, channel, charged: 10 });
  expect((await team.began({ by: eve.userId, channel, held: 11 })).held).toMatchObject({
    outcome: 'limit',
    refused: { facts: { left: '10000000' } },
  });
  // A second account in the same workspace counts together with the first while both are linked.
  const second = await team.identity('eve in slack', eve.userId);
  expect((await team.began({ by: eve.userId, channel, held: 11 })).held.outcome).toBe('limit');
  expect((await team.began({ byIdentity: second, channel, held: 11 })).held.outcome).toBe('held');
});

test('the cap of a workspace counts everybody in all of its channels, and nobody elsewhere', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const [ada, grace] = [await team.identity('ada'), await team.identity('grace')];
  await set(team, { kind: 'workspace', subject: team.workspace, period: 'day' });
  await team.did({ byIdentity: ada, channel: `${team.workspace}:C1`, charged: 30 });
  expect((await team.began({ byIdentity: grace, channel: `${team.workspace}:D2`, held: 21 })).held).toMatchObject({
    outcome: 'limit',
    refused: { facts: { whose: 'workspace', left: '20000000' } },
  });
  expect((await team.began({ byIdentity: grace, channel: `${team.workspace}0:C1`, held: 21 })).held.outcome).toBe('held');
  expect((await team.began({ by: team.owner.userId, held: 21 })).held.outcome).toBe('held');
  expect((await list(team)).map(inShort)).toEqual(['workspace Acme: 50 a day, 30 used, 0 held, 20 left']);
});

test('a channel is shown by its name, to the team that is there and to nobody else', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const other = await stage().team(5);
  const channel = `${team.workspace}:C1`;
  await stage().bank.query(
    `INSERT INTO places (ref, platform, workspace, kind, name, changed_at) VALUES ($1, 'slack', $2, 'channel', '#general', $3)`,
    [channel, team.workspace.slice('slack:'.length), stage().at],
  );
  await team.did({ channel, platform: 'slack', charged: 1 });
  expect((await stage().app.credits.limitSubjects(team.owner)).at(-1)).toEqual({
    kind: 'channel',
    id: channel,
    name: '#general',
    of: 'slack',
  });
  await set(team, { kind: 'channel', subject: channel, period: 'day' });
  await set(other, { kind: 'channel', subject: channel, period: 'day' });
  expect(await list(team)).toMatchObject([{ name: '#general', platform: 'slack' }]);
  expect(await list(other)).toMatchObject([{ name: null, subject: channel }]);
});

test('who may set limits, and nobody else, may set and remove them', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const { id } = await stage().app.credits.setLimit(team.owner, teamDay);
  const allowed: string[] = [];
  for (const role of roles) {
    const actor = { ...team.owner, role };
    const tried = await Promise.allSettled([
      stage().app.credits.setLimit(actor, teamDay),
      stage().app.credits.removeLimit(actor, newId<never>()),
    ]);
    const codes = tried.map((each) => (each.status === 'fulfilled' ? 'done' : (each.reason as { code: string }).code));
    if (codes[0] === 'done') allowed.push(role);
    expect(codes).toEqual(codes[0] === 'done' ? ['done', 'limit.not-found'] : ['not.allowed', 'not.allowed']);
  }
  expect(allowed).toEqual(['owner', 'admin', 'billing']);
  const other = await stage().team();
  await expect(stage().app.credits.removeLimit(other.owner, id)).rejects.toMatchObject({ code: 'limit.not-found' });
  expect(await list(other)).toEqual([]);
  expect(await list(team)).toHaveLength(1);
});

test.each<[string, Partial<Record<keyof LimitWanted, string>>]>([
  ['kind', { kind: 'person' }],
  ['period', { period: 'year' }],
  ['credits', { credits: '-1' }],
  ['credits', { credits: '1.5' }],
  ['credits', { credits: '1000000000000001' }],
  ['timeZone', { timeZone: 'Miami' }],
  ['subject', { kind: 'workspace', subject: 'slack:T-of-nobody' }],
  ['subject', { kind: 'workspace-person', subject: '' }],
  ['subject', { kind: 'channel', subject: '  ' }],
  ['subject', { kind: 'channel', subject: 'C'.repeat(201) }],
  ['subject', { kind: 'member', subject: '' }],
  ['subject', { kind: 'member', subject: 'ada' }],
  ['subject', { kind: 'member', subject: newId<never>() }],
])('a limit with a wrong %s (%j) is refused, and nothing is written', async (name, wrong) => {
  const team = await at('2026-11-20T12:00:00Z').team(5);
  const stranger = await stage().team();
  for (const subject of wrong.subject === undefined || wrong.kind !== 'member'
    ? [wrong.subject ?? '']
    : [wrong.subject, stranger.owner.userId, await stranger.identity('x')]) {
    await expect(stage().app.credits.setLimit(team.owner, { ...teamDay, ...wrong, subject } as LimitWanted)).rejects.toMatchObject({
      code: 'request.invalid',
      facts: { fields: [{ name }] },
    });
  }
  expect([await list(team), await audit(team)]).toEqual([[], []]);
});

test('every change stands in the audit log, with who made it and what was before', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const billing = await team.member('Bill', 'billing');
  await stage().app.credits.setLimit(team.owner, teamDay);
  const { id } = await stage().app.credits.setLimit(billing, { ...teamDay, credits: amountOf(credits(20)) });
  await stage().app.credits.removeLimit(team.owner, id);
  expect(await audit(team)).toEqual([
    {
      actor: `user:${team.owner.userId}`,
      act: 'limit.set',
      subject: null,
      facts: { kind: 'team', period: 'day', credits: '50000000', timeZone: 'Europe/Berlin' },
    },
    {
      actor: `user:${billing.userId}`,
      act: 'limit.changed',
      subject: null,
      facts: { kind: 'team', period: 'day', credits: '20000000', before: '50000000' },
    },
    {
      actor: `user:${team.owner.userId}`,
      act: 'limit.removed',
      subject: null,
      facts: { kind: 'team', period: 'day', credits: '20000000' },
    },
  ]);
});

test('ten owners who set the same limit at once make one limit', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => stage().app.credits.setLimit(team.owner, { ...teamDay, credits: amountOf(credits(10 + i)) })),
  );
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect((await audit(team)).map(({ act }) => act)).toEqual(['limit.set', ...Array<string>(9).fill('limit.changed')]);
});

test('a limit lowered while tasks come in lets none of them fail otherwise than by being refused', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(500);
  await stage().app.credits.setLimit(team.owner, teamDay);
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      if (i % 3 === 0) await stage().app.credits.setLimit(team.owner, { ...teamDay, credits: amountOf(credits(40 - i)) });
      return (await team.began({ held: 3 })).held.outcome;
    }),
  );
  expect([...new Set(outcomes)].toSorted()).toEqual(['held', 'limit']);
});

test('after all of this the ledger adds up', async () => {
  expect(await stage().bank.wrong()).toBeNull();
});

function at(time: string) {
  stage().at = new Date(time);
  return stage();
}

function set(team: CreditsTeam, wanted: Pick<LimitWanted, 'kind' | 'subject' | 'period'>): Promise<LimitView> {
  stage().at = new Date(stage().at.getTime() + 1_000);
  return stage().app.credits.setLimit(team.owner, { ...wanted, credits: amountOf(credits(50)), timeZone: 'UTC' });
}

function list(team: CreditsTeam): Promise<LimitView[]> {
  return stage().app.credits.limits(team.owner);
}

function audit(team: CreditsTeam) {
  return stage().bank.query<{ actor: string; act: string; subject: string | null; facts: object }>(
    'SELECT actor, act, subject, facts FROM audit_entries WHERE team_id = $1 ORDER BY id',
    [team.teamId],
  );
}

function inShort({ kind, subject, name, credits: amount, period, used, held, left }: LimitView): string {
  const whose = [kind, name, kind === 'channel' ? subject : null].filter((part) => part !== null).join(' ');
  return `${whose}: ${show(amount)} a ${period}, ${show(used)} used, ${show(held)} held, ${show(left)} left`;
}

function show(amount: string): string {
  return showCredits(micro(amount));
}
