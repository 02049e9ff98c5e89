// For what is run by hand, on the same product and the same world as the tests: pictures, and Lighthouse.

import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.join(import.meta.dirname, '../..'),
  test: {
    include: ['web/testing/{pictures,lighthouse}.ts'],
    globalSetup: ['core/testing/runner/global-setup.ts'],
    setupFiles: ['core/testing/runner/each-file.ts'],
    pool: 'forks',
    testTimeout: 30 * 60_000,
    hookTimeout: 5 * 60_000,
    // What they have to say they print themselves.
    reporters: [['default', { summary: false }]],
    disableConsoleIntercept: true,
  },
});
