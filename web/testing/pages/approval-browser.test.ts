// Asking before spending in a real browser: by keyboard alone, on several pages at once, on a phone and in the dark.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';
import { axeFindings, contrastFindings } from '../browsers/axe.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';
import { layoutFlaws } from '../browsers/layout.ts';
import { article, scriptsRun } from '../newcomers.ts';
import { narrow, show, wide } from '../show.ts';

inABrowser('a task that needs approval', () => {
  const browser = oneBrowser();
  const clock = clockByHand();
  const stage = forAll(() =>
    openStage({
      portal: true,
      clock,
      settings: { ...proxied, STARTING_CREDITS: '50' },
      agents: agentsThat((job) => done('Here.', [csvOf('leads.csv', job.quantity ?? 1)])),
    }),
  );

  test('is asked for and approved by keyboard alone: Enter twice is one approval, and the focus stays with the task', async () => {
    const ada = await careful();
    const { page } = await open(ada);
    await page.goto('/dashboard');
    await scriptsRun(page);
    await page.getByRole('textbox', { name: 'What do you need done?' }).fill('find me 20 leads in Miami');
    await page.keyboard.press('Enter');
    const approve = page.getByRole('button', { name: 'Approve · up to 20 credits' });
    await approve.waitFor();
    await article(page, 'find me 20 leads').getByText('Leads · 20 · about 16 credits, max 20').waitFor();
    await tabTo(page, 'Approve · up to 20 credits');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.locator('article:focus', { hasText: 'find me 20 leads' }).waitFor();
    await article(page, 'find me 20 leads').getByText('Done', { exact: true }).waitFor();
    expect(await approve.count()).toBe(0);
    expect(await holdsOf(ada)).toEqual([20]);
  });

  test('is changed by keyboard, although the page hears of it before its own answer: its words are in the composer, above what was being written', async () => {
    const ada = await careful();
    const window = await open(ada);
    const { page } = window;
    const at = await asked(ada, 'find me 20 leads in Miami');
    await page.goto(at);
    await scriptsRun(page);
    const other = await window.tab();
    await other.goto(at);
    await answersAfter(page, () => other.getByText('Canceled. Nothing was charged.').waitFor());
    await page.getByRole('textbox').fill('half a thought');
    await page.getByRole('button', { name: 'Change' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('textarea:focus').waitFor();
    await vi.waitFor(async () => expect(await page.getByRole('textbox').inputValue()).toBe('find me 20 leads in Miami\n\nhalf a thought'));
    await article(page, 'find me 20 leads in Miami').getByText('Canceled. Nothing was charged.').waitFor();
    await page.unrouteAll();
    await page.getByRole('textbox').fill('find me 5 leads in Miami');
    await page.keyboard.press('Enter');
    await article(page, 'find me 5 leads in Miami').getByText('Done', { exact: true }).waitFor();
    expect(await page.getByRole('textbox').inputValue()).toBe('');
    expect(page.url()).not.toContain('change=');
    expect(await holdsOf(ada)).toEqual([5]);
  });

  test('is approved, canceled and expires on every open page at once', async () => {
    const ada = await careful();
    const window = await open(ada);
    const [first, second] = [window.page, await window.tab()];
    const both = async (words: string) => {
      for (const page of [first, second]) await page.getByText(words).first().waitFor();
    };
    const opened = async (text: string) => {
      const at = await asked(ada, text);
      await first.goto(at);
      await second.goto(`/tasks/${at.split('#task-')[1]!}`);
      await both('Start this task?');
    };
    await opened('find me 11 leads');
    await first.getByRole('button', { name: 'Approve' }).click();
    await both('leads.csv');
    await opened('find me 12 leads');
    await second.getByRole('button', { name: 'Cancel task' }).click();
    await both('Canceled. Nothing was charged.');
    await opened('find me 13 leads');
    await first.getByRole('button', { name: 'Approve' }).focus();
    await expire(ada);
    await both('Nobody approved this request within 24 hours');
    await first.locator('article:focus').waitFor();
    await second.getByRole('button', { name: 'Run again' }).click();
    await second.getByText('Start this task?').waitFor();
  });

  test('says why it cannot be approved now, where the buttons are, and keeps them', async () => {
    const ada = await careful();
    const window = await open(ada);
    const { page } = window;
    const at = await asked(ada, 'find me 30 leads');
    for (let n = 0; n < 3; n++) await asked(ada, 'find me 10 leads');
    await vi.waitFor(async () => expect(await holdsOf(ada)).toEqual([10, 10, 10]));
    window.expectTrouble(/^402 POST \/conversations\//);
    await page.goto(at);
    const approve = page.getByRole('button', { name: 'Approve · up to 30 credits' });
    await approve.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('This needs 30 credits and you have 20.').waitFor();
    await page.getByRole('alert').getByRole('link', { name: 'Get credits' }).waitFor();
    await approve.and(page.locator(':focus')).waitFor();
    await looksRight(page);
  });

  test('can be read and pressed by everybody, wide and narrow, light and dark, also once it has expired', async () => {
    const ada = await careful();
    const { page } = await open(ada);
    const at = await asked(ada, 'find me 20 leads for boatyards that also repair engines on the coast of Florida');
    for (const place of [at, `/tasks/${at.split('#task-')[1]!}`]) {
      await page.goto(place);
      await page.getByText('Start this task?').waitFor();
      await looksRight(page);
    }
    await expire(ada);
    await page.getByText('Nobody approved this request within 24 hours').waitFor();
    await looksRight(page);
  });

  async function looksRight(page: Page): Promise<void> {
    const found: string[] = [];
    for (const size of [wide, narrow]) {
      await show(page, { ...size, colours: 'light' });
      found.push(...(await layoutFlaws(page)), ...(await axeFindings(page)));
      await show(page, { ...size, colours: 'dark' });
      found.push(...(await contrastFindings(page)));
    }
    expect(found).toEqual([]);
  }

  /** In a team that confirms requests over 10 credits, with 50. */
  async function careful(): Promise<PortalVisitor> {
    const ada = portalVisitor(stage());
    await ada.signUp(ada.email);
    await ada.post('/team/data', { intent: 'confirm', confirmAbove: '10' });
    return ada;
  }

  /** As if a day had passed for what waits in their team. A clock that is a day ahead would be too much for the mail service. */
  async function expire(ada: PortalVisitor): Promise<void> {
    await stage().core.store.money.query(
      { text: `UPDATE tasks SET deadline_at = $2 WHERE team_id = $1 AND status = 'awaiting_approval'` },
      [(await ada.actor()).teamId, clock.now()],
    );
    clock.forward(30_000);
  }

  const open = ({ cookies }: PortalVisitor) => browser().open({ at: stage().core.settings.publicUrl, cookies });

  /** Where the task stands that somebody asked for. */
  async function asked(ada: PortalVisitor, text: string): Promise<string> {
    return (await ada.post('/dashboard', { intent: 'ask', text, key: newId() })).to!;
  }

  /** The answer to a form comes once this has happened, and with it what all open pages are told. */
  async function answersAfter(page: Page, happened: () => Promise<void>): Promise<void> {
    await page.route('**/conversations/**', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const answer = await route.fetch({ maxRedirects: 0 });
      await happened();
      return route.fulfill({ response: answer });
    });
  }

  async function tabTo(page: Page, name: string): Promise<void> {
    const button = page.getByRole('button', { name }).and(page.locator(':focus'));
    for (let n = 0; n < 60 && (await button.count()) === 0; n++) await page.keyboard.press('Shift+Tab');
    await button.waitFor();
  }

  /** Credits of each hold of their team. */
  async function holdsOf(ada: PortalVisitor): Promise<number[]> {
    const { rows } = await stage().core.store.money.query<{ credits: string }>(
      { text: `SELECT h.credits::text FROM holds h JOIN tasks t ON t.id = h.task_id WHERE t.team_id = $1 ORDER BY t.created_at` },
      [(await ada.actor()).teamId],
    );
    return rows.map(({ credits }) => Number(credits) / 1_000_000);
  }
});
