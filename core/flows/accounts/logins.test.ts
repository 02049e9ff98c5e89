import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { micro, showCredits } from '#core/domain/credits/credits.ts';
import type { MailKind } from '#core/domain/mail/mail.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf, PASSWORD, proxied, tokenIn, twoFactorOf, visitor } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ settings: { ...proxied, STARTING_CREDITS: '50' } }));

test('who signs up, opens the mail and enters the password again is logged in, with a team of their own and the starting credits', async () => {
  const [ada, email] = somebody();
  expect(await ada.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' })).toMatchObject({ status: 200 });
  expect(await ada.isLoggedIn()).toBe(false);
  expect(await ada.logIn(email)).toMatchObject({ status: 403 });

  const mail = await mailOf(stage(), email, 'verify');
  const confirmed = { token: tokenIn(mail), password: PASSWORD };
  expect(await ada.askAsPage('/confirm-sign-up', { ...confirmed, password: 'not that one' })).toMatchObject({ status: 400 });
  expect(await ada.isLoggedIn()).toBe(false);
  expect(await ada.askAsPage('/confirm-sign-up', confirmed)).toMatchObject({ status: 200 });
  expect(await balance(ada)).toEqual({ available: 50, inUse: 0, debt: 0 });
  expect(await journalOf(email)).toEqual(['open 0', 'grant 50']);

  // The same link once more, a log out and a log in give nothing again.
  expect(await ada.askAsPage('/confirm-sign-up', confirmed)).toMatchObject({ status: 400 });
  await ada.auth('/sign-out', {});
  expect(await ada.isLoggedIn()).toBe(false);
  expect(await ada.logIn(email)).toMatchObject({ status: 200 });
  expect(await journalOf(email)).toEqual(['open 0', 'grant 50']);
});

test('a mailbox gets the starting credits once, however its address is written, and also when the account was made again', async () => {
  const name = randomBytes(5).toString('hex');
  const email = `${name}+one@example.com`;
  await visitor(stage(), newAddress()).signUp(email);
  expect(await journalOf(email)).toEqual(['open 0', 'grant 50']);

  await visitor(stage(), newAddress()).signUp(`${name}+two@example.com`);
  expect(await journalOf(`${name}+two@example.com`)).toEqual(['open 0']);

  const { money } = stage().core.store;
  await money.query({ text: `UPDATE users SET email = $2 WHERE email = $1` }, [email, `gone-${email}`]);
  await visitor(stage(), newAddress()).signUp(email);
  expect(await journalOf(email)).toEqual(['open 0']);
});

test('who signs up again before verifying gets a link to choose a password, and what was chosen before does not count', async () => {
  const [mallory, email] = somebody();
  await mallory.auth('/sign-up/email', { email, password: 'chosen by mallory', name: 'Mallory' });
  const [ada] = somebody();
  await ada.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' });

  const mail = await mailOf(stage(), email, 'set-password');
  expect(await ada.auth('/reset-password', { token: tokenIn(mail), newPassword: PASSWORD })).toMatchObject({ status: 200 });
  expect(await ada.logIn(email)).toMatchObject({ status: 200 });
  expect(await mallory.logIn(email, 'chosen by mallory')).toMatchObject({ status: 401 });
  expect(await journalOf(email)).toEqual(['open 0', 'grant 50']);
});

test('a stranger’s account at somebody’s address writes nothing of its name to them, in whatever mail it can cause', async () => {
  const [stranger, email] = somebody();
  const name = 'FREE 500 EUR today';
  await stranger.auth('/sign-up/email', { email, password: PASSWORD, name });
  await stranger.auth('/sign-up/email', { email, password: PASSWORD, name });
  await stranger.auth('/request-password-reset', { email });
  await stranger.auth('/sign-in/magic-link', { email });
  const kinds = await kindsWrittenTo(stage(), email);
  expect(kinds).toEqual(expect.arrayContaining(['verify', 'set-password', 'reset']));
  for (const kind of kinds) {
    const { subject, text, html } = await mailOf(stage(), email, kind as MailKind);
    expect([kind, `${subject}${text}${html}`.includes('FREE')]).toEqual([kind, false]);
  }
});

test('two people who sign up with one address at the same moment get one account and the same answer', async () => {
  const [ada, email] = somebody();
  const others = Array.from({ length: 4 }, () => visitor(stage(), newAddress()));
  const answers = await Promise.all(
    [ada, ...others].map((each) => each.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const { rows } = await stage().core.store.money.query(
    {
      text: `SELECT count(DISTINCT u.id)::int AS users, count(DISTINCT t.id)::int AS teams, count(DISTINCT w.id)::int AS wallets
             FROM users u LEFT JOIN teams t ON t.personal_of = u.id LEFT JOIN wallets w ON w.team_id = t.id WHERE u.email = $1`,
    },
    [email],
  );
  expect(rows).toEqual([{ users: 1, teams: 1, wallets: 1 }]);
});

test('a person is made with their team and wallet, or not at all', async () => {
  const { money } = stage().core.store;
  await money.query({ text: `ALTER TABLE wallets ADD CONSTRAINT no_more CHECK (false) NOT VALID` }, []);
  const [ada, email] = somebody();
  const answer = await ada.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' });
  await money.query({ text: `ALTER TABLE wallets DROP CONSTRAINT no_more` }, []);
  expect(answer.status).toBe(422);
  expect((await money.query({ text: 'SELECT 1 FROM users WHERE email = $1' }, [email])).rows).toEqual([]);
});

test('a person who was left without a team gets one at the next request', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const { money } = stage().core.store;
  // The database does not let that happen any more.
  await money.query({ text: 'ALTER TABLE members DISABLE TRIGGER team_owners' }, []);
  await money.query({ text: 'DELETE FROM members WHERE user_id = (SELECT id FROM users WHERE email = $1)' }, [email]);
  await money.query({ text: 'ALTER TABLE members ENABLE TRIGGER team_owners' }, []);
  expect(await balance(ada)).toEqual({ available: 50, inUse: 0, debt: 0 });
});

test('who tries wrong passwords is told to wait, whatever address they say they call from', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const eve = visitor(stage(), newAddress());
  const tries = [];
  // What stands before the address that our own proxy adds is anybody's word.
  for (let n = 0; n < 12; n++)
    tries.push(
      await eve.auth(
        '/sign-in/email',
        { email, password: 'wrong' + n },
        { 'X-Real-IP': `10.0.0.${n}`, 'X-Impacter-Caller': `10.0.0.${n}` },
      ),
    );
  expect(tries.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  expect(Number(tries.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await ada.logIn(email)).toMatchObject({ status: 200 });
});

test('a password is not guessed from many addresses either, and a magic link still lets its owner in', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const statuses = [];
  for (let n = 0; n < 22; n++) statuses.push((await visitor(stage(), newAddress()).logIn(email, 'wrong' + n)).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.slice(20)).toEqual([429, 429]);

  await ada.auth('/sign-in/magic-link', { email });
  await ada.askAsPage(`/magic-link/verify?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`);
  expect(await ada.isLoggedIn()).toBe(true);
});

test('a reset ends every session, works once, and its owner hears of it', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const phone = visitor(stage(), newAddress());
  await phone.logIn(email);
  await phone.auth('/request-password-reset', { email });
  const token = tokenIn(await mailOf(stage(), email, 'reset'));
  const reset = { token, newPassword: 'another good one' };

  expect(await phone.auth('/reset-password', reset)).toMatchObject({ status: 200 });
  expect([await ada.isLoggedIn(), await phone.isLoggedIn()]).toEqual([false, false]);
  expect(await phone.auth('/reset-password', reset)).toMatchObject({ status: 400 });
  expect(await phone.logIn(email)).toMatchObject({ status: 401 });
  expect(await phone.logIn(email, 'another good one')).toMatchObject({ status: 200 });
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify', 'reset', 'security']);
});

test('a magic link logs in once', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  await ada.auth('/sign-in/magic-link', { email });
  const link = `/magic-link/verify?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`;
  const [first, second] = [visitor(stage(), newAddress()), visitor(stage(), newAddress())];
  await Promise.all([first.askAsPage(link), second.askAsPage(link)]);
  expect([await first.isLoggedIn(), await second.isLoggedIn()].filter(Boolean)).toEqual([true]);
});

test('a session that was revoked is over with the next request', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  expect(await ada.isLoggedIn()).toBe(true);
  await stage().core.store.money.query({ text: 'DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = $1)' }, [email]);
  expect(await ada.isLoggedIn()).toBe(false);
});

test('a cookie that we did not sign is nobody, and so is one whose session ended by time', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const [name, value] = [...ada.cookies].find(([each]) => each.endsWith('session_token'))!;
  const token = decodeURIComponent(value).split('.')[0]!;
  ada.cookies.set(name, encodeURIComponent(`${token}.${Buffer.alloc(32).toString('base64')}`));
  expect(await ada.isLoggedIn()).toBe(false);
  ada.cookies.set(name, value);
  expect(await ada.isLoggedIn()).toBe(true);
  await stage().core.store.money.query({ text: 'UPDATE sessions SET expires_at = now() WHERE token = $1' }, [token]);
  expect(await ada.isLoggedIn()).toBe(false);
});

test('a session in use is prolonged, with its cookie', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  await stage().core.store.money.query(
    {
      text: `UPDATE sessions SET updated_at = now() - interval '25 hours', expires_at = now() + interval '1 hour' WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
    },
    [email],
  );
  const first = await ada.fetch('/api/balance');
  expect(first.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^impacter\.session_token=.+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  expect((await ada.fetch('/api/balance')).headers.getSetCookie()).toEqual([]);
  const { rows } = await stage().core.store.money.query<{ days: number }>(
    {
      text: `SELECT extract(day FROM expires_at - now())::int AS days FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
    },
    [email],
  );
  expect(rows[0]!.days).toBeGreaterThanOrEqual(29);
});

test('a form of another site does nothing, also with the cookies of a person who is logged in', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const send = (headers: Record<string, string>) =>
    ada.fetch('/api/tasks/create', {
      method: 'POST',
      body: JSON.stringify({ requestText: 'write a haiku about trust' }),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
  for (const headers of [{}, { Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }])
    expect((await send(headers)).status, JSON.stringify(headers)).toBe(403);
  expect((await send({ Origin: stage().core.settings.publicUrl })).status).toBe(201);
  expect((await send({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(201);

  expect(await ada.auth('/sign-out', {}, { Origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  expect(
    await visitor(stage(), newAddress()).auth('/sign-in/email', { email, password: PASSWORD }, { Origin: 'https://evil.example' }),
  ).toMatchObject({ status: 403 });
  expect(await ada.isLoggedIn()).toBe(true);
});

test('a person works in the team they chose, as long as they are a member of it', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const { app, core } = stage();
  const bo = await stage().person(7);
  const actor = async () =>
    app.accounts.actorOf((await core.auth.sessionOf(new Headers({ cookie: [...ada.cookies].map(([n, v]) => `${n}=${v}`).join('; ') })))!);
  const me = await actor();
  await expect(app.accounts.chooseTeam(me, bo.teamId)).rejects.toMatchObject({ code: 'team.not-found' });
  await expect(app.accounts.chooseTeam(me, "' OR true")).rejects.toMatchObject({ code: 'team.not-found' });

  await core.store.prisma.member.create({ data: { id: bo.userId, teamId: bo.teamId, userId: me.userId, role: 'billing' } });
  await app.accounts.chooseTeam(me, bo.teamId);
  expect(await actor()).toMatchObject({ teamId: bo.teamId, role: 'billing', sessionId: me.sessionId });
  expect((await app.accounts.teamsOf(await actor())).map(({ role, personal, current }) => ({ role, personal, current }))).toEqual([
    { role: 'owner', personal: true, current: false },
    { role: 'billing', personal: false, current: true },
  ]);
  expect(await balance(ada)).toMatchObject({ available: 7 });

  await core.store.prisma.member.delete({ where: { id: bo.userId } });
  expect(await actor()).toMatchObject({ teamId: me.teamId, role: 'owner' });
});

test('with an authenticator a password is not enough, nor is a link in a mail', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const { authenticator, backupCodes } = await twoFactorOf(ada);
  expect(await ada.isLoggedIn()).toBe(true);

  const phone = visitor(stage(), newAddress());
  expect(await phone.logIn(email)).toMatchObject({ status: 200, body: { twoFactorRedirect: true } });
  expect(await phone.isLoggedIn()).toBe(false);
  expect(await phone.auth('/two-factor/verify-totp', { code: '000000' })).toMatchObject({ status: 401 });
  expect(await phone.auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 200 });
  expect(await phone.isLoggedIn()).toBe(true);

  const tablet = visitor(stage(), newAddress());
  await tablet.auth('/sign-in/magic-link', { email });
  const link = `/magic-link/verify?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`;
  const answer = await tablet.askAsPage(link);
  expect([answer.status, answer.headers.get('location')]).toEqual([302, `${stage().core.settings.publicUrl}/login/two-factor`]);
  expect(await tablet.isLoggedIn()).toBe(false);

  // A backup code opens once.
  expect(await tablet.auth('/two-factor/verify-backup-code', { code: backupCodes[0]! })).toMatchObject({ status: 200 });
  expect(await tablet.isLoggedIn()).toBe(true);
  await tablet.auth('/sign-out', {});
  await tablet.logIn(email);
  expect(await tablet.auth('/two-factor/verify-backup-code', { code: backupCodes[0]! })).toMatchObject({ status: 401 });
  expect(await tablet.auth('/two-factor/verify-backup-code', { code: backupCodes[1]! })).toMatchObject({ status: 200 });

  const { rows } = await stage().core.store.money.query<{ act: string; how: string | null }>(
    {
      text: `SELECT act, facts ->> 'how' AS how FROM audit_entries WHERE actor = (SELECT 'user:' || id FROM users WHERE email = $1) ORDER BY id`,
    },
    [email],
  );
  expect(rows.map(({ act, how }) => (how === null ? act : `${act} ${how}`))).toEqual([
    'session.began verified',
    'two-factor.on',
    'session.began authenticator',
    'session.began backup-code',
    'session.began backup-code',
  ]);
});

test('what somebody watches ends when they log out', async () => {
  const [ada, email] = somebody();
  await ada.signUp(email);
  const stream = await ada.fetch('/api/events');
  expect(stream.status).toBe(200);
  const elsewhere = visitor(stage(), newAddress());
  await elsewhere.logIn(email);
  const watched = await elsewhere.fetch('/api/events');
  const began = performance.now();
  await ada.auth('/sign-out', {});
  expect(await stream.text()).toMatch(/^retry: /);
  // Long before it would look by itself.
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(await elsewhere.isLoggedIn()).toBe(true);
  await watched.body!.cancel();
});

function somebody() {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  return [visitor(stage(), newAddress()), email] as const;
}

let addresses = 0;
const newAddress = () => `203.0.113.${(addresses += 1)}`;

async function balance(of: ReturnType<typeof visitor>) {
  return ((await (await of.fetch('/api/balance')).json()) as { balance: unknown }).balance;
}

async function journalOf(email: string) {
  const found = await stage().core.store.people.findByEmail(email);
  const { rows } = await stage().core.store.money.query<{ type: string; credits: string }>(
    { text: 'SELECT type, credits FROM transactions WHERE wallet_id = $1 ORDER BY seq' },
    [found!.walletId],
  );
  return rows.map(({ type, credits }) => `${type} ${showCredits(micro(credits))}`);
}
