// Confirming who one is, in a real browser: by keyboard alone, on a phone and in the dark, with and without JavaScript.

import { expect, test } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { PASSWORD, proxied } from '#core/testing/visitors/visitor.ts';
import { axeFindings } from '../browsers/axe.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';

inABrowser('confirming who one is', () => {
  const browser = oneBrowser();
  const clock = clockByHand();
  const stage = forAll(() => openStage({ portal: true, clock, settings: proxied }));

  test.each([true, false])('is done by keyboard, and the key gets the name that was typed (JavaScript: %s)', async (javaScript) => {
    const me = await leftOpen();
    const { page, takeTroubles } = await browser().open({ at: stage().core.settings.publicUrl, cookies: me.cookies, javaScript });
    await page.goto('/team/keys');
    await page.getByLabel('Name').fill('Nightly report');
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor();
    await page.locator('[name=confirm-password]:focus').waitFor();
    await page.keyboard.type('not my password');
    await page.keyboard.press('Enter');
    await page.getByText('This is not your password.').waitFor();
    await page.locator('[name=confirm-password]:focus').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Confirm and continue' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');

    await page.getByText('Key “Nightly report” created.').waitFor();
    expect((await stage().app.team.apiKeys(await me.actor())).map(({ name }) => name)).toEqual(['Nightly report']);
    expect(takeTroubles().every((each) => /^(400|403) POST \/team\/keys/.test(each) || /Failed to load resource/.test(each))).toBe(true);
  });

  test('stays with everything that was typed while we can’t be reached', async () => {
    const me = await leftOpen();
    const { page, expectTrouble } = await browser().open({ at: stage().core.settings.publicUrl, cookies: me.cookies });
    expectTrouble(/^403 POST \/team\/keys/, /^net::ERR_CONNECTION_REFUSED POST \/team\/keys/);
    await page.goto('/team/keys');
    await page.getByLabel('Name').fill('Weekly report');
    await page.keyboard.press('Enter');
    const password = page.locator('[name=confirm-password]');
    await password.fill(PASSWORD);
    await page.route('**/*.data', (route) => route.abort('connectionrefused'));
    await page.keyboard.press('Enter');
    await page.getByText('Nothing you entered is lost.').waitFor();
    await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor();
    expect(await password.inputValue()).toBe(PASSWORD);
    await page.unroute('**/*.data');
    await page.getByRole('button', { name: 'Confirm and continue' }).click();
    await page.getByText('Key “Weekly report” created.').waitFor();
  });

  test('is readable for everybody, wide and narrow, light and dark', async () => {
    const me = await leftOpen();
    const { page } = await browser().open({ at: stage().core.settings.publicUrl, cookies: me.cookies, width: 390, height: 844 });
    await page.goto('/confirm?next=/team/data');
    for (const width of [390, 1440])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        expect([width, colorScheme, await axeFindings(page, 'all')]).toEqual([width, colorScheme, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      }
  });

  /** Somebody whose browser was left open for a while. */
  async function leftOpen(): Promise<PortalVisitor> {
    const me = portalVisitor(stage());
    await me.signUp(me.email);
    clock.forward(11 * 60_000);
    return me;
  }
});
