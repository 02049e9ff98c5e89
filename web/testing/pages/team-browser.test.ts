// The pages about a team in a real browser: by keyboard, on a phone, in the dark.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import { PASSWORD, proxied, visitor } from '#core/testing/visitors/visitor.ts';
import { axeFindings } from '../browsers/axe.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';

inABrowser('the pages about a team', () => {
  const browser = oneBrowser();
  let callers = 0;
  const stage = forAll(() => openStage({ portal: true, settings: proxied }));

  test('everything is done by keyboard, and what was done is said where the focus is', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page, expectTrouble } = await browser().open({ at, cookies });
    await page.goto('/team');
    await page.getByLabel('Email address').fill('grace@example.com');
    await page.keyboard.press('Enter');
    await said(page, 'Invitation sent.');

    const takeBack = page.locator('summary', { hasText: 'Revoke the invitation for grace@example.com' });
    await takeBack.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await focusOn(page, 'Revoke invitation');
    await page.keyboard.press('Enter');
    await said(page, 'Invitation revoked.');

    expectTrouble(/^400 POST \/team/);
    await page.getByLabel('Email address').fill('owner@owner');
    await page.keyboard.press('Enter');
    await page.getByText('is not an email address').waitFor();
    await page.locator('[name=email]:focus').waitFor();
  });

  test('a new key can be copied, and the form is ready for the next', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page, context } = await browser().open({ at, cookies });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto('/team/keys');
    await page.getByLabel('Name').fill('Nightly report');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await page.getByLabel('The new key').inputValue());
    await vi.waitFor(async () => expect(await page.getByLabel('Name').inputValue()).toBe(''));
  });

  test('without JavaScript a stranger goes from the mail to the team, links a chat, and leaves', async () => {
    const { actor } = await ownerOf('Acme');
    const { app, core, mails } = stage();
    const email = `${newId()}@example.com`;
    await app.team.invite(actor, { email, role: 'member' });
    const { page } = await browser().open({ at: core.settings.publicUrl, javaScript: false, width: 390, height: 844 });

    await page.goto(linkIn((await mails(email))[0]!));
    await page.locator('main').getByRole('link', { name: 'Sign up' }).click();
    await page.getByLabel('Name').fill('Grace');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.locator('main').getByRole('button').click();
    await page.goto(linkIn((await mails(email, 2)).find(({ kind }) => kind === 'verify')!));
    await page.getByLabel('Password chosen at sign-up').fill(PASSWORD);
    await page.getByRole('button', { name: 'Confirm and log in' }).click();
    await page.getByRole('button', { name: 'Join Acme' }).click();
    await page.getByText('Welcome to the team.').waitFor();

    const { url } = await app.workspaces.makeIdentityLink({
      platform: 'discord',
      workspace: null,
      externalId: newId(),
      displayName: 'grace',
    });
    await page.goto(url);
    await page.getByRole('button', { name: 'Link account' }).click();
    await page.getByText('The account is linked to your login.').waitFor();

    await page.goto('/team');
    await page.locator('summary', { hasText: 'Leave' }).click();
    await page.getByRole('button', { name: 'Leave team' }).click();
    await page.getByText('You have left the team.').waitFor();
    expect(await page.locator('h1').textContent()).toBe('Grace');
  });

  test('on a phone in the dark a long name clips nothing, and nobody is kept out', async () => {
    const { at, cookies, actor, paths } = await ownerOf('A team with a rather long name that wraps');
    const { app } = stage();
    await app.team.invite(actor, { email: `grace.hopper-${newId()}@a-rather-long-address.example.com`, role: 'billing' });
    await app.team.makeApiKey(actor, 'Nightly report');
    const { page } = await browser().open({ at, cookies, width: 390, height: 844, colours: 'dark' });
    for (const path of await paths()) {
      await page.goto(path);
      await page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))");
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, tooWide, await axeFindings(page)]).toEqual([path, 0, []]);
    }
  });

  async function ownerOf(name: string) {
    const { app, core, product } = stage();
    const at = core.settings.publicUrl;
    const ada = visitor({ ...stage(), url: at }, `203.0.113.${++callers}`); // sign-ups are limited by address
    const email = `${newId()}@example.com`;
    await ada.signUp(email);
    const cookie = [...ada.cookies].map((pair) => pair.join('=')).join('; ');
    const loggedIn = (await product.auth.sessionOf(new Headers({ cookie })))!;
    const { teamId } = await app.team.make(await app.accounts.actorOf(loggedIn), name);
    await app.accounts.chooseTeam(await app.accounts.actorOf(loggedIn), teamId);
    const actor = await app.accounts.actorOf(loggedIn);
    await teamStage(stage()).joins(actor, 'admin');
    const paths = async () => {
      const { invitationFor } = teamStage(stage());
      const account = await app.workspaces.makeIdentityLink({
        platform: 'slack',
        workspace: 'T1',
        externalId: newId(),
        displayName: 'ada',
        workspaceName: 'HQ',
      });
      const workspace = await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: newId(), name: 'HQ', askedBy: 'ada' });
      const invited = `${newId()}@example.com`;
      await app.team.invite(actor, { email: invited, role: 'guest' });
      const links = [account.url, workspace.url].map((url) => new URL(url).pathname);
      return ['/team', '/team/keys', '/team/audit', '/team/workspaces', ...links, `/invitations/${await invitationFor(invited)}`];
    };
    return { at, cookies: ada.cookies, actor, paths };
  }
});

async function said(page: Page, words: string) {
  await page.getByText(words).waitFor();
  await focusOn(page, words);
}

/** The focus comes a moment after the words. */
async function focusOn(page: Page, words: string) {
  await page.locator(':focus', { hasText: words }).waitFor();
}
