// Somebody who has just started the product talks on the page of a chat platform, in a browser: from the first request to the workspace
// that they link themselves.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { adapters } from '#bots/adapters.ts';
import { agentsThat, csvOf, done, someUsage } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Work on so many leads goes on until it is canceled. */
const LONG = 7;
const agents = agentsThat(async ({ quantity }, watch, signal) => {
  watch.step({ id: '1', title: 'Search the web', state: 'running' });
  if (quantity === LONG) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return { kind: 'stopped', by: 'signal', text: '', files: [], usage: someUsage, sample: false };
  }
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});

inABrowser('somebody new on the page of', () => {
  const browser = oneBrowser();
  const stage = forAll(() =>
    openStage({ portal: true, adapters, chatSandboxes: true, agents, settings: { ...proxied, STARTING_CREDITS: '40' } }),
  );

  test.each(['slack', 'discord'])(
    '%s asks, watches, downloads, goes on, cancels, runs out of credits, and links the second workspace',
    async (platform) => {
      const ada = portalVisitor(stage());
      await ada.signUp(ada.email);
      await link(platform, ada);
      const window = await browser().open({ at: stage().core.settings.publicUrl, cookies: ada.cookies });
      const { page } = window;
      await page.goto(`/sandbox/${platform}?token=${stage().product.outside.pagesToken!}`);

      await say(page, '@impacter find me 3 leads in Miami');
      const thread = page.getByRole('region', { name: 'Thread' });
      await thread.getByText('Done: 3 leads').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        thread
          .getByRole('link', { name: /Download|leads\.csv/ })
          .first()
          .click(),
      ]);
      expect((await readFile(await download.path(), 'utf8')).trim().split('\n').length).toBeGreaterThanOrEqual(3);

      await reply(page, 'find me 2 leads in Boston');
      await thread.getByText('Done: 2 leads').waitFor();

      await say(page, `@impacter find me ${LONG} leads in Miami`);
      await thread.getByText('Search the web').first().waitFor();
      await thread.getByRole('button', { name: 'Cancel' }).click();
      await thread.getByText('Canceled').first().waitFor();
      await thread.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });

      await say(page, '@impacter find me 900 leads in Miami');
      await thread
        .getByText(/This needs 900 credits and you have 35\.|needs 900 credits/)
        .first()
        .waitFor();
      await thread
        .getByText(/Nothing was charged/)
        .first()
        .waitFor();

      const harbor = page.getByRole('navigation').getByRole('link', { name: '#general' }).nth(1);
      await harbor.click();
      await page.waitForURL(/workspace=(?!.*acme)/i);
      await say(page, '@impacter find me 2 leads in Miami');
      // Told to whoever asked alone: there, or in their direct messages.
      if (platform === 'discord') await page.getByRole('navigation').getByRole('link', { name: 'Direct message' }).nth(1).click();
      await page.getByText('No team pays for requests here yet').waitFor();
      await page.getByRole('link', { name: /^Link (workspace|server)/ }).click();
      await page.getByRole('button', { name: 'Link workspace' }).click();
      await page.waitForURL(/\/team\/workspaces/);
      await page.goto(`/sandbox/${platform}`);
      await page.getByRole('navigation').getByRole('link', { name: '#general' }).nth(1).click();
      await page.waitForURL(/workspace=(?!.*acme)/i);
      await say(page, '@impacter find me 2 leads in Tampa');
      await thread.getByText('Done: 2 leads').waitFor();
    },
  );

  async function link(platform: string, ada: PortalVisitor) {
    const { app, product } = stage();
    const here = product.outside.chats.linked.find((each) => each.platform === platform)!;
    const owner = await ada.actor();
    const { url } = await app.workspaces.makeWorkspaceLink(here);
    await app.workspaces.confirmLink(owner, url.slice(url.lastIndexOf('/') + 1), owner);
    // The daily limit of each person would be met first.
    const linked = (await app.workspaces.linkedWorkspaces(owner)).find((each) => each.platform === platform)!;
    await app.workspaces.changeWorkspace(owner, linked.id, {
      caps: { personPerDay: null, workspacePerDay: null },
      guestsMayAsk: false,
      timeZone: 'UTC',
    });
  }
});

async function say(page: Page, text: string) {
  await page.locator('#channel-text').fill(text);
  await page.locator('#channel-text').press('Enter');
}

async function reply(page: Page, text: string) {
  await page.locator('#thread-text').fill(text);
  await page.locator('#thread-text').press('Enter');
}
