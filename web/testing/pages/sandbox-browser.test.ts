// The sandbox page in a real browser: with the whole product behind it, and with the board alone.

import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { adapters } from '#bots/adapters.ts';
import { openPage, printedToken, type OpenPage } from '#bots/sandbox/testing/open-page.ts';
import { board } from '#bots/testing/board/adapter.ts';
import { hostileTexts } from '#bots/testing/hostile.ts';
import { linkBoard } from '#core/testing/stages/board-stage.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { axeFindings, contrastFindings } from '../browsers/axe.ts';
import { inABrowser, oneBrowser, type WindowOptions } from '../browsers/browser.ts';
import { layoutFlaws } from '../browsers/layout.ts';
import { narrow, show, wide } from '../show.ts';

inABrowser('the sandbox page', () => {
  const browser = oneBrowser();

  test('by keyboard alone: Ann says what she needs, and the answer of the real core comes into her thread', async () => {
    const world = await stage({ adapters: [...adapters, board], chatSandboxes: true });
    const owner = await world.person();
    await linkBoard(world, owner);
    const { page } = await browser().open({ at: world.core.settings.publicUrl });
    await page.goto(`/sandbox/board?token=${world.product.outside.pagesToken!}`);
    await page.keyboard.type('find me 20 leads in Miami');
    await page.keyboard.press('Enter');
    const thread = page.getByRole('region', { name: 'Thread' });
    await thread.getByText('Done: 20 leads').waitFor();
    await thread.getByRole('link', { name: /\/f\// }).first().waitFor();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('thread-text');
    expect(await owner.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
  });

  test('what is said elsewhere appears by itself, and what is being typed stays', async () => {
    const { page, people } = await sitDown();
    await page.keyboard.type('half a sen');
    const { thread } = await people.say('general', 'find me 100 leads', { from: { id: 'bo', name: 'Bo' } });
    await page.getByRole('log').getByText('find me 100 leads').waitFor();
    await people.say('general', 'in Miami', { thread });
    await page.getByText('1 reply').waitFor();
    await page.keyboard.type('tence');
    expect(await page.getByRole('textbox', { name: 'Message #general' }).inputValue()).toBe('half a sentence');
    expect(await page.locator('#channel-log').getAttribute('role')).toBe('log');
  });

  test('by keyboard: somebody speaks as Bo, changes the message and deletes it', async () => {
    const { page, people } = await sitDown();
    await page.getByRole('combobox', { name: 'Speak as' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/as=bo/);
    await page.getByRole('textbox', { name: 'Message #general' }).focus();
    await page.keyboard.type('first words');
    await page.keyboard.press('Enter');
    const thread = page.getByRole('region', { name: 'Thread' });
    await thread.locator('.text', { hasText: 'first words' }).waitFor();
    await pressOn(page, thread.getByText('Edit', { exact: true }));
    await thread.getByRole('textbox', { name: 'Message text' }).fill('second words');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await thread.locator('.text', { hasText: 'second words' }).waitFor();
    expect((await people.messages()).map(({ text, from }) => [text, from!.id])).toEqual([['second words', 'bo']]);
    await pressOn(page, thread.getByRole('button', { name: /^Delete/ }));
    await thread.getByText('No messages yet.').waitFor();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('thread-log');
  });

  test('a form comes in front, is left by Escape, and sent by Enter', async () => {
    const { page, people, bot } = await sitDown();
    await page.keyboard.type('/new task');
    await page.keyboard.press('Enter');
    const ask = async () => {
      const { interaction } = await people.command('general', 'new', '');
      await bot(`interactions/${interaction}`, { form: newTask });
    };
    await ask();
    const dialog = page.getByRole('dialog', { name: 'New task' });
    await dialog.waitFor();
    expect(await page.evaluate<boolean>('document.querySelector("dialog").matches(":modal")')).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('#channel-text:focus').waitFor();
    expect((await people.seen('general', 'ann')).forms).toEqual([]);

    await ask();
    await dialog.getByRole('textbox', { name: 'What do you need?' }).fill('25 leads');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect((await people.seen('general', 'ann')).forms).toEqual([]);
  });

  test('a file is attached and can be downloaded; what was refused stays in its box, and the reason in sight until the next try', async () => {
    const { page, people, expectTrouble } = await sitDown();
    await page.getByLabel('Attach files').setInputFiles([{ name: '고객.csv', mimeType: 'text/csv', buffer: Buffer.from('name\nAda\n') }]);
    await page.getByRole('button', { name: 'Send' }).click();
    const link = page.getByRole('region', { name: 'Thread' }).getByRole('link', { name: '고객.csv' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe('고객.csv');

    expectTrouble(/^400 POST \/sandbox\/board\/say/);
    const box = page.getByRole('textbox', { name: 'Reply in thread' });
    await box.fill('   ');
    await page.keyboard.press('Enter');
    const notice = page.getByRole('status').getByText('Your message is empty.');
    await notice.waitFor();
    await people.say('general', 'said elsewhere', { from: { id: 'bo', name: 'Bo' } });
    await page.locator('#channel .text', { hasText: 'said elsewhere' }).waitFor();
    expect(await notice.isVisible()).toBe(true);
    await box.fill('not empty');
    await page.keyboard.press('Enter');
    await notice.waitFor({ state: 'detached' });
  });

  test.each([
    ['wide', wide],
    ['narrow', narrow],
  ] as const)('%s, light and dark, in every state: nothing that axe or an eye would find', async (_, size) => {
    const open = await sitDown(size);
    const { page } = open;
    await fill(open);
    const states: [string, () => Promise<unknown>][] = [
      ['channel', () => page.getByText('find me 25 leads in Miami').first().waitFor()],
      ['faults', () => page.getByText('Faults', { exact: true }).click()],
      [
        'channels',
        async () => {
          await page.getByText('Faults', { exact: true }).click();
          if (size === narrow) await page.getByRole('button', { name: 'Channels' }).click();
        },
      ],
      [
        'thread',
        async () => {
          if (size === narrow) await page.keyboard.press('Escape');
          await page
            .getByRole('link', { name: /replies/ })
            .first()
            .click();
          await page.getByRole('button', { name: 'Cancel' }).waitFor();
        },
      ],
      ['edit', () => page.locator('#thread summary', { hasText: 'Edit' }).first().click()],
      [
        'form',
        async () => {
          const { interaction } = await open.people.command('general', 'new', '');
          await open.bot(`interactions/${interaction}`, { form: newTask });
          await page.getByRole('dialog').waitFor();
        },
      ],
    ];
    const found: string[] = [];
    for (const [state, reach] of states) {
      await reach();
      found.push(...(await axeFindings(page)).map((finding) => `${state}: ${finding}`));
      found.push(...(await layoutFlaws(page)).map((flaw) => `${state}: ${flaw}`));
      await show(page, { ...size, colours: 'dark' });
      found.push(...(await contrastFindings(page)).map((finding) => `${state}, dark: ${finding}`));
      await show(page, { ...size, colours: 'light' });
    }
    expect(found).toEqual([]);
  });

  test('whatever people, bots and files are called and say, nothing of it runs, and scripts of others are stopped', async () => {
    const { page, people, takeTroubles } = await sitDown();
    for (const hostile of Object.values(hostileTexts).filter((text) => text !== '' && text.length < 20_000)) {
      const from = { id: 'eve', name: hostile.slice(0, 200) };
      const files = [{ name: hostile.slice(0, 300), mime: 'text/html', bytes: Buffer.from('x') }];
      await people.say('general', `before ${hostile} after`, { from, files });
    }
    await people.say('general', 'the last one');
    await page.locator('.text', { hasText: 'the last one' }).waitFor();
    expect(takeTroubles()).toEqual([]);
    expect(await layoutFlaws(page)).toEqual([]);
    await page.evaluate('{ const s = document.createElement("script"); s.textContent = "window.ran = true"; document.body.append(s); }');
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(takeTroubles()).toEqual([expect.stringMatching(/^console: .*Content Security Policy/)]);
  });

  test('with 2,000 messages a new one is there within a second, and earlier ones are a click away', async () => {
    const { page } = await sitDown({}, async ({ people }) => {
      for (let i = 1; i <= 2_000; i++) await people.say('general', `message number ${i}`);
    });
    const message = (text: string) => page.locator('.text').getByText(text, { exact: true });
    await message('message number 2000').waitFor();
    await page.keyboard.type('the newest');
    const began = performance.now();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Thread' }).locator('.text', { hasText: 'the newest' }).waitFor();
    expect(performance.now() - began).toBeLessThan(1_000);
    await page.getByRole('link', { name: 'Close thread' }).click();
    await page.getByRole('link', { name: 'Show earlier messages' }).click();
    await message('message number 1901').waitFor();
  });

  test.each([
    [413, 'Not sent. The files are too large'],
    [503, 'Not sent. Check that the product is running'],
  ])('a message that is answered with %i stays in its box, and the page says why', async (status, words) => {
    const { page, expectTrouble } = await sitDown();
    expectTrouble(new RegExp(`^${status} POST /sandbox/board/say`));
    await page.route('**/sandbox/board/say', (route) => route.fulfill({ status, contentType: 'application/json', body: '{"error":{}}' }));
    await page.keyboard.type('worth keeping');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText(words).waitFor();
    expect(await page.getByRole('textbox', { name: 'Message #general' }).inputValue()).toBe('worth keeping');
  });

  test('when the product goes away the page says so, and keeps what is typed', async () => {
    const { page, door, takeTroubles } = await sitDown();
    await page.keyboard.type('worth keeping');
    await door.stop(0);
    await page.getByRole('status').getByText('Connection lost. Reconnecting…').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Not sent.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Message #general' }).inputValue()).toBe('worth keeping');
    takeTroubles();
  });

  /** Somebody opens the page; `before` is what happened until then. */
  async function sitDown(options: Omit<WindowOptions, 'at'> = {}, before?: (open: OpenPage) => Promise<void>) {
    const open = await openPage();
    await before?.(open);
    const window = await browser().open({ at: open.door.url, ...options });
    await window.page.goto(`/sandbox/board?token=${printedToken}`);
    await window.page.locator('#channel-text:focus').waitFor();
    return { ...open, ...window };
  }
});

const newTask = {
  id: 'new-task',
  title: 'New task',
  submit: 'Start task',
  fields: [
    { id: 'what', label: 'What do you need?', kind: 'line', required: true },
    { id: 'more', label: 'Details', kind: 'text' },
    { id: 'type', label: 'Type', kind: 'choice', options: [{ id: 'leads', label: 'Leads' }] },
  ],
};

/** A channel as one looks after a while. */
async function fill({ people, bot }: OpenPage): Promise<void> {
  await people.say('general', 'good morning everybody', { from: { id: 'bo', name: 'Bo' } });
  const { thread } = await people.say('general', 'find me 25 leads in Miami', {
    files: [{ name: 'customers.csv', mime: 'text/csv', bytes: Buffer.alloc(34_000) }],
  });
  const at = `channels/general/threads/${thread}/messages`;
  await bot(at, {
    key: 'a',
    text: '**… On it**\nLeads · 25 · about 20 credits, max 25\n\n**Reserved**: 25 credits\n\n☑ Reading the request\n▸ Looking for leads',
    choices: [
      { id: 'cancel:1', label: 'Cancel', style: 'danger' },
      { id: 'more:1', label: 'Details', style: 'plain' },
    ],
  });
  await bot(at, {
    key: 'b',
    text: '**✓ Done: 25 leads**\n> Sample data: everything in it is made up.\n\n**leads.csv** 4 kB\nhttp://localhost:3000/f/AaIGLJYof2C5uLajAE8hpgBrDNtrqlyjdQivOELQsTAyvUM9vw\n| name        city\n| Ada Byron   Miami',
    choices: [{ id: 'again:1', label: 'Run again · up to 25 credits', style: 'main' }],
  });
  const { interaction } = await people.command('general', 'balance', '', { thread });
  await bot(`interactions/${interaction}`, { text: '475 credits available' });
}

async function pressOn(page: Page, target: ReturnType<Page['getByText']>): Promise<void> {
  await target.focus();
  await page.keyboard.press('Enter');
}
