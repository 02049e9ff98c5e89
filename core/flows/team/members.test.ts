import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { roles, type Role } from '#core/domain/team/permission.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';

const stage = forAll(() => openStage());
const world = () => ({ ...stage(), ...teamStage(stage()) });

test('a new team has a wallet without credits and its maker as owner, besides their own team', async () => {
  const { app, person } = world();
  const ada = await person(50);
  const { teamId } = await app.team.make(ada, '  Acme  Marketing ');
  const inIt = { ...ada, teamId, role: 'owner' as const };
  expect(await app.team.get(inIt)).toMatchObject({ id: teamId, name: 'Acme Marketing', personal: false, gives: roles });
  expect(await app.credits.balance(inIt)).toMatchObject({ available: '0', inUse: '0' });
  expect(await app.credits.balance(ada)).toMatchObject({ available: '50000000' });
  expect(await app.team.members(inIt)).toMatchObject([{ name: 'Ada', email: ada.email, role: 'owner', you: true, canGo: false }]);
});

test('a name that is none makes no team, and of teams made at once only as many as one person may have', async () => {
  const { app, person } = world();
  const ada = await person(0);
  await expect(app.team.make(ada, ' ')).rejects.toMatchObject({ code: 'request.invalid' });
  // As many at once as there are connections for it: who does not get one in time is refused for that.
  const makeThree = () => Promise.allSettled(['One', 'Another', 'A third'].map((name) => app.team.make(ada, name)));
  for (let i = 0; i < 6; i++) expect((await makeThree()).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  const made = await makeThree();
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(refused).toMatchObject(Array(2).fill({ code: 'teams.too-many', facts: { most: 20 } }));
  await expect(app.team.make(ada, 'One more')).rejects.toMatchObject({ code: 'teams.too-many' });
});

test('renaming is for owners and admins', async () => {
  const { app, owner, joins } = world();
  const ada = await owner('Acme');
  const [admin, member] = [await joins(ada, 'admin'), await joins(ada, 'member')];
  await app.team.rename(admin, 'Acme & Co');
  await expect(app.team.rename(member, 'Mine')).rejects.toMatchObject({ code: 'not.allowed' });
  expect(await app.team.get(member)).toMatchObject({ name: 'Acme & Co', gives: [] });
});

test('the list of members says who is what, since when, who spent what this month, and what the reader may do', async () => {
  const { app, person } = world();
  const ada = await person(500);
  await ada.get('find me 3 leads');
  const [own] = await app.team.members(ada);
  expect(own).toMatchObject({ name: 'Ada', role: 'owner', spent: '3000000', you: true, canBecome: [], canGo: false, identities: [] });
  expect(Date.parse(own!.since)).toBeLessThanOrEqual(Date.now());
});

test('only accounts in chats of this team are shown to it', async () => {
  const { app, core, owner, joins } = world();
  const ada = await owner();
  const grace = await joins(ada, 'member');
  const account = (platform: string, space: string, name: string) =>
    core.store.money.query(
      { text: 'INSERT INTO identities (id, platform, space, external_id, display_name, user_id) VALUES ($1, $2, $3, $4, $5, $6)' },
      [newId(), platform, space, newId(), name, grace.userId],
    );
  const workspace = newId();
  await core.store.money.query(
    { text: `INSERT INTO workspaces (id, platform, external_id, team_id, name) VALUES ($1, 'slack', $3, $2, 'Acme')` },
    [newId(), ada.teamId, workspace],
  );
  await account('slack', workspace, 'grace');
  await account('slack', 'T-elsewhere', 'grace at her other job');
  await account('discord', '', 'gracie');
  const members = await app.team.members(ada);
  expect(members.map(({ identities }) => identities)).toEqual([[], [{ platform: 'slack', name: 'grace' }]]);
});

test('an owner gives any role, and its person can do from then on what it allows', async () => {
  const { app, owner, joins, people } = world();
  const ada = await owner();
  const grace = await joins(ada, 'guest');
  const [, member] = await app.team.members(ada);
  expect(member!.canBecome).toEqual(['owner', 'admin', 'billing', 'approver', 'member']);
  for (const role of ['billing', 'owner'] as const) await app.team.changeRole(ada, member!.id, role);
  expect(await people(ada)).toEqual(['Ada: owner', 'Grace: owner']);
  expect((await app.team.members({ ...grace, role: 'owner' }))[0]).toMatchObject({ canGo: true });
});

test('an admin gives and takes what is below owner, and touches no owner', async () => {
  const { app, owner, joins, people } = world();
  const ada = await owner();
  const [admin, grace] = [await joins(ada, 'admin'), await joins(ada, 'member')];
  const [first, self, third] = await app.team.members(admin);
  expect(first).toMatchObject({ canBecome: [], canGo: false });
  expect(third).toMatchObject({ canBecome: ['admin', 'billing', 'approver', 'guest'], canGo: true });
  await expect(app.team.changeRole(admin, first!.id, 'member')).rejects.toMatchObject({ code: 'role.above' });
  await expect(app.team.removeMember(admin, first!.id)).rejects.toMatchObject({ code: 'role.above' });
  await expect(app.team.changeRole(admin, third!.id, 'owner')).rejects.toMatchObject({ code: 'role.above' });
  await expect(app.team.changeRole(admin, self!.id, 'owner')).rejects.toMatchObject({ code: 'role.above' });
  await expect(app.team.changeRole(admin, third!.id, 'king')).rejects.toMatchObject({ code: 'request.invalid' });
  await app.team.changeRole(admin, third!.id, 'approver');
  await app.team.removeMember(admin, third!.id);
  expect(await people(ada)).toEqual(['Ada: owner', 'Grace: admin']);
  expect(await app.team.actorByKey(grace.apiKey)).not.toBeNull(); // of her own team
});

test.each(['billing', 'approver', 'member', 'guest'] as const)('who is %s manages nobody, and may leave', async (role) => {
  const { app, owner, joins, people } = world();
  const ada = await owner();
  const [grace, other] = [await joins(ada, role), await joins(ada, 'guest')];
  const members = await app.team.members(ada);
  for (const { id } of members) {
    await expect(app.team.changeRole(grace, id, 'guest')).rejects.toMatchObject({ code: 'not.allowed' });
    await expect(app.team.removeMember(grace, id)).rejects.toMatchObject({ code: 'not.allowed' });
  }
  await expect(app.team.invite(grace, { email: 'eve@example.com', role: 'guest' })).rejects.toMatchObject({ code: 'not.allowed' });
  await app.team.leave(grace);
  await app.team.leave(other);
  expect(await people(ada)).toEqual(['Ada: owner']);
  await expect(app.team.leave(grace)).rejects.toMatchObject({ code: 'not.allowed' });
});

test('a role that was taken a moment ago is not used any more, whatever a page remembers', async () => {
  const { app, owner, joins, people } = world();
  const ada = await owner();
  const [admin, grace] = [await joins(ada, 'admin'), await joins(ada, 'member')];
  const [, second, third] = await app.team.members(ada);
  await app.team.changeRole(ada, second!.id, 'member');
  await expect(app.team.removeMember(admin, third!.id)).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.team.invite(admin, { email: 'eve@example.com', role: 'admin' })).rejects.toMatchObject({ code: 'not.allowed' });
  await app.team.removeMember(ada, second!.id);
  await expect(app.team.changeRole(admin, third!.id, 'guest')).rejects.toMatchObject({ code: 'not.allowed' });
  expect(await people(grace)).toEqual(['Ada: owner', 'Grace: member']);
});

test('somebody else’s members are unknown, as are ids that are none', async () => {
  const { app, owner, joins } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  await joins(ada, 'member');
  const [, grace] = await app.team.members(ada);
  for (const id of [grace!.id, newId(), 'no-id', '']) {
    await expect(app.team.changeRole(eve, id, 'guest')).rejects.toMatchObject({ code: 'member.not-found' });
    await expect(app.team.removeMember(eve, id)).rejects.toMatchObject({ code: 'member.not-found' });
  }
});

test('the last owner stays, and so does the person of a personal team among other owners', async () => {
  const { app, person, owner, joins, people } = world();
  const ada = await owner();
  await joins(ada, 'admin');
  const [own] = await app.team.members(ada);
  await expect(app.team.leave(ada)).rejects.toMatchObject({ code: 'owner.last' });
  await expect(app.team.changeRole(ada, own!.id, 'admin')).rejects.toMatchObject({ code: 'owner.last' });

  const home = loggedIn(await person(0));
  const grace = await joins(home, 'owner');
  const [his] = await app.team.members(home);
  await expect(app.team.leave(home)).rejects.toMatchObject({ code: 'owner.personal' });
  await expect(app.team.changeRole(grace, his!.id, 'guest')).rejects.toMatchObject({ code: 'owner.personal' });
  await expect(app.team.removeMember(grace, his!.id)).rejects.toMatchObject({ code: 'owner.personal' });
  await app.team.leave(grace);
  expect(await people(home)).toEqual(['Ada: owner']);
});

test('of two owners who leave at the same time, one stays', async () => {
  const { app, owner, joins, people } = world();
  for (let round = 0; round < 15; round++) {
    const ada = await owner();
    const grace = await joins(ada, 'owner');
    const left = await Promise.allSettled([app.team.leave(ada), app.team.leave(grace)]);
    const no = left.filter((each) => each.status === 'rejected');
    expect(no).toMatchObject([{ reason: { code: 'owner.last' } }]);
    expect(await people(ada)).toHaveLength(1);
  }
});

test('of two owners who unmake each other at the same time, one is owner afterwards', async () => {
  const { app, owner, joins, people } = world();
  for (let round = 0; round < 15; round++) {
    const ada = await owner();
    const grace = await joins(ada, 'owner');
    const [first, second] = await app.team.members(ada);
    await Promise.allSettled([app.team.changeRole(ada, second!.id, 'member'), app.team.changeRole(grace, first!.id, 'member')]);
    expect((await people(ada)).filter((each) => each.endsWith('owner'))).toHaveLength(1);
  }
});

test('who is removed loses keys, sessions and invitations of this team in the same moment, and nothing elsewhere', async () => {
  const { app, core, owner, joins, atHome } = world();
  const ada = await owner();
  const grace = await joins(ada, 'admin');
  const { key } = await app.team.makeApiKey(grace, 'script');
  await app.team.invite(grace, { email: `friend-${newId()}@example.com`, role: 'admin' });
  const told = vi.fn();
  const stop = core.store.wakeups.on('session', told);
  const [, member] = await app.team.members(ada);
  await app.team.removeMember(ada, member!.id);
  expect(await app.team.actorByKey(key)).toBeNull();
  expect(await app.team.invitations(ada)).toEqual([]);
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith(grace.userId));
  stop();
  expect(await app.team.actorByKey(grace.apiKey)).toMatchObject({ userId: grace.userId });
  expect(await app.team.apiKeys(await atHome(grace))).toHaveLength(1);
  const { rows } = await core.store.money.query({ text: 'SELECT revoked_at IS NOT NULL AS revoked FROM api_keys WHERE team_id = $1' }, [
    ada.teamId,
  ]);
  expect(rows).toEqual([{ revoked: true }]);

  // Who comes back gets no old key back.
  await app.team.invite(ada, { email: grace.email, role: 'member' });
  await app.team.acceptInvitation(grace, await world().invitationFor(grace.email));
  expect(await app.team.actorByKey(key)).toBeNull();
});

test('who is made less takes back the invitations they could not send any more', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const grace = await joins(ada, 'owner');
  const invite = (role: Role) => app.team.invite(grace, { email: `${role}-${newId()}@example.com`, role });
  for (const role of ['owner', 'admin', 'member'] as const) await invite(role);
  const [, member] = await app.team.members(ada);
  const open = async () => (await app.team.invitations(ada)).map(({ role }) => role).toSorted();
  await app.team.changeRole(ada, member!.id, 'admin');
  expect(await open()).toEqual(['admin', 'member']);
  await app.team.changeRole(ada, member!.id, 'member');
  expect(await open()).toEqual([]);
});

test('the database itself keeps the last owner and the person of a personal team, and lets go what is erased whole', async () => {
  const { core, owner, joins, person, atHome } = world();
  const run = (text: string, values: unknown[]) => core.store.money.query({ text }, values);
  const ada = await owner();
  const grace = await joins(ada, 'owner');
  await run('DELETE FROM members WHERE team_id = $1 AND user_id = $2', [ada.teamId, grace.userId]);
  for (const text of ['DELETE FROM members WHERE team_id = $1', "UPDATE members SET role = 'guest' WHERE team_id = $1"]) {
    await expect(run(text, [ada.teamId])).rejects.toMatchObject({ constraint: 'team_last_owner' });
  }
  const home = await atHome(ada);
  const other = await joins(home, 'owner');
  await expect(
    run("UPDATE members SET role = 'guest' WHERE team_id = $1 AND user_id = $2", [home.teamId, ada.userId]),
  ).rejects.toMatchObject({
    constraint: 'team_personal_owner',
  });
  await expect(
    run('UPDATE members SET user_id = $3 WHERE team_id = $1 AND user_id = $2', [home.teamId, ada.userId, newId()]),
  ).rejects.toThrow();
  expect(other.teamId).toBe(home.teamId);

  await run('UPDATE teams SET erased_at = now() WHERE id = $1', [ada.teamId]);
  await run('DELETE FROM members WHERE team_id = $1', [ada.teamId]);
  const alone = await person(0);
  await run('DELETE FROM users WHERE id = $1', [alone.userId]);
});

test('two owners whose rows are deleted by two transactions at the same time: the second one is refused', async () => {
  const { core, owner, joins, people } = world();
  const ada = await owner();
  const grace = await joins(ada, 'owner');
  let second: Promise<unknown> | undefined;
  await core.store.money.transaction(async (client) => {
    await client.query('DELETE FROM members WHERE team_id = $1 AND user_id = $2', [ada.teamId, ada.userId]);
    // It waits for our lock of the team.
    second = core.store.money.query({ text: 'DELETE FROM members WHERE team_id = $1 AND user_id = $2' }, [ada.teamId, grace.userId]);
    second.catch(() => undefined);
    await vi.waitFor(async () => {
      const { rows } = await core.store.money.query(
        { text: "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'" },
        [],
      );
      if (rows.length === 0) throw new Error('nobody waits');
    });
  });
  await expect(second).rejects.toMatchObject({ constraint: 'team_last_owner' });
  expect(await people(ada)).toEqual(['Grace: owner']);
});
