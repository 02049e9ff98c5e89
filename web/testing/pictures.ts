// `npm run pictures`: every page and every state of it, wide and narrow, light and dark, into .pictures/. README.md says what
// they are looked at for. With words behind it, only pages whose address or file holds one of them.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page, Route } from 'playwright-core';
import { test } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { oneBrowser, type BrowserWindow } from './browsers/browser.ts';
import { layoutFlaws } from './browsers/layout.ts';
import { goTo, pages, type PageRow } from './pages.ts';
import { narrow, show, wide } from './show.ts';
import { openWorld, type Asker } from './world.ts';

const folder = path.resolve(import.meta.dirname, '../../.pictures');
const wanted = (process.env['PICTURES'] ?? '').split(' ').filter(Boolean);

const world = forAll(openWorld);
const browser = oneBrowser();

test('pictures', async () => {
  const windows = new Map<Asker, BrowserWindow>();
  if (wanted.length === 0) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const taken: { readonly name: string; readonly files: readonly string[] }[] = [];
  for (const picture of rows()) {
    const { name, row } = picture;
    const { cookies } = world().people[row.as];
    const window = windows.get(row.as) ?? (await browser().open({ at: world().at, cookies, ...wide }));
    windows.set(row.as, window);
    taken.push({ name, files: await picturesOf(window, picture) });
    window.takeTroubles();
  }
  await writeFile(path.join(folder, 'index.html'), album(taken));
  console.log(`${taken.length} pages are in ${path.relative(process.env['INIT_CWD'] ?? process.cwd(), folder)}/index.html.`);
});

function rows(): Picture[] {
  const ofPages: Picture[] = Object.entries(pages).flatMap(([file, ofFile]) =>
    ofFile.map((row, i) => ({ row, name: `${file.replaceAll('/', '-')}${i === 0 ? '' : `-${i + 1}`}` })),
  );
  return [...ofPages, ...accidents].filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
}

interface Picture {
  readonly name: string;
  readonly row: PageRow;
  /** What happens then, before the picture is taken. */
  readonly happens?: (page: Page) => Promise<void>;
}

/** What no address leads to. */
const accidents: readonly Picture[] = [
  {
    name: 'accident-our-fault',
    row: { as: 'owner', at: () => '/dashboard' },
    happens: (page) => goOn(page, (route) => route.fulfill({ status: 500 })),
  },
  { name: 'accident-away', row: { as: 'owner', at: () => '/dashboard' }, happens: (page) => goOn(page, (route) => route.abort()) },
  {
    name: 'whole-table',
    row: { as: 'owner', at: ({ acme }) => `/tasks/${acme.task}` },
    async happens(page) {
      await page.getByRole('button', { name: 'Open table' }).first().click();
      await page.getByRole('grid').getByRole('row').nth(2).waitFor();
    },
  },
  { name: 'not-sent', row: { as: 'owner', at: () => '/dashboard' }, happens: notSent },
  { name: 'not-sent-follow-up', row: { as: 'owner', at: ({ acme }) => `/conversations/${acme.conversation}` }, happens: notSent },
  {
    name: 'estimate',
    row: { as: 'owner', at: () => '/dashboard' },
    async happens(page) {
      await page.getByRole('link', { name: 'dentists in Austin' }).click();
      await page.getByText(/^Leads · /).waitFor();
    },
  },
];

/** To another page, whose data meets this. */
async function goOn(page: Page, meets: (route: Route) => Promise<void>): Promise<void> {
  await page.route('**/*.data**', meets);
  await page.locator('header a[title]').click();
  await page.getByRole('link', { name: 'Go to the dashboard' }).waitFor();
  await page.unroute('**/*.data**');
}

/** A request that does not come through. */
async function notSent(page: Page): Promise<void> {
  await page.route('**/*.data**', (route) => route.abort());
  await page.getByRole('textbox', { name: 'What do you need done?' }).fill('find me 25 leads in Miami');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Your request is still here.').waitFor();
  await page.unroute('**/*.data**');
}

async function picturesOf({ page }: BrowserWindow, { name, row, happens }: Picture): Promise<string[]> {
  const files: string[] = [];
  for (const [size, dimensions] of [
    ['wide', wide],
    ['narrow', narrow],
  ] as const) {
    await show(page, { ...dimensions, colours: 'light' });
    await goTo(page, row, world());
    await happens?.(page);
    for (const flaw of await layoutFlaws(page)) console.log(`${name}, ${size}: ${flaw}`);
    for (const colours of ['light', 'dark'] as const) {
      await show(page, { ...dimensions, colours });
      // As if the window were as high as the page: what sticks to its edges is where it belongs.
      const height = await page.evaluate<number>('document.documentElement.scrollHeight');
      await show(page, { ...dimensions, height: Math.max(height, dimensions.height), colours });
      const file = `${name}-${size}-${colours}.png`;
      await page.screenshot({ path: path.join(folder, file) });
      files.push(file);
    }
  }
  return files;
}

function album(taken: readonly { readonly name: string; readonly files: readonly string[] }[]): string {
  const chapters = taken.map(
    ({ name, files }) =>
      `<h2 id="${name}">${name}</h2><p>${files.map((file) => `<a href="${file}"><img src="${file}" alt="${file}" loading="lazy"></a>`).join(' ')}</p>`,
  );
  return `<!doctype html>
<meta charset="utf-8">
<title>Pictures of the portal</title>
<style>body{font:16px system-ui;margin:2rem;background:#888}img{height:28rem;vertical-align:top;border-radius:8px}p{overflow-x:auto;white-space:nowrap}</style>
<h1>Pictures of the portal</h1>
${chapters.join('\n')}
`;
}
