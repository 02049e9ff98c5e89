import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Log } from '#core/ports/log.ts';
import { forAll, openStage, stage as openOne } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf, PASSWORD, proxied, tokenIn, twoFactorOf, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';
import type { Actor } from '#core/domain/actor.ts';

const stage = forAll(() => openStage({ settings: proxied }));

test('a person changes their name, which their mails then use', async () => {
  const [ada, email] = await member();
  const actor = await actorOf(ada);
  await stage().app.accounts.rename(actor, '  Ada   Lovelace ');
  expect(await stage().app.accounts.profile(actor)).toMatchObject({
    name: 'Ada Lovelace',
    email,
    emailVerified: true,
    hasPassword: true,
    twoFactor: false,
  });
  for (const name of ['', '   ', 'x'.repeat(61), 'see https://evil.example'])
    await expect(stage().app.accounts.rename(actor, name), name).rejects.toMatchObject({ code: 'request.invalid' });
  expect(await actsOf(email)).toEqual(['session.began', 'person.renamed']);
});

test('a new address counts once its owner confirms it while logged in, needs the password, ends other sessions, and the old one is told', async () => {
  const [ada, email] = await member();
  const newEmail = `new-${email}`;
  const phone = await elsewhere(email);
  expect(await ada.auth('/new-address', { newEmail })).toMatchObject({ status: 400, body: { code: 'INVALID_PASSWORD' } });
  expect(await ada.auth('/new-address', { newEmail, password: 'not that one' })).toMatchObject({ status: 400 });
  expect(await ada.auth('/new-address', { newEmail, password: PASSWORD })).toMatchObject({ status: 200 });
  expect((await stage().app.accounts.profile(await actorOf(ada))).email).toBe(email);

  const token = tokenIn(await mailOf(stage(), newEmail, 'new-address'));
  const [bo] = await member();
  const confirm = (by: Visitor) => by.askAsPage('/new-address/confirm', { token });
  expect(await confirm(visitor(stage(), newAddress()))).toMatchObject({ status: 401 });
  expect(await confirm(bo)).toMatchObject({ status: 403, body: { code: 'INVALID_USER' } });
  expect((await stage().app.accounts.profile(await actorOf(ada))).email).toBe(email);
  expect(await confirm(ada)).toMatchObject({ status: 200 });
  expect([await ada.isLoggedIn(), await phone.isLoggedIn()]).toEqual([true, false]);
  expect(await stage().app.accounts.profile(await actorOf(ada))).toMatchObject({ email: newEmail, emailVerified: true });
  expect(await confirm(ada)).toMatchObject({ status: 400 });
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify', 'security']);
  expect(await kindsWrittenTo(stage(), newEmail)).toEqual(['new-address']);
  expect(await actsOf(newEmail)).toEqual(['session.began', 'session.began', 'mail.changed', 'session.ended']);
  // The one before is free again, and brings no credits twice.
  expect(await journal(newEmail)).toBe(1);
});

test('asking for the address of somebody else as one’s own says nothing about it, and changes nothing', async () => {
  const [ada] = await member();
  const [, email] = await member();
  expect(await ada.auth('/new-address', { newEmail: email, password: PASSWORD })).toMatchObject({ status: 200, body: { status: true } });
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify']);
});

test('a new password ends all other sessions, and its owner hears of it', async () => {
  const [ada, email] = await member();
  const phone = await elsewhere(email);
  const change = { currentPassword: PASSWORD, newPassword: 'an even better one', revokeOtherSessions: true };
  expect(await ada.auth('/change-password', { ...change, currentPassword: 'wrong one here' })).toMatchObject({ status: 400 });
  expect(await phone.isLoggedIn()).toBe(true);
  expect(await ada.auth('/change-password', change)).toMatchObject({ status: 200 });
  expect([await ada.isLoggedIn(), await phone.isLoggedIn()]).toEqual([true, false]);
  expect(await phone.logIn(email)).toMatchObject({ status: 401 });
  expect((await mailOf(stage(), email, 'security')).text).toMatch(/^From: Firefox on Linux, 203/m);
});

test('a person sees where they are logged in, and ends one or all others at once', async () => {
  const [ada, email] = await member();
  const phone = await elsewhere(email);
  const tablet = await elsewhere(email);
  const actor = await actorOf(ada);
  const sessions = await stage().app.accounts.sessions(actor);
  expect(sessions.map(({ device, current }) => ({ device, current }))).toEqual([
    { device: 'Firefox on Linux', current: false },
    { device: 'Firefox on Linux', current: false },
    { device: 'Firefox on Linux', current: true },
  ]);

  await stage().app.accounts.endSession(actor, (await actorOf(phone)).sessionId!);
  expect([await ada.isLoggedIn(), await phone.isLoggedIn(), await tablet.isLoggedIn()]).toEqual([true, false, true]);
  expect(await stage().app.accounts.endOtherSessions(actor)).toEqual({ ended: 1 });
  expect([await ada.isLoggedIn(), await tablet.isLoggedIn()]).toEqual([true, false]);
  expect((await actsOf(email)).slice(-2)).toEqual(['session.ended', 'session.ended']);

  const [bo] = await member();
  await stage().app.accounts.endSession(await actorOf(bo), actor.sessionId!);
  await stage().app.accounts.endSession(await actorOf(bo), 'no id');
  expect(await ada.isLoggedIn()).toBe(true);
});

test('a key can neither look at sessions nor end them', async () => {
  const person = await stage().person();
  await expect(stage().app.accounts.sessions(person)).rejects.toMatchObject({ code: 'login.needed' });
  await expect(stage().app.accounts.endOtherSessions(person)).rejects.toMatchObject({ code: 'login.needed' });
  await expect(stage().app.accounts.rename(person, 'Eve')).rejects.toMatchObject({ code: 'login.needed' });
  await expect(stage().app.accounts.chooseTeam(person, person.teamId)).rejects.toMatchObject({ code: 'login.needed' });
});

test('an authenticator counts once its first code was right, and goes with the password', async () => {
  const [ada, email] = await member();
  expect(await ada.auth('/two-factor/enable', { password: 'not that one' })).toMatchObject({ status: 400 });
  await ada.auth('/two-factor/enable', { password: PASSWORD });
  expect((await stage().app.accounts.profile(await actorOf(ada))).twoFactor).toBe(false);
  const phone = await elsewhere(email);
  expect(await phone.isLoggedIn()).toBe(true);

  const { backupCodes } = await twoFactorOf(ada);
  expect(backupCodes).toHaveLength(10);
  expect((await stage().app.accounts.profile(await actorOf(ada))).twoFactor).toBe(true);
  const more = await ada.auth('/two-factor/generate-backup-codes', { password: PASSWORD });
  expect((more.body['backupCodes'] as string[]).filter((code) => backupCodes.includes(code))).toEqual([]);

  expect(await ada.auth('/two-factor/disable', { password: 'not that one' })).toMatchObject({ status: 400 });
  expect(await ada.auth('/two-factor/disable', { password: PASSWORD })).toMatchObject({ status: 200 });
  expect(await (await elsewhere(email)).isLoggedIn()).toBe(true);
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify', 'security', 'security', 'security']);
  expect(await actsOf(email)).toEqual([
    'session.began',
    'session.began',
    'two-factor.on',
    'session.ended',
    'backup-codes.made',
    'two-factor.off',
    'session.began',
  ]);
});

test('who guesses codes has to begin with the password again, and later to wait', async () => {
  const [ada, email] = await member();
  const { authenticator } = await twoFactorOf(ada);
  const answers: number[] = [];
  for (let round = 0; round < 3; round++) {
    const eve = visitor(stage(), newAddress());
    await eve.logIn(email);
    for (let n = 0; n < 6; n++) answers.push((await eve.auth('/two-factor/verify-totp', { code: '12345' + n })).status);
  }
  expect(answers.slice(0, 6)).toEqual([401, 401, 401, 401, 401, 400]);
  expect(answers.slice(12)).toEqual([429, 429, 429, 429, 429, 429]);
  const phone = visitor(stage(), newAddress());
  await phone.logIn(email);
  expect(await phone.auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 429 });
});

test('a login from another kind of browser is told, the first one is not', async () => {
  const [, email] = await member();
  await elsewhere(email);
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify']);
  const other = visitor(stage(), newAddress());
  await other.auth('/sign-in/email', { email, password: PASSWORD }, { 'User-Agent': 'curl/8.5.0' });
  const mail = await mailOf(stage(), email, 'security');
  expect(mail.text).toMatch(/^From: curl, 203/m);
});

test('who has an account that a purchase made, and lost its mail, gets in by the usual ways', async () => {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  await stage().core.store.people.addUser({ email, name: 'Grace', emailVerified: false }, new Date());
  const grace = visitor(stage(), newAddress());
  await grace.auth('/request-password-reset', { email });
  expect(await kindsWrittenTo(stage(), email)).toEqual(['set-password']);
  await grace.auth('/sign-in/magic-link', { email });
  await grace.askAsPage(`/magic-link/verify?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`);
  expect(await stage().app.accounts.profile(await actorOf(grace))).toMatchObject({ emailVerified: true, hasPassword: false });
});

test('a mailbox is not flooded, whoever asks', async () => {
  const [, email] = await member();
  for (let n = 0; n < 8; n++) {
    expect(await visitor(stage(), newAddress()).auth('/request-password-reset', { email })).toMatchObject({ status: 200 });
  }
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify', 'reset', 'reset', 'reset']);
});

test('whoever has every field filled in by a password manager, also those that are not ours, is signed up', async () => {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  const ada = visitor(stage(), newAddress());
  const answer = await ada.auth('/sign-up/email', {
    email,
    password: PASSWORD,
    name: 'Ada',
    website: 'https://ada.example',
    company: 'Ada',
  });
  expect(answer.status).toBe(200);
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify']);
});

test('who is logged in and asks for one mail too many is told that none was sent, and when to ask again', async () => {
  const [ada, email] = await member();
  for (let n = 0; n < 3; n++) expect((await ada.auth('/sign-in/magic-link', { email })).status).toBe(200);
  const answer = await ada.auth('/sign-in/magic-link', { email });
  expect([answer.status, answer.body['code'], Number(answer.headers.get('retry-after')) > 0]).toEqual([429, 'MAILS_ENOUGH', true]);
  expect((await kindsWrittenTo(stage(), email)).filter((kind) => kind === 'magic-link')).toHaveLength(3);
  // Nobody else can tell from the answer whether there is an account.
  expect((await visitor(stage(), newAddress()).auth('/sign-in/magic-link', { email })).status).toBe(200);
});

test('where mail is off nobody is told to look for one', async () => {
  const off = await openOne({ settings: { ...proxied, SES_FROM: 'off' } });
  const ada = visitor(off, newAddress());
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  for (const [path, body] of [
    ['/sign-up/email', { email, password: PASSWORD, name: 'Ada' }],
    ['/send-verification-email', { email }],
    ['/sign-in/magic-link', { email }],
    ['/request-password-reset', { email }],
  ] as const)
    expect([path, (await ada.auth(path, body)).status]).toEqual([path, 503]);
  expect(await off.core.store.people.findByEmail(email)).toBeNull();
  const owner = await off.person();
  await expect(off.app.team.invite(owner, { email, role: 'member' })).rejects.toMatchObject({ code: 'mail.off' });
  expect(await off.app.team.invitations(owner)).toEqual([]);
});

test('names and passwords that are none are said field by field', async () => {
  const ada = visitor(stage(), newAddress());
  const signUp = (fields: object) => ada.auth('/sign-up/email', { email: 'x@example.com', password: PASSWORD, name: 'Ada', ...fields });
  expect((await signUp({ name: 'https://evil.example' })).body).toMatchObject({ code: 'INVALID_NAME' });
  expect((await signUp({ password: 'short' })).body).toMatchObject({ code: 'PASSWORD_TOO_SHORT' });
  expect((await signUp({ password: 'x'.repeat(129) })).body).toMatchObject({ code: 'PASSWORD_TOO_LONG' });
  expect((await signUp({ email: `${'x'.repeat(250)}@example.com` })).status).toBe(400);
});

test('what we do not use of the library is not there', async () => {
  const [ada] = await member();
  for (const path of ['/get-session', '/list-sessions', '/ok', '/reset-password/abc?callbackURL=/'])
    expect((await ada.auth(path)).status, path).toBe(404);
  for (const path of ['/update-user', '/delete-user', '/revoke-session', '/two-factor/send-otp', '/sign-in/social', '/unlink-account'])
    expect((await ada.auth(path, {})).status, path).toBe(404);
});

test('a password from somebody’s leak is not taken where that is looked for, and an outage there stops nobody', async () => {
  const leaked = createHash('sha1').update('a well known phrase').digest('hex').toUpperCase();
  let isDown = false;
  const server = createServer((request, response) => {
    response.statusCode = isDown ? 500 : 200;
    response.end(`${'0'.repeat(35)}:0\r\n${request.url === `/range/${leaked.slice(0, 5)}` ? `${leaked.slice(5)}:42\r\n` : ''}`);
  }).listen(0);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const one = await openOne({ settings: { LEAKED_PASSWORDS_URL: `http://127.0.0.1:${port}` } });
  const ada = visitor(one);
  const signUp = (password: string) => ada.auth('/sign-up/email', { email: 'ada@example.com', password, name: 'Ada' });
  expect(await signUp('a well known phrase')).toMatchObject({ status: 400, body: { code: 'PASSWORD_COMPROMISED' } });
  expect(await signUp(PASSWORD)).toMatchObject({ status: 200 });
  isDown = true;
  expect(await signUp('a well known phrase')).toMatchObject({ status: 200 });
});

test('nothing that logs somebody in is in the log, also when things go wrong', async () => {
  const lines: string[] = [];
  const at = (level: string) => (facts: object, words: string) => lines.push(JSON.stringify([level, facts, words, errorsIn(facts)]));
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  const one = await openOne({ log });
  const ada = visitor(one);
  const email = 'ada.secretive@example.com';
  await ada.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada Secretive' });
  await one.core.store.money.query({ text: 'ALTER TABLE sessions ADD CONSTRAINT no_more CHECK (false) NOT VALID' }, []);
  const token = tokenIn(await mailOf(one, email, 'verify'));
  // What a page throws is logged as it is.
  await ada.askAsPage('/confirm-sign-up', { token, password: PASSWORD }).then(
    () => expect.unreachable(),
    (error: unknown) => log.error({ error }, 'page failed'),
  );
  await one.core.store.money.query({ text: 'ALTER TABLE sessions DROP CONSTRAINT no_more' }, []);
  await ada.logIn(email, 'a wrong password');
  await ada.auth('/sign-in/magic-link', { email, callbackURL: '/tasks?secret=1' });
  const link = tokenIn(await mailOf(one, email, 'magic-link'));
  await ada.askAsPage(`/magic-link/verify?token=${link}`);
  const { backupCodes } = await twoFactorOf(ada).catch(() => ({ backupCodes: [] as string[] }));
  const secrets = [email, PASSWORD, 'a wrong password', 'Secretive', token, link, ...ada.cookies.values(), ...backupCodes];
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.some((line) => line.startsWith('["error"'))).toBe(true);
  const said = lines.join('\n');
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
});

function errorsIn(facts: object): string[] {
  return Object.values(facts).flatMap((fact) => (fact instanceof Error ? [String(fact.stack), JSON.stringify(fact)] : []));
}

async function member(): Promise<[Visitor, string]> {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  const person = visitor(stage(), newAddress());
  await person.signUp(email);
  return [person, email];
}

async function elsewhere(email: string): Promise<Visitor> {
  const person = visitor(stage(), newAddress());
  await person.logIn(email);
  return person;
}

async function actorOf(person: Visitor): Promise<Actor> {
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return stage().app.accounts.actorOf((await stage().core.auth.sessionOf(new Headers({ cookie })))!);
}

let addresses = 0;
const newAddress = () => `203.0.113.${(addresses += 1)}`;

async function actsOf(email: string): Promise<string[]> {
  const { rows } = await stage().core.store.money.query<{ act: string }>(
    { text: `SELECT act FROM audit_entries WHERE actor = (SELECT 'user:' || id FROM users WHERE email = $1) ORDER BY id` },
    [email],
  );
  return rows.map(({ act }) => act);
}

async function journal(email: string): Promise<number> {
  const { walletId } = (await stage().core.store.people.findByEmail(email))!;
  const { rows } = await stage().core.store.money.query<{ n: number }>(
    { text: `SELECT count(*)::int AS n FROM transactions WHERE wallet_id = $1 AND type = 'grant'` },
    [walletId],
  );
  return rows[0]!.n;
}
