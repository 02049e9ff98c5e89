// The first minutes of somebody new, by clicks and keys alone: in, a first request from an example, a follow-up, and the server
// away in the middle of it. No address is opened but the front page and the mailbox.

import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { credits } from '#core/domain/credits.ts';
import { suggestedAsks } from '#core/domain/examples.ts';
import { newId } from '#core/domain/ids.ts';
import type { ThreadRef } from '#core/domain/thread-ref.ts';
import type { Actor } from '#core/flows/app.ts';
import { agentsThat, csvOf, done } from '#core/testing/agents-that.ts';
import { forAll, openStage, type Stage } from '#core/testing/stage.ts';
import { PASSWORD, proxied, visitor } from '#core/testing/visitor.ts';
import { axeFindings } from './axe.ts';
import { inABrowser, oneBrowser, type BrowserWindow, type WindowOptions } from './browser.ts';
import { layoutFlaws } from './layout.ts';
import { openLine, type Line, type Trouble } from './line.ts';

vi.setConfig({ testTimeout: 120_000 });

const STARTING = 50;

interface World extends Stage {
  readonly line: Line;
}

async function openWorld(): Promise<World> {
  const line = await openLine();
  const settings = { ...proxied, PUBLIC_URL: line.url, STARTING_CREDITS: String(STARTING) };
  const agents = agentsThat((job) =>
    done(Array.from({ length: 30 }, (_, i) => `Line ${i}.`).join('\n'), [csvOf('leads.csv', job.quantity ?? 1)]),
  );
  const stage = await openStage({ portal: true, settings, agents });
  line.leadTo(stage);
  return {
    ...stage,
    line,
    async stop() {
      await line.stop();
      await stage.stop();
    },
  };
}

inABrowser('somebody new', () => {
  const world = forAll(openWorld);
  const browser = oneBrowser();
  let callers = 0;

  afterEach(() => world().line.mend());

  const sitDown = (options: Partial<WindowOptions> = {}) =>
    browser().open({ at: world().line.url, from: `198.51.100.${(callers += 1)}`, ...options });

  async function member(options: Partial<WindowOptions> = {}): Promise<BrowserWindow & { email: string }> {
    const from = `198.51.100.${(callers += 1)}`;
    const email = newMail();
    const person = visitor({ ...world(), url: world().line.url }, from);
    await person.signUp(email);
    return { ...(await browser().open({ at: world().line.url, from, cookies: person.cookies, ...options })), email };
  }

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
      await page.getByLabel('Mail address').fill(email);
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

  test('who is answered just before the server goes away is told so on our own page, and finds the request there later', async () => {
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
    await page.getByText('We can’t be reached from here right now.').waitFor();
    await page.unroute(isLater);
    await page.reload();
    await article(page, 'find me 2 leads in Miami').getByText('Done', { exact: true }).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    forgiveAttempts(window);
  });

  test('without JavaScript an example can be sent too, and a follow-up ends at its own place in the conversation', async () => {
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

  test.each([
    { trouble: 'away', like: /^net::ERR_CONNECTION_REFUSED POST/ },
    { trouble: 'proxy-alone', like: /^502 POST/ },
    { trouble: 'loses-answers', like: /^net::\S+ POST/ },
  ] satisfies { trouble: Trouble; like: RegExp }[])(
    'keeps page and text when sending fails ($trouble), and what is sent again is taken once',
    async ({ trouble, like }) => {
      const window = await member();
      const { page } = window;
      await page.goto('/dashboard');
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
      // The page is brought up to date by itself, which takes neither the words nor the notice away.
      await connected(page);
      await page.getByText('Your request is still here.').waitFor();
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await article(page, 'find me 4 leads in Miami').getByText('Done', { exact: true }).waitFor();
      expect(await tasksOf(window.email)).toEqual(['find me 4 leads in Miami']);
      forgiveAttempts(window);
    },
  );

  test('keeps page and text when the server itself can take nothing, as its database is away', async () => {
    const window = await member();
    const { page } = window;
    await page.goto('/dashboard');
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

  test('keeps what is in any other form too, and its page', async () => {
    const window = await sitDown();
    const { page } = window;
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Mail address').fill('ada@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    window.expectTrouble(/^net::ERR_CONNECTION_REFUSED POST \/signup/);
    await world().line.break('away');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Nothing you entered is lost.').waitFor();
    await title(page, 'Create your account');
    expect(await page.getByLabel('Mail address').inputValue()).toBe('ada@example.com');
    expect(await page.getByLabel('Password').inputValue()).toBe(PASSWORD);
    await world().line.mend();
    await page.getByLabel('Mail address').fill(newMail());
    await page.getByRole('button', { name: 'Create account' }).click();
    await title(page, 'Check your email');
  });

  test('a button outside of the composer stays too, and what it started before the line was cut is not started twice', async () => {
    const window = await member();
    const { page } = window;
    await page.goto('/dashboard');
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

  test('a page that reads its data anew while only an error comes back stays as it is, and is brought up to date later', async () => {
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

  test('who presses Enter before the estimate is there was promised nothing else, and reads the most it can cost at once', async () => {
    const { page } = await member();
    await page.goto('/dashboard');
    await page.getByText('You never pay more than the maximum shown.').waitFor();
    const estimated: string[] = [];
    page.on('request', (request) => request.url().endsWith('/estimate') && estimated.push(request.url()));
    await page.getByRole('textbox').pressSequentially('find me 5 leads in Miami');
    await page.keyboard.press('Enter');
    await article(page, 'find me 5 leads in Miami').waitFor();
    expect(estimated).toEqual([]);
    await page
      .getByRole('main')
      .getByText(/at most 5 credits; 5 set aside|Used 5 credits/)
      .first()
      .waitFor();
  });

  test('who says thanks is answered once, pays nothing, and writes a request in the same place', async () => {
    const window = await member();
    const { page, email } = window;
    await page.goto('/dashboard');
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

  test('with fewer credits sees smaller examples, and with none what is lacking', async () => {
    const { page, email } = await member();
    await spend(email, STARTING - 6);
    await page.goto('/welcome');
    await page.getByRole('link', { name: /^Find me 5 leads.*at most 5 credits$/ }).waitFor();
    expect(await page.getByRole('link', { name: /article/ }).count()).toBe(0);
    await spend(email, 6);
    await page.getByRole('link', { name: 'Ask for something else' }).click();
    await page.getByText('You have 0 credits. A small request needs 1 or more.').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Get credits' }).click();
    await page.waitForURL('**/credits');
  });

  test('who scrolled up to read stays there while an answer arrives, and who did not sees it', async () => {
    const { page, email } = await member();
    await page.goto('/dashboard');
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
  });

  /** Asks as another page of the same person would. */
  async function say(email: string, text: string, conversation?: string): Promise<void> {
    const { core, app } = world();
    const actor = await actorOf(email);
    const threadRef = conversation === undefined ? (`web:${newId()}` as ThreadRef) : await app.conversation(actor, conversation);
    await app.ask({
      key: newId(),
      threadRef,
      from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
      text,
      at: core.clock.now(),
    });
  }

  async function tasksOf(email: string): Promise<string[]> {
    return (await world().app.history(await actorOf(email), { limit: 10 })).map(({ requestText }) => requestText);
  }

  async function actorOf(email: string): Promise<Actor> {
    const { userId, teamId } = (await world().core.store.people.findByEmail(email))!;
    return { userId, teamId, email, role: 'owner' };
  }

  async function spend(email: string, amount: number): Promise<void> {
    const text = `find me ${amount} leads`;
    await say(email, text);
    const actor = await actorOf(email);
    await vi.waitFor(async () => {
      const [task] = await world().app.history(actor, { limit: 1 });
      expect(task).toMatchObject({ requestText: text, over: true });
    });
  }

  /** In the mail sandbox, as somebody who tries the product does. */
  async function openMail(page: Page, email: string): Promise<void> {
    await world().mails(email);
    await page.goto(`/sandbox/mail?token=${world().product.outside.pagesToken}`);
    await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click();
    await page.frameLocator('iframe').getByRole('link').first().click();
  }
});

const article = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

async function inView(page: Page, text: string): Promise<void> {
  await vi.waitFor(async () => {
    const box = (await article(page, text).locator('p').first().boundingBox())!;
    const height = page.viewportSize()!.height;
    expect([text, box.y >= 50 && box.y + box.height < height, box.y]).toEqual([text, true, box.y]);
  });
}

/** What a page tries by itself while we are away fails as often as it is tried. */
function forgiveAttempts({ takeTroubles }: BrowserWindow): void {
  expect(takeTroubles().filter((each) => !/^(net::\S+|502) |Failed to fetch/.test(each))).toEqual([]);
}

/** The page can be reached again, as far as its open stream tells. */
async function connected(page: Page): Promise<void> {
  await page.getByText('We can’t be reached right now. What you see may be old').waitFor({ state: 'detached' });
}

async function title(page: Page, words: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: words }).waitFor();
}

async function reloadUntil(page: Page, count: () => Promise<number>): Promise<void> {
  await vi.waitFor(async () => (await page.reload(), expect(await count()).toBeGreaterThan(0)), { interval: 500 });
}

const newMail = () => `${randomBytes(6).toString('hex')}@example.com`;
