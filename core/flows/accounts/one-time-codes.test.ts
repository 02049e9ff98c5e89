// What is meant to work once does: codes of an authenticator, backup codes, and no way around both.

import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { sharedSecret } from '#core/store/database/secrets.ts';
import { authenticatorOf } from '#core/testing/visitors/authenticator.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, twoFactorOf, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';

const ENCRYPTION_KEY = randomBytes(32).toString('base64');
const stage = forAll(() => openStage({ settings: { ...proxied, ENCRYPTION_KEY } }));

test('a code opens one session, also when it is entered twice at the same moment', async () => {
  const [, email, { authenticator }] = await member();
  const browsers = await Promise.all(Array.from({ length: 4 }, () => challenged(email)));
  const code = authenticator();
  const answers = await Promise.all(browsers.map((each) => each.auth('/two-factor/verify-totp', { code })));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401]);
  const loggedIn = await Promise.all(browsers.map((each) => each.isLoggedIn()));
  expect(loggedIn.filter(Boolean)).toHaveLength(1);

  const later = await challenged(email);
  expect(await later.auth('/two-factor/verify-totp', { code })).toMatchObject({ status: 401, body: { code: 'INVALID_CODE' } });
  expect(await later.auth('/two-factor/verify-totp', { code: await vi.waitFor(authenticator) })).toMatchObject({ status: 200 });
});

test('the code that turned the second factor on does not log anybody in', async () => {
  const [ada, email] = await person();
  const { body } = await ada.auth('/two-factor/enable', { password: PASSWORD });
  const code = authenticatorOf(body['totpURI'] as string)();
  expect(await ada.auth('/two-factor/verify-totp', { code })).toMatchObject({ status: 200 });
  expect(await (await challenged(email)).auth('/two-factor/verify-totp', { code })).toMatchObject({ status: 401 });
});

test('a code entered by somebody who is logged in is used up as well', async () => {
  const [ada, email, { authenticator }] = await member();
  const code = authenticator();
  expect(await ada.auth('/two-factor/verify-totp', { code })).toMatchObject({ status: 200 });
  expect(await (await challenged(email)).auth('/two-factor/verify-totp', { code })).toMatchObject({ status: 401 });
});

test('once a code was used, earlier ones do not work any more', async () => {
  const [, email, { authenticator }] = await member();
  const [earlier, later] = [authenticator(), await vi.waitFor(authenticator)];
  expect(await (await challenged(email)).auth('/two-factor/verify-totp', { code: later })).toMatchObject({ status: 200 });
  expect(await (await challenged(email)).auth('/two-factor/verify-totp', { code: earlier })).toMatchObject({ status: 401 });
});

test('who sets the authenticator up anew begins with fresh codes', async () => {
  const [ada, email] = await member();
  await ada.auth('/two-factor/disable', { password: PASSWORD });
  const { authenticator } = await twoFactorOf(ada);
  expect(await (await challenged(email)).auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 200 });
});

test('a backup code opens one session, also when it is entered many times at the same moment', async () => {
  const [, email, { backupCodes }] = await member();
  const browsers = await Promise.all(Array.from({ length: 4 }, () => challenged(email)));
  await Promise.all(browsers.map((each) => each.auth('/two-factor/verify-backup-code', { code: backupCodes[0]! })));
  const loggedIn = await Promise.all(browsers.map((each) => each.isLoggedIn()));
  expect(loggedIn.filter(Boolean)).toHaveLength(1);
  const later = await challenged(email);
  expect(await later.auth('/two-factor/verify-backup-code', { code: backupCodes[0]! })).toMatchObject({ status: 401 });
});

test.each([
  { by: 'a code', path: '/two-factor/verify-totp' },
  { by: 'a backup code', path: '/two-factor/verify-backup-code' },
] as const)('nobody leaves the second factor out by asking to be trusted with $by', async ({ path }) => {
  const [, email, { authenticator, backupCodes }] = await member();
  const browser = await challenged(email);
  const code = path.endsWith('totp') ? authenticator() : backupCodes[0]!;
  expect(await browser.auth(`${path}?trustDevice=true`, { code, trustDevice: true })).toMatchObject({ status: 200 });
  expect([...browser.cookies.keys()].filter((name) => name.includes('trust'))).toEqual([]);
  await browser.auth('/sign-out', {});
  expect(await browser.logIn(email)).toMatchObject({ status: 200, body: { twoFactorRedirect: true } });
});

test.each(['/sign-in/email', '/magic-link/verify'] as const)(
  'a browser that was trusted once is asked for its code again at %s',
  async (path) => {
    const [, email, { authenticator }] = await member();
    const browser = await challenged(email);
    await browser.auth('/two-factor/verify-totp', { code: authenticator() });
    // As it was given out before.
    for (const prefix of ['', '__Secure-']) browser.cookies.set(`${prefix}impacter.trust_device`, await trustOf(email));
    await browser.auth('/sign-out', {});
    if (path === '/sign-in/email') await browser.logIn(email);
    else {
      await browser.auth('/sign-in/magic-link', { email });
      await browser.askAsPage(`${path}?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`);
    }
    expect(await browser.isLoggedIn()).toBe(false);
  },
);

/** The cookie and row with which the library leaves the second factor out. */
async function trustOf(email: string): Promise<string> {
  const { core } = stage();
  const { userId } = (await core.store.people.findByEmail(email))!;
  const secret = await sharedSecret(core.store.money, [ENCRYPTION_KEY], 'logins', () => '');
  const identifier = `trust-device-${randomBytes(16).toString('hex')}`;
  await core.store.prisma.verification.create({
    data: {
      id: randomUUID(),
      identifier: createHash('sha256').update(identifier).digest('base64url'),
      value: userId,
      expiresAt: new Date(Date.now() + 30 * 86_400_000),
    },
  });
  const value = `${createHmac('sha256', secret).update(`${userId}!${identifier}`).digest('base64url')}!${identifier}`;
  return encodeURIComponent(`${value}.${createHmac('sha256', secret).update(value).digest('base64')}`);
}

async function person(): Promise<[Visitor, string]> {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  const ada = visitor(stage(), newAddress());
  await ada.signUp(email);
  return [ada, email];
}

async function member(): Promise<[Visitor, string, Awaited<ReturnType<typeof twoFactorOf>>]> {
  const [ada, email] = await person();
  return [ada, email, await twoFactorOf(ada)];
}

/** A new browser that is asked for its second factor. */
async function challenged(email: string): Promise<Visitor> {
  const browser = visitor(stage(), newAddress());
  expect(await browser.logIn(email)).toMatchObject({ status: 200, body: { twoFactorRedirect: true } });
  return browser;
}

let addresses = 0;
const newAddress = () => `203.0.113.${(addresses += 1)}`;
