// The pages about a team in a real browser: by keyboard, on a phone, in the dark.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { forAll, openStage } from '#core/testing/stage.ts';
import { teamStage } from '#core/testing/team-stage.ts';
import { visitor } from '#core/testing/visitor.ts';
import { inABrowser, oneBrowser } from '../testing/browser.ts';

inABrowser('the pages about a team', () => {
  const browser = oneBrowser();
  const stage = forAll(() => openStage({ portal: true }));

  test('everything is done by keyboard, and what was done is said where the focus is', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page, expectTrouble } = await browser().open({ at, cookies });
    await page.goto('/team');
    await page.getByLabel('Mail address').fill('grace@example.com');
    await page.keyboard.press('Enter');
    await said(page, 'The invitation is on its way.');

    const takeBack = page.locator('summary', { hasText: 'the invitation of grace@example.com' });
    await takeBack.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Take it back');
    await page.keyboard.press('Enter');
    await said(page, 'The invitation was taken back.');

    expectTrouble(/^400 POST \/team/);
    await page.getByLabel('Mail address').fill('owner@owner');
    await page.keyboard.press('Enter');
    await page.getByText('is not a mail address').waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('email');
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
    expect(await page.getByLabel('Name').inputValue()).toBe('');
  });

  test('on a phone in the dark nothing is clipped, and nobody is kept out', async () => {
    const { at, cookies, actor, paths } = await ownerOf('A team with a rather long name that wraps');
    const { app } = stage();
    await app.invite(actor, { email: `grace.hopper-${newId()}@a-rather-long-address.example.com`, role: 'billing' });
    await app.makeApiKey(actor, 'Nightly report');
    for (const look of [{ width: 390, height: 844, colours: 'dark' }, { colours: 'light' }] as const) {
      const { page } = await browser().open({ at, cookies, ...look });
      for (const path of await paths()) {
        await page.goto(path);
        await page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))");
        const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
        expect([path, tooWide, violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([path, 0, []]);
      }
    }
  });

  async function ownerOf(name: string) {
    const { app, core, product } = stage();
    const at = core.settings.publicUrl;
    const ada = visitor({ ...stage(), url: at });
    const email = `${newId()}@example.com`;
    await ada.signUp(email);
    const cookie = [...ada.cookies].map((pair) => pair.join('=')).join('; ');
    const loggedIn = (await product.auth.sessionOf(new Headers({ cookie })))!;
    const { teamId } = await app.makeTeam(await app.actorOf(loggedIn), name);
    await app.chooseTeam(await app.actorOf(loggedIn), teamId);
    const actor = await app.actorOf(loggedIn);
    await teamStage(stage()).joins(actor, 'admin');
    const paths = async () => {
      const { invitationFor } = teamStage(stage());
      const account = await app.makeIdentityLink({
        platform: 'slack',
        workspace: 'T1',
        externalId: newId(),
        displayName: 'ada',
        workspaceName: 'HQ',
      });
      const workspace = await app.makeWorkspaceLink({ platform: 'slack', externalId: newId(), name: 'HQ', askedBy: 'ada' });
      const invited = `${newId()}@example.com`;
      await app.invite(actor, { email: invited, role: 'guest' });
      const links = [account.url, workspace.url].map((url) => new URL(url).pathname);
      return ['/team', '/team/keys', '/team/audit', '/team/workspaces', ...links, `/invitations/${await invitationFor(invited)}`];
    };
    return { at, cookies: ada.cookies, actor, paths };
  }
});

async function said(page: Page, words: string) {
  await page.getByText(words).waitFor();
  expect(await focused(page)).toContain(words);
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.textContent');
}
