// The pages about a team, as a browser without JavaScript uses them.

import { describe, expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { roles, type Role } from '#core/domain/team/permission.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ portal: true, settings: proxied }));
const world = () => ({ ...stage(), ...teamStage(stage()) });

describe('a team, from its beginning', () => {
  test('somebody makes a team, invites a colleague by mail, who signs up with that address and joins', async () => {
    const { mails } = stage();
    const ada = await somebody();
    const grace = newcomer();
    expect(await ada.post('/team', { intent: 'make', name: 'Acme' })).toMatchObject({ status: 302, to: '/team?done=made' });
    expect(await ada.page('/team')).toContain('You are an owner.');
    expect(await ada.post('/team', { intent: 'invite', email: grace.email, role: 'approver' })).toMatchObject({ to: '/team?done=invited' });
    expect(await ada.page('/team?done=invited')).toContain('Invitation sent.');

    const invitation = (await mails(grace.email)).find(({ kind }) => kind === 'invitation')!;
    const path = new URL(linkIn(invitation)).pathname;
    const seen = await grace.page(path);
    expect(seen).toContain('Join Acme');
    expect(seen).toContain(`href="/login?next=${encodeURIComponent(path)}"`);
    expect(seen).not.toContain(grace.email);
    expect(await grace.post(path, { intent: 'accept' })).toMatchObject({ to: `/login?next=${encodeURIComponent(path)}` });

    await grace.signUp(grace.email);
    expect(await grace.page(path)).toContain(`You are logged in as <!-- -->${grace.email}`);
    expect(await grace.post(path, { intent: 'accept' })).toMatchObject({ to: '/team?done=joined' });
    const team = await grace.page('/team?done=joined');
    expect(team).toContain('Welcome to the team.');
    expect(team).toContain('You are an approver.');
    expect((await grace.fetch(path)).status).toBe(410);
  });

  test('who opens somebody else’s invitation is told, without the address, and cannot join', async () => {
    const { app, invitationFor } = world();
    const ada = await somebody();
    const eve = await somebody();
    const email = `grace-${newId()}@example.com`;
    await app.team.invite(await ada.actor(), { email, role: 'admin' });
    const path = `/invitations/${await invitationFor(email)}`;
    const seen = await eve.page(path);
    expect(seen).toContain('This invitation was sent to a different email address');
    expect(seen).not.toContain(email);
    const refused = await eve.post(path, { intent: 'accept' });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('This invitation is for g•••@example.com');
  });

  test('an invitation is declined without a login, and then over', async () => {
    const { app, invitationFor } = world();
    const ada = await somebody();
    const email = `grace-${newId()}@example.com`;
    await app.team.invite(await ada.actor(), { email, role: 'guest' });
    const path = `/invitations/${await invitationFor(email)}`;
    const stranger = newcomer();
    expect(await stranger.post(path, { intent: 'decline' })).toMatchObject({ to: `${path}?declined` });
    expect(await stranger.page(`${path}?declined`)).toContain('Invitation declined.');
    expect(await stranger.page(path, 410)).toContain('This invitation was declined.');
    expect(await stranger.page('/invitations/never-was', 410)).toContain('This invitation is invalid');
  });

  test('what is refused is said beside the form, with what was typed', async () => {
    const ada = await somebody();
    const wrong = await ada.post('/team', { intent: 'invite', email: 'grace@', role: 'member' });
    expect([wrong.status, wrong.text.includes('is not an email address')]).toEqual([400, true]);
    const nameless = await ada.post('/team', { intent: 'make', name: ' ' });
    expect([nameless.status, nameless.text.includes('is missing')]).toEqual([400, true]);
    const own = await ada.post('/team', { intent: 'leave' });
    expect([own.status, own.text.includes('You always own your personal team')]).toEqual([409, true]);
  });

  test('an owner changes a role, takes somebody out, and who was out is in their own team', async () => {
    const { app, people } = world();
    const ada = await somebody();
    const grace = await joined(ada, 'member');
    const [, member] = await app.team.members(await ada.actor());
    expect(await ada.post('/team', { intent: `role ${member!.id}`, id: member!.id, role: 'billing' })).toMatchObject({
      to: '/team?done=role',
    });
    expect(await grace.page('/team')).toContain('You are a billing manager.');
    expect(await ada.post('/team', { intent: `remove ${member!.id}`, id: member!.id })).toMatchObject({ to: '/team?done=removed' });
    expect(await people(await ada.actor())).toEqual(['Ada: owner']);
    expect(await grace.page('/team')).toContain('your personal team');
    const again = await ada.post('/team', { intent: `remove ${member!.id}`, id: member!.id });
    expect([again.status, again.text.includes('Member not found in your team.')]).toEqual([404, true]);
  });

  test('what a member watches ends when they are removed, in the portal and with a key, and a colleague watches on', async () => {
    const { app, url } = stage();
    const ada = await somebody();
    const [grace, bo] = [await joined(ada, 'member'), await joined(ada, 'member')];
    const { key } = await app.team.makeApiKey(await grace.actor(), 'script');
    const pages = await Promise.all([grace, bo].map((person) => person.fetch('/api/events')));
    const program = await fetch(`${url}/api/events`, { headers: { Authorization: `Bearer ${key}` } });
    expect([...pages, program].map(({ status }) => status)).toEqual([200, 200, 200]);
    const member = (await app.team.members(await ada.actor())).find(({ email }) => email === grace.email)!;
    await ada.post('/team', { intent: `remove ${member.id}`, id: member.id });
    expect(await Promise.all([pages[0]!.text(), program.text()])).toEqual([
      expect.stringMatching(/^retry: /),
      expect.stringMatching(/^retry: /),
    ]);
    const reader = pages[1]!.body!.getReader();
    await reader.read();
    const next = await Promise.race([
      reader.read().then(({ done }) => (done ? 'ended' : 'goes on')),
      bo.page('/team').then(() => 'goes on'),
    ]);
    expect(next).toBe('goes on');
    await reader.cancel();
  });

  test('a person goes from one of their teams to another', async () => {
    const ada = await somebody();
    const home = (await ada.actor()).teamId;
    await ada.post('/team', { intent: 'make', name: 'Second' });
    expect(await ada.page('/team')).toContain('<h1 class="text-3xl font-semibold wrap-anywhere">Second</h1>');
    expect(await ada.post('/team', { intent: `switch ${home}`, team: home })).toMatchObject({ to: '/team?done=switched' });
    expect((await ada.actor()).teamId).toBe(home);
    const stranger = await somebody();
    expect((await ada.post('/team', { intent: 'switch x', team: (await stranger.actor()).teamId })).status).toBe(404);
  });
});

describe('keys', () => {
  test('a new key is on the page that answers the form, and on no other', async () => {
    const ada = await somebody();
    const made = await ada.post('/team/keys', { intent: 'make', name: 'Nightly report' });
    const key = /imp_[\w-]{32}/.exec(made.text)![0];
    expect(await stage().app.team.actorByKey(key)).toMatchObject({ email: ada.email });
    const page = await ada.page('/team/keys');
    expect(page).toContain('Nightly report');
    expect(page).toContain('Expires in 90 days');
    await ada.post('/team/keys', { intent: 'make', name: 'Report', scope: 'read-only', lifetime: '30' });
    expect(await ada.page('/team/keys')).toMatch(/Report.*Read-only.*Expires in 30 days/s);
    expect((await ada.post('/team/keys', { intent: 'make', name: 'Report', lifetime: '31' })).status).toBe(400);
    const [report] = await stage().app.team.apiKeys(await ada.actor());
    await stage().app.team.revokeApiKey(await ada.actor(), report!.id);
    expect(page).not.toContain(key);
    const { id } = (await stage().app.team.apiKeys(await ada.actor()))[0]!;
    expect(await ada.post('/team/keys', { intent: `revoke ${id}`, id })).toMatchObject({ to: '/team/keys?done=key-revoked' });
    expect(await stage().app.team.actorByKey(key)).toBeNull();
    expect(await ada.page('/team/keys')).toContain('No keys yet');
  });

  test('somebody else’s key cannot be revoked by its id', async () => {
    const [ada, eve] = [await somebody(), await somebody()];
    const { id } = await stage().app.team.makeApiKey(await ada.actor(), 'hers');
    expect((await eve.post('/team/keys', { intent: `revoke ${id}`, id })).status).toBe(404);
    expect(await stage().app.team.apiKeys(await ada.actor())).toHaveLength(1);
  });
});

describe('the audit log', () => {
  test('shows who did what, by person and kind, page by page, and as a table without formulas', async () => {
    const ada = await somebody();
    await ada.post('/team', { intent: 'make', name: '=HYPERLINK(1)' });
    for (let i = 0; i < 52; i++) await stage().app.team.rename(await ada.actor(), `Name ${i}`);
    const page = await ada.page('/team/audit');
    expect(page).toContain('renamed the team from “Name 50” to “Name 51”');
    const older = /href="(\/team\/audit\?before=\d+)"/.exec(page)![1]!;
    expect(await ada.page(older)).toContain('created the team “=HYPERLINK(1)”');
    expect(await ada.page('/team/audit?act=team.made')).not.toContain('renamed the team');
    expect(await ada.page(`/team/audit?person=${newId()}`)).toContain('No matching entries');
    const table = await ada.fetch('/team/audit.csv?act=team.made');
    expect(table.headers.get('content-disposition')).toMatch(/attachment; filename="?audit-log-/);
    expect((await table.text()).split('\n').slice(0, 2)).toEqual([
      '"When","Who","What"',
      expect.stringMatching(/^".*","Ada","created the team “=HYPERLINK/),
    ]);
  });

  test('a cell that would be a formula is text', async () => {
    const { core, app } = stage();
    const ada = await somebody();
    await core.store.money.query({ text: `UPDATE users SET name = '=cmd|calc' WHERE email = $1` }, [ada.email]);
    await app.team.make(await ada.actor(), 'Second');
    await ada.post('/team', { intent: 'make', name: 'Third' });
    expect(await (await ada.fetch('/team/audit.csv')).text()).toContain(`"'=cmd|calc"`);
  });
});

describe('links from chats', () => {
  test('the page shows both sides, changes nothing until yes is pressed, and works once', async () => {
    const { app } = stage();
    const ada = await somebody();
    const { url } = await app.workspaces.makeIdentityLink({
      platform: 'slack',
      workspace: 'T1',
      externalId: 'U1',
      displayName: '<b>mallory</b>',
      workspaceName: 'Acme HQ',
    });
    const path = new URL(url).pathname;
    const page = await ada.page(path);
    for (const words of ['&lt;b&gt;mallory&lt;/b&gt;', 'Acme HQ', 'U1', ada.email]) expect(page).toContain(words);
    expect(await app.workspaces.linkedAccounts(await ada.actor())).toEqual([]);
    const { userId, teamId } = await ada.actor();
    expect(await ada.post(path, { intent: 'confirm', user: userId, team: teamId })).toMatchObject({
      to: '/team/workspaces?done=account-linked',
    });
    const chats = await ada.page('/team/workspaces?done=account-linked');
    expect(chats).toContain('The account is linked to your login.');
    expect(await ada.page(path, 410)).toContain('This link was already used');
    const [account] = await app.workspaces.linkedAccounts(await ada.actor());
    expect(await ada.post('/team/workspaces', { intent: `account ${account!.id}`, id: account!.id })).toMatchObject({
      to: '/team/workspaces?done=account-unlinked',
    });
  });

  test('a form of another site, or one of another person’s page, links nothing', async () => {
    const { app } = stage();
    const [ada, eve] = [await somebody(), await somebody()];
    const { url } = await app.workspaces.makeIdentityLink({
      platform: 'slack',
      workspace: 'T1',
      externalId: newId(),
      displayName: 'mallory',
    });
    const path = new URL(url).pathname;
    const [hers, his] = [await ada.actor(), await eve.actor()];
    const foreign = await ada.post(path, { intent: 'confirm', user: hers.userId, team: hers.teamId }, { Origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const mixed = await ada.post(path, { intent: 'confirm', user: his.userId, team: his.teamId });
    expect([mixed.status, mixed.text.includes('nothing was linked')]).toEqual([409, true]);
    expect(await app.workspaces.linkedAccounts(hers)).toEqual([]);
  });

  test('a stranger logs in first, and comes back to the link', async () => {
    const { url } = await stage().app.workspaces.makeIdentityLink({
      platform: 'slack',
      workspace: 'T1',
      externalId: newId(),
      displayName: 'ada',
    });
    const path = new URL(url).pathname;
    const answer = await newcomer().fetch(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `/login?next=${encodeURIComponent(path)}`]);
  });

  test('a member who may not link a workspace sees who may, and can choose a team where they may', async () => {
    const { app } = stage();
    const ada = await somebody();
    const grace = await joined(ada, 'member');
    const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: newId(), name: 'Acme HQ' });
    const path = new URL(url).pathname;
    expect(await grace.page(path)).toContain('Only owners and admins of the team can link workspaces.');
    const { userId, teamId } = await grace.actor();
    expect((await grace.post(path, { intent: 'confirm', user: userId, team: teamId })).status).toBe(403);
    const home = (await app.accounts.teamsOf(await grace.actor())).find(({ personal }) => personal)!;
    expect(await grace.post(path, { intent: 'switch', team: home.teamId })).toMatchObject({ to: path });
    expect(await grace.post(path, { intent: 'confirm', user: userId, team: home.teamId })).toMatchObject({
      to: '/team/workspaces?done=workspace-linked',
    });
    expect(await grace.page('/team/workspaces')).toContain('Acme HQ');
    expect(await ada.page('/team/workspaces')).toContain('No workspace is linked yet');
  });
});

describe('limits of a workspace', () => {
  test('the page behind a link shows what may be spent there in a day, and links with what was typed', async () => {
    const { app } = stage();
    const ada = await somebody();
    const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: newId(), name: 'Acme HQ' });
    const path = new URL(url).pathname;
    const page = await ada.page(path);
    expect(page).toMatch(/name="personPerDay"[^>]*value="100"/);
    expect(page).toMatch(/name="workspacePerDay"[^>]*value="500"/);
    const { userId, teamId } = await ada.actor();
    const form = { intent: 'confirm', kind: 'workspace', user: userId, team: teamId };
    const wrong = await ada.post(path, { ...form, personPerDay: 'lots', workspacePerDay: '500' });
    expect([wrong.status, wrong.text.includes('Enter an amount of credits, such as 100 or 2.5')]).toEqual([400, true]);
    expect(await ada.post(path, { ...form, personPerDay: '25.5', workspacePerDay: '' })).toMatchObject({
      to: '/team/workspaces?done=workspace-linked',
    });
    const chats = await ada.page('/team/workspaces');
    expect(chats).toContain('Daily limits in credits: 25.5 per person');
    expect(await ada.page('/credits/limits')).toContain('Each person in a workspace: Acme HQ in Slack');
  });

  test('an owner changes the limits and allows guests; a member sees them and changes nothing', async () => {
    const { app } = stage();
    const ada = await somebody();
    await ada.post('/team', { intent: 'make', name: 'Acme' });
    const grace = await joined(ada, 'member');
    const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'discord', externalId: newId(), name: 'Acme Guild' });
    const { userId, teamId } = await ada.actor();
    await ada.post(new URL(url).pathname, { intent: 'confirm', user: userId, team: teamId });
    const { id } = (await app.workspaces.linkedWorkspaces(await ada.actor()))[0]!;
    const change = { intent: `change ${id}`, id, personPerDay: '10', workspacePerDay: '50', guests: 'on' };
    expect((await grace.post('/team/workspaces', change)).status).toBe(403);
    expect(await grace.page('/team/workspaces')).not.toContain('name="personPerDay"');
    expect(await ada.post('/team/workspaces', change)).toMatchObject({ to: '/team/workspaces?done=workspace-saved' });
    for (const someone of [ada, grace]) {
      const page = await someone.page('/team/workspaces');
      expect(page).toContain('Daily limits in credits: 10 per person, 50 in total');
      expect(page).toContain('Guests allowed');
    }
    const { guests: _, ...without } = change;
    await ada.post('/team/workspaces', without);
    expect(await ada.page('/team/workspaces')).not.toContain('Guests allowed');
  });

  test('an owner lists the channels where people can ask; a member sees that there is a list, and not its channels', async () => {
    const { app } = stage();
    const ada = await somebody();
    await ada.post('/team', { intent: 'make', name: 'Acme' });
    const grace = await joined(ada, 'member');
    const workspace = newId();
    const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: workspace, name: 'Acme HQ' });
    const { userId, teamId } = await ada.actor();
    await ada.post(new URL(url).pathname, { intent: 'confirm', user: userId, team: teamId });
    const ref = `slack:${workspace}:C1`;
    await app.workspaces.placeNamed({ ref, platform: 'slack', workspace, kind: 'channel', name: '#board-room', private: true });
    const { id } = (await app.workspaces.linkedWorkspaces(await ada.actor()))[0]!;
    const change = { intent: `places ${id}`, id, listed: 'yes', direct: 'on', shown: ref, open: ref };
    expect((await grace.post('/team/workspaces', change)).status).toBe(403);
    expect(await ada.page('/team/workspaces')).toContain('#board-room');
    expect(await ada.post('/team/workspaces', change)).toMatchObject({ to: '/team/workspaces?done=workspace-saved' });
    expect(await ada.page('/team/workspaces')).toMatch(/Only in 1 listed channel[^]*name="open"[^>]*checked/);
    const seen = await grace.page('/team/workspaces');
    expect([seen.includes('Only in 1 listed channel'), seen.includes('board-room')]).toEqual([true, false]);
  });
});

describe('who sees what', () => {
  const pages = {
    '/team': roles,
    '/team/keys': ['owner', 'admin', 'billing', 'approver', 'member'],
    '/team/workspaces': ['owner', 'admin', 'billing', 'approver', 'member'],
    '/team/audit': ['owner', 'admin'],
    '/team/audit.csv': ['owner', 'admin'],
  } as const satisfies Record<string, readonly Role[]>;

  test.each(roles)('a person who is %s', async (role) => {
    const ada = await somebody();
    const someone = role === 'owner' ? ada : await joined(ada, role);
    for (const [path, allowed] of Object.entries(pages)) {
      const { status } = await someone.fetch(path);
      expect([path, status]).toEqual([path, (allowed as readonly Role[]).includes(role) ? 200 : 403]);
    }
    const page = await someone.page('/team');
    expect(page.includes('Send invitation')).toBe(role === 'owner' || role === 'admin');
    expect(page.includes('href="/team/audit"')).toBe(role === 'owner' || role === 'admin');
    // Whoever may not see the list of members sees nobody's address.
    expect(page.includes(ada.email)).toBe(role !== 'guest');
  });

  test('strangers see none of it', async () => {
    const stranger = newcomer();
    for (const path of Object.keys(pages)) {
      const answer = await stranger.fetch(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([302, `/login?next=${encodeURIComponent(path)}`]);
    }
  });
});

const newcomer = () => portalVisitor(stage());

/** Signed up and logged in, in their own team. */
async function somebody(): Promise<PortalVisitor> {
  const person = newcomer();
  await person.signUp(person.email);
  return person;
}

/** PortalVisitor in the team of this one, and looking at it. */
async function joined(owner: PortalVisitor, role: Role): Promise<PortalVisitor> {
  const { app, invitationFor } = world();
  const person = await somebody();
  await app.team.invite(await owner.actor(), { email: person.email, role });
  await person.post(`/invitations/${await invitationFor(person.email)}`, { intent: 'accept' });
  return person;
}
