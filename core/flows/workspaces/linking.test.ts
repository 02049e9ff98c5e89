import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { expect, test } from 'vitest';
import type { Speaker } from '#core/domain/chats/speaker.ts';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { Core } from '../runtime/core.ts';

const MINUTE_MS = 60_000;
const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));
const world = () => ({ ...stage(), ...teamStage(stage()) });
const as = ({ userId, teamId }: Actor) => ({ userId, teamId });

/** An account in a Slack workspace of its own, and a link for it. */
async function slackLink(more: { externalId?: string; displayName?: string } = {}) {
  const account = {
    platform: 'slack',
    workspace: `T${newId()}`,
    externalId: `U${newId()}`,
    displayName: 'grace',
    workspaceName: 'Acme',
    ...more,
  };
  const { url, expiresAt } = await world().app.workspaces.makeIdentityLink(account);
  return { account, url, expiresAt, token: url.split('/').at(-1)! };
}

async function workspaceLink(externalId = `T${newId()}`) {
  const { url } = await world().app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId, name: 'Acme HQ', askedBy: 'bo' });
  return { externalId, token: url.split('/').at(-1)! };
}

test('a link from a chat shows both accounts, and links them when its person says yes', async () => {
  const { app, core, owner, mails } = world();
  const ada = await owner('Acme');
  const { account, url, token } = await slackLink();
  expect(url).toMatch(new RegExp(`^${core.settings.publicUrl}/link/[\\w-]{32}$`));
  expect(await app.workspaces.lookAtLink(ada, token)).toEqual({
    kind: 'identity',
    platform: 'slack',
    accountName: 'grace',
    placeName: 'Acme',
    externalId: account.externalId,
    you: { userId: ada.userId, name: 'Ada', email: ada.email },
    team: { id: ada.teamId, name: 'Acme' },
    state: 'free',
    caps: null,
  });
  expect(await app.workspaces.confirmLink(ada, token, as(ada))).toBe('identity');
  expect(await app.workspaces.linkedAccounts(ada)).toMatchObject([
    { platform: 'slack', name: 'grace', externalId: account.externalId, workspace: null },
  ]);
  expect((await mails(ada.email))[0]).toMatchObject({ kind: 'security', text: expect.stringMatching(/\/settings$/m) });
  expect((await app.team.audit(ada, { limit: 1 }))[0]).toMatchObject({
    who: 'Ada',
    words: 'linked the Slack account “grace” to their login',
  });
});

test('looking changes nothing, however often', async () => {
  const { app, owner } = world();
  const ada = await owner();
  const { token } = await slackLink();
  for (let i = 0; i < 3; i++) expect(await app.workspaces.lookAtLink(ada, token)).toMatchObject({ state: 'free' });
  expect(await app.workspaces.linkedAccounts(ada)).toEqual([]);
});

test('a linked account pays from its own team where no workspace does, as a person with a role', async () => {
  const { app, core, person } = world();
  const ada = loggedIn(await person(0));
  const { url } = await app.workspaces.makeIdentityLink({ platform: 'discord', workspace: null, externalId: '998', displayName: 'ada' });
  await app.workspaces.confirmLink(ada, url.split('/').at(-1)!, as(ada));
  const at = () => payerIn(core, { platform: 'discord', workspace: null, space: null, externalId: '998' });
  expect(await at()).toMatchObject({ teamId: ada.teamId, userId: ada.userId, role: 'owner' });
  const [account] = await app.workspaces.linkedAccounts(ada);
  await app.workspaces.unlinkAccount(ada, account!.id);
  expect(await at()).toBeNull();
});

test('a link opens once', async () => {
  const { app, owner } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  const { token } = await slackLink();
  const pressed = await Promise.allSettled([ada, eve, ada, eve].map((who) => app.workspaces.confirmLink(who, token, as(who))));
  expect(pressed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(pressed.filter(({ status }) => status === 'rejected')).toMatchObject(
    Array.from({ length: 3 }, () => ({ reason: { code: 'link-request.over' } })),
  );
  await expect(app.workspaces.lookAtLink(ada, token)).rejects.toMatchObject({ code: 'link-request.over' });
});

test('a link opens for ten minutes, and asking again ends the one before', async () => {
  const { app, core, owner } = world();
  const ada = await owner();
  const first = await slackLink();
  const second = await app.workspaces.makeIdentityLink(first.account);
  await expect(app.workspaces.lookAtLink(ada, first.token)).rejects.toMatchObject({ code: 'link-request.over' });
  const token = second.url.split('/').at(-1)!;
  clock.forward(9 * MINUTE_MS);
  await app.workspaces.lookAtLink(ada, token);
  clock.forward(2 * MINUTE_MS);
  await expect(app.workspaces.lookAtLink(ada, token)).rejects.toMatchObject({ code: 'link-request.over' });
  await expect(app.workspaces.confirmLink(ada, token, as(ada))).rejects.toMatchObject({ code: 'link-request.over' });
  await slackLink();
  const { rows } = await core.store.money.query({ text: 'SELECT 1 FROM link_requests WHERE external_id = $1' }, [first.account.externalId]);
  expect(rows).toEqual([]);
});

test('an account that is linked to somebody else is refused with words, and stays theirs', async () => {
  const { app, owner } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  const { account, token } = await slackLink();
  await app.workspaces.confirmLink(ada, token, as(ada));
  const again = (await app.workspaces.makeIdentityLink(account)).url.split('/').at(-1)!;
  expect(await app.workspaces.lookAtLink(eve, again)).toMatchObject({ state: 'taken' });
  await expect(app.workspaces.confirmLink(eve, again, as(eve))).rejects.toMatchObject({
    code: 'identity.taken',
    sentence: 'This chat account is already linked to another account.',
  });
  expect(await app.workspaces.lookAtLink(ada, again)).toMatchObject({ state: 'yours' });
  await app.workspaces.confirmLink(ada, again, as(ada));
  expect(await app.workspaces.linkedAccounts(ada)).toHaveLength(1);
  expect(await app.workspaces.linkedAccounts(eve)).toEqual([]);
});

test('two people who are sent links for one account at the same time: it is linked to one of them', async () => {
  const { app, core, owner } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  for (let round = 0; round < 10; round++) {
    const { account, token } = await slackLink();
    await Promise.allSettled([app.workspaces.confirmLink(ada, token, as(ada)), app.workspaces.confirmLink(eve, token, as(eve))]);
    const { rows } = await core.store.money.query({ text: 'SELECT user_id FROM identities WHERE external_id = $1' }, [account.externalId]);
    expect(rows).toHaveLength(1);
  }
});

test('nothing is linked when the login or the team is another one than the page showed', async () => {
  const { app, owner, atHome } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  const { token } = await slackLink();
  for (const shown of [as(eve), { ...as(ada), teamId: eve.teamId }, { userId: '', teamId: '' }, as(await atHome(ada))]) {
    await expect(app.workspaces.confirmLink(ada, token, shown)).rejects.toMatchObject({ code: 'link-request.changed' });
  }
  expect(await app.workspaces.lookAtLink(ada, token)).toMatchObject({ state: 'free' });
});

test('names from a chat are cleaned and cut before anybody reads them', async () => {
  const { app, owner } = world();
  const { token } = await slackLink({ displayName: `Ada\n\u202e${'x'.repeat(500)}` });
  const { accountName } = await app.workspaces.lookAtLink(await owner(), token);
  expect(accountName).toMatch(/^Ada x{70,}…$/);
  expect(accountName!.length).toBeLessThanOrEqual(80);
});

test('a workspace is linked to the team by an owner or admin, and its members’ asks are paid by it', async () => {
  const { app, core, owner, joins } = world();
  const ada = await owner('Acme');
  const [admin, member] = [await joins(ada, 'admin'), await joins(ada, 'member')];
  const { externalId, token } = await workspaceLink();
  expect(await app.workspaces.lookAtLink(member, token)).toMatchObject({
    kind: 'workspace',
    placeName: 'Acme HQ',
    accountName: 'bo',
    state: 'forbidden',
  });
  await expect(app.workspaces.confirmLink(member, token, as(member))).rejects.toMatchObject({ code: 'not.allowed' });
  expect(await app.workspaces.lookAtLink(admin, token)).toMatchObject({ state: 'free', team: { name: 'Acme' } });
  expect(await app.workspaces.confirmLink(admin, token, as(admin))).toBe('workspace');
  const payer = () => payerIn(core, { platform: 'slack', workspace: externalId, space: externalId, externalId: 'U1' });
  expect(await payer()).toMatchObject({ teamId: ada.teamId, userId: null, role: null });
  const [workspace] = await app.workspaces.linkedWorkspaces(member);
  expect(workspace).toMatchObject({ platform: 'slack', name: 'Acme HQ', installed: true, people: 0 });
  await expect(app.workspaces.unlinkWorkspace(member, workspace!.id)).rejects.toMatchObject({ code: 'not.allowed' });
  await app.workspaces.unlinkWorkspace(admin, workspace!.id);
  expect(await payer()).toBeNull();
  expect((await app.team.audit(ada, { limit: 2 })).map(({ words }) => words)).toEqual([
    'unlinked “Acme HQ” on Slack from the team',
    'linked “Acme HQ” on Slack to the team',
  ]);
});

test('a workspace of another team is refused with words until it is unlinked there', async () => {
  const { app, owner } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  const { externalId, token } = await workspaceLink();
  await app.workspaces.confirmLink(ada, token, as(ada));
  const again = (await workspaceLink(externalId)).token;
  expect(await app.workspaces.lookAtLink(eve, again)).toMatchObject({ state: 'taken' });
  await expect(app.workspaces.confirmLink(eve, again, as(eve))).rejects.toMatchObject({ code: 'workspace.taken' });
  expect(await app.workspaces.lookAtLink(ada, again)).toMatchObject({ state: 'yours' });
  await app.workspaces.unlinkWorkspace(ada, (await app.workspaces.linkedWorkspaces(ada))[0]!.id);
  await app.workspaces.confirmLink(eve, again, as(eve));
  expect(await app.workspaces.linkedWorkspaces(eve)).toMatchObject([{ name: 'Acme HQ' }]);
});

test('a workspace where the bot was removed can be linked anew, by any team', async () => {
  const { app, core, owner } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  const { externalId, token } = await workspaceLink();
  await app.workspaces.confirmLink(ada, token, as(ada));
  await core.store.money.query({ text: 'UPDATE workspaces SET uninstalled_at = now() WHERE external_id = $1' }, [externalId]);
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ installed: false }]);
  const again = (await workspaceLink(externalId)).token;
  expect(await app.workspaces.lookAtLink(eve, again)).toMatchObject({ state: 'free' });
  await app.workspaces.confirmLink(eve, again, as(eve));
  expect(await app.workspaces.linkedWorkspaces(ada)).toEqual([]);
});

test('a workspace counts the members whose accounts are linked there', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const grace = await joins(ada, 'member');
  const { externalId, token } = await workspaceLink();
  await app.workspaces.confirmLink(ada, token, as(ada));
  const { url } = await app.workspaces.makeIdentityLink({
    platform: 'slack',
    workspace: externalId,
    externalId: 'U7',
    displayName: 'grace',
  });
  await app.workspaces.confirmLink(grace, url.split('/').at(-1)!, as(grace));
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ people: 1 }]);
  expect(await app.workspaces.linkedAccounts(grace)).toMatchObject([{ name: 'grace', workspace: 'Acme HQ' }]);
});

test('somebody else’s accounts and workspaces are unknown, as are ids and links that are none', async () => {
  const { app, owner } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  await app.workspaces.confirmLink(ada, (await slackLink()).token, as(ada));
  await app.workspaces.confirmLink(ada, (await workspaceLink()).token, as(ada));
  const [account, workspace] = [(await app.workspaces.linkedAccounts(ada))[0]!, (await app.workspaces.linkedWorkspaces(ada))[0]!];
  for (const id of [account.id, newId(), 'no-id'])
    await expect(app.workspaces.unlinkAccount(eve, id)).rejects.toMatchObject({ code: 'identity.not-found' });
  for (const id of [workspace.id, newId(), 'no-id'])
    await expect(app.workspaces.unlinkWorkspace(eve, id)).rejects.toMatchObject({ code: 'workspace.not-found' });
  for (const token of ['', 'x', 'A'.repeat(32), '\u0000'])
    await expect(app.workspaces.lookAtLink(eve, token)).rejects.toMatchObject({ code: 'link-request.over' });
});

/** Who pays for what somebody asks there. */
async function payerIn({ store }: Core, who: Pick<Speaker, 'platform' | 'workspace' | 'space' | 'externalId'>) {
  const speaker = { ...who, name: 'Ada', isGuest: false, isOutsider: false, administers: false, roles: [] };
  return (await store.chats.look({ speaker, channel: null, threadRef: null, key: newId(), twin: null })).payer;
}
