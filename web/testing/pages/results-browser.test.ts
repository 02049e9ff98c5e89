// Results in a real browser, read where they arrive: documents, tables of any size, and pictures, by clicks and keys alone.

import { Readable } from 'node:stream';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { agentsThat, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { portalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';
import { axeFindings, contrastFindings } from '../browsers/axe.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';
import { layoutFlaws } from '../browsers/layout.ts';
import { narrow, show, wide } from '../show.ts';

const SUMMARY = `**Three** harbors stand out:

1. Miami, [the largest](https://evil.example/miami)
2. Tampa

<img src=x onerror=alert(1)><script>alert(2)</script>

[press me](javascript:alert(3)) ![tracker](https://evil.example/pixel.png) <https://harbors.example>`;

const REPORT = `# Harbors of Florida

| Harbor | Boats |
|---|---|
| Miami | 1,200 |

\`\`\`
$ sail north
\`\`\`

> Read *twice*.
${'\nWords that fill the page. '.repeat(400)}
the last line`;

const ROWS = 100_000;
const bigTable = ['name,boats,note', ...Array.from({ length: ROWS }, (_, i) => `Harbor ${i + 1},${(i * 7_919) % 100_003},"a, ""b"""`)].join(
  '\n',
);
const oldText = Buffer.from('Zürich – grüß dich', 'latin1');

const agents = agentsThat(() =>
  done(SUMMARY, [
    fileOf('report.md', REPORT),
    fileOf('harbors.csv', bigTable),
    { name: 'old.txt', sizeBytes: oldText.length, open: async () => Readable.from([oldText]) },
  ]),
);

inABrowser('a result is read in place', () => {
  const browser = oneBrowser();
  const stage = forAll(() => openStage({ portal: true, agents, settings: proxied }));

  test('an agent’s Markdown is a page in which nothing runs or loads, and every link says where it leads', async () => {
    const { page, conversation } = await reader();
    await page.goto(conversation);
    const answer = page.locator('article .markdown').first();
    expect(await answer.locator('strong').textContent()).toBe('Three');
    expect(await answer.locator('ol li').allTextContents()).toEqual(['Miami, the largest (evil.example)', 'Tampa']);
    expect(await answer.textContent()).toContain('<img src=x onerror=alert(1)><script>alert(2)</script>');
    expect(await answer.textContent()).toContain('[press me](javascript:alert(3)) Image: tracker (evil.example) https://harbors.example');
    expect(await answer.locator('img, script, iframe, style').count()).toBe(0);
    const links = await Promise.all(
      (await answer.locator('a').all()).map((link) => Promise.all([link.getAttribute('href'), link.getAttribute('rel')])),
    );
    const rel = 'noopener noreferrer nofollow ugc';
    expect(links).toEqual([
      ['https://evil.example/miami', rel],
      ['https://evil.example/pixel.png', rel],
      ['https://harbors.example/', rel],
    ]);
  });

  test('a conversation shows the first part of a document, and its task all of it, in whatever encoding it is', async () => {
    const { page, conversation } = await reader();
    await page.goto(conversation);
    const part = page.getByRole('region', { name: 'Content of report.md' });
    await part.getByRole('heading', { name: 'Harbors of Florida' }).waitFor();
    expect(await part.textContent()).not.toContain('the last line');
    await page.getByRole('link', { name: 'Read full document report.md' }).click();
    await page.waitForURL(/\/tasks\/[^#]+#file-/);
    const whole = page.getByRole('region', { name: 'Content of report.md' });
    await whole.getByText('the last line').waitFor();
    expect(await whole.getByRole('cell', { name: '1,200' }).count()).toBe(1);
    expect(await whole.locator('pre').textContent()).toBe('$ sail north');
    await page.getByRole('region', { name: 'Content of old.txt' }).scrollIntoViewIfNeeded();
    await page.getByText('Zürich').first().waitFor();
  });

  test('a table of 100,000 rows is searched, sorted and copied from, and never more than 200 rows are in the page', async () => {
    const { page, conversation, context } = await reader();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(conversation);
    const open = page.getByRole('button', { name: 'Open table harbors.csv' });
    await open.click();
    const dialog = page.getByRole('dialog', { name: 'harbors.csv' });
    await dialog.getByText('100,000 rows', { exact: true }).waitFor();
    expect(await dialog.locator('tbody tr').count()).toBe(100);

    await dialog.getByRole('button', { name: 'boats' }).click();
    await dialog.getByRole('button', { name: 'boats' }).click();
    expect(await dialog.getByRole('columnheader', { name: 'boats' }).getAttribute('aria-sort')).toBe('descending');
    const first = dialog.locator('tbody tr').first();
    await vi.waitFor(async () => expect(await first.locator('td').nth(1).textContent()).toBe('100002'));
    await dialog.getByRole('button', { name: 'Next rows' }).click();
    await dialog.getByText('Rows 101–200 of 100,000').waitFor();

    await dialog.getByLabel('Search this table').fill('harbor 99999');
    await dialog.getByText('1 of 100,000 rows').waitFor();
    await first.locator('td').first().click();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await dialog.getByRole('button', { name: 'Copy cell' }).click();
    await vi.waitFor(async () => expect(await page.evaluate('navigator.clipboard.readText()')).toBe('a, "b"'));
    await dialog.getByRole('button', { name: 'Copy row' }).click();
    const row = `Harbor 99999\t${(99_998 * 7_919) % 100_003}\ta, "b"`;
    await vi.waitFor(async () => expect(await page.evaluate('navigator.clipboard.readText()')).toBe(row));

    expect(await flawsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.locator('button:focus', { hasText: 'Open table' }).waitFor();
  });

  test('what somebody writes stays in its conversation through other pages and a reload, until it is sent or they log out', async () => {
    const { page, conversation } = await reader();
    const box = page.getByRole('textbox', { name: 'What do you need done?' });
    const draft = async () => vi.waitFor(async () => (await page.getByText('Enter to send, ').waitFor(), box.inputValue()));
    await page.goto(conversation);
    await page.getByText('Enter to send, ').waitFor();
    await box.fill('and the harbors of');
    await page.getByRole('link', { name: 'New request' }).first().click();
    await page.waitForURL('**/dashboard');
    expect(await draft()).toBe('');
    await box.fill('something else');
    await page.reload();
    await vi.waitFor(async () => expect(await draft()).toBe('something else'));
    await page.goto(conversation);
    await vi.waitFor(async () => expect(await draft()).toBe('and the harbors of'));
    await box.fill('and the harbors of Georgia');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'and the harbors of Georgia' }).getByText('Done', { exact: true }).waitFor();
    await vi.waitFor(async () => expect(await draft()).toBe(''));
    await page.reload();
    expect(await draft()).toBe('');
    await page.getByLabel('Account').click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL((url) => url.pathname !== new URL(conversation, url).pathname);
    expect(await page.evaluate('localStorage.length')).toBe(0);
  });

  test('a file dropped anywhere on the page is attached, and a long request is folded', async () => {
    const { page } = await reader();
    await page.goto('/dashboard');
    await page.getByText('Enter to send, ').waitFor();
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['a,b'], 'dropped.csv', { type: 'text/csv' }));
      document.querySelector('header').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    await page.getByRole('listitem').filter({ hasText: 'dropped.csv' }).waitFor();
    await page.getByText('uploading…').waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: 'What do you need done?' }).fill(`research this${'\nand this'.repeat(60)}\nand the end`);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/conversations/**');
    const turn = page.getByRole('article');
    expect(await turn.getByText('and the end').isVisible()).toBe(false);
    await turn.getByText('Show full request').click();
    await turn.getByText('and the end').waitFor();
  });

  test('a person goes, searches, asks and sees what keys there are by keyboard alone', async () => {
    const { page } = await reader();
    await page.goto('/settings');
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await flawsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command palette' }).fill('credits');
    expect(await page.getByRole('option', { selected: true }).textContent()).toBe('Go to Credits');
    expect(await flawsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/credits');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('find me 2 leads');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard?**');
    await page.locator('textarea:focus').waitFor();
    expect(await page.locator('textarea').inputValue()).toBe('find me 2 leads');
    await page.getByRole('link', { name: 'Impacter' }).focus();
    await page.keyboard.press('/');
    await page.locator('input[type="search"]:focus').waitFor();
  });

  /** Somebody with a result, in a browser. */
  async function reader() {
    const person = portalVisitor(stage());
    await person.signUp(person.email);
    const { to } = await person.post('/dashboard', { intent: 'ask', text: 'research the harbors of Florida' });
    const actor = await person.actor();
    const [line] = (await stage().app.tasks.list(actor, { limit: 1 })).tasks;
    await vi.waitFor(async () => expect((await stage().app.tasks.get(actor, line!.id)).over).toBe(true));
    const window = await browser().open({ at: stage().core.settings.publicUrl, cookies: person.cookies });
    return { ...window, conversation: to! };
  }

  async function flawsOf(page: Page): Promise<string[]> {
    const found = [...(await layoutFlaws(page)), ...(await axeFindings(page))];
    for (const look of [
      { ...wide, colours: 'dark' },
      { ...narrow, colours: 'dark' },
      { ...narrow, colours: 'light' },
    ] as const) {
      await show(page, look);
      found.push(...(await layoutFlaws(page)), ...(await contrastFindings(page)));
      if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/table-${look.width}-${look.colours}.png` });
    }
    await show(page, { ...wide, colours: 'light' });
    if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/table-wide-light.png` });
    return found;
  }
});
