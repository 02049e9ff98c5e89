// Every change of what somebody logs in with, against everything else that acts in their name.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Change } from '#core/ports/auth.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, twoFactorOf, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';
import { shutsOut } from './shut-out.ts';
import type { Actor } from '#core/domain/actor.ts';

const stage = forAll(() => openStage({ settings: proxied }));

interface World {
  readonly ada: Visitor;
  readonly email: string;
}

/** Makes the change in Ada's browser; answers where its notice goes. */
const changes: Readonly<Record<Change['what'], (world: World) => Promise<unknown>>> = {
  // Whatever is said of other sessions.
  'password-changed': ({ ada }) =>
    ada.auth('/change-password', { currentPassword: PASSWORD, newPassword: 'an even better one', revokeOtherSessions: false }),
  async 'password-reset'({ ada, email }) {
    await ada.auth('/request-password-reset', { email });
    await ada.auth('/reset-password', { token: tokenIn(await mailOf(stage(), email, 'reset')), newPassword: 'an even better one' });
  },
  async 'mail-changed'({ ada, email }) {
    const newEmail = `new-${email}`;
    await ada.auth('/new-address', { newEmail, password: PASSWORD });
    await ada.askAsPage('/new-address/confirm', { token: tokenIn(await mailOf(stage(), newEmail, 'new-address')) });
  },
  'two-factor-on': ({ ada }) => twoFactorOf(ada),
  'two-factor-off': ({ ada }) => ada.auth('/two-factor/disable', { password: PASSWORD }),
  'backup-codes': ({ ada }) => ada.auth('/two-factor/generate-backup-codes', { password: PASSWORD }),
};

const all = Object.keys(changes) as Change['what'][];
const shutting = all.filter((what) => shutsOut[what]);
const others = all.filter((what) => !shutsOut[what]);

test('a new password, a reset, a new address and a second factor end other sessions; less than that does not', () => {
  expect(shutting).toEqual(['password-changed', 'password-reset', 'mail-changed', 'two-factor-on']);
});

test.each(shutting)('%s: every other session ends at once, with what it watches, and the notice says so', async (what) => {
  const world = await personWith(what);
  const { ada, email } = world;
  const [phone, tablet] = [await elsewhere(email), await elsewhere(email)];
  const watched = await phone.fetch('/api/events');
  expect(watched.status).toBe(200);

  await changes[what](world);
  expect([await phone.isLoggedIn(), await tablet.isLoggedIn()]).toEqual([false, false]);
  // The one that made the change goes on; after a reset everybody logs in again.
  expect(await ada.isLoggedIn()).toBe(what !== 'password-reset');
  await watched.text(); // it ends
  expect((await noticeOf(email)).text).toMatch(/every other device was logged out/i);
});

test.each(others)('%s: other sessions go on, and nothing else is said of them', async (what) => {
  const world = await personWith('two-factor-on');
  const { authenticator } = await twoFactorOf(world.ada);
  const phone = await elsewhere(world.email);
  await phone.auth('/two-factor/verify-totp', { code: authenticator() });
  await changes[what](world);
  expect([await world.ada.isLoggedIn(), await phone.isLoggedIn()]).toEqual([true, true]);
  const { text } = await mailOf(stage(), world.email, 'security', 2);
  expect(text).not.toMatch(/logged out/i);
});

test.each(['password-changed', 'password-reset'] as const)('%s: a login that waits for its second factor is over', async (what) => {
  const world = await personWith('two-factor-on');
  const { authenticator } = await twoFactorOf(world.ada);
  const eve = await elsewhere(world.email); // knows the old password
  await changes[what](world);
  expect(await eve.auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 401 });
  expect(await eve.isLoggedIn()).toBe(false);
});

test.each(shutting)('%s: the notice says how many API keys still work and leads to where all of them are revoked', async (what) => {
  const world = await personWith(what);
  const { ada, email } = world;
  const { app, url } = stage();
  const actor = await actorOf(ada);
  const { teamId } = await app.team.make(actor, 'Acme');
  const keys = [(await app.team.makeApiKey(actor, 'One')).key, (await app.team.makeApiKey({ ...actor, teamId }, 'Two')).key];
  const works = (key: string) => fetch(`${url}/api/balance`, { headers: { Authorization: `Bearer ${key}` } }).then(({ status }) => status);

  await changes[what](world);
  const notice = await noticeOf(email);
  expect(notice.text).toMatch(/You have 2 active API keys, and they still work\./);
  expect(linkIn(notice)).toBe(`${stage().core.settings.publicUrl}/settings/keys`);
  expect(await Promise.all(keys.map(works))).toEqual([200, 200]);

  // In whatever team they are.
  expect((await app.accounts.ownKeys(actor)).map(({ name, team }) => `${name} in ${team}`).toSorted()).toEqual([
    'One in Ada',
    'Two in Acme',
  ]);
  expect(await app.accounts.revokeOwnKeys(actor)).toEqual({ revoked: 2 });
  expect(await Promise.all(keys.map(works))).toEqual([401, 401]);
  expect(await app.accounts.ownKeys(actor)).toEqual([]);
  expect(await app.accounts.revokeOwnKeys(actor)).toEqual({ revoked: 0 });
});

test('who has no keys reads nothing about them', async () => {
  const world = await personWith('password-changed');
  await changes['password-changed'](world);
  const notice = await noticeOf(world.email);
  expect(notice.text).not.toMatch(/API key/);
  expect(linkIn(notice)).toBe(`${stage().core.settings.publicUrl}/settings`);
});

test('revoking all keys is in the audit log of each team, ends what they watch, and leaves those of others alone', async () => {
  const { app, url, core } = stage();
  const { ada, email } = await personWith('password-changed');
  const bo = await stage().person();
  const actor = await actorOf(ada);
  const { teamId } = await app.team.make(actor, 'Acme');
  const { key } = await app.team.makeApiKey(actor, 'One');
  await app.team.makeApiKey({ ...actor, teamId }, 'Two');
  const watched = await fetch(`${url}/api/events`, { headers: { Authorization: `Bearer ${key}` } });
  expect(watched.status).toBe(200);

  await app.accounts.revokeOwnKeys(actor);
  await watched.text(); // it ends
  const { rows } = await core.store.money.query<{ name: string; team: string }>(
    {
      text: `SELECT a.facts ->> 'name' AS name, t.name AS team FROM audit_entries a JOIN teams t ON t.id = a.team_id
             WHERE a.act = 'key.revoked' AND a.actor = (SELECT 'user:' || id FROM users WHERE email = $1) ORDER BY name`,
    },
    [email],
  );
  expect(rows).toEqual([
    { name: 'One', team: 'Ada' },
    { name: 'Two', team: 'Acme' },
  ]);
  expect(await app.team.actorByKey(bo.apiKey)).not.toBeNull();
  expect(await ada.isLoggedIn()).toBe(true);
});

test('a key neither sees nor revokes the keys of its person', async () => {
  const { app } = stage();
  const bo = await stage().person();
  await expect(app.accounts.ownKeys(bo)).rejects.toMatchObject({ code: 'login.needed' });
  await expect(app.accounts.revokeOwnKeys(bo)).rejects.toMatchObject({ code: 'login.needed' });
  expect(await app.team.actorByKey(bo.apiKey)).not.toBeNull();
});

/** Somebody who is logged in, and can make this change. */
async function personWith(what: Change['what']): Promise<World> {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  const ada = visitor(stage(), newAddress());
  await ada.signUp(email);
  if (!shutsOut[what]) await twoFactorOf(ada);
  return { ada, email };
}

async function elsewhere(email: string): Promise<Visitor> {
  const browser = visitor(stage(), newAddress());
  await browser.logIn(email);
  return browser;
}

async function actorOf(person: Visitor): Promise<Actor> {
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return stage().app.accounts.actorOf((await stage().core.auth.sessionOf(new Headers({ cookie })))!);
}

const noticeOf = async (email: string) => {
  const { rows } = await stage().core.store.money.query<{ count: number }>(
    { text: `SELECT count(*)::int AS count FROM mails WHERE to_address = $1 AND kind = 'security'` },
    [email],
  );
  return mailOf(stage(), email, 'security', rows[0]!.count);
};

let addresses = 0;
const newAddress = () => `203.0.113.${(addresses += 1)}`;
