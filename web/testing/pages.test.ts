// Every page, as anybody may meet it: on a wide screen and a narrow one, in light and in dark.

import { expect, test, vi } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { axeFindings, contrastFindings } from './browsers/axe.ts';
import { inABrowser, oneBrowser, type BrowserWindow } from './browsers/browser.ts';
import { layoutFlaws } from './browsers/layout.ts';
import { builtPages, goTo, pages, type PageRow } from './pages.ts';
import { narrow, show, wide } from './show.ts';
import { openWorld, type Asker, type World } from './world.ts';

vi.setConfig({ testTimeout: 1_200_000 });

test('every page has a row in the list of pages', async () => {
  expect(Object.keys(pages).toSorted()).toEqual((await builtPages()).toSorted());
});

inABrowser('in a browser', () => {
  const world = forAll(openWorld);
  const browser = oneBrowser();

  test('every page can be read, pressed and used by everybody (WCAG 2.2 AA), wide and narrow, light and dark', async () => {
    const findings = await Promise.all(shards(rows(world())).map((shard) => lookAtAll(shard)));
    expect(findings.flat()).toEqual([]);
  });

  async function lookAtAll(some: readonly PageRow[]): Promise<string[]> {
    const windows = new Map<Asker, BrowserWindow>();
    const findings: string[] = [];
    for (const row of some) {
      const { cookies } = world().people[row.as];
      const window = windows.get(row.as) ?? (await browser().open({ at: world().at, cookies, ...wide }));
      windows.set(row.as, window);
      findings.push(...(await lookAt(window, row, world())).map((finding) => `${row.as} at ${row.at(world())}, ${finding}`));
    }
    return findings;
  }
});

/** Looked at side by side: a page that is loaded waits for the server, and one that is looked at does not. */
const SHARDS = 4;

function shards(all: readonly PageRow[]): PageRow[][] {
  const size = Math.ceil(all.length / SHARDS);
  return Array.from({ length: SHARDS }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** A page that is looked at with everything unfolded needs no look without. */
function rows(world: World): PageRow[] {
  const all = Object.values(pages).flat();
  const unfolded = new Set(all.filter((row) => row.unfolded === 'page').map(nameOf));
  return all.filter((row) => row.unfolded !== undefined || !unfolded.has(nameOf(row)));

  function nameOf({ as, at }: PageRow): string {
    return `${as} ${at(world)}`;
  }
}

// A page is loaded once, and then shown in other colours and sizes: most of what a page costs is loading it. What axe finds
// depends on colours only where it is about contrast.
async function lookAt({ page, takeTroubles }: BrowserWindow, row: PageRow, world: World): Promise<string[]> {
  const found: string[] = [];
  const say = (look: string, findings: readonly string[]) => found.push(...findings.map((finding) => `${look}: ${finding}`));
  await show(page, { ...wide, colours: 'light' });
  const status = await goTo(page, row, world);
  say('wide, light', [...(await layoutFlaws(page)), ...(await axeFindings(page))]);
  await show(page, { ...wide, colours: 'dark' });
  say('wide, dark', await contrastFindings(page));
  await show(page, { ...narrow, colours: 'dark' });
  say('narrow, dark', [...(await layoutFlaws(page)), ...(await contrastFindings(page))]);
  await show(page, { ...narrow, colours: 'light' });
  say('narrow, light', await contrastFindings(page));
  if (status !== (row.status ?? 200)) say('opened', [`answered ${status}`]);
  const refused = `${row.status} GET ${new URL(page.url()).pathname}`;
  say(
    'opened',
    takeTroubles().filter((trouble) => trouble !== refused),
  );
  return found;
}
