// `npm run lighthouse`: what Lighthouse says of the pages that most people see most often, on a simulated desktop. It asks
// no other machine.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import lighthouse, { desktopConfig, type Flags } from 'lighthouse';
import { chromium as playwright } from 'playwright-core';
import { expect, test } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { chromium, flags } from './browsers/chromium.ts';
import { openWorld } from './world.ts';

const least = { performance: 95, accessibility: 100, 'best-practices': 100 } as const;
type Category = keyof typeof least;
const categories = Object.keys(least) as Category[];

const pages = [
  { path: '/', as: 'stranger' },
  { path: '/login', as: 'stranger' },
  { path: '/dashboard', as: 'owner' },
  { path: '/credits', as: 'owner' },
] as const;

const LOOKS = 5;

const world = forAll(openWorld);
const browser = forAll(openBrowser);

test('Lighthouse', async () => {
  const below: string[] = [];
  print(['', ...categories.map((category) => `${category} ≥ ${least[category]}`)]);
  for (const { path, as } of pages) {
    const { scores, troubles } = await bestLook(`${world().at}${path}`, world().people[as].cookies);
    print([path, ...categories.map((category) => String(scores[category]))]);
    if (isEnough(scores)) continue;
    below.push(path);
    for (const trouble of troubles) console.log(`    ${trouble}`);
  }
  expect(below, 'pages below').toEqual([]);
});

/** What else this machine does makes a page slower, and never quicker: the best of a few looks is what is true of the page. */
async function bestLook(url: string, cookies: ReadonlyMap<string, string>): Promise<Seen> {
  let best = await look(url, cookies);
  for (let looks = 1; looks < LOOKS && !isEnough(best.scores); looks++) {
    const next = await look(url, cookies);
    if (next.scores.performance > best.scores.performance) best = next;
  }
  return best;
}

interface Seen {
  readonly scores: Readonly<Record<Category, number>>;
  /** What costs points, the heaviest first. */
  readonly troubles: readonly string[];
}

async function look(url: string, cookies: ReadonlyMap<string, string>): Promise<Seen> {
  const asked: Flags = {
    port: browser().port,
    onlyCategories: categories,
    logLevel: 'silent',
    disableFullPageScreenshot: true,
    ...(cookies.size > 0 && { extraHeaders: { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } }),
  };
  const { lhr } = (await lighthouse(url, asked, desktopConfig))!;
  const scores = Object.fromEntries(categories.map((category) => [category, Math.round((lhr.categories[category]?.score ?? 0) * 100)]));
  const costly = categories.flatMap((category) => lhr.categories[category]?.auditRefs ?? []).toSorted((a, b) => b.weight - a.weight);
  const troubles = costly.flatMap(({ id, weight }) => {
    const { score, title, displayValue = '' } = lhr.audits[id]!;
    return weight > 0 && score !== null && score < 0.95 ? [`${title} ${displayValue}`] : [];
  });
  return { scores: scores as Record<Category, number>, troubles };
}

const isEnough = (scores: Seen['scores']) => categories.every((category) => scores[category] >= least[category]);

/** Lighthouse comes to a browser over its debugging port. */
async function openBrowser() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  if (chromium === null) throw new Error('Lighthouse needs chromium: install it, or say in CHROMIUM where one is');
  const opened = await playwright.launch({ executablePath: chromium, args: [...flags, `--remote-debugging-port=${port}`] });
  return { port, stop: () => opened.close() };
}

function print([first = '', ...rest]: readonly string[]): void {
  console.log(first.padEnd(22) + rest.map((cell) => cell.padStart(22)).join(''));
}
