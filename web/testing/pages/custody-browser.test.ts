// The pages about what a team keeps, in a real browser.

import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { visitor } from '#core/testing/visitors/visitor.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';

inABrowser('the pages about what a team keeps', () => {
  const browser = oneBrowser();
  const stage = forAll(() => openStage({ portal: true }));

  test('an export is packed while the page is open, and appears by itself', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page } = await browser().open({ at, cookies });
    await page.goto('/team/data');
    await page.getByRole('button', { name: 'Create export' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Creating your export.').waitFor();
    const link = page.getByRole('link', { name: 'Download' });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^export-\d{4}-\d\d-\d\d\.zip$/);
  });

  test('by keyboard: a wrong name is said at its field, and the right one deletes the team in two weeks', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page, expectTrouble } = await browser().open({ at, cookies });
    await page.goto('/team/data');
    const opens = page.locator('summary', { hasText: 'Delete this team' });
    await opens.focus();
    await page.keyboard.press('Enter');
    expectTrouble(/^400 POST \/team\/data/);
    await page.getByLabel('Type the team’s name to confirm').fill('acme');
    await page.keyboard.press('Enter');
    await page.getByText('is not the name of this team').waitFor();
    await page.locator('[name=name]:focus').waitFor();
    await page.getByLabel('Type the team’s name to confirm').fill('Acme');
    await page.keyboard.press('Enter');
    await page.getByText('This team will be deleted on').waitFor();
    await page.locator(':focus', { hasText: 'All owners were notified by email.' }).waitFor();
  });

  async function ownerOf(name: string) {
    const { app, core, product } = stage();
    const at = core.settings.publicUrl;
    const ada = visitor({ ...stage(), url: at });
    await ada.signUp(`${newId()}@example.com`);
    const cookie = [...ada.cookies].map((pair) => pair.join('=')).join('; ');
    const actor = async () => app.accounts.actorOf((await product.auth.sessionOf(new Headers({ cookie })))!);
    const { teamId } = await app.team.make(await actor(), name);
    await app.accounts.chooseTeam(await actor(), teamId);
    return { at, cookies: ada.cookies };
  }
});
