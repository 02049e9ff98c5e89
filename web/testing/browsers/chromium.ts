// The browser of the tests: the one that CHROMIUM names, else the one on the PATH. Without one those tests are left out
// and the run says so; under CI that is a failure (browser.test.ts).

import { findOnPath } from '#core/testing/runner/on-path.ts';

export const chromium: string | null =
  process.env['CHROMIUM'] ?? findOnPath('chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome');

export const flags = [
  '--no-sandbox', // it sees only pages of ours, and tests run where a sandbox cannot be made
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];
