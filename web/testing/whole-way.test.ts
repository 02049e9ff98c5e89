// The way of somebody new, from signing up to logging out, as they walk it: by keyboard alone, on a phone, and without
// JavaScript.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied } from '#core/testing/visitors/visitor.ts';
import { inABrowser, oneBrowser, type WindowOptions } from './browsers/browser.ts';

vi.setConfig({ testTimeout: 240_000 });

const root = path.join(import.meta.dirname, '../..');

inABrowser('somebody new', () => {
  const stage = forAll(() => openStage({ portal: true, settings: { ...proxied, STARTING_CREDITS: '50' } }));
  const browser = oneBrowser();
  let callers = 0;

  test.each([
    { name: 'by keyboard alone', hands: byKeyboard, options: {} },
    { name: 'on a phone', hands: byTouch, options: { width: 390, height: 844 } },
    { name: 'without JavaScript', hands: byMouse, options: { javaScript: false } },
  ])(
    'gets in, gets credits, asks, sees the answer and the price, downloads it, invites a colleague and goes: $name',
    async ({ hands, options }) => {
      const { page, press, fill, go, tab, allowTrouble } = await sitDown(hands, options);
      const email = `${randomBytes(6).toString('hex')}@example.com`;
      const isAlive = options.javaScript !== false;

      await go('/');
      await press(page.getByRole('main').getByRole('link', { name: 'Sign up' }).first());
      await fill('Name', 'Ada Lovelace');
      await fill('Email address', email);
      await fill('Password', PASSWORD);
      await press(page.getByRole('button', { name: 'Create account' }));
      await title(page, 'Check your email');
      await go(linkIn(await mailOf(stage(), email, 'verify')));
      await fill('Password chosen at sign-up', PASSWORD);
      await press(page.getByRole('button', { name: 'Confirm and log in' }));
      await title(page, 'Welcome, Ada Lovelace');

      expect(await grant(email, 100)).toBe(`${email} got 100 credits; 150 credits available now.\n`);
      await go('/dashboard');
      await badge(page, 150);
      const second = isAlive ? await tab() : null;
      if (second) {
        await second.goto('/dashboard');
        await badge(second, 150);
        // What is behind another tab takes seconds to answer a finger.
        await page.bringToFront();
      }

      await fill('What do you need done?', 'find me 30 leads in Miami');
      if (isAlive) await page.getByText(/at most 30/).waitFor();
      await press(page.getByRole('button', { name: 'Ask', exact: true }));
      await page.waitForURL('**/conversations/**');
      const done = page.getByRole('article').getByText('Done', { exact: true });
      await (isAlive ? done.waitFor() : untilShown(page, done));
      await badge(page, 120);
      if (second) await badge(second, 120);
      await page.getByRole('main').getByText('Used 30 credits').waitFor();
      await page
        .getByRole('main')
        .getByText(/made up/)
        .first()
        .waitFor();

      await press(page.getByRole('main').getByRole('link', { name: /^Details/ }));
      await page.waitForURL('**/tasks/**'); // the conversation has the same title
      await title(page, 'find me 30 leads in Miami');
      const download = page.waitForEvent('download');
      await press(page.getByRole('main').getByRole('link', { name: /^Download .*\.csv$/ }));
      const rows = (await readFile(await (await download).path(), 'utf8')).trim().split('\n');
      expect(rows).toHaveLength(1 + 30);

      await go('/team');
      await fill('New team name', 'Acme');
      await press(page.getByRole('button', { name: 'Create team' }));
      await title(page, 'Acme');
      const colleague = `${randomBytes(6).toString('hex')}@example.com`;
      await fill('Email address', colleague);
      await press(page.getByRole('button', { name: 'Send invitation' }));
      await page.getByText('Invitation sent.').waitFor();
      expect(linkIn(await mailOf(stage(), colleague, 'invitation'))).toContain('/invitations/');

      await press(page.getByLabel('Account', { exact: true }));
      // The other tab may ask whether it is still somebody, and is told no, or leaves before it asks.
      if (second) allowTrouble(/^401 (GET|HEAD) \/api\/events/);
      await press(page.getByRole('button', { name: 'Log out' }));
      await second?.waitForURL('**/login**');
      await page.getByRole('link', { name: 'Log in' }).first().waitFor();
      await go('/dashboard');
      await title(page, 'Log in');
    },
  );

  async function sitDown(hands: Hands, options: Partial<WindowOptions>) {
    const window = await browser().open({ at: stage().core.settings.publicUrl, from: `198.51.100.${++callers}`, ...options });
    const { page } = window;
    return {
      page,
      tab: () => window.tab(),
      allowTrouble: window.allowTrouble,
      go: (to: string) => page.goto(to),
      press: (what: Locator) => hands.press(page, what),
      fill: (label: string, words: string) => hands.fill(page, page.getByLabel(label, { exact: true }), words),
    };
  }

  async function grant(email: string, amount: number): Promise<string> {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ['core/commands/grant.ts', email, String(amount)], {
      cwd: root,
      env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: stage().databaseUrl },
    });
    return stdout;
  }
});

interface Hands {
  press(page: Page, what: Locator): Promise<void>;
  fill(page: Page, field: Locator, words: string): Promise<void>;
}

const byMouse: Hands = {
  press: (_page, what) => what.click(),
  fill: (_page, field, words) => field.fill(words),
};

const byTouch: Hands = { ...byMouse, press: (_page, what) => what.tap() };

const byKeyboard: Hands = {
  async press(page, what) {
    await reach(page, what);
    await page.keyboard.press('Enter');
  },
  async fill(page, field, words) {
    await reach(page, field);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(words);
  },
};

const STOPS_MOST = 120;

/** Goes on from where the focus is, as somebody without a mouse does. It must be seen where that is. */
async function reach(page: Page, what: Locator): Promise<void> {
  await what.waitFor();
  const focused = what.and(page.locator(':focus-visible'));
  for (let stop = 0; stop < STOPS_MOST; stop++) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not get to ${String(what)}`);
}

async function title(page: Page, words: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: words }).waitFor();
}

async function badge(page: Page, credits: number): Promise<void> {
  await page
    .getByRole('banner')
    .getByText(new RegExp(`^${credits}credits`))
    .waitFor();
}

/** Without JavaScript somebody looks again. */
async function untilShown(page: Page, what: Locator): Promise<void> {
  await vi.waitFor(async () => (await page.reload(), expect(await what.count()).toBeGreaterThan(0)), { interval: 500 });
}
