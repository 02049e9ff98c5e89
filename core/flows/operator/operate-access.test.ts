import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import { mailOf, proxied, visitor } from '#core/testing/visitors/visitor.ts';
import type { App } from '../app.ts';
import type { operatorAccessVerbs } from './operate-access.ts';
import type { Actor } from '#core/domain/actor.ts';

const stage = forAll(() => openStage({ settings: { ...proxied, OPERATOR_EMAILS: 'ops@example.com' } }));
const reason = 'A laptop was stolen';

/** What each verb is called with; that an owner who is no operator gets nowhere is asked of every one of them. */
const calls: { [Verb in keyof ReturnType<typeof operatorAccessVerbs>]: (app: App, actor: Actor) => Promise<unknown> } = {
  access: (app, actor) => app.operator.access(actor, actor.teamId),
  endSessions: (app, actor) => app.operator.endSessions(actor, { teamId: actor.teamId, userId: actor.userId, reason }),
  revokeKeys: (app, actor) => app.operator.revokeKeys(actor, { teamId: actor.teamId, all: true, reason }),
};

test.each(Object.entries(calls))('%s is not there for an owner who is no operator, also for their own team', async (_, call) => {
  const { app, person } = stage();
  const ada = await person();
  await expect(call(app, loggedIn(ada))).rejects.toMatchObject({ code: 'route.unknown' });
  expect(await app.team.actorByKey(ada.apiKey)).not.toBeNull();
});

test.each(Object.entries(calls))('%s is refused, with the way forward, while its operator has no second factor', async (_, call) => {
  const { app, core } = stage();
  const ops = await operator();
  await core.store.money.query({ text: 'UPDATE users SET two_factor_enabled = false WHERE id = $1' }, [ops.userId]);
  await expect(call(app, ops)).rejects.toMatchObject({ code: 'operator.two-factor' });
});

test('an operator ends all sessions of a person: they are out, get a mail, and their audit log has who and why', async () => {
  const { app, core, url } = stage();
  const ops = await operator();
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const [laptop, phone] = [visitor(stage(), newAddress()), visitor(stage(), newAddress())];
  await laptop.signUp(email);
  await phone.logIn(email);
  const ada = (await core.store.people.findByEmail(email))!;
  const { key } = await app.team.makeApiKey(loggedIn({ ...ada, role: 'owner', email }), 'script');
  expect(await app.operator.access(ops, ada.teamId)).toMatchObject({ people: [{ userId: ada.userId, sessions: 2, keys: 1 }] });
  const watching = (await laptop.fetch('/api/events?live=1')).text();

  for (const wrong of ['', 'x'])
    await expect(app.operator.endSessions(ops, { ...ada, reason: wrong })).rejects.toMatchObject({ code: 'request.invalid' });
  await expect(app.operator.endSessions(ops, { teamId: ops.teamId, userId: ada.userId, reason })).rejects.toMatchObject({
    code: 'member.not-found',
  });
  expect(await Promise.all([laptop.isLoggedIn(), phone.isLoggedIn()])).toEqual([true, true]);

  expect(await app.operator.endSessions(ops, { ...ada, reason })).toEqual({ ended: 2 });
  expect(await Promise.all([laptop.isLoggedIn(), phone.isLoggedIn()])).toEqual([false, false]);
  expect(await watching).toMatch(/^retry: /);
  expect((await fetch(`${url}/api/balance`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  expect(await mailOf(stage(), email, 'security', 2)).toMatchObject({ subject: 'You were logged out everywhere' });
  expect(await linesOf(ada.teamId)).toContainEqual({
    actor: `operator:${ops.userId}`,
    act: 'sessions.ended-by-operator',
    subject: `user:${ada.userId}`,
    facts: { sessions: 2, note: reason },
  });
  expect(await app.operator.endSessions(ops, { ...ada, reason })).toEqual({ ended: 0 });
  expect(await phone.logIn(email)).toMatchObject({ status: 200 });
});

test('an operator revokes one key, all keys of a person in every team, or all keys of a team; their people get one mail each', async () => {
  const { app, core, person, mails } = stage();
  const ops = await operator();
  const [ada, ben] = [await person(), await person()];
  const { teamId } = await sharedTeam(core, 'Acme', [[ada, 'owner'] as const, [ben, 'member'] as const], 0);
  const [adas, bens] = [inTeam(ada, teamId, 'owner'), inTeam(ben, teamId, 'member')];
  const make = async (actor: Actor, name: string) => app.team.makeApiKey(actor, name);
  const [one, two, other] = [await make(adas, 'one'), await make(adas, 'two'), await make(bens, 'other')];
  const works = async (...keys: { key: string }[]) =>
    Promise.all(keys.map(async ({ key }) => (await app.team.actorByKey(key).catch(() => null)) !== null));
  const told = async (who: Person) => (await mails(who.email, 0)).filter(({ subject }) => subject === 'API keys of yours were revoked');

  await expect(app.operator.revokeKeys(ops, { teamId: ops.teamId, keyId: one.id, reason })).rejects.toMatchObject({
    code: 'key.not-found',
  });
  await expect(app.operator.revokeKeys(ops, { teamId: ops.teamId, userId: ada.userId, reason })).rejects.toMatchObject({
    code: 'key.not-found',
  });
  await expect(app.operator.revokeKeys(ops, { teamId: 'x', all: true, reason })).rejects.toMatchObject({ code: 'route.unknown' });
  expect(await works(one, two, other)).toEqual([true, true, true]);

  expect(await app.operator.revokeKeys(ops, { teamId, keyId: one.id, reason })).toEqual({ revoked: 1 });
  expect(await works(one, two, other)).toEqual([false, true, true]);
  expect((await app.operator.access(ops, teamId)).keys.map(({ name }) => name)).toEqual(['other', 'two']);

  // Her own team has a key too.
  expect(await app.operator.revokeKeys(ops, { teamId, userId: ada.userId, reason })).toEqual({ revoked: 2 });
  expect(await works(two, { key: ada.apiKey }, other, { key: ben.apiKey })).toEqual([false, false, true, true]);

  expect(await app.operator.revokeKeys(ops, { teamId, all: true, reason })).toEqual({ revoked: 1 });
  expect(await works(other, { key: ben.apiKey })).toEqual([false, true]);
  await mailOf(stage(), ben.email, 'security', 2);
  await mailOf(stage(), ada.email, 'security', 4);
  expect([(await told(ada)).length, (await told(ben)).length]).toEqual([2, 1]);
  const revoked = (await linesOf(teamId)).filter(({ act }) => act === 'keys.revoked-by-operator');
  expect(revoked.map(({ actor, subject, facts }) => [actor, subject, facts.keys, facts.note])).toEqual([
    [`operator:${ops.userId}`, `user:${ada.userId}`, 1, reason],
    [`operator:${ops.userId}`, `user:${ada.userId}`, 1, reason],
    [`operator:${ops.userId}`, `user:${ben.userId}`, 1, reason],
  ]);
});

async function operator(): Promise<Actor> {
  const { core } = stage();
  const email = 'ops@example.com';
  const { userId, teamId } = await core.store.people.addUser({ email, name: 'Ops', emailVerified: true }, core.clock.now());
  await core.store.money.query({ text: 'UPDATE users SET two_factor_enabled = true WHERE id = $1' }, [userId]);
  return loggedIn({ userId, teamId, role: 'owner', email });
}

function inTeam({ userId, email }: Person, teamId: Actor['teamId'], role: Actor['role']): Actor {
  return loggedIn({ userId, email, teamId, role });
}

async function linesOf(teamId: Actor['teamId']) {
  const { rows } = await stage().core.store.money.query<{
    actor: string;
    act: string;
    subject: string;
    facts: { keys?: number; note?: string };
  }>({ text: 'SELECT actor, act, subject, facts FROM audit_entries WHERE team_id = $1 ORDER BY id' }, [teamId]);
  return rows;
}

function newAddress(): string {
  return `10.${randomBytes(3).join('.')}`;
}
