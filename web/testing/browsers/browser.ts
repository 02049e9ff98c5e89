// A real browser for the tests of the portal: one for a whole file, and a window of its own for everybody in a test. What
// goes wrong in a window fails the test, unless it was announced: an error in the console, a script that broke, something
// that the content policy stopped, a request that was refused, a dialog that nobody wrote.

import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { describe, onTestFinished } from 'vitest';
import { PATIENCE_MS } from '#core/testing/runner/patience.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { chromium, flags } from './chromium.ts';

/** For `describe` and `test` of what needs a browser. */
export const browserIsHere = chromium !== null;
// oxlint-disable-next-line vitest/valid-title -- the title is the caller's
export const inABrowser = describe.runIf(browserIsHere);

export interface TestBrowser {
  /** Somebody sits down: no cookies but those given, and a size of their own. It is closed when the test ends. */
  open(options: WindowOptions): Promise<BrowserWindow>;
  stop(): Promise<void>;
}

export interface WindowOptions {
  /** Where the product is, without a slash at the end. */
  readonly at: string;
  /** Who is logged in, by the cookies of somebody who did. */
  readonly cookies?: ReadonlyMap<string, string>;
  /** The address they call from, on a stage with `proxied` settings: rate limits are by address. */
  readonly from?: string;
  readonly width?: number;
  readonly height?: number;
  readonly colours?: 'light' | 'dark';
  readonly javaScript?: boolean;
}

export interface BrowserWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** A second page of the same person. */
  tab(): Promise<Page>;
  /** Something that would fail the test is meant to happen here: /^403 POST \/team/. It must happen before the test ends. */
  expectTrouble(...like: readonly RegExp[]): void;
  /** Something that may happen here or not, such as a request that a page leaves behind when it goes. */
  allowTrouble(...like: readonly RegExp[]): void;
  /** What went wrong up to now and was not announced; it does not fail the test any more. */
  takeTroubles(): string[];
  close(): Promise<void>;
}

/** One browser for all tests of a file. */
export const oneBrowser = (): (() => TestBrowser) => forAll(openBrowser);

export async function openBrowser(): Promise<TestBrowser> {
  if (chromium === null) throw new Error('there is no chromium: put what needs one inABrowser()');
  // Without a UTF-8 locale, Chromium calls a file with another script's name just “download”.
  const browser = await playwright.launch({ executablePath: chromium, args: flags, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  return {
    async open(options) {
      const window = await openWindow(browser, options);
      onTestFinished(() => window.close());
      return window;
    },
    stop: () => browser.close(),
  };
}

async function openWindow(browser: Browser, options: WindowOptions): Promise<BrowserWindow> {
  const { at, cookies, from, width = 1440, height = 900, colours = 'light', javaScript = true } = options;
  const context = await browser.newContext({
    baseURL: at,
    viewport: { width, height },
    colorScheme: colours,
    javaScriptEnabled: javaScript,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    ...(width < 600 && { hasTouch: true, isMobile: true }),
    ...(from !== undefined && { extraHTTPHeaders: { 'X-Forwarded-For': from } }),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (cookies) await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: at, httpOnly: true, sameSite: 'Lax' })));

  const troubles: string[] = [];
  const announced: { readonly like: RegExp; seen: boolean }[] = [];
  const complain = (trouble: string) => {
    const meant = announced.filter(({ like }) => like.test(trouble));
    for (const each of meant) each.seen = true;
    if (meant.length === 0) troubles.push(trouble);
  };
  context.on('page', (page) => watch(page, new URL(at), complain));
  const takeTroubles = () => troubles.splice(0);
  let isClosed = false;
  const page = await context.newPage();
  return {
    page,
    context,
    tab: () => context.newPage(),
    expectTrouble: (...like) => announced.push(...like.map((each) => ({ like: each, seen: false }))),
    allowTrouble: (...like) => announced.push(...like.map((each) => ({ like: each, seen: true }))),
    takeTroubles,
    async close() {
      if (isClosed) return;
      isClosed = true;
      await context.close();
      const missing = announced.filter(({ seen }) => !seen).map(({ like }) => `announced, and did not happen: ${like}`);
      const all = [...takeTroubles(), ...missing];
      if (all.length > 0) throw new Error(`Trouble in the browser:\n- ${all.join('\n- ')}`);
    },
  };
}

function watch(page: Page, at: URL, complain: (trouble: string) => void): void {
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // Those of answers are told below, with method and path.
    if (!message.text().startsWith('Failed to load resource')) complain(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complain(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    complain(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && !['localhost', '127.0.0.1'].includes(url.hostname)) complain(`asks another site: ${url.origin}`);
  });
  page.on('response', (response) => {
    const url = new URL(response.url());
    if (url.host === at.host && response.status() >= 400) complain(`${response.status()} ${response.request().method()} ${url.pathname}`);
  });
  page.on('requestfailed', (request) => {
    const url = new URL(request.url());
    const why = request.failure()?.errorText ?? 'failed';
    // What is under way when somebody goes on to another page is broken off, and so is what becomes a download.
    // A page without JavaScript leaves its scripts alone, and calls that a policy; policies of ours are told in the console.
    if (url.host === at.host && why !== 'net::ERR_ABORTED' && why !== 'csp') complain(`${why} ${request.method()} ${url.pathname}`);
  });
}
