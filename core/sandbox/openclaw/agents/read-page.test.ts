import { expect, test } from 'vitest';
import type { Page } from './page.ts';
import { readPage } from './read-page.ts';

const never = new AbortController().signal;

test('a page gives what stands on it', async () => {
  expect(await readPage(pageOf('<h1>Prices</h1><p>All in euros.'), never)).toEqual([
    { kind: 'heading', text: 'Prices', address: 'http://page.test/' },
    { kind: 'text', text: 'All in euros.', address: 'http://page.test/' },
  ]);
});

test('a page that would take minutes holds nobody up, and is given up in time', async () => {
  const withinMs = 2_000;
  const page = pageOf('<b>'.repeat(1_600_000));
  const before = process.threadCpuUsage();
  await expect(readPage(page, never, withinMs)).rejects.toThrow('takes too long to read');
  // All the others go on in this thread, and it had next to nothing to do.
  expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(withinMs / 2);
});

test('a page that nothing can be made of is refused with words', async () => {
  await expect(readPage(pageOf(undefined as unknown as string), never)).rejects.toThrow('cannot be read');
});

function pageOf(text: string): Page {
  return { url: 'http://page.test/', mime: 'text/html', text };
}
