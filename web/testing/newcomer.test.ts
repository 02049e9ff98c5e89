// The first minutes of somebody new, by clicks and keys alone: in, a first request from an example, a follow-up, and the server
// away in the middle of it. No address is opened but the front page and the mailbox.

import { expect, test, vi } from 'vitest';
import { credits } from '#core/domain/credits/credits.ts';
import { suggestedAsks } from '#core/domain/asks/examples.ts';
import { PASSWORD } from '#core/testing/visitors/visitor.ts';
import { inABrowser } from './browsers/browser.ts';
import { article, forgiveAttempts, inView, newcomers, newMail, reloadUntil, scriptsRun, STARTING, title } from './newcomers.ts';

vi.setConfig({ testTimeout: 120_000 });

inABrowser('somebody new', () => {
  const { world, sitDown, member, say, tasksOf, spend, openMail } = newcomers();

  test.each([
    { name: 'on a wide screen', options: {} },
    { name: 'on a phone', options: { width: 390, height: 844 } },
  ])(
    'signs up, confirms by email, sends an example, follows up, and loses nothing while the server is away: $name',
    async ({ options }) => {
      const window = await sitDown(options);
      const { page } = window;
      const email = newMail();
      await page.goto('/');
      await page.getByRole('main').getByRole('link', { name: 'Sign up' }).first().click();
      await page.getByLabel('Name').fill('Ada Lovelace');
      await page.getByLabel('Email address').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Create account' }).click();
      await title(page, 'Check your email');
      await openMail(page, email);
      await page.getByLabel('Password chosen at sign-up').fill(PASSWORD);
      await page.getByRole('button', { name: 'Confirm and log in' }).click();
      await title(page, 'Welcome, Ada Lovelace');

      const example = suggestedAsks(credits(STARTING), () => undefined).asks[0]!;
      await page.getByRole('link', { name: example.text }).click();
      await page.getByText('Leads · 25 · about 20, at most 25 credits').waitFor();
      expect(await page.getByRole('textbox').inputValue()).toBe(example.text);
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await article(page, example.text).getByText('Done', { exact: true }).waitFor();
      await article(page, example.text).getByText('Used 25 credits').waitFor();

      await page.getByRole('textbox').fill('find me 3 more leads');
      await page.keyboard.press('Enter');
      await article(page, 'find me 3 more leads').getByText('Done', { exact: true }).waitFor();
      await inView(page, 'find me 3 more leads');

      await world().line.break('away');
      window.expectTrouble(/^net::ERR_CONNECTION_REFUSED POST \/conversations\//);
      await page.getByRole('textbox').fill('and find me 2 leads in Miami');
      await page.keyboard.press('Enter');
      await page.getByText('Your request is still here.').waitFor();
      expect(await page.getByRole('textbox').inputValue()).toBe('and find me 2 leads in Miami');
      await world().line.mend();
      await page.getByRole('textbox').press('Enter');
      await article(page, 'and find me 2 leads in Miami').getByText('Done', { exact: true }).waitFor();
      await page.getByText('Your request is still here.').waitFor({ state: 'detached' });
      await inView(page, 'and find me 2 leads in Miami');
      await page
        .getByRole('banner')
        .getByText(new RegExp(`^${STARTING - 25 - 3 - 2}credits`))
        .waitFor();
      expect(await page.getByRole('article').count()).toBe(3);
      forgiveAttempts(window);
    },
  );

  test('sends an example without JavaScript too, and a follow-up ends at its own place in the conversation', async () => {
    const { page } = await member({ javaScript: false });
    await page.goto('/welcome');
    await page.getByRole('link', { name: 'Find me 25 leads' }).click();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.waitForURL('**/conversations/**');
    await reloadUntil(page, () => article(page, 'Find me 25 leads').getByText('Done', { exact: true }).count());
    await page.getByRole('textbox').fill('find me 3 more leads');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.waitForURL(/#task-/);
    await inView(page, 'find me 3 more leads');
  });

  test('sees the maximum cost at once, also after pressing Enter before the estimate is there', async () => {
    const { page } = await member();
    await page.goto('/dashboard');
    await page.getByText('You never pay more than the maximum shown.').waitFor();
    await scriptsRun(page);
    const mayCome = Promise.withResolvers<void>();
    await page.route('**/estimate', async (route) => (await mayCome.promise, route.continue()));
    await page.getByRole('textbox').fill('find me 5 leads in Miami');
    await page.keyboard.press('Enter');
    await article(page, 'find me 5 leads in Miami').waitFor();
    mayCome.resolve();
    await page
      .getByRole('main')
      .getByText(/at most 5 credits; 5 reserved|Used 5 credits/)
      .first()
      .waitFor();
  });

  test('has what they typed before the page’s scripts ran estimated, and sent by Enter', async () => {
    const { page } = await member();
    const mayRun = Promise.withResolvers<void>();
    await page.route(/\.js$/, async (route) => (await mayRun.promise, route.continue()));
    await page.goto('/dashboard', { waitUntil: 'commit' });
    await page.getByRole('textbox').fill('find me 4 leads in Miami');
    mayRun.resolve();
    await page.getByText('Leads · 4 · ').waitFor();
    await page.getByRole('textbox').press('Enter');
    await article(page, 'find me 4 leads in Miami').waitFor();
  });

  test('says thanks, is answered once, pays nothing, and writes a request in the same place', async () => {
    const window = await member();
    const { page, email } = window;
    await page.goto('/dashboard');
    await scriptsRun(page);
    await page.getByRole('textbox').fill('Thanks!');
    await page.getByText('You’re welcome.').waitFor();
    window.expectTrouble(/^400 POST \/dashboard/);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('You’re welcome.').waitFor();
    expect(await page.getByText('You’re welcome.').count()).toBe(1);
    expect(await tasksOf(email)).toEqual([]);
    await page.getByRole('textbox').fill('find me 2 leads');
    await page.getByText('Leads · 2 · 2 credits').waitFor();
    await page.keyboard.press('Enter');
    await article(page, 'find me 2 leads').getByText('Done', { exact: true }).waitFor();
  });

  test('sees smaller examples with fewer credits, and with none what is lacking', async () => {
    const { page, email } = await member();
    await spend(email, STARTING - 6);
    await page.goto('/welcome');
    await page.getByRole('link', { name: /^Find me 5 leads.*at most 5 credits$/ }).waitFor();
    expect(await page.getByRole('link', { name: /article/ }).count()).toBe(0);
    await spend(email, 6);
    await page.getByRole('link', { name: 'Go to the dashboard' }).click();
    await page.getByText('You have 0 credits. A small request needs 1 or more.').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Get credits' }).click();
    await page.waitForURL('**/credits');
  });

  test('stays where they scrolled to while an answer arrives, is told of it and led there, and otherwise sees it', async () => {
    const { page, email } = await member();
    await page.goto('/dashboard');
    await scriptsRun(page);
    await page.getByRole('textbox').fill('find me 2 leads');
    await page.keyboard.press('Enter');
    await article(page, 'find me 2 leads').getByText('Done', { exact: true }).waitFor();
    await page.getByRole('textbox').fill('find me 3 leads');
    await page.keyboard.press('Enter');
    await article(page, 'find me 3 leads').getByText('Done', { exact: true }).waitFor();
    await inView(page, 'find me 3 leads');
    await page.locator('textarea:focus').waitFor();

    const up = await page.evaluate<number>('(scrollBy(0, -400), scrollY)');
    await say(email, 'find me 4 leads', /conversations\/([^#?]+)/.exec(page.url())![1]!);
    await article(page, 'find me 4 leads').getByText('Done', { exact: true }).waitFor();
    expect(await page.evaluate('scrollY')).toBe(up);
    await page.getByRole('button', { name: 'New result' }).click();
    await inView(page, 'find me 4 leads');
    await page.getByRole('button', { name: 'New result' }).waitFor({ state: 'detached' });
  });
});
