// What a stranger, who knows only the mail address, can do to its owner; and what somebody can do who also knows the password.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { linkLastsS } from '#core/engines/auth/limits.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf, PASSWORD, proxied, tokenIn, twoFactorOf, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';
import { mailLimits, mailShares } from '#core/domain/mail/mail-limits.ts';

const stage = forAll(() => openStage({ settings: proxied }));

const mailDoors = {
  reset: '/request-password-reset',
  'magic-link': '/sign-in/magic-link',
} as const;
type Kind = keyof typeof mailDoors;

test.each([
  { flood: 'reset', wanted: 'magic-link' },
  { flood: 'magic-link', wanted: 'reset' },
] as const)('a stranger who has many $flood mails sent does not stop a $wanted mail', async ({ flood, wanted }) => {
  const [, email] = await member();
  await flooded(flood, email);
  await askFor(wanted, email);
  expect((await written(email)).filter((kind) => kind === wanted)).toHaveLength(1);
});

test('a browser that logged in before gets its mails, whatever strangers had sent', async () => {
  const [ada, email] = await member();
  await ada.auth('/sign-out', {});
  for (const kind of ['reset', 'magic-link'] as const) {
    await flooded(kind, email);
    await askFor(kind, email, ada);
    await mailOf(stage(), email, kind, 4);
  }
});

test.each([
  ['reset', linkLastsS.reset],
  ['set-password', linkLastsS.reset],
  ['verify', linkLastsS.verify],
  ['magic-link', linkLastsS.magic],
] as const)('%s mails that strangers and two browsers of a person may ask for are all delivered', (kind, lastsS) => {
  // So many windows can touch one hour.
  const windows = 3600 / Math.min(3600, lastsS) + 1;
  expect(mailLimits.ofAKindInAnHour[kind]).toBeGreaterThanOrEqual(windows * (mailShares.strangers + 2 * mailShares.browser));
});

test('one caller alone does not use up what all strangers have', async () => {
  const [, email] = await member();
  const eve = visitor(stage(), newAddress());
  for (let n = 0; n < 5; n++) await askFor('reset', email, eve);
  await askFor('reset', email);
  expect(await written(email)).toEqual(['verify', 'reset', 'reset', 'reset']);
});

test.each(['reset', 'magic-link'] as const)(
  'when no more %s mails are sent, those in the mailbox still let their owner in',
  async (kind: Kind) => {
    const [, email] = await member();
    await flooded(kind, email);
    const token = tokenIn(await mailOf(stage(), email, kind, 3));
    const elsewhere = visitor(stage(), newAddress());
    if (kind === 'magic-link') await elsewhere.askAsPage(`/magic-link/verify?token=${token}`);
    else {
      await elsewhere.auth('/reset-password', { token, newPassword: 'another good one' });
      await elsewhere.logIn(email, 'another good one');
    }
    expect(await elsewhere.isLoggedIn()).toBe(true);
  },
);

test('a mailbox is not flooded, whichever mails strangers have sent and however they write its address', async () => {
  const [, email] = await member();
  const [name, domain] = email.split('@');
  // Accounts that nobody verified, in the same mailbox.
  const others = Array.from({ length: 6 }, (_, n) => `${name}+${n}@${domain}`);
  for (const other of others) {
    await Promise.all([askFor('reset', email), askFor('magic-link', email), signUp(email), signUp(other)]);
    await askFor('reset', other);
  }
  const sent = await Promise.all([email, ...others].map(written));
  expect(sent.flat().length).toBeLessThanOrEqual(15);
  // And they took nothing from the account whose owner has shown that it is theirs.
  expect((await written(email)).toSorted()).toEqual([
    'known',
    'magic-link',
    'magic-link',
    'magic-link',
    'reset',
    'reset',
    'reset',
    'verify',
  ]);
});

test('strangers who guess a password do not keep out a browser that logged in before', async () => {
  const [ada, email] = await member();
  await ada.auth('/sign-out', {});
  const answers = await guess(email, 26);
  expect(answers.slice(0, 20).every(({ status }) => status === 401)).toBe(true);
  expect(answers.slice(20).every(({ status }) => status === 429)).toBe(true);
  expect(await ada.logIn(email)).toMatchObject({ status: 200 });
  expect(await ada.isLoggedIn()).toBe(true);
});

test('a new browser is told how long to wait meanwhile, and that a link works at once, which it does', async () => {
  const [, email] = await member();
  await guess(email, 21);
  const tablet = visitor(stage(), newAddress());
  const { status, body, headers } = await tablet.logIn(email);
  expect({ status, code: body['code'] }).toEqual({ status: 429, code: 'WAIT_OR_LINK' });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(5);
  await askFor('magic-link', email, tablet);
  await tablet.askAsPage(`/magic-link/verify?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`);
  expect(await tablet.isLoggedIn()).toBe(true);
});

test('an address nobody has is answered like one that somebody has, also when it is guessed at', async () => {
  const statuses = (answers: Awaited<ReturnType<typeof guess>>) => answers.map(({ status, body }) => [status, body['code']]);
  const [, email] = await member();
  expect(statuses(await guess(email, 22))).toEqual(statuses(await guess(newMail(), 22)));
});

test.each(['/sign-in/email', '/request-password-reset', '/sign-in/magic-link', '/sign-up/email'])(
  'what is no email address is refused at %s',
  async (path) => {
    for (const email of ['\u0000', 'a\u0000@example.com', '\ud800@example.com', 'x'.repeat(5_000)])
      expect((await visitor(stage(), newAddress()).auth(path, { email, password: PASSWORD, name: 'Eve' })).status, email).toBe(400);
  },
);

test('right passwords are not counted', async () => {
  const [, email] = await member();
  for (let n = 0; n < 22; n++) expect((await visitor(stage(), newAddress()).logIn(email)).status).toBe(200);
  expect((await guess(email, 1))[0]!.status).toBe(401);
});

test('strangers do not keep somebody who is logged in from changing their password', async () => {
  const [ada, email] = await member();
  await guess(email, 22);
  expect(await ada.auth('/change-password', { currentPassword: PASSWORD, newPassword: 'an even better one' })).toMatchObject({
    status: 200,
  });
});

test.each([
  ['/change-password', { currentPassword: 'not that one', newPassword: 'an even better one' }],
  ['/new-address', { newEmail: 'new@example.com', password: 'not that one' }],
  ['/two-factor/enable', { password: 'not that one' }],
] as const)('a browser that is logged in has to wait as well when passwords at %s are wrong', async (path, body) => {
  const [ada] = await member();
  const calling = () => ({ 'X-Forwarded-For': newAddress() });
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) statuses.push((await ada.auth(path, body, calling())).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429, 429]);
});

test.each([
  ['passwords', '/change-password', { currentPassword: 'not that one', newPassword: 'an even better one' }],
  ['passwords, for a second factor', '/two-factor/enable', { password: 'not that one' }],
  ['codes', '/two-factor/verify-totp', { code: '000000' }],
] as const)('who guesses %s in a stolen session does not keep the owner waiting in another one', async (_, path, wrong) => {
  const [ada, email] = await member();
  const thief = visitor(stage(), newAddress());
  await thief.logIn(email);
  // Turning it on ends the other sessions, so the thief's begins afterwards, with a code.
  const codes = path === '/two-factor/verify-totp' ? await twoFactorOf(ada) : null;
  if (codes !== null) {
    await thief.logIn(email);
    await thief.auth('/two-factor/verify-backup-code', { code: codes.backupCodes[0]! });
  }
  expect(await thief.isLoggedIn()).toBe(true);
  const calling = () => ({ 'X-Forwarded-For': newAddress() });
  const statuses: number[] = [];
  for (let n = 0; n < 14; n++) statuses.push((await thief.auth(path, wrong, calling())).status);
  expect(statuses.filter((status) => status !== 429)).toHaveLength(10);
  expect(statuses.slice(10)).toEqual([429, 429, 429, 429]);

  // The owner's own guesses are still counted, and the right password or code is taken at once.
  expect((await ada.auth(path, wrong, calling())).status).not.toBe(429);
  const right =
    path === '/change-password'
      ? { currentPassword: PASSWORD, newPassword: 'an even better one' }
      : codes === null
        ? { password: PASSWORD }
        : { code: codes.backupCodes[1]! };
  expect(await ada.auth(codes === null ? path : '/two-factor/verify-backup-code', right, calling())).toMatchObject({ status: 200 });
});

test('a browser that logged in before has to wait after its own wrong passwords, and only then', async () => {
  const [ada, email] = await member();
  await ada.auth('/sign-out', {});
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) statuses.push((await ada.logIn(email, `wrong ${n}`)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  // Its guesses are not counted against others.
  expect(await visitor(stage(), newAddress()).logIn(email)).toMatchObject({ status: 200 });
});

test('the mark of a browser is for one person, cannot be made up, opens nothing, and ends with the password', async () => {
  const [ada, email] = await member();
  const [eve] = await member();
  const [name, mark] = markOf(ada);
  await guess(email, 21);
  const loginWith = async (value: string, password: string = PASSWORD) => {
    const browser = visitor(stage(), newAddress());
    browser.cookies.set(name, value);
    return (await browser.logIn(email, password)).status;
  };
  const [first, signature] = mark.split('.');
  expect(await loginWith(mark)).toBe(200);
  expect(await loginWith(markOf(eve)[1])).toBe(429);
  expect(await loginWith(`${first}.${Buffer.alloc(32, 1).toString('base64url')}`)).toBe(429);
  expect(await loginWith(`${first!.slice(0, -1)}x.${signature}`)).toBe(429);
  expect(await loginWith('')).toBe(429);

  const browser = visitor(stage(), newAddress());
  browser.cookies.set(name, mark);
  expect(await browser.isLoggedIn()).toBe(false);

  await ada.auth('/change-password', { currentPassword: PASSWORD, newPassword: 'an even better one' });
  await guess(email, 2);
  expect(await loginWith(mark, 'an even better one')).toBe(429);
  expect(await loginWith(markOf(ada)[1], 'an even better one')).toBe(200);
});

test('who resets the password is known by it, so strangers do not keep them out afterwards', async () => {
  const [ada, email] = await member();
  const before = markOf(ada)[1];
  const tablet = visitor(stage(), newAddress());
  await askFor('reset', email, tablet);
  await tablet.auth('/reset-password', { token: tokenIn(await mailOf(stage(), email, 'reset')), newPassword: 'another good one' });
  await guess(email, 21);
  expect(await tablet.logIn(email, 'another good one')).toMatchObject({ status: 200 });
  const old = visitor(stage(), newAddress());
  old.cookies.set(markOf(ada)[0], before);
  expect(await old.logIn(email, 'another good one')).toMatchObject({ status: 429 });
});

test('several people who share a browser each have their mark', async () => {
  const [ada, email] = await member();
  const others: string[] = [];
  for (let n = 0; n < 3; n++) {
    const [, other] = await member();
    others.push(other);
    await ada.auth('/sign-out', {});
    await ada.logIn(other);
  }
  await ada.auth('/sign-out', {});
  await guess(email, 21);
  expect(await ada.logIn(email)).toMatchObject({ status: 200 });
});

test('somebody who knows the password and guesses codes does not keep the owner’s browser from entering theirs', async () => {
  const [ada, email] = await member();
  const { authenticator } = await twoFactorOf(ada);
  await ada.auth('/sign-out', {});
  // Being asked for a code is no login yet, so it makes no browser known.
  expect(await ada.logIn(email)).toMatchObject({ status: 200, body: { twoFactorRedirect: true } });
  for (let round = 0; round < 3; round++) {
    const eve = visitor(stage(), newAddress());
    await eve.logIn(email);
    expect([...eve.cookies.keys()].filter((name) => name.endsWith('.known'))).toEqual([]);
    for (let n = 0; n < 6; n++) await eve.auth('/two-factor/verify-totp', { code: `12345${n}` });
  }
  const eve = visitor(stage(), newAddress());
  await eve.logIn(email);
  const refused = await eve.auth('/two-factor/verify-totp', { code: '123456' });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await ada.auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 200 });
});

async function member(): Promise<[Visitor, string]> {
  const email = newMail();
  const ada = visitor(stage(), newAddress());
  await ada.signUp(email);
  return [ada, email];
}

async function askFor(kind: Kind, email: string, who = visitor(stage(), newAddress())): Promise<void> {
  expect(await who.auth(mailDoors[kind], { email })).toMatchObject({ status: 200 });
}

/** By eight callers at the same time. */
async function flooded(kind: Kind, email: string): Promise<void> {
  await Promise.all(Array.from({ length: 8 }, () => askFor(kind, email)));
}

async function signUp(email: string): Promise<void> {
  await visitor(stage(), newAddress()).auth('/sign-up/email', { email, password: 'chosen by eve', name: 'Eve' });
}

/** Wrong passwords, each from another address. */
async function guess(email: string, times: number) {
  const answers = [];
  for (let n = 0; n < times; n++) answers.push(await visitor(stage(), newAddress()).logIn(email, `wrong ${n}`));
  return answers;
}

const written = (email: string) => kindsWrittenTo(stage(), email);

function markOf(browser: Visitor): [name: string, value: string] {
  return [...browser.cookies].find(([name]) => name.endsWith('.known'))!;
}

const newMail = () => `${randomBytes(5).toString('hex')}@example.com`;
let addresses = 0;
const newAddress = () => `198.18.${Math.floor((addresses += 1) / 250)}.${(addresses % 250) + 1}`;
