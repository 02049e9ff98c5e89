// What axe finds against WCAG 2.2 AA on the page as it stands, one line a finding.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export async function axeFindings(page: Page): Promise<string[]> {
  // No frame of another site is in our pages, so nothing has to be carried between pages of the browser.
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze();
  return linesOf(violations);
}

/** For a page that was looked at already, in other colours now: all else is as it was. */
export async function contrastFindings(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<Found>(`axe.run({ runOnly: ['color-contrast'], resultTypes: ['violations'] })`);
  return linesOf(violations);
}

interface Found {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: unknown }[] }[];
}

function linesOf(violations: Found['violations']): string[] {
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${String(target)}`));
}
