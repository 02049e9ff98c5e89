import { setTimeout as sleep } from 'node:timers/promises';
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
  const waits = longestWait();
  await expect(readPage(pageOf('<b>'.repeat(1_600_000)), never, withinMs)).rejects.toThrow('takes too long to read');
  expect(await waits.end()).toBeLessThan(withinMs / 2);
});

test('a page that nothing can be made of is refused with words', async () => {
  await expect(readPage(pageOf(undefined as unknown as string), never)).rejects.toThrow('cannot be read');
});

/** How long anybody else in this process had to wait for their turn. */
function longestWait() {
  let ended = false;
  const measured = (async () => {
    let longestMs = 0;
    while (!ended) {
      const began = performance.now();
      await sleep(5);
      longestMs = Math.max(longestMs, performance.now() - began);
    }
    return longestMs;
  })();
  return {
    end() {
      ended = true;
      return measured;
    },
  };
}

function pageOf(text: string): Page {
  return { url: 'http://page.test/', mime: 'text/html', text };
}
