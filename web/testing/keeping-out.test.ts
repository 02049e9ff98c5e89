// What the portal says to somebody who was guessed at, and to somebody who changed what they log in with.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ portal: true, settings: proxied }));
const NEW = 'an even better one';

test('a page for logging in says how long to wait while strangers guess, and offers the link that works meanwhile', async () => {
  const [, email] = await member();
  for (let n = 0; n < 20; n++) await stranger().logIn(email, `wrong ${n}`);
  const tablet = stranger();
  const { status, text } = await tablet.post('/login', { intent: 'login', email, password: PASSWORD });
  expect(status).toBe(429);
  expect(text).toContain('Too many wrong passwords for this account.');
  expect(text).toMatch(/Try again in \d seconds?, or select “Send me a link instead” to log in right away\./);
  expect(await tablet.post('/login', { intent: 'link', email })).toMatchObject({ status: 302, to: '/login/sent' });
  const token = tokenIn(await mailOf(stage(), email, 'magic-link'));
  expect(await tablet.post('/login/link', { intent: 'link', token })).toMatchObject({ to: '/dashboard' });
});

test('after a new password a person reads how many keys go on, and revokes all of them with one button', async () => {
  const [ada] = await member();
  const key = await keyOf(ada);
  await ada.post('/settings', { intent: 'password', current: PASSWORD, password: NEW });
  const after = await textOf(ada, '/settings?done=password');
  expect(after).toContain('You still have 1 active API key.');
  expect(after).toContain('href="/settings/keys"');
  expect(await textOf(ada, '/settings?done=name')).not.toContain('active API key');

  expect(await textOf(ada, '/settings/keys')).toContain('Revoke all keys');
  expect(await ada.post('/settings/keys', { intent: 'revoke-all' })).toMatchObject({ to: '/settings/keys?done=revoked' });
  expect(await stage().app.team.actorByKey(key)).toBeNull();
  expect(await textOf(ada, '/settings/keys?done=revoked')).toContain('No active API keys');
  expect(await textOf(ada, '/settings?done=password')).not.toContain('active API key');
});

test('after a second factor the page names the keys too', async () => {
  const [ada] = await member();
  await keyOf(ada);
  await twoFactorOf(ada);
  expect(await textOf(ada, '/settings?done=two-factor')).toContain('You still have 1 active API key.');
});

test.each([{ keys: 1 }, { keys: 0 }])(
  'who resets a password is led to their keys when they log in, if there are any: $keys',
  async ({ keys }) => {
    const [ada, email] = await member();
    if (keys > 0) await keyOf(ada);
    const tablet = stranger();
    await tablet.post('/forgot', { intent: 'forgot', email });
    const token = tokenIn(await mailOf(stage(), email, 'reset'));
    const { to } = await tablet.post('/reset-password', { intent: 'password', token, password: NEW });
    const next = new URL(to!, 'http://x').searchParams.get('next')!;
    expect(await tablet.post('/login', { intent: 'login', email, password: NEW, next })).toMatchObject({ to: next });
    const page = await tablet.fetch(next);
    if (keys === 0) return expect(page.headers.get('location')).toBe('/dashboard');
    expect(await page.text()).toContain('Your password is changed. You still have 1 active API key.');
  },
);

async function member(): Promise<[PortalVisitor, string]> {
  const email = `${randomBytes(5).toString('hex')}@example.com`;
  const ada = stranger();
  await ada.signUp(email);
  return [ada, email];
}

async function keyOf(ada: PortalVisitor): Promise<string> {
  return (await stage().app.team.makeApiKey(await ada.actor(), 'Nightly report')).key;
}

async function textOf(ada: PortalVisitor, path: string): Promise<string> {
  const page = await ada.fetch(path);
  return (await page.text()).replaceAll('<!-- -->', '');
}

const stranger = () => portalVisitor(stage());
