// The sizes that pages are looked at in, and how the same page is shown in another one, or in other colours.

import type { Page } from 'playwright-core';

export const wide = { width: 1440, height: 900 };
export const narrow = { width: 390, height: 844 };

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colours: 'light' | 'dark';
}

export async function show(page: Page, { width, height, colours }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: colours });
  // Colours that change take a moment; measured before, they are neither the old nor the new ones.
  await page.evaluate(
    `Promise.allSettled(document.getAnimations().filter((each) => each.effect.getTiming().iterations === 1).map((each) => each.finished))`,
  );
}
