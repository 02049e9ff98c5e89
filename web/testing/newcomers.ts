// People in front of the portal for the first time, behind a line that a test can break.

import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterEach, expect, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage, type Stage, type StageOptions } from '#core/testing/stages/stage.ts';
import { proxied, visitor } from '#core/testing/visitors/visitor.ts';
import { oneBrowser, type BrowserWindow, type WindowOptions } from './browsers/browser.ts';
import { openLine, type Line } from './browsers/line.ts';
import type { Actor } from '#core/domain/actor.ts';

/** Credits that somebody new has. */
export const STARTING = 50;

interface World extends Stage {
  readonly line: Line;
}

async function openWorld(some: StageOptions): Promise<World> {
  const line = await openLine();
  const settings = { ...proxied, PUBLIC_URL: line.url, STARTING_CREDITS: String(STARTING) };
  const agents = agentsThat((job) =>
    done(Array.from({ length: 30 }, (_, i) => `Line ${i}.`).join('\n'), [csvOf('leads.csv', job.quantity ?? 1)]),
  );
  const stage = await openStage({ portal: true, settings, agents, ...some });
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

/** For the tests of one file. The line is mended after each. */
export function newcomers(some: Pick<StageOptions, 'wired'> = {}) {
  const world = forAll(() => openWorld(some));
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

  /** Asks as another page of the same person would. */
  async function say(email: string, text: string, conversation?: string): Promise<void> {
    const { core, app } = world();
    const actor = await actorOf(email);
    const threadRef = conversation === undefined ? (`web:${newId()}` as ThreadRef) : await app.messages.thread(actor, conversation);
    await app.tasks.ask({
      key: newId(),
      threadRef,
      from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
      text,
      at: core.clock.now(),
    });
  }

  async function tasksOf(email: string): Promise<string[]> {
    return (await world().app.tasks.history(await actorOf(email), { limit: 10 })).map(({ requestText }) => requestText);
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
      const [task] = await world().app.tasks.history(actor, { limit: 1 });
      expect(task).toMatchObject({ requestText: text, over: true });
    });
  }

  /** In the mail sandbox, as somebody who tries the product does. */
  async function openMail(page: Page, email: string): Promise<void> {
    await world().mails(email);
    await page.goto(`/sandbox/mail?token=${world().product.outside.pagesToken}`);
    await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click();
    // A click on a frame that has not found its place yet goes beside it.
    await page.waitForURL(/\/sandbox\/mail\/./, { waitUntil: 'load' });
    await page.frameLocator('iframe').getByRole('link').first().click();
  }

  return { world, sitDown, member, say, tasksOf, spend, openMail };
}

export const article = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });

export async function inView(page: Page, text: string): Promise<void> {
  await vi.waitFor(async () => {
    const box = (await article(page, text).locator('p').first().boundingBox())!;
    const height = page.viewportSize()!.height;
    expect([text, box.y >= 50 && box.y + box.height < height, box.y]).toEqual([text, true, box.y]);
  });
}

/** What a page tries by itself while we are away fails as often as it is tried. */
export function forgiveAttempts({ takeTroubles }: BrowserWindow): void {
  expect(takeTroubles().filter((each) => !/^(net::\S+|502) |Failed to fetch/.test(each))).toEqual([]);
}

/** The page can be reached again, as far as its open stream tells. */
export async function connected(page: Page): Promise<void> {
  await page.getByText('Connection lost. Reconnecting…').waitFor({ state: 'detached' });
}

/** On a wide page with a composer: until its scripts run, Enter begins a new line there and sends nothing. */
export async function scriptsRun(page: Page): Promise<void> {
  await page.getByText('Enter to send, ').waitFor();
}

export async function title(page: Page, words: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: words }).waitFor();
}

export async function reloadUntil(page: Page, count: () => Promise<number>): Promise<void> {
  await vi.waitFor(async () => (await page.reload(), expect(await count()).toBeGreaterThan(0)), { interval: 500 });
}

export const newMail = () => `${randomBytes(6).toString('hex')}@example.com`;
