// Getting in and looking after one's account, as people do it: in a browser, with and without JavaScript.

import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { authenticatorOf } from '#core/testing/visitors/authenticator.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';
import { axeFindings } from './browsers/axe.ts';
import { inABrowser, oneBrowser, type WindowOptions } from './browsers/browser.ts';

const stage = forAll(() => openStage({ portal: true, settings: { ...proxied, STARTING_CREDITS: '50' } }));

test('a page that leads on afterwards leads nowhere outside of the portal', async () => {
  const [ada] = await member();
  for (const next of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/%09/evil.example\n',
    '/..//evil.example',
    'javascript:alert(1)',
    ' /x',
  ])
    expect((await ada.fetch(`/login?next=${encodeURIComponent(next)}`)).headers.get('location'), next).toBe('/dashboard');
  expect((await ada.fetch('/signup?next=/tasks/1%3Fa%3D1')).headers.get('location')).toBe('/tasks/1?a=1');
  expect((await fetch(`${stage().core.settings.publicUrl}/settings`, { redirect: 'manual' })).headers.get('location')).toBe(
    '/login?next=%2Fsettings',
  );
});

test('a form of the portal that another site sends is refused, also where nobody is logged in', async () => {
  const send = (headers: Record<string, string>) =>
    person().fetch('/login', { method: 'POST', body: new URLSearchParams({ intent: 'login' }), headers });
  for (const headers of [{ Origin: 'https://evil.example' }, {}, { Origin: 'null' }, { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }])
    expect((await send(headers as Record<string, string>)).status, JSON.stringify(headers)).toBe(403);
});

test('the limits of the login engine hold for the forms of the portal', async () => {
  const eve = person();
  const statuses = [];
  for (let n = 0; n < 12; n++) {
    const answer = await eve.fetch('/login', {
      method: 'POST',
      body: new URLSearchParams({ intent: 'login', email: 'ada@example.com', password: `wrong password ${n}` }),
      headers: { Origin: stage().core.settings.publicUrl, 'X-Impacter-Caller': `10.0.0.${n}` },
    });
    statuses.push(answer.status);
    if (n === 11) expect(await answer.text()).toMatch(/Try again in <!-- -->\d+|Try again in \d+ seconds/);
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
});

inABrowser('in a browser', () => {
  const browser = oneBrowser();
  const open = (options: Partial<WindowOptions> = {}) =>
    browser().open({ at: stage().core.settings.publicUrl, from: newAddress(), ...options });

  test.each([
    { name: 'with JavaScript', javaScript: true },
    { name: 'without JavaScript, on a phone', javaScript: false, width: 390 },
  ])('a new person signs up, confirms, goes out, and comes in again: $name', async (options) => {
    const email = newMail();
    const { page, takeTroubles } = await open(options);
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await expectTitle(page, 'Check your email');
    expect(await page.getByLabel('Email address').inputValue()).toBe(email);

    await page.goto(await lastLink(email, 'verify'));
    await page.getByLabel('Password chosen at sign-up').fill(PASSWORD);
    await page.getByRole('button', { name: 'Confirm and log in' }).click();
    await expectTitle(page, 'Welcome, Ada Lovelace');
    expect(await page.getByText('You have 50 credits').count()).toBe(1);

    await page.goto('/settings');
    await page.getByLabel('Account', { exact: true }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.waitForURL('**/dashboard');
    // Signing out ends the page's stream, which the browser may try to open again before the page has gone.
    expect(takeTroubles().filter((trouble) => trouble !== '401 GET /api/events')).toEqual([]);
  });

  test('who comes from a page that needs a login goes on to it, also over a second factor', async () => {
    const [ada, email] = await member();
    const code = await withAuthenticator(ada);
    const { page } = await open();
    await page.goto('/settings');
    await expectTitle(page, 'Log in');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expectTitle(page, 'One more step');
    await page.getByLabel('Code', { exact: true }).fill(code());
    await page.keyboard.press('Enter');
    await expectTitle(page, 'Settings');
  });

  test('what is wrong is said at its field, the focus goes there, and what was typed stays', async () => {
    const window = await open();
    const { page } = window;
    await page.goto('/signup');
    await page.getByLabel('Name').fill('https://evil.example');
    await page.getByLabel('Email address').fill('ada@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    window.expectTrouble(/^400 POST \/signup/);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Say what you want to be called').waitFor();
    await page.locator('[name=name]:focus').waitFor();
    expect(await page.getByLabel('Email address').inputValue()).toBe('ada@example.com');
  });

  test('a program that looks into mails and opens their links uses none of them up', async () => {
    const [ada, email] = await member();
    await ada.auth('/sign-in/magic-link', { email });
    const link = await lastLink(email, 'magic-link');
    for (let n = 0; n < 2; n++) expect((await fetch(link)).status).toBe(200);
    const window = await open();
    const { page } = window;
    await page.goto(link);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.waitForURL('**/dashboard');

    const other = await open();
    await other.page.goto(link);
    await other.page.getByText('This link has expired or was used already.').waitFor();
  });

  test('a forgotten password is replaced by mail', async () => {
    const [, email] = await member();
    const { page } = await open();
    await page.goto('/login');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await expectTitle(page, 'Choose a new password'); // both pages ask for the address
    await page.getByLabel('Email address').fill(email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('If there is an account for this address').waitFor();
    await page.goto(await lastLink(email, 'reset'));
    await page.getByLabel('New password').fill('another good one');
    await page.getByRole('button', { name: 'Use this password' }).click();
    await page.getByText('Your password was changed').waitFor();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill('another good one');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.waitForURL('**/dashboard');
  });

  test.each([{ javaScript: true }, { javaScript: false, width: 390 }])('a person sets an authenticator up: %j', async (options) => {
    const [ada] = await member();
    const window = await open({ ...options, cookies: ada.cookies });
    const { page } = window;
    await page.goto('/settings');
    await page.locator('form:has([value="two-factor-begin"])').getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up an authenticator' }).click();
    const secret = (await page.locator('code').textContent())!.replaceAll(' ', '');
    const code = authenticatorOf(`otpauth://totp/x?secret=${secret}`);
    expect(await page.getByRole('img', { name: 'QR code' }).count()).toBe(1);

    window.expectTrouble(/^401 POST \/settings/);
    await page.getByLabel('Code', { exact: true }).fill('000000');
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('This code is wrong').waitFor();
    await page.getByLabel('Code', { exact: true }).fill(code());
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('Two-factor authentication is on.').waitFor();
    expect(await ada.isLoggedIn()).toBe(false); // the session got a new token with it
  });

  test('a person ends another session, which is out at once', async () => {
    const [ada, email] = await member();
    const phone = person();
    await phone.logIn(email);
    const { page } = await open({ cookies: ada.cookies });
    await page.goto('/settings');
    await page.getByRole('button', { name: 'End the session of' }).click();
    await page.getByText('Session ended.').waitFor();
    expect([await ada.isLoggedIn(), await phone.isLoggedIn()]).toEqual([true, false]);
  });

  test('a person chooses dark, and every page is', async () => {
    const [ada] = await member();
    const { page } = await open({ cookies: ada.cookies });
    await page.goto('/settings');
    await page.getByLabel('Dark').check();
    const kept = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.locator('form:has([name="theme"])').getByRole('button').click();
    await kept;
    await page.goto('/dashboard');
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(0, 0, 0)');
  });

  test('setting an authenticator up keeps nobody out (WCAG 2.2 AA)', async () => {
    const [ada] = await member();
    const { page } = await open({ cookies: ada.cookies });
    await page.goto('/settings?done=name');
    await page.locator('form:has([value="two-factor-begin"])').getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up an authenticator' }).click();
    await page.getByText('Scan this').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await axeFindings(page)]).toEqual([colorScheme, []]);
    }
  });
});

async function member(): Promise<[Visitor, string]> {
  const email = newMail();
  const somebody = person();
  await somebody.signUp(email);
  return [somebody, email];
}

async function withAuthenticator(ada: Visitor): Promise<() => string> {
  const { body } = await ada.auth('/two-factor/enable', { password: PASSWORD });
  const code = authenticatorOf(body['totpURI'] as string);
  await ada.auth('/two-factor/verify-totp', { code: code() });
  return code;
}

async function lastLink(email: string, kind: 'verify' | 'magic-link' | 'reset'): Promise<string> {
  return linkIn(await mailOf(stage(), email, kind));
}

async function expectTitle(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** By the name that the portal has itself: it sends whoever comes by another one there. */
const person = () => visitor({ ...stage(), url: stage().core.settings.publicUrl }, newAddress());
const newMail = () => `${randomBytes(5).toString('hex')}@example.com`;
let addresses = 0;
const newAddress = () => `198.51.100.${(addresses += 1)}`;
