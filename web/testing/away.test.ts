// The server is away while somebody uses the portal: pages and words stay, and nothing is done twice.

import { expect, onTestFinished, test, vi } from 'vitest';
import { PASSWORD } from '#core/testing/visitors/visitor.ts';
import { axeFindings } from './browsers/axe.ts';
import { inABrowser } from './browsers/browser.ts';
import { layoutFlaws } from './browsers/layout.ts';
import type { Trouble } from './browsers/line.ts';
import { article, connected, forgiveAttempts, newcomers, newMail, scriptsRun, title } from './newcomers.ts';

vi.setConfig({ testTimeout: 120_000 });

inABrowser('while the server is away', () => {
  const { world, sitDown, member, say, tasksOf } = newcomers({ wired: true });

  test.each([
    { trouble: 'away', like: /^net::ERR_CONNECTION_REFUSED POST/ },
    { trouble: 'proxy-alone', like: /^502 POST/ },
    { trouble: 'loses-answers', like: /^net::\S+ POST/ },
  ] satisfies { trouble: Trouble; like: RegExp }[])(
    'keeps page and text when sending fails ($trouble), and sends them again by itself once it can, to be taken once',
    async ({ trouble, like }) => {
      const window = await member();
      const { page } = window;
      await page.goto('/dashboard');
      await scriptsRun(page);
      await page.getByRole('textbox').fill('find me 4 leads in Miami');
      await page
        .getByText(/4 credits/)
        .first()
        .waitFor();
      window.expectTrouble(like);
      await world().line.break(trouble);
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByText('Your request is still here.').waitFor();
      await title(page, 'What do you need done?');
      expect(await page.getByRole('textbox').inputValue()).toBe('find me 4 leads in Miami');
      // Nobody at the page can know whether it was taken.
      expect(await tasksOf(window.email)).toEqual(trouble === 'loses-answers' ? ['find me 4 leads in Miami'] : []);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect([colorScheme, await axeFindings(page), await layoutFlaws(page)]).toEqual([colorScheme, [], []]);
      }
      await world().line.mend();
      await article(page, 'find me 4 leads in Miami').getByText('Done', { exact: true }).waitFor();
      expect(await tasksOf(window.email)).toEqual(['find me 4 leads in Miami']);
      forgiveAttempts(window);
    },
  );

  test('keeps page and text when the server itself can take nothing, as its database is away', async () => {
    const window = await member();
    const { page } = window;
    await page.goto('/dashboard');
    await scriptsRun(page);
    await page.getByRole('textbox').fill('find me 4 leads in Miami');
    window.expectTrouble(/^50[03] POST \/dashboard/);
    world().wire.cut();
    onTestFinished(() => world().wire.mend());
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await title(page, 'What do you need done?');
    expect(await page.getByRole('textbox').inputValue()).toBe('find me 4 leads in Miami');
    world().wire.mend();
    await vi.waitFor(async () => expect(await tasksOf(window.email)).toEqual([]));
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await article(page, 'find me 4 leads in Miami').getByText('Done', { exact: true }).waitFor();
    expect(await tasksOf(window.email)).toEqual(['find me 4 leads in Miami']);
    window.takeTroubles(); // the estimate and the live stream are refused as often as they are tried
  });

  test('keeps the page and what is in any other form too', async () => {
    const window = await sitDown();
    const { page } = window;
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Email address').fill('ada@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    window.expectTrouble(/^net::ERR_CONNECTION_REFUSED POST \/signup/);
    await world().line.break('away');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Nothing you entered is lost.').waitFor();
    await title(page, 'Create your account');
    expect(await page.getByLabel('Email address').inputValue()).toBe('ada@example.com');
    expect(await page.getByLabel('Password').inputValue()).toBe(PASSWORD);
    await world().line.mend();
    await page.getByLabel('Email address').fill(newMail());
    await page.getByRole('button', { name: 'Create account' }).click();
    await title(page, 'Check your email');
  });

  test('a button outside of the composer stays too, and what it started before the line was cut is not started twice', async () => {
    const window = await member();
    const { page } = window;
    await page.goto('/dashboard');
    await scriptsRun(page);
    await page.getByRole('textbox').fill('find me 2 leads');
    await page.keyboard.press('Enter');
    await article(page, 'find me 2 leads').getByText('Done', { exact: true }).waitFor();
    await page.getByRole('textbox').fill('half a thought');
    window.expectTrouble(/^net::\S+ POST \/conversations\//);
    await world().line.break('loses-answers');
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByText('Nothing you entered is lost.').waitFor();
    await world().line.mend();
    await connected(page);
    // The task that was started is there by now, and its button has another key.
    await vi.waitFor(async () => expect(await page.getByRole('article').count()).toBe(2));
    expect(await page.getByRole('textbox').inputValue()).toBe('half a thought');
    await page.getByRole('button', { name: 'Run again' }).first().click();
    await page.waitForURL('**/tasks/**');
    expect(await tasksOf(window.email)).toEqual(['find me 2 leads', 'find me 2 leads']);
    forgiveAttempts(window);
  });

  test('a page that cannot reload its data stays as it is, and catches up later', async () => {
    const window = await member();
    const { page } = window;
    const streamed = page.waitForResponse('**/api/events?**');
    await page.goto('/dashboard');
    await streamed;
    await page.getByRole('textbox').fill('half a thought');
    const failed = page.waitForResponse((answer) => answer.status() === 502);
    window.expectTrouble(/^502 GET \/dashboard.data/);
    await page.route('**/*.data*', (route) => route.fulfill({ status: 502, body: '<h1>502 Bad Gateway</h1>' }));
    await say(window.email, 'find me 3 leads');
    await failed;
    await page.unroute('**/*.data*');
    await page.getByRole('link', { name: /find me 3 leads/ }).waitFor();
    expect(await page.getByRole('textbox').inputValue()).toBe('half a thought');
  });

  test('when the server goes away right after taking a request, our own page says so, and the request is there later', async () => {
    const window = await member();
    const { page } = window;
    await page.goto('/welcome');
    await page.waitForLoadState('networkidle');
    await page.getByRole('link', { name: 'leads' }).first().click();
    await page.waitForURL('**/dashboard?**');
    // Everything after the answer to the form fails.
    const isLater = ({ pathname }: URL) => pathname.startsWith('/assets/') || pathname.startsWith('/conversations/');
    await page.route(isLater, (route) => route.abort('connectionrefused'));
    window.expectTrouble(/^net::ERR_CONNECTION_REFUSED GET \/conversations\//);
    await page.getByRole('textbox').fill('find me 2 leads in Miami');
    await page.keyboard.press('Enter');
    await page.getByText('Connection lost.').waitFor();
    await page.unroute(isLater);
    await page.reload();
    await article(page, 'find me 2 leads in Miami').getByText('Done', { exact: true }).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    forgiveAttempts(window);
  });
});
