// What axe finds on the page as it stands, one line a finding. axe's own driver puts its readable source into a page twice and
// takes all it says out again; the small one once, and the lines alone, are a third of the time.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const which = {
  /** WCAG 2.2 AA. */
  wcag: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  /** What is good practice beside it, too. */
  all: undefined,
  contrast: ['color-contrast'],
} as const;

export async function axeFindings(page: Page, rules: keyof typeof which = 'wcag'): Promise<string[]> {
  // A frame in the page is looked at by the axe that is in it, and one without an origin trusts nobody by itself. Where no scripts
  // run, as around a file, axe does not either, and the browser would say so.
  for (const frame of page.frames())
    if (await frame.evaluate<boolean>(`!('axe' in window) && (window === top || ${runsScripts})`))
      await frame.evaluate(`${source};axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] })`);
  const options = JSON.stringify({ runOnly: which[rules], resultTypes: ['violations'] });
  return page.evaluate<string[]>(
    `axe.run(${options}).then((found) => found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target)))`,
  );
}

/** What is in a noscript is text where scripts run, else elements. */
const runsScripts = `(() => {
  const box = document.createElement('div');
  box.innerHTML = '<noscript><i></i></noscript>';
  return box.querySelector('i') === null;
})()`;

/** For a page that was looked at already, in other colours now: all else is as it was. */
export const contrastFindings = (page: Page) => axeFindings(page, 'contrast');
