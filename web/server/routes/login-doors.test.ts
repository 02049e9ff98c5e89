// Every door of the login engine, knocked at from outside by somebody who means ill: a link on another site, a form there, and a
// program that adds whatever better-auth would take as an address to go on to.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { doors } from '#core/engines/auth/doors.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ portal: true, settings: proxied }));

/** The library's own names for where to go on, and what they could be spelled like. */
const spellings = [
  'callbackURL',
  'errorCallbackURL',
  'newUserCallbackURL',
  'redirectTo',
  'callbackUrl',
  'redirectURL',
  'redirect_uri',
  'next',
];
const evil = ['https://evil.example/', '//evil.example', '/..//evil.example', '/\\evil.example', '/%2e%2e//evil.example'];

/** What opens each of them for its owner, who logged in as `owner`. */
const bodies = async (owner: PortalVisitor): Promise<Record<string, Record<string, unknown>>> => {
  const { email } = owner;
  const token = async (kind: 'reset' | 'magic-link' | 'verify', to = email) => tokenIn(await mailOf(stage(), to, kind));
  const fresh = newMail();
  await owner.auth('/sign-up/email', { email: fresh, password: PASSWORD, name: 'Eve' });
  await owner.auth('/request-password-reset', { email });
  await owner.auth('/sign-in/magic-link', { email });
  return {
    '/sign-up/email': { email: newMail(), password: PASSWORD, name: 'Eve' },
    '/send-verification-email': { email: newMail() },
    '/confirm-sign-up': { token: await token('verify', fresh), password: PASSWORD },
    '/confirm-sign-up/new-password': { token: await token('verify', fresh), newPassword: PASSWORD },
    '/sign-in/email': { email, password: PASSWORD, rememberMe: true },
    '/sign-in/magic-link': { email },
    '/magic-link/verify': { token: await token('magic-link') },
    '/sign-out': {},
    '/request-password-reset': { email },
    '/reset-password': { token: await token('reset'), newPassword: 'chosen by a stranger' },
    '/change-password': { currentPassword: PASSWORD, newPassword: 'changed by a stranger', revokeOtherSessions: true },
    '/new-address': { newEmail: newMail(), password: PASSWORD },
    '/new-address/confirm': { token: 'x'.repeat(32) },
    '/two-factor/enable': { password: PASSWORD },
    '/two-factor/disable': { password: PASSWORD },
    '/two-factor/verify-totp': { code: '123456' },
    '/two-factor/verify-backup-code': { code: 'abcde-fghij' },
    '/two-factor/generate-backup-codes': { password: PASSWORD },
  };
};

describe.each(Object.entries(doors))('%s', (path, { method, pagesOnly }) => {
  test('asked by another site, does nothing and sets no cookie, whoever visits that site', async () => {
    const owner = await member();
    const body = (await bodies(owner))[path]!;
    const stranger = newcomer();
    const query = queryOf(body);
    for (const visitor of [owner, stranger]) {
      const before = [...visitor.cookies];
      const asked = [
        // A link, or a picture.
        visitor.fetch(`/api/auth${path}?${query}`, { headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } }),
        // A form, and a script, with what a form can send; an old browser says nothing of where it comes from.
        ...[{ Origin: 'https://evil.example' }, { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, {}].flatMap((from) =>
          ['application/json', 'text/plain', 'application/x-www-form-urlencoded'].map((type) =>
            visitor.fetch(`/api/auth${path}`, {
              method: 'POST',
              body: type === 'application/x-www-form-urlencoded' ? query : JSON.stringify(body),
              headers: { ...(from as Record<string, string>), 'Content-Type': type },
            }),
          ),
        ),
      ];
      for (const answer of await Promise.all(asked)) {
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([expect.toBeOneOf([403, 404]), []]);
        expect(answer.headers.get('location')).toBe(null);
      }
      expect([...visitor.cookies]).toEqual(before);
    }
    expect(await owner.isLoggedIn()).toBe(true);
    expect(await newcomer().logIn(owner.email)).toMatchObject({ status: 200 });
  });

  test('leads nowhere, and mails no address, that the one who asks put in', async () => {
    const owner = await member();
    const body = (await bodies(owner))[path]!;
    for (const place of evil) {
      const places = Object.fromEntries(spellings.map((name) => [name, place]));
      const answer =
        method === 'GET'
          ? await owner.fetch(`/api/auth${path}?${queryOf({ ...body, ...places })}`)
          : await owner.fetch(`/api/auth${path}?${queryOf(places)}`, {
              method: 'POST',
              body: JSON.stringify({ ...body, ...places }),
              headers: { 'Content-Type': 'application/json', Origin: stage().core.settings.publicUrl },
            });
      expect([answer.headers.get('location') ?? '', await answer.text()].join(' ')).not.toContain('evil');
      if (pagesOnly) expect(answer.status).toBe(404);
      // An engine that read them would say that it does not trust this place.
      else expect(answer.status).not.toBeOneOf([403, 404, 500]);
    }
    const { rows } = await stage().core.store.money.query({ text: `SELECT 1 FROM verifications WHERE value LIKE '%evil%'` }, []);
    expect(rows).toEqual([]);
  });
});

test('what the library has besides is not there', async () => {
  const ada = await member();
  await ada.auth('/sign-in/magic-link', { email: ada.email });
  const token = tokenIn(await mailOf(stage(), ada.email, 'magic-link'));
  for (const path of ['/verify-email', '/magic-link/verify', '/magic-link/verify/', '/Magic-Link/Verify', '//magic-link/verify', '/error'])
    expect((await newcomer().fetch(`/api/auth${path}?token=${token}&callbackURL=/`)).status, path).toBe(404);
  for (const path of ['/change-email', '/verify-email', '/confirm-sign-up', '/new-address/confirm', '/magic-link/verify'])
    expect((await ada.auth(path, { token, newEmail: newMail() })).status, path).toBe(404);
});

test('a link to log in names its account, and logs in by the button of its page alone', async () => {
  const eve = await member();
  await eve.auth('/sign-in/magic-link', { email: eve.email });
  const link = `/login/link?token=${tokenIn(await mailOf(stage(), eve.email, 'magic-link'))}`;
  // Whoever gets the link of somebody else reads whose account it is, and has no session by looking.
  const victim = newcomer();
  expect(await victim.page(link)).toContain(`${eve.email[0]}•••@example.com`);
  expect(await victim.isLoggedIn()).toBe(false);
  const token = new URL(link, 'https://x.example').searchParams.get('token')!;
  expect((await victim.post('/login/link', { intent: 'link', token }, { Origin: 'https://evil.example' })).status).toBe(403);
  expect(await victim.isLoggedIn()).toBe(false);
  expect(await victim.post('/login/link', { intent: 'link', token })).toMatchObject({ status: 302, to: '/dashboard' });
  expect(await victim.isLoggedIn()).toBe(true);
});

test('a link to log in asks for the second factor where there is one', async () => {
  const ada = await member();
  await twoFactorOf(ada);
  await ada.auth('/sign-in/magic-link', { email: ada.email });
  const token = tokenIn(await mailOf(stage(), ada.email, 'magic-link'));
  const phone = newcomer();
  expect(await phone.post('/login/link', { intent: 'link', token })).toMatchObject({ status: 302, to: '/login/two-factor' });
  expect(await phone.isLoggedIn()).toBe(false);
});

const queryOf = (fields: object) => new URLSearchParams(fields as Record<string, string>).toString();
const newMail = () => `${randomBytes(6).toString('hex')}@example.com`;
const newcomer = () => portalVisitor(stage(), newMail());

async function member(): Promise<PortalVisitor> {
  const person = newcomer();
  await person.signUp(person.email);
  return person;
}
