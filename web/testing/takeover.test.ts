// Somebody who types an address that is not theirs, and the person whose mailbox it is: what each does with the mails that
// come of it, over the pages of the portal, and what it must never bring the other.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf, PASSWORD, proxied, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const OPS = 'ops@operators.example';
const stage = forAll(() => openStage({ portal: true, settings: { ...proxied, OPERATOR_EMAILS: OPS } }));

const THEIRS = 'chosen by mallory';
const OWN = 'chosen by the owner';

describe('an address of somebody else at sign-up', () => {
  test('its owner opens the link: looking, by a person or a program, confirms nothing', async () => {
    const { mallory, owner, link } = await signedUp();
    for (let n = 0; n < 3; n++) expect(wordsOf(await owner.page(link))).toContain(`${owner.email[0]}•••@example.com`);
    expect((await owner.fetch(link, { method: 'HEAD' })).status).toBe(200);
    expect(await owner.isLoggedIn()).toBe(false);
    expect((await mallory.logIn(owner.email, THEIRS)).body).toMatchObject({ code: 'EMAIL_NOT_VERIFIED' });
  });

  test('its owner chooses a password there: the one that was chosen before opens nothing, and has never', async () => {
    const { mallory, owner, link } = await signedUp();
    const token = tokenOf(link);
    expect((await owner.post('/verify', { intent: 'verify', token, password: OWN })).text).toContain('not the password that was chosen');
    expect((await mallory.logIn(owner.email, THEIRS)).status).toBe(403);
    expect(await owner.post('/verify', { intent: 'anew', token, password: OWN })).toMatchObject({
      status: 302,
      to: '/login?done=password&next=/welcome',
    });
    expect(await owner.isLoggedIn()).toBe(false);
    expect((await mallory.logIn(owner.email, THEIRS)).status).toBe(401);
    expect(await owner.logIn(owner.email, OWN)).toMatchObject({ status: 200 });
    // Nor does the link, which stays in the mailbox, do anything again.
    const again = await portal().post('/verify', { intent: 'anew', token, password: THEIRS });
    expect(again.status).toBe(400);
    expect(await owner.isLoggedIn()).toBe(true);
  });

  test('who signed up confirms with the password of then, in any browser, and is logged in', async () => {
    const ada = portal();
    await ada.auth('/sign-up/email', { email: ada.email, password: OWN, name: 'Ada' });
    const phone = portal();
    const token = tokenOf(linkIn(await mailOf(stage(), ada.email, 'verify')));
    expect(await phone.post('/verify', { intent: 'verify', token, password: OWN })).toMatchObject({ status: 302, to: '/welcome' });
    expect([await phone.isLoggedIn(), await ada.isLoggedIn()]).toEqual([true, false]);
  });

  test('a mail that is sent again asks for a password too, whether a form or a login had it sent', async () => {
    const { mallory, owner } = await signedUp();
    await owner.post('/verify', { intent: 'again', email: owner.email });
    await mailOf(stage(), owner.email, 'verify', 2);
    await mallory.logIn(owner.email, THEIRS);
    const token = tokenOf(linkIn(await mailOf(stage(), owner.email, 'verify', 3)));
    expect((await owner.post('/verify', { intent: 'verify', token, password: '' })).status).toBe(400);
    expect((await mallory.logIn(owner.email, THEIRS)).status).toBe(403);
  });

  test('its owner asks for a link to log in instead: they are in, and the password that was chosen before is gone', async () => {
    const { mallory, owner } = await signedUp();
    await owner.post('/login', { intent: 'link', email: owner.email });
    const token = tokenOf(linkIn(await mailOf(stage(), owner.email, 'magic-link')));
    expect(await owner.post('/login/link', { intent: 'link', token })).toMatchObject({ status: 302, to: '/dashboard' });
    expect((await mallory.logIn(owner.email, THEIRS)).status).toBe(401);
  });

  test('whoever holds the link cannot try out passwords with it', async () => {
    const { owner, link } = await signedUp();
    const statuses = [];
    for (let n = 0; n < 12; n++)
      statuses.push((await portal().post('/verify', { intent: 'verify', token: tokenOf(link), password: `guess ${n}` })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429, 429]);
    expect(await owner.isLoggedIn()).toBe(false);
  });

  test('the page that another site sends confirms nothing', async () => {
    const { owner, link } = await signedUp();
    const evil = { Origin: 'https://evil.example' };
    for (const intent of ['verify', 'anew'])
      expect((await owner.post('/verify', { intent, token: tokenOf(link), password: THEIRS }, evil)).status).toBe(403);
  });
});

describe('an address of somebody else as a new one', () => {
  test('its owner gets a mail that says what was asked, and nothing that the other one wrote', async () => {
    const { mallory, owner } = await asked();
    const mail = await mailOf(stage(), owner.email, 'new-address');
    expect(mail.subject).toBe('Confirm your new email address');
    expect(mail.text).toContain('If you did not ask for this, ignore this email: nothing changes.');
    expect(mail.text.replaceAll('\u2060', '')).toContain(`${mallory.email[0]}•••@example.com`);
    expect(mail.text).not.toMatch(/Mallory|sign(ed)? up/);
    expect(await kindsWrittenTo(stage(), owner.email)).toEqual(['new-address']);
  });

  test('its owner opens the link and presses what is there: nothing changes, and no session comes of it', async () => {
    const { mallory, owner, link } = await asked();
    expect(wordsOf(await owner.page(link))).toContain('Log in to the account that asked for this change');
    const sent = await owner.post('/confirm-email', { intent: 'confirm', token: tokenOf(link) });
    expect(sent.status).toBe(401);
    expect(await owner.isLoggedIn()).toBe(false);
    expect(await emailOf(mallory)).toBe(mallory.email);
  });

  test('its owner opens the link while logged in to an account of their own, and is told that it is for another', async () => {
    const { mallory, owner, link } = await asked();
    const elsewhere = await member();
    expect(wordsOf(await elsewhere.page(link))).toContain('This link is for another account');
    expect((await elsewhere.post('/confirm-email', { intent: 'confirm', token: tokenOf(link) })).status).toBe(403);
    expect([await emailOf(mallory), await emailOf(elsewhere)]).toEqual([mallory.email, elsewhere.email]);
    // And the mailbox is still free for an account of its own.
    await owner.signUp(owner.email);
    expect((await mallory.post('/confirm-email', { intent: 'confirm', token: tokenOf(link) })).status).toBe(400);
    expect(await emailOf(mallory)).toBe(mallory.email);
  });

  test('the person who asked, and reads the mailbox, confirms it while logged in; looking confirms nothing', async () => {
    const ada = await member();
    const next = newMail();
    expect(await ada.post('/settings', { intent: 'mail', email: next, password: PASSWORD })).toMatchObject({
      to: '/settings?done=mail-sent',
    });
    const link = inPortal(linkIn(await mailOf(stage(), next, 'new-address')));
    expect(wordsOf(await ada.page(link))).toContain(next);
    expect(await emailOf(ada)).toBe(ada.email);
    const evil = { Origin: 'https://evil.example' };
    expect((await ada.post('/confirm-email', { intent: 'confirm', token: tokenOf(link) }, evil)).status).toBe(403);
    expect(await emailOf(ada)).toBe(ada.email);
    expect(await ada.post('/confirm-email', { intent: 'confirm', token: tokenOf(link) })).toMatchObject({ to: '/settings?done=mail' });
    expect(await emailOf(ada)).toBe(next);
    expect((await mailOf(stage(), ada.email, 'security')).subject).toBe('Your email address was changed');
  });

  test('the link leads a browser that is not logged in to the login, and from there back to it', async () => {
    const ada = await member();
    const next = newMail();
    await ada.post('/settings', { intent: 'mail', email: next, password: PASSWORD });
    const link = inPortal(linkIn(await mailOf(stage(), next, 'new-address')));
    const phone = portal();
    const [, logIn] = /href="(\/login\?next=[^"]+)"/.exec(await phone.page(link))!;
    const goOn = new URL(logIn!.replaceAll('&amp;', '&'), 'https://x.example').searchParams.get('next')!;
    const sent = await phone.post('/login', { intent: 'login', email: ada.email, password: PASSWORD, next: goOn });
    expect(sent).toMatchObject({ status: 302, to: link });
    expect(await phone.post('/confirm-email', { intent: 'confirm', token: tokenOf(link) })).toMatchObject({ to: '/settings?done=mail' });
  });
});

describe('an address that OPERATOR_EMAILS names', () => {
  test('makes nobody an operator who asked for it and cannot confirm it', async () => {
    const mallory = await member();
    await twoFactorOf(mallory);
    await mallory.post('/settings', { intent: 'mail', email: OPS, password: PASSWORD });
    const link = inPortal(linkIn(await mailOf(stage(), OPS, 'new-address')));
    expect((await portal().post('/confirm-email', { intent: 'confirm', token: tokenOf(link) })).status).toBe(401);
    for (const path of ['/operator', '/operator/teams', '/operator/ledger']) await mallory.page(path, 404);
    expect(await mallory.page('/dashboard')).not.toContain('href="/operator"');
  });

  test('shows its owner the operator’s pages with two-factor on, and without it how to turn it on', async () => {
    const ops = portal(OPS);
    await ops.signUp(OPS);
    expect(await ops.page('/dashboard')).toContain('href="/operator"');
    for (const path of ['/operator', '/operator/teams', '/operator/tasks', '/operator/mails', '/operator/ledger']) {
      const page = await ops.page(path, 403);
      expect(wordsOf(page)).toContain('Operators need two-factor authentication.');
      expect(page).toContain('href="/settings"');
    }
    expect((await ops.post('/operator/ledger', { intent: 'check' })).status).toBe(403);
    await twoFactorOf(ops);
    await ops.page('/operator');
    expect(await ops.post('/operator/ledger', { intent: 'check' })).toMatchObject({ to: '/operator/ledger?done=checked' });
    // It is asked for at each login, also after the link of a mail.
    const elsewhere = portal(OPS);
    await elsewhere.post('/login', { intent: 'link', email: OPS });
    await elsewhere.post('/login/link', { intent: 'link', token: tokenOf(linkIn(await mailOf(stage(), OPS, 'magic-link'))) });
    expect((await elsewhere.fetch('/operator')).headers.get('location')).toBe('/login?next=%2Foperator');
  });
});

/** Mallory signs up with the address of somebody else, who has a mail now. */
async function signedUp() {
  const [mallory, owner] = [portal(), portal()];
  const fields = { intent: 'signup', name: 'Mallory', email: owner.email, password: THEIRS };
  expect(await mallory.post('/signup', fields)).toMatchObject({ to: '/verify' });
  return { mallory, owner, link: inPortal(linkIn(await mailOf(stage(), owner.email, 'verify'))) };
}

/** Mallory, who has an account, asks for the address of somebody else. */
async function asked() {
  const mallory = portal();
  await mallory.signUp(mallory.email, PASSWORD, 'Mallory');
  const owner = portal();
  await mallory.post('/settings', { intent: 'mail', email: owner.email, password: PASSWORD });
  return { mallory, owner, link: inPortal(linkIn(await mailOf(stage(), owner.email, 'new-address'))) };
}

const newMail = () => `${randomBytes(6).toString('hex')}@example.com`;
const portal = (email = newMail()) => portalVisitor(stage(), email);

async function member(): Promise<PortalVisitor> {
  const person = portal();
  await person.signUp(person.email);
  return person;
}

async function emailOf(person: PortalVisitor): Promise<string> {
  return (await stage().app.accounts.profile(await person.actor())).email;
}

function inPortal(link: string): string {
  return link.replace(stage().core.settings.publicUrl, '');
}

function tokenOf(link: string): string {
  return new URL(link, 'https://x.example').searchParams.get('token')!;
}
