// What the browser of the tests takes for trouble.

import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { browserIsHere, inABrowser, oneBrowser } from './browser.ts';

test.runIf(process.env['CI'])('under CI the tests that need a browser are not left out', () => {
  expect(browserIsHere, 'chromium is not on the PATH and CHROMIUM is not set').toBe(true);
});

inABrowser('a window', () => {
  const browser = oneBrowser();

  test('finds everything that goes wrong', async () => {
    const found: Record<string, string[]> = {};
    const at = await serve(pages);
    const window = await browser().open({ at });
    for (const name of Object.keys(pages)) {
      await window.page.goto(`/${name}`);
      found[name] = window.takeTroubles();
    }
    expect(found).toEqual({
      nothing: [],
      console: ['console: oh'],
      script: ['script: oh'],
      dialog: ['dialog: oh'],
      missing: ['404 GET /missing.png'],
      another: ['asks another site: http://evil.example'],
      policy: [expect.stringMatching(/^console: .*Content Security Policy/)],
    });
  });

  test('fails its test for trouble that was not announced, and for announced trouble that never came', async () => {
    const at = await serve({ page: pages.missing });
    const window = await browser().open({ at });
    window.expectTrouble(/^404 GET \/missing/);
    await window.page.goto('/page');
    await window.close();

    const other = await browser().open({ at });
    other.expectTrouble(/^500/);
    await other.page.goto('/page');
    await expect(other.close()).rejects.toThrow(/- 404 GET \/missing.png\n- announced, and did not happen: \/\^500\//);
  });
});

const pages = {
  nothing: '<p>all is well</p>',
  console: '<script>console.error("oh")</script>',
  script: '<script>throw new Error("oh")</script>',
  dialog: '<script>alert("oh")</script>',
  missing: '<img src="/missing.png" alt="">',
  another: '<img src="http://evil.example/x.png" alt="">',
  policy: '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'"><script>document.title = "ran"</script>',
};

async function serve(served: Record<string, string>): Promise<string> {
  const server = http.createServer((request, response) => {
    const page = served[request.url!.slice(1)];
    response.writeHead(page === undefined ? 404 : 200, { 'Content-Type': 'text/html' });
    response.end(page && `<!doctype html><link rel="icon" href="data:,">${page}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
