// The pages about credits in a real browser: on a phone, in the dark, by keyboard, and without JavaScript.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { visitor } from '#core/testing/visitors/visitor.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';

inABrowser('the pages about credits', () => {
  const browser = oneBrowser();
  const stage = forAll(() => openStage({ portal: true }));

  test('the days behind the bars can be read as a table by keyboard alone', async () => {
    const { at, cookies } = await owner();
    const { page } = await browser().open({ at, cookies });
    await page.goto('/credits');
    const table = page.getByRole('table', { name: 'Credits used a day, by type' });
    expect(await table.isVisible()).toBe(false);
    await page.getByText('Show the days as a table').focus();
    await page.keyboard.press('Enter');
    await table
      .getByRole('row')
      .filter({ hasText: /24\s*24$/ })
      .waitFor();
  });

  test.each([true, false])('a limit is set, changed and removed (with JavaScript: %s)', async (javaScript) => {
    const { at, cookies, amounts } = await owner();
    const { page } = await browser().open({ at, cookies, javaScript });
    // Where scripts are off, the browser does not fetch them either, and says so.
    await page.goto('/credits/limits');
    await page.getByLabel('For', { exact: true }).selectOption('The whole team');
    await page.getByRole('textbox', { name: 'Credits', exact: true }).fill('50');
    await page.getByLabel('Period').selectOption('a week');
    await page.getByRole('button', { name: 'Set limit' }).click();
    await page.getByText('50 credits a week').waitFor();
    if (javaScript) await page.locator(':focus', { hasText: 'Limit set.' }).waitFor();

    await page.locator('summary', { hasText: 'Change' }).click();
    await page.getByLabel('Credits a week').fill('12.5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('12.5 credits a week').waitFor();
    expect(await amounts()).toEqual(['12500000']);

    await page.locator('summary', { hasText: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove limit' }).click();
    await page.getByText('No limits yet').waitFor();
    expect(await amounts()).toEqual([]);
  });

  /** Somebody with a team of their own, who asked for something. */
  async function owner() {
    const { app, core, product } = stage();
    const at = core.settings.publicUrl;
    const olga = visitor({ ...stage(), url: at });
    await olga.signUp(`${newId()}@example.com`);
    const cookie = [...olga.cookies].map((pair) => pair.join('=')).join('; ');
    const actor = await app.accounts.actorOf((await product.auth.sessionOf(new Headers({ cookie })))!);
    const taken = await app.tasks.ask({
      key: `test:${newId()}`,
      threadRef: `web:${newId()}`,
      from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
      text: 'find me 24 leads in Miami who sell boats with rather long names',
      at: core.clock.now(),
    });
    if (taken.kind !== 'task') throw new Error(taken.kind);
    await vi.waitFor(async () => expect((await app.tasks.get(actor, taken.taskId)).over).toBe(true));
    return { at, cookies: olga.cookies, amounts: async () => (await app.credits.limits(actor)).map((limit) => limit.credits) };
  }
});
