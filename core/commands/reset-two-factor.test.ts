import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { PASSWORD, proxied, twoFactorOf, visitor } from '#core/testing/visitors/visitor.ts';

const ENCRYPTION_KEY = randomBytes(32).toString('base64');
const stage = forAll(() => openStage({ settings: { ...proxied, ENCRYPTION_KEY } }));

test('who lost authenticator and backup codes gets in again; everybody else who was logged in as them is out, and they get a mail', async () => {
  const ada = visitor(stage(), '203.0.113.1');
  const email = someone();
  await ada.signUp(email);
  const before = await twoFactorOf(ada);
  const halfway = visitor(stage(), '203.0.113.2');
  expect((await halfway.logIn(email)).body).toMatchObject({ twoFactorRedirect: true });

  const told = await keys('reset-two-factor', email.toUpperCase());
  expect(told).toMatchObject({ code: 0, said: expect.stringContaining('Nothing was changed.') });
  expect(await ada.isLoggedIn()).toBe(true);

  expect(await keys('reset-two-factor', email, '--yes')).toMatchObject({ code: 0, complained: '' });
  expect(await ada.isLoggedIn()).toBe(false);
  expect((await halfway.auth('/two-factor/verify-totp', { code: before.authenticator() })).status).toBeGreaterThanOrEqual(400);
  expect(await halfway.isLoggedIn()).toBe(false);
  await vi.waitFor(async () =>
    expect((await stage().mails(email)).map(({ subject }) => subject)).toContain('Two-factor authentication was turned off'),
  );

  const phone = visitor(stage(), '203.0.113.3');
  expect(await phone.logIn(email)).toMatchObject({ status: 200 });
  expect(await phone.isLoggedIn()).toBe(true);
  const { userId, teamId } = (await stage().core.store.people.findByEmail(email))!;
  const [line] = await stage().core.store.audit.read(teamId, { before: null, limit: 1, person: userId, act: 'two-factor.reset' });
  expect(line).toMatchObject({ actor: expect.stringMatching(/^operator:/), facts: {} });
  // They set it up anew, and what they had before opens nothing.
  const after = await twoFactorOf(phone);
  await ada.logIn(email);
  expect(await ada.auth('/two-factor/verify-backup-code', { code: before.backupCodes[0]! })).toMatchObject({ status: 401 });
  expect(await ada.auth('/two-factor/verify-backup-code', { code: after.backupCodes[0]! })).toMatchObject({ status: 200 });
});

test('an address that nobody has, or whose person has no second factor, is said to be so, and nothing is changed', async () => {
  expect(await keys('reset-two-factor', someone(), '--yes')).toMatchObject({
    code: 2,
    complained: expect.stringContaining('No account has the address'),
  });
  const bo = visitor(stage(), '203.0.113.4');
  const email = someone();
  await bo.signUp(email);
  await bo.auth('/two-factor/enable', { password: PASSWORD });
  expect(await keys('reset-two-factor', email, '--yes')).toMatchObject({ code: 0, said: expect.stringContaining('nothing to reset') });
  expect(await bo.isLoggedIn()).toBe(true);
  for (const words of [['reset-two-factor'], ['reset-two-factor', email, '--revoke'], ['reset-two-factor', email, 'grace@example.com']])
    expect(await keys(...words)).toMatchObject({ code: 2, complained: expect.stringContaining('Usage:') });
});

function someone(): string {
  return `${randomBytes(6).toString('hex')}@example.com`;
}

function keys(...words: string[]): Promise<{ code: number; said: string; complained: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, DATABASE_URL: stage().databaseUrl, DATA_DIR: stage().dataDir, ENCRYPTION_KEY };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [path.join(import.meta.dirname, 'keys.ts'), ...words], { env }, (_error, said, complained) =>
      resolve({ code: child.exitCode!, said, complained }),
    );
  });
}
