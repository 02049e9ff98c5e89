// Confirming who one is, at the pages of the portal and without JavaScript: after ten minutes a sensitive act asks for it, and
// carries out what was typed.

import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const clock = clockByHand();
const world = forAll(() => openStage({ portal: true, clock, settings: proxied }), 60_000);
const MINUTE_MS = 60_000;

test('a session of eleven minutes makes no key before the password, and then makes the one that was named', async () => {
  const me = await member();
  clock.forward(11 * MINUTE_MS);
  const asked = await me.post('/team/keys', { intent: 'make', name: 'Nightly import' });
  expect([asked.status, wordsOf(asked.text).includes('Confirm it’s you')]).toEqual([403, true]);
  expect(await keysOf(me)).toEqual([]);

  const form = formIn(asked.text);
  expect(form).toMatchObject({ action: '/team/keys', fields: { intent: 'make', name: 'Nightly import' } });
  const wrong = await me.post(form.action, { ...form.fields, 'confirm-password': 'not my password' });
  expect([wrong.status, wordsOf(wrong.text).includes('This is not your password.')]).toEqual([400, true]);
  expect(formIn(wrong.text)).toEqual(form);
  expect(await keysOf(me)).toEqual([]);

  const made = await me.post(form.action, { ...form.fields, 'confirm-password': PASSWORD });
  expect([made.status, /value="imp_[\w-]+"/.test(made.text)]).toEqual([200, true]);
  expect(await keysOf(me)).toEqual(['Nightly import']);
  // And for ten minutes nothing asks again.
  clock.forward(9 * MINUTE_MS);
  expect((await me.post('/team/keys', { intent: 'make', name: 'Another' })).status).toBe(200);
});

test('a session that has just begun is not asked', async () => {
  const me = await member();
  clock.forward(9 * MINUTE_MS);
  expect((await me.post('/team/keys', { intent: 'make', name: 'At once' })).status).toBe(200);
});

test('with two factors both are asked for, and either one alone does nothing', async () => {
  const me = await member();
  const { authenticator, backupCodes } = await twoFactorOf(me);
  clock.forward(11 * MINUTE_MS);
  const { email } = me;
  const { action, fields } = formIn((await me.post('/settings/account', { intent: 'delete', email })).text);
  const attempts = [
    { 'confirm-password': PASSWORD, 'confirm-code': '' },
    { 'confirm-password': PASSWORD, 'confirm-code': 'aaaaa-bbbbb' },
    { 'confirm-password': 'not my password', 'confirm-code': authenticator() },
  ];
  for (const shown of attempts) {
    const answer = await me.post(action, { ...fields, ...shown });
    expect([shown, answer.status, wordsOf(answer.text).includes('Confirm it’s you')]).toEqual([shown, 400, true]);
  }
  expect((await world().app.privacy.ownAccount(await me.actor())).deletion).toBeNull();
  const done = await me.post(action, { ...fields, 'confirm-password': PASSWORD, 'confirm-code': backupCodes[0]! });
  expect(done).toMatchObject({ status: 302, to: '/settings/account?done=delete' });
});

test('an export is downloaded only after a confirmation, which leads back to the page it stands on', async () => {
  const me = await member();
  clock.forward(11 * MINUTE_MS);
  const answer = await me.fetch('/team/data/export/01900000-0000-7000-8000-000000000000');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/confirm?next=%2Fteam%2Fdata%3Fdone%3Dconfirmed']);
  const form = formIn(await me.page(answer.headers.get('location')!));
  const sent = await me.post(form.action, { ...form.fields, 'confirm-password': PASSWORD });
  expect(sent).toMatchObject({ status: 302, to: '/team/data?done=confirmed' });
  expect(await me.page('/team/data?done=confirmed')).toContain('You can download the export now.');
  await me.page('/team/data/export/01900000-0000-7000-8000-000000000000', 404);
});

test('an owner deletes a file that somebody else asked for after their password, and files of their own without it', async () => {
  const me = await member();
  const { app, core } = world();
  const { userId, teamId } = await me.actor();
  const [theirs, own] = await Promise.all([fileOf('chat'), fileOf('me')]);
  clock.forward(11 * MINUTE_MS);
  expect((await me.post(own!.page, own!.fields)).status).toBe(302);
  const form = formIn((await me.post(theirs!.page, theirs!.fields)).text);
  expect(form).toMatchObject({ action: theirs!.page, fields: theirs!.fields });
  expect(await me.page(theirs!.page)).not.toContain('Deleted on');
  const done = await me.post(form.action, { ...form.fields, 'confirm-password': PASSWORD });
  expect(done).toMatchObject({ status: 302, to: `${theirs!.page}?done=file-deleted` });
  expect(await me.page(theirs!.page)).toContain('Deleted on');

  async function fileOf(who: 'chat' | 'me') {
    const taken = await app.tasks.ask({
      key: `web:${who}:${userId}`,
      threadRef: `web:${who}-${userId}`,
      from: { kind: 'user', userId, teamId },
      text: 'find me 3 leads',
      files: [],
      at: clock.now(),
    });
    if (taken.kind !== 'task') throw new Error(`not started: ${taken.kind}`);
    const [file] = await vi.waitFor(async () => {
      const task = await app.tasks.get(await me.actor(), taken.taskId);
      if (!task.over) throw new Error('still running');
      return task.files;
    });
    if (who === 'chat') await core.store.money.query({ text: 'UPDATE tasks SET user_id = NULL WHERE id = $1' }, [taken.taskId]);
    return { page: `/tasks/${taken.taskId}`, fields: { intent: `delete-file ${file!.id}`, id: file!.id } };
  }
});

test('who has no password is mailed a login link, and what was typed waits for them, in the same team', async () => {
  const me = await member();
  const { userId } = await me.actor();
  const { teamId } = await world().app.team.make(await me.actor(), 'Acme');
  await world().app.accounts.chooseTeam(await me.actor(), teamId);
  await world().core.store.money.query({ text: 'UPDATE accounts SET password = NULL WHERE user_id = $1' }, [userId]);
  clock.forward(11 * MINUTE_MS);
  const { action, fields } = formIn((await me.post('/team/data', { intent: 'delete', name: 'Acme' })).text);
  const mailed = await me.post(action, { ...fields, 'confirm-by': 'link' });
  expect([mailed.status, wordsOf(mailed.text).includes(`We sent a login link to ${me.email}.`)]).toEqual([403, true]);
  // Pressed before the link was opened.
  expect((await me.post(action, fields)).status).toBe(403);

  const link = new URL(linkIn(await mailOf(world(), me.email, 'magic-link')));
  expect((await me.post('/login/link', { intent: 'link', token: link.searchParams.get('token')! })).status).toBe(302);
  const form = formIn(mailed.text);
  expect(form.fields).toMatchObject({ intent: 'delete', name: 'Acme' });
  expect(await me.post(form.action, form.fields)).toMatchObject({ status: 302, to: '/team/data?done=delete' });
  expect((await world().app.privacy.teamSettings({ ...(await me.actor()), teamId })).deletion).not.toBeNull();
});

test('who has no password sets up no authenticator from a browser that was left open', async () => {
  const me = await member();
  const { userId } = await me.actor();
  await world().core.store.money.query({ text: 'UPDATE accounts SET password = NULL WHERE user_id = $1' }, [userId]);
  clock.forward(11 * MINUTE_MS);
  for (const sent of [{ intent: 'two-factor-begin' }, { intent: 'mail', email: 'thief@example.com' }]) {
    const answer = await me.post('/settings', sent);
    expect([sent, answer.status, wordsOf(answer.text).includes('Confirm it’s you')]).toEqual([sent, 403, true]);
  }
});

const changes = [
  ['/two-factor/disable', { password: PASSWORD }],
  ['/two-factor/generate-backup-codes', { password: PASSWORD }],
  ['/two-factor/enable', { password: PASSWORD }],
  ['/change-password', { currentPassword: PASSWORD, newPassword: 'a brand new passphrase' }],
  ['/new-address', { newEmail: 'elsewhere@example.org', password: PASSWORD }],
] as const;

test.each(changes)('with two factors, a password alone in a session of eleven minutes changes nothing at %s', async (path, body) => {
  const me = await member();
  await twoFactorOf(me);
  clock.forward(11 * MINUTE_MS);
  expect(await me.auth(path, body)).toMatchObject({ status: 403, body: { code: 'LOGIN_CONFIRM' } });
  expect(await world().app.accounts.profile(await me.actor())).toMatchObject({ email: me.email, twoFactor: true });
  const phone = portalVisitor(world());
  expect(await phone.logIn(me.email)).toMatchObject({ body: { twoFactorRedirect: true } });
});

test('with two factors, the page for it asks for both, and then turns the authenticator off', async () => {
  const me = await member();
  const { backupCodes } = await twoFactorOf(me);
  clock.forward(11 * MINUTE_MS);
  const { action, fields } = formIn((await me.post('/settings', { intent: 'two-factor-off', password: PASSWORD })).text);
  expect([action, fields]).toEqual(['/settings', expect.not.objectContaining({ password: PASSWORD })]);
  const done = await me.post(action, { ...fields, 'confirm-password': PASSWORD, 'confirm-code': backupCodes[0]! });
  expect(done).toMatchObject({ status: 302, to: '/settings?done=two-factor-off' });
  expect(await world().app.accounts.profile(await me.actor())).toMatchObject({ twoFactor: false });
});

test('with two factors, a new password is typed after both were shown', async () => {
  const me = await member();
  const { backupCodes } = await twoFactorOf(me);
  clock.forward(11 * MINUTE_MS);
  const change = { intent: 'password', current: PASSWORD, password: 'a brand new passphrase' };
  const asked = await me.post('/settings', change);
  expect(asked).toMatchObject({ status: 302, to: '/confirm?next=%2Fsettings%3Fdone%3Dconfirmed' });
  const { action, fields } = formIn(await me.page(asked.to!));
  const shown = await me.post(action, { ...fields, 'confirm-password': PASSWORD, 'confirm-code': backupCodes[0]! });
  expect(await me.page(shown.to!)).toContain('Enter your new password now.');
  expect(await me.post('/settings', change)).toMatchObject({ status: 302, to: '/settings?done=password' });
});

test('a session that takes the place of another is as old as that one: a new password, and an authenticator set up or turned off', async () => {
  const changing: ((me: PortalVisitor) => Promise<unknown>)[] = [
    (me) => me.auth('/change-password', { currentPassword: PASSWORD, newPassword: 'a brand new passphrase' }),
    twoFactorOf,
    async (me) => twoFactorOf(me).then(() => me.auth('/two-factor/disable', { password: PASSWORD })),
  ];
  for (const change of changing) {
    const me = await member();
    clock.forward(8 * MINUTE_MS);
    await change(me);
    expect(await me.isLoggedIn()).toBe(true);
    clock.forward(3 * MINUTE_MS);
    expect((await me.post('/team/keys', { intent: 'make', name: 'Nightly import' })).status).toBe(403);
  }
});

test('wrong passwords are limited as they are at the login', async () => {
  const me = await member();
  clock.forward(11 * MINUTE_MS);
  const { action, fields } = formIn((await me.post('/team/keys', { intent: 'make', name: 'x' })).text);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await me.post(action, { ...fields, 'confirm-password': `guess ${i}` })).status);
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400));
  const right = await me.post(action, { ...fields, 'confirm-password': PASSWORD });
  expect([right.status, wordsOf(right.text).includes('Too many attempts.')]).toEqual([400, true]);
  expect(await keysOf(me)).toEqual([]);
});

test('the endpoint that checks a password is not reached from outside', async () => {
  const me = await member();
  expect((await me.auth('/confirm-login', { password: PASSWORD })).status).toBe(404);
});

async function member(): Promise<PortalVisitor> {
  const me = portalVisitor(world());
  await me.signUp(me.email);
  return me;
}

async function keysOf(me: PortalVisitor): Promise<string[]> {
  return (await world().app.team.apiKeys(await me.actor())).map(({ name }) => name);
}

/** The form that asks, as a browser would send it but for what a person types. */
function formIn(page: string): { action: string; fields: Record<string, string> } {
  const form = page
    .split('<form')
    .find((part) => part.includes('name="confirm-team"'))!
    .split('</form>')[0]!;
  const action = /\saction="([^"]*)"/.exec(form)![1]!;
  const hidden = form.matchAll(/<input type="hidden"[^>]*>/g);
  const attribute = (tag: string, name: string) => unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
  return {
    action: unescaped(action),
    fields: Object.fromEntries(Array.from(hidden, ([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')])),
  };
}

function unescaped(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#x27;', "'");
}
