// What cannot easily be undone asks for a login that is not older than ten minutes, whoever may do it and through which door.

import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import type { App } from '../app.ts';
import type { VerbName } from './each-verb.ts';
import { sensitiveActs } from './sensitive-acts.ts';
import type { Actor } from '#core/domain/actor.ts';

const clock = clockByHand();
const world = forAll(() => openStage({ clock, settings: { OPERATOR_EMAILS: 'ops@example.com' } }));

type Call = (app: App, actor: Actor) => Promise<unknown>;

/** Each with something that is refused for another reason, once the person has confirmed who they are. */
const calls: Readonly<Record<string, Call>> = {
  'privacy.requestAccountDeletion': (app, actor) => app.privacy.requestAccountDeletion(actor, 'somebody else'),
  'privacy.requestTeamDeletion': (app, actor) => app.privacy.requestTeamDeletion(actor, 'another name'),
  'privacy.exportTeam': (app, actor) => app.privacy.exportTeam(actor),
  'privacy.openExport': (app, actor) => app.privacy.openExport(actor, newId()),
  'privacy.setTeamSettings': (app, actor) => app.privacy.setTeamSettings(actor, { retentionDays: 1 }),
  'files.delete': async (app, actor) => app.files.delete(actor, await fileOfSomebodyElse(actor)),
  'team.makeApiKey': (app, actor) => app.team.makeApiKey(actor, ''),
  'team.revokeApiKey': (app, actor) => app.team.revokeApiKey(actor, newId()),
  'workspaces.confirmLink': (app, actor) => app.workspaces.confirmLink(actor, 'none', { userId: actor.userId, teamId: actor.teamId }),
  'accounts.removeLogin': (app, actor) => app.accounts.removeLogin(actor, newId()),
  'team.changeRole': (app, actor) => app.team.changeRole(actor, newId(), 'guest'),
  'team.removeMember': (app, actor) => app.team.removeMember(actor, newId()),
  'team.leave': (app, actor) => app.team.leave(actor),
  'team.invite': (app, actor) => app.team.invite(actor, { email: 'nobody', role: 'admin' }),
  'billing.setTopUp': (app, actor) =>
    app.billing.setTopUp(actor, { below: '', pack: '', monthlyCap: '', dailyMost: '', pauseMinutes: '', agreed: false }),
  'operator.grantCredits': (app, actor) =>
    app.operator.grantCredits(actor, { teamId: newId(), credits: '5', reason: 'because', key: newId() }),
  'operator.freezeTeam': (app, actor) => app.operator.freezeTeam(actor, newId(), 'because'),
  'operator.unfreezeTeam': (app, actor) => app.operator.unfreezeTeam(actor, newId(), 'because'),
  'operator.openRequest': (app, actor) => app.operator.openRequest(actor, newId()),
  'operator.cancel': (app, actor) => app.operator.cancel(actor, newId()),
  'operator.endSessions': (app, actor) => app.operator.endSessions(actor, { teamId: newId(), userId: newId(), reason: 'because' }),
  'operator.revokeKeys': (app, actor) => app.operator.revokeKeys(actor, { teamId: newId(), all: true, reason: 'because' }),
};

const asking = Object.entries(sensitiveActs).flatMap(([name, rule]) => (rule !== null && rule.confirm !== false ? [name] : []));

test('every act that asks for a confirmation is tried here', () => {
  expect(Object.keys(calls).toSorted()).toEqual(asking.toSorted());
});

test.each(Object.entries(calls))('%s asks again after ten minutes, not before, and is never for a key', async (name, call) => {
  const { app } = world();
  const actor = await whoMay(name);
  const minutesAgo = (minutes: number) => ({ ...actor, confirmedAt: new Date(clock.now().getTime() - minutes * 60_000) });
  expect(await codeOf(call(app, minutesAgo(11)))).toBe('login.confirm');
  expect(await codeOf(call(app, minutesAgo(9)))).not.toBe('login.confirm');
  const { confirmedAt: _, ...nobodyKnowsWhen } = actor;
  expect(await codeOf(call(app, nobodyKnowsWhen))).toBe('login.confirm');
  const isOperators = sensitiveActs[name as VerbName<App>]!.event === 'operator.act';
  expect(await codeOf(call(app, { ...minutesAgo(1), apiKeyId: newId() }))).toBe(isOperators ? 'route.unknown' : 'not.allowed');
});

test('who may not do it is told so, and not asked to confirm first', async () => {
  const { owner, joins } = teamStage(world());
  const member = { ...(await joins(await owner(), 'guest')), confirmedAt: new Date(0) };
  for (const name of [
    'privacy.requestTeamDeletion',
    'privacy.exportTeam',
    'files.delete',
    'privacy.setTeamSettings',
    'team.makeApiKey',
    'team.changeRole',
    'team.removeMember',
    'team.invite',
    'billing.setTopUp',
  ])
    expect([name, await codeOf(calls[name]!(world().app, member))]).toEqual([name, 'not.allowed']);
});

test('what is undone as easily is not asked about: other settings, other roles, and leaving as a member', async () => {
  const { app } = world();
  const { owner, joins } = teamStage(world());
  const ada = await owner();
  const stale = { confirmedAt: new Date(0) };
  await app.privacy.setTeamSettings({ ...ada, ...stale }, { confirmAbove: '5000000' });
  await app.team.invite({ ...ada, ...stale }, { email: `${newId()}@example.com`, role: 'member' });
  await app.team.leave({ ...(await joins(ada, 'admin')), ...stale });
});

async function fileOfSomebodyElse({ teamId }: Actor): Promise<string> {
  const id = newId();
  await world().core.store.money.query(
    {
      text: `INSERT INTO files (id, team_id, role, name, mime, size_bytes, sha256, storage_key, created_at, expires_at)
             VALUES ($1, $2, 'input', 'list.csv', 'text/csv', 5, '', $3, $4, $5)`,
    },
    [id, teamId, `inputs/${id}`, clock.now(), new Date(clock.now().getTime() + 60_000)],
  );
  return id;
}

async function whoMay(name: string): Promise<Actor> {
  const stage = world();
  if (sensitiveActs[name as VerbName<App>]!.event !== 'operator.act') return loggedIn(await stage.person(0));
  const { userId, teamId } = await stage.core.store.people.addUser(
    { email: 'ops@example.com', name: 'Operator', emailVerified: true },
    clock.now(),
  );
  await stage.core.store.money.query({ text: 'UPDATE users SET two_factor_enabled = true WHERE id = $1' }, [userId]);
  return { userId, teamId, role: 'owner', email: 'ops@example.com' };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
}
