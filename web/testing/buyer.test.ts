// Somebody who has never been here buys credits, by clicks and keys alone, and uses them. Nobody tells the product of the
// payment but the page they come back to and Stripe's sandbox.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { payAt } from '#core/testing/visitors/payer.ts';
import { PASSWORD } from '#core/testing/visitors/visitor.ts';
import { inABrowser } from './browsers/browser.ts';
import { article, newcomers, newMail, reloadUntil, title } from './newcomers.ts';

vi.setConfig({ testTimeout: 120_000 });

inABrowser('somebody who buys', () => {
  const { world, sitDown, member } = newcomers();

  test('goes from the front page to a receipt, chooses a password, asks for work, and finds both in the statement', async () => {
    const { page } = await sitDown();
    const email = newMail();
    await page.goto('/');
    await page.getByRole('link', { name: 'Buy credits' }).click();
    await title(page, 'Get credits');
    await page.getByRole('link', { name: 'Choose Team' }).click();
    await title(page, 'Buy 2,625 credits');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await payOnTheSandboxsPage(page, email);
    await title(page, '2,625 credits added');
    expect(await page.getByRole('main').innerText()).toContain(`We emailed ${email[0]}•••@example.com your receipt`);
    expect(await page.content()).not.toContain(email);
    await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Log in' }).waitFor();

    await openLinkOf(page, email, 'Choose a password');
    await title(page, 'Choose your password');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Use this password' }).click();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await title(page, 'Welcome');

    await page.goto('/dashboard');
    await page
      .getByRole('banner')
      .getByText(/^2,675credits/)
      .waitFor();
    await page.getByRole('textbox').fill('find me 3 leads in Miami');
    await page.keyboard.press('Enter');
    await article(page, 'find me 3 leads').getByText('Used 3 credits').waitFor();
    await page.goto('/credits/statements');
    await page.locator('main a[href^="/credits/statements/"]').first().click();
    const statement = page.getByRole('main');
    await statement.getByText('Bought').first().waitFor();
    await statement.getByText('Used').first().waitFor();
  });

  test('buys without JavaScript too, for their team, with the card ticked', async () => {
    const { page, email } = await member({ javaScript: false });
    await page.goto('/credits');
    await page.getByRole('link', { name: 'Get credits' }).first().click();
    await page.getByRole('link', { name: 'Choose Starter' }).click();
    await page.getByLabel('Save this card for later payments').check();
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await payOnTheSandboxsPage(page, null);
    await title(page, '500 credits added');
    await page.getByRole('link', { name: 'View your credits' }).click();
    await reloadUntil(page, () => page.getByText('550').count());
    const { teamId } = (await world().core.store.people.findByEmail(email))!;
    const { rows } = await world().core.store.money.query({ text: 'SELECT save_card, state FROM purchases WHERE team_id = $1' }, [teamId]);
    expect(rows).toEqual([{ save_card: true, state: 'paid' }]);
  });

  test('turns auto top-up on with a saved card, says yes again for each change, and turns it off', async () => {
    const { page } = await member();
    await page.goto('/credits/top-up');
    await page.getByRole('button', { name: 'Save a card' }).click();
    await page.getByLabel('Card number').fill('4242424242424242');
    await page.getByRole('button', { name: 'Add card' }).click();
    await page.getByText('····4242 (default)').waitFor();
    await page.goto('/credits/top-up');
    const yes = page.getByLabel('Yes, charge my saved card');
    await page.getByLabel('When available credits fall below').fill('10');
    await page.getByLabel('Most to charge in a month').fill('200');
    await yes.check();
    await page.getByRole('button', { name: 'Turn on auto top-up' }).click();
    await page.getByText('fall below 10, up to $200 a month').waitFor();
    expect(await yes.isChecked()).toBe(false);
    await page.getByLabel('Most to charge in a month').fill('300');
    await yes.check();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('fall below 10, up to $300 a month').waitFor();
    expect(await yes.isChecked()).toBe(false);
    await page.getByRole('button', { name: 'Turn off auto top-up' }).click();
    await page.getByText('Auto top-up is off.').waitFor();
  });

  test('who never comes back from paying has the credits all the same', async () => {
    const { page } = await sitDown();
    const email = newMail();
    await page.goto('/buy/starter');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.waitForURL(/\/c\/pay\/cs_/);
    // Paid there, and not led back.
    expect((await payAt(page.url(), { email })).leadsTo).toContain('/buy/done?checkout=cs_');
    expect(new Set((await world().mails(email, 2)).map(({ kind }) => kind))).toEqual(new Set(['receipt', 'welcome']));
  });

  async function openLinkOf(page: Page, email: string, button: string): Promise<void> {
    await world().mails(email, 2);
    await page.goto(`/sandbox/mail?token=${world().product.outside.pagesToken}`);
    await page.getByRole('listitem').filter({ hasText: email }).filter({ hasText: 'Your credits are ready' }).getByRole('link').click();
    await page.waitForURL(/\/sandbox\/mail\/./, { waitUntil: 'load' });
    await page.frameLocator('iframe').getByRole('link', { name: button }).click();
  }
});

/** `email` is null where the checkout knows it. */
async function payOnTheSandboxsPage(page: Page, email: string | null): Promise<void> {
  await page.waitForURL(/\/c\/pay\/cs_/);
  if (email !== null) await page.getByLabel('Email').fill(email);
  // The test card is filled in.
  await page.getByRole('button', { name: /^Pay/ }).click();
}
