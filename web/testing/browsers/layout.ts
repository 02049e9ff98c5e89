import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

const lookAround = readFileSync(path.join(import.meta.dirname, 'look-around.js'), 'utf8');

/** What is wrong with how a page is laid out, one line a finding. */
export function layoutFlaws(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(lookAround);
}
