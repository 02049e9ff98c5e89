import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.join(import.meta.dirname, '../../..'),
  test: {
    include: ['{core,bots,web,prisma}/**/*.test.ts'],
    globalSetup: ['core/testing/runner/global-setup.ts'],
    setupFiles: ['core/testing/runner/each-file.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Longer than any wait in them, so that what fails says what it waited for.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
