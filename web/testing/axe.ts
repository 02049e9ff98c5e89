// What axe finds against WCAG 2.2 AA on the page as it stands, one line a finding.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
